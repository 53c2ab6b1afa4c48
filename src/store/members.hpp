// The hosts that share a database.
#pragma once

#include "rollover/clock.hpp"
#include "store/failure.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dkimctl::store {

struct Member {
  std::string id;
  std::string name;
  std::string machine;                          // names the machine, whatever it is called
  std::optional<rollover::ClockMark> last_run;  // empty: there was none
  bool only_looked = false;                     // in its last run
  std::int64_t revision = 0;

  friend bool operator==(const Member&, const Member&) = default;
};

class Members {
public:
  Members() = default;
  Members(const Members&) = delete;
  Members& operator=(const Members&) = delete;
  virtual ~Members() = default;

  virtual Stored<std::vector<Member>> all() = 0;
  /// The one that this host is.
  virtual Stored<Member> self() = 0;
  /// Notes a run; returns the member as it is now. `conflict`: another run was noted since it was read.
  virtual Stored<Member> record_run(const Member& self, const rollover::ClockMark& run, bool only_looked) = 0;
};

}  // namespace dkimctl::store
