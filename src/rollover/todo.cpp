#include "rollover/todo.hpp"

#include "rollover/duration.hpp"
#include "rollover/times.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace dkimctl::rollover {

namespace {

using M = Moment;

// After which the servers of a zone have long looked for a new version of it (the refresh time of its SOA).
constexpr Seconds kTransfer = std::chrono::hours(24);

struct Words {
  Task task;
  std::string_view name;
  bool urgent;
  std::string_view text;  // {selector}, {domain}, {owner}, {server}, {wrong}, {file}, {failure}, {interval}
  std::string_view hint;
};

// clang-format off
constexpr std::array<Words, kTasks> kWords{{
    {Task::stop_using_key, "stop-using-key", true,
     "{domain}: amavisd is to sign with {selector}, whose record is on its way out",
     "let it sign with another key: `dkimctl explain somebody@{domain}` tells which statement decides"},
    {Task::restore_record, "restore-record", true,
     "{domain}: put the record of {selector} back, mail is signed with it: {server} {wrong}",
     "at {owner} there belongs this record, whole and alone"},
    {Task::mend_record, "mend-record", false,
     "{domain}: mend the record of {selector}: {server} {wrong}",
     "at {owner} there belongs this record, whole and alone"},
    {Task::publish_record, "publish-record", false,
     "{domain}: publish the record of {selector}",
     "enter it at {owner}; the next run sees it by itself"},
    {Task::spread_record, "spread-record", false,
     "{domain}: the record of {selector} is on some servers for a day: {server} {wrong}",
     "see why the zone is not transferred there, or enter the record at {owner} there too"},
    {Task::restore_key, "restore-key", false,
     "{domain}: the private key of {selector}, {file}, is not there, or amavisd cannot read it",
     "put it back with its owner and mode; or give it up: dkimctl cancel {domain}"},
    {Task::mend_failure, "mend-failure", false,
     "{domain}: what was last tried with {selector} failed: {failure}",
     "mend that; the next run tries again by itself"},
    {Task::revoke_record, "revoke-record", false,
     "{domain}: revoke the record of {selector}: give it an empty p=",
     "at {owner}, in place of the key's record; verifiers then refuse what others sign with it"},
    {Task::withdraw_record, "withdraw-record", false,
     "{domain}: delete the record of {selector}",
     "at {owner}, and nothing else; its name is not used again"},
    {Task::confirm_retirement, "confirm-retirement", false,
     "{domain}: say whether another host signs with {selector}, which dkimctl did not make",
     "if none does any more: dkimctl retire {domain} {selector}"},
    {Task::let_amavisd_be_asked, "let-amavisd-be-asked", false,
     "{domain}: let amavisd be asked whether it signs with {selector}",
     "the key that it replaces stays until then: `dkimctl explain --live somebody@{domain}` says what is missing"},
    {Task::lengthen_interval, "lengthen-interval", false,
     "{domain}: make interval longer: it is {interval}",
     "in dkimctl.conf; until then no rollover of {domain} begins by itself"},
}};
// clang-format on

constexpr bool is_in_order()
{
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    if (static_cast<std::size_t>(kWords[i].task) != i || kWords[i].name.empty() || kWords[i].hint.empty()) {
      return false;
    }
  }
  return true;
}
static_assert(is_in_order(), "a row for each task, in the order of the tasks");

std::string filled(std::string_view words,
                   const std::vector<std::pair<std::string_view, std::string>>& values)
{
  std::string out;
  while (!words.empty()) {
    const std::size_t begin = std::min(words.find('{'), words.size());
    const std::size_t end = std::min(words.find('}', begin), words.size());
    out += words.substr(0, begin);
    for (const auto& [name, value] : values) {
      if (begin < words.size() && name == words.substr(begin + 1, end - begin - 1)) {
        out += value;
      }
    }
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return out;
}

bool contains(const std::vector<KeyId>& keys, const KeyId& key)
{
  return std::ranges::find(keys, key) != keys.end();
}

std::string_view wrong_with(Served served)
{
  switch (served) {
  case Served::absent: return "serves no record";
  case Served::other: return "serves something else";
  case Served::revoked: return "serves p= without a key";
  case Served::silent:
  case Served::ours: break;
  }
  return "";
}

bool is_wrong(const ServerView& server)
{
  return server.served != Served::ours && server.served != Served::silent;
}

class Asker {
public:
  Asker(const std::vector<KeyLife>& keys, const Observation& observation, const Policy& policy, Now now)
      : keys_(keys), observation_(observation), policy_(policy), now_(now)
  {}

  std::vector<Todo> run()
  {
    for (const KeyLife& key : keys_) {
      if (key.servers.empty() || is_finished(key)) {
        continue;
      }
      ask_about_record(key);
      ask_about_use(key);
      if (!key.failure.empty()) {
        ask(Task::mend_failure, key);
      }
    }
    std::ranges::stable_sort(todos_, {}, &Todo::task);
    return std::move(todos_);
  }

private:
  void ask(Task task, const KeyLife& key, const ServerView& server = {})
  {
    const Words& words = kWords[static_cast<std::size_t>(task)];
    const KeyFacts& facts = key.facts;
    const std::vector<std::pair<std::string_view, std::string>> values{
        {"selector", facts.selector},
        {"domain", facts.domain},
        {"owner", fmt::format("{}._domainkey.{}", facts.selector, facts.domain)},
        {"server", server.server},
        {"wrong", std::string(wrong_with(server.served))},
        {"file", facts.file},
        {"failure", key.failure},
        {"interval", fmt::format("{}, and hold and retention take {}", duration_text(policy_.interval),
                                 duration_text(shortest_interval(key, policy_)))},
    };
    todos_.push_back({task, facts.id, words.urgent, filled(words.text, values), filled(words.hint, values),
                      server.server});
  }

  // ---- the record ----

  void ask_about_record(const KeyLife& key)
  {
    if (key.has(M::gone)) {
      return;
    }
    if (is_ending(key)) {
      ask_for_end(key);
      return;
    }
    const bool is_to_be_there =
        is_active(key) || key.has(M::rollback_asked) || (is_coming(key) && key.has(M::handed_out));
    const RecordView* const record = observation_.record_of(key.facts.id);
    const bool by_program = policy_.publisher == Publisher::program && !key.has(M::handed_out);
    if (!is_to_be_there || record == nullptr || (by_program && key.failure.empty())) {
      return;  // a program is asked again by the run, and its failure is said by itself
    }
    const auto wrong = worst(*record);
    if (wrong != record->servers.end()) {
      ask_for_record(key, *record, *wrong);
    }
  }

  // Something else there goes before nothing there.
  static std::vector<ServerView>::const_iterator worst(const RecordView& record)
  {
    const auto other = std::ranges::find_if(record.servers, [](const ServerView& server) {
      return is_wrong(server) && server.served != Served::absent;
    });
    return other != record.servers.end() ? other : std::ranges::find_if(record.servers, is_wrong);
  }

  void ask_for_record(const KeyLife& key, const RecordView& record, const ServerView& wrong)
  {
    if (is_active(key)) {
      ask(Task::restore_record, key, wrong);
      return;
    }
    if (wrong.served != Served::absent) {
      ask(Task::mend_record, key, wrong);
      return;
    }
    const bool somebody_has_it = std::ranges::any_of(
        record.servers, [](const ServerView& server) { return server.served == Served::ours; });
    if (!somebody_has_it) {
      ask(Task::publish_record, key);
    } else if (key.has(M::seen) && now_.time - *key.at[M::seen] >= kTransfer) {
      ask(Task::spread_record, key, wrong);
    }
  }

  void ask_for_end(const KeyLife& key)
  {
    if (policy_.publisher == Publisher::program) {
      return;
    }
    if (key.has(M::withdrawing)) {
      ask(Task::withdraw_record, key);
    } else if (!key.has(M::revoked)) {
      ask(Task::revoke_record, key);
    }
  }

  // ---- the private key, and who signs with it ----

  void ask_about_use(const KeyLife& key)
  {
    const SignerView& signer = observation_.signer;
    const bool is_used = contains(signer.signing, key.facts.id) || contains(signer.configured, key.facts.id);
    if (is_used && is_ending(key)) {
      ask(Task::stop_using_key, key);
    }
    if (signer.is_known && is_coming(key) && key.has(M::generated) &&
        !contains(signer.present, key.facts.id)) {
      ask(Task::restore_key, key);
    }
    if (key.has(M::retired) && !is_ours_to_end(key) && !is_ending(key) && !key.has(M::gone) &&
        !key.has(M::rollback_asked)) {
      ask(Task::confirm_retirement, key);
    }
    if (is_active(key) && !key.has(M::confirmed) && !signer.was_asked && holds_up_another(key)) {
      ask(Task::let_amavisd_be_asked, key);
    }
    if (is_active(key) && policy_.automatic && policy_.publisher == Publisher::program &&
        policy_.interval < shortest_interval(key, policy_)) {
      ask(Task::lengthen_interval, key);
    }
  }

  bool holds_up_another(const KeyLife& key) const
  {
    return std::ranges::any_of(
        keys_, [&](const KeyLife& other) { return other.facts.id != key.facts.id && may_return(other); });
  }

  const std::vector<KeyLife>& keys_;
  const Observation& observation_;
  const Policy& policy_;
  Now now_;
  std::vector<Todo> todos_;
};

}  // namespace

std::string_view to_string(Task task)
{
  return kWords[static_cast<std::size_t>(task)].name;
}

std::vector<Todo> todos(const std::vector<KeyLife>& keys, const Observation& observation,
                        const Policy& policy, Now now)
{
  return Asker(keys, observation, policy, now).run();
}

std::string record_wanted(const Todo& todo, const KeyLife& key)
{
  switch (todo.task) {
  case Task::restore_record:
  case Task::mend_record:
  case Task::publish_record:
  case Task::spread_record:
    return key.facts.public_key.empty()
               ? ""
               : fmt::format("v=DKIM1; {}p={}", key.facts.algorithm == "ed25519" ? "k=ed25519; " : "",
                             key.facts.public_key);
  case Task::revoke_record: return "v=DKIM1; p=";
  case Task::stop_using_key:
  case Task::restore_key:
  case Task::mend_failure:
  case Task::withdraw_record:
  case Task::confirm_retirement:
  case Task::let_amavisd_be_asked:
  case Task::lengthen_interval: break;
  }
  return "";
}

}  // namespace dkimctl::rollover
