#include "rollover/time_line.hpp"

#include "rollover/duration.hpp"
#include "rollover/times.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace dkimctl::rollover {

namespace {

using M = Moment;

struct Row {
  Moment moment;
  std::string_view text;
};

// In the order in which they come, where several have the same time. What only a run needs is left out.
constexpr std::array kPast{
    Row{M::reserved, "selector chosen"},
    Row{M::generated, "private key generated"},
    Row{M::adopted, "found, not made here"},
    Row{M::exported, "private key given to another host"},
    Row{M::handed_out, "record handed out to be published"},
    Row{M::publishing, "record about to be published by program"},
    Row{M::seen, "record first seen on an authoritative server"},
    Row{M::agreed, "served by all authoritative servers since"},
    Row{M::ready, "proven: may sign"},
    Row{M::switching, "amavisd about to sign with it"},
    Row{M::activated, "amavisd signs with it"},
    Row{M::confirmed, "the running amavisd was seen to sign with it"},
    Row{M::lost, "an authoritative server no longer serves the record since"},
    Row{M::successor_asked, "rollover asked for"},
    Row{M::compromised, "private key known to others"},
    Row{M::cancelled, "given up before it signed"},
    Row{M::removal_asked, "the domain to be signed no longer"},
    Row{M::stopping, "amavisd about to be told to sign no longer"},
    Row{M::retired, "replaced"},
    Row{M::unused, "not in use any more"},
    Row{M::rollback_asked, "to sign again"},
    Row{M::retire_confirmed, "said not to be in use on any other host"},
    Row{M::revoke_proposed, "record may be revoked, if the next run agrees"},
    Row{M::revoking, "record about to be revoked"},
    Row{M::revoked, "record revoked on all authoritative servers"},
    Row{M::withdraw_proposed, "record may be withdrawn, if the next run agrees"},
    Row{M::withdrawing, "record about to be withdrawn"},
    Row{M::gone, "no authoritative server serves a record"},
    Row{M::destroy_proposed, "private key may be destroyed, if the next run agrees"},
    Row{M::destroying, "private key about to be destroyed"},
    Row{M::destroyed, "private key destroyed"},
    Row{M::failed, "failed"},
};

/// One that says no more than another.
bool is_repeated(const KeyLife& key, Moment moment)
{
  const auto is_at = [&](Moment other) { return key.at[other] == key.at[moment]; };
  return (moment == M::activated && is_at(M::adopted)) || (moment == M::retired && is_at(M::cancelled)) ||
         (moment == M::successor_asked && is_at(M::compromised));
}

std::vector<TimeLineRow> past(const KeyLife& key)
{
  std::vector<TimeLineRow> rows;
  for (const Row& row : kPast) {
    if (key.has(row.moment) && !is_repeated(key, row.moment)) {
      rows.push_back({to_string(row.moment), key.at[row.moment], true, std::string(row.text)});
      if (row.moment == M::failed && !key.failure.empty()) {
        rows.back().text += ": " + key.failure;
      }
    }
  }
  std::ranges::stable_sort(rows, {}, [](const TimeLineRow& row) { return *row.at; });
  return rows;
}

class Future {
public:
  Future(const KeyLife& key, const std::vector<KeyLife>& keys, const Policy& policy)
      : key_(key), keys_(keys), policy_(policy)
  {}

  std::vector<TimeLineRow> run()
  {
    switch (state_of(key_)) {
    case KeyState::reserved:
    case KeyState::generated:
    case KeyState::published:
    case KeyState::ready: coming(); break;
    case KeyState::active: active(); break;
    case KeyState::retired: retired(); break;
    case KeyState::revoked:
      destruction({});
      withdrawal(tombstone_end(key_, policy_));
      break;
    case KeyState::removed: destruction({}); break;
    }
    return std::move(rows_);
  }

private:
  void add(std::string_view name, std::optional<Time> at, std::string text)
  {
    rows_.push_back({name, at, false, std::move(text)});
  }

  void coming()
  {
    if (!key_.has(M::generated)) {
      add("generated", {}, "its private key is generated");
    }
    if (!key_.has(M::seen)) {
      add("published", {}, "its record is seen on an authoritative server");
    }
    const auto ready = ready_time(key_, policy_);
    if (!key_.has(M::ready)) {
      add("ready", ready,
          fmt::format("proven, once all servers have served the record for {}",
                      duration_text(hold(key_, policy_))));
    }
    add("active",
        key_.has(M::ready) ? std::optional(std::max(*key_.at[M::ready], ready.value_or(Time{}))) : ready,
        policy_.activate_window ? "signs, within activate_window" : "signs");
  }

  const KeyLife* successor() const
  {
    const auto found = std::ranges::find_if(keys_, [&](const KeyLife& other) {
      return other.facts.replaces == key_.facts.id && !other.has(M::activated) && !other.has(M::retired);
    });
    return found == keys_.end() ? nullptr : &*found;
  }

  void active()
  {
    if (key_.has(M::removal_asked)) {
      add("retired", {}, "amavisd signs with it no longer");
    } else if (const KeyLife* const next = successor()) {
      const auto ready = ready_time(*next, policy_);
      add("retired", ready, fmt::format("replaced by {}", next->facts.selector));
    } else if (key_.has(M::successor_asked)) {
      add("rollover", key_.at[M::successor_asked], "the next run begins its rollover");
    } else {
      add("rollover", due_time(key_, policy_), "rollover due; " + who_begins());
    }
  }

  std::string who_begins() const
  {
    if (policy_.automatic && policy_.publisher == Publisher::program) {
      return "it begins by itself";
    }
    return fmt::format("{}: dkimctl rotate {}",
                       policy_.automatic ? "not by itself, where a person publishes" : "auto = no",
                       key_.facts.domain);
  }

  void retired()
  {
    if (key_.has(M::rollback_asked) && !is_ending(key_)) {
      add("active", {}, "signs again");
      return;
    }
    const bool has_tombstone = policy_.tombstone > Seconds{0} && key_.has(M::may_sign);
    const std::string until =
        is_ours_to_end(key_) ? "" : ", once a person has said that no other host signs with it";
    const auto end = is_ending(key_) ? std::nullopt : may_end();
    if (key_.has(M::withdrawing) || !(has_tombstone || key_.has(M::revoking))) {
      withdrawal(end, until);
      destruction(end);
      return;
    }
    add("revoked", end, "record revoked" + until);
    destruction(end);
    withdrawal(end ? std::optional(*end + policy_.tombstone) : std::nullopt);
  }

  std::optional<Time> may_end() const
  {
    return is_ours_to_end(key_) ? retention_end(key_, policy_) : std::nullopt;
  }

  void withdrawal(std::optional<Time> at, const std::string& until = {})
  {
    add("removed", key_.has(M::withdrawing) ? std::nullopt : at, "record withdrawn" + until);
  }

  void destruction(std::optional<Time> at)
  {
    if (!key_.has(M::destroyed)) {
      add("destroyed", at, "private key destroyed, if nothing names it");
    }
  }

  const KeyLife& key_;
  const std::vector<KeyLife>& keys_;
  const Policy& policy_;
  std::vector<TimeLineRow> rows_;
};

}  // namespace

std::vector<TimeLineRow> time_line(const KeyLife& key, const std::vector<KeyLife>& keys, const Policy& policy)
{
  std::vector<TimeLineRow> rows = past(key);
  for (TimeLineRow& row : Future(key, keys, policy).run()) {
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace dkimctl::rollover
