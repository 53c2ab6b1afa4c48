// What a person must do now, as data with its words: the same for `todo`, `status` and `run`.
#pragma once

#include "rollover/learn.hpp"
#include "rollover/observation.hpp"
#include "rollover/policy.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::rollover {

/// The urgent ones first.
enum class Task : std::uint8_t {
  stop_using_key,      // it signs, and its record is on its way out
  restore_record,      // it signs, and some server does not serve its record
  mend_record,         // a new record, and some server serves something else
  publish_record,      // a new record, and no server has it
  spread_record,       // a new record, and after a day some server still lacks it
  restore_key,         // a new key whose private key is not there
  mend_failure,        // a program, or amavisd, did not do what it was asked
  revoke_record,       // p= without a key
  withdraw_record,     // no record at all
  confirm_retirement,  // of a key that was not made here
  let_amavisd_be_asked,
  lengthen_interval,
};

inline constexpr std::size_t kTasks = static_cast<std::size_t>(Task::lengthen_interval) + 1;

/// For programs: "publish-record".
std::string_view to_string(Task task);

struct Todo {
  Task task = Task::publish_record;
  KeyId key;
  bool urgent = false;      // mail is refused, or soon will be
  std::string text;         // "publish the record of 202611a"
  std::string hint;         // how
  std::string server = {};  // the one that is to be mended; the first, where there are several

  friend bool operator==(const Todo&, const Todo&) = default;
};

/// Of one domain; the urgent ones first, each kind in the order of the keys. `observation` is this run's, or
/// what is known of the last (recall.hpp).
///
/// A key whose servers are not known has not been looked at since the state began or was restored: nothing
/// is asked of anybody for it before a run has looked.
std::vector<Todo> todos(const std::vector<KeyLife>& keys, const Observation& observation,
                        const Policy& policy, Now now);

/// What is to be published for a person's task: the value of the TXT record; empty where there is none.
std::string record_wanted(const Todo& todo, const KeyLife& key);

}  // namespace dkimctl::rollover
