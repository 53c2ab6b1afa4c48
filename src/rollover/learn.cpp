#include "rollover/learn.hpp"

#include <algorithm>
#include <string>

namespace dkimctl::rollover {

namespace {

bool contains(const std::vector<KeyId>& keys, const KeyId& key)
{
  return std::ranges::find(keys, key) != keys.end();
}

std::string list_of(const RecordView& record)
{
  std::vector<std::string_view> names;
  names.reserve(record.servers.size());
  for (const ServerView& server : record.servers) {
    names.push_back(server.server);
  }
  std::ranges::sort(names);
  std::string list;
  for (const std::string_view name : names) {
    list += (list.empty() ? "" : " ");
    list += name;
  }
  return list;
}

LastAnswer answer_of(Served served)
{
  switch (served) {
  case Served::ours: return LastAnswer::right;
  case Served::absent: return LastAnswer::absent;
  case Served::other: return LastAnswer::other;
  case Served::revoked: return LastAnswer::revoked;
  case Served::silent: break;
  }
  return LastAnswer::none;
}

// What an event is about, and what it says of it.
struct Text {
  std::string object;
  std::string detail;
};

class Learner {
public:
  Learner(std::vector<KeyLife>& keys, const Observation& observation, const Policy& policy, Now now)
      : keys_(keys), observation_(observation), policy_(policy), now_(now)
  {}

  std::vector<KeyEvent> run()
  {
    for (KeyLife& key : keys_) {
      const RecordView* const record = observation_.record_of(key.facts.id);
      if (record != nullptr && !record->servers.empty() && !key.has(Moment::gone)) {
        learn_record(key, *record);
      }
    }
    if (observation_.signer.is_known) {
      for (KeyLife& key : keys_) {
        learn_signing(key);
      }
      for (KeyLife& key : keys_) {
        learn_replacement(key);
        learn_use(key);
        learn_expiry(key);
      }
    }
    return std::move(events_);
  }

private:
  void add(KeyLife& key, EventKind kind, Text text = {}, std::optional<Seconds> span = {})
  {
    Event event{kind, now_.time, now_.run, std::move(text.object), std::move(text.detail), span};
    apply(key, event);
    events_.push_back({key.facts.id, std::move(event)});
  }

  // ---- what the servers serve ----

  void learn_record(KeyLife& key, const RecordView& record)
  {
    if (std::string servers = list_of(record); servers != key.servers) {
      add(key, EventKind::servers_changed, {.object = {}, .detail = std::move(servers)});
    }
    if (record.cache_time > key.cache_time) {
      add(key, EventKind::cache_time, {}, record.cache_time);
    }
    for (const ServerView& server : record.servers) {
      if (server.served == Served::silent) {
        learn_silence(key, server.server);
      } else if (!is_ending(key)) {
        learn_answer(key, server);
      }
    }
    if (is_ending(key)) {
      learn_end(key, record);
    } else if (!key.has(Moment::agreed) && all_agree(key, record)) {
      add(key, EventKind::agreed);
    }
  }

  void learn_silence(KeyLife& key, const std::string& server)
  {
    const auto known = key.exceptions.find(server);
    if (known == key.exceptions.end() || !known->second.silent_since) {
      add(key, EventKind::server_silent, {.object = server, .detail = {}});
    }
  }

  void learn_answer(KeyLife& key, const ServerView& view)
  {
    const auto known = key.exceptions.find(view.server);
    if (view.served == Served::ours) {
      if (!key.has(Moment::seen)) {
        add(key, EventKind::seen, {.object = view.server, .detail = {}});
      }
      if (known != key.exceptions.end()) {
        add(key, EventKind::server_right, {.object = view.server, .detail = {}});
      }
      return;
    }
    const LastAnswer answer = answer_of(view.served);
    const bool still =
        known != key.exceptions.end() && !known->second.silent_since &&
        (known->second.last == answer || (known->second.last == LastAnswer::none &&
                                          answer == LastAnswer::absent && !key.has(Moment::may_sign)));
    if (!still) {
      add(key, EventKind::server_wrong, {.object = view.server, .detail = std::string(to_string(answer))});
    }
  }

  // Each server was right when it last answered, but for those that are not waited for; and one says so now.
  bool all_agree(const KeyLife& key, const RecordView& record) const
  {
    const bool none_against = std::ranges::all_of(key.exceptions, [&](const auto& entry) {
      return entry.second.last == LastAnswer::right || is_waived(entry.second, policy_, now_.time, now_.run);
    });
    return none_against && std::ranges::any_of(record.servers, [](const ServerView& server) {
             return server.served == Served::ours;
           });
  }

  // All that answer must have let go of the record, and those that do not answer must be waived.
  void learn_end(KeyLife& key, const RecordView& record)
  {
    if (!key.has(Moment::gone) && all_serve(key, record, {Served::absent, Served::absent})) {
      add(key, EventKind::gone);
    } else if (!key.has(Moment::revoked) && all_serve(key, record, {Served::revoked, Served::absent})) {
      add(key, EventKind::revoked);
    }
  }

  bool all_serve(const KeyLife& key, const RecordView& record, std::pair<Served, Served> either) const
  {
    bool any = false;
    for (const ServerView& server : record.servers) {
      const auto known = key.exceptions.find(server.server);
      if (server.served == either.first || server.served == either.second) {
        any = true;
      } else if (server.served != Served::silent || known == key.exceptions.end() ||
                 !is_waived(known->second, policy_, now_.time, now_.run)) {
        return false;
      }
    }
    return any;
  }

  // ---- who signs ----

  bool signs(const KeyLife& key) const { return contains(observation_.signer.signing, key.facts.id); }
  bool is_configured(const KeyLife& key) const
  {
    return contains(observation_.signer.configured, key.facts.id);
  }

  // The running daemon is the judge of which key signs, also of one that a person switched to by hand, and of
  // a switch whose end was not recorded. Where it cannot be asked the configuration has to do, but for a key
  // that it was perhaps not told to read yet.
  bool is_signer(const KeyLife& key) const
  {
    return observation_.signer.was_asked ? signs(key) : is_configured(key) && !key.has(Moment::switching);
  }

  void learn_signing(KeyLife& key)
  {
    if (!is_signer(key) || is_ending(key)) {
      return;
    }
    if (!is_active(key)) {
      const bool asked = key.has(Moment::switching);
      add(key, EventKind::activated, {.object = {}, .detail = asked ? "" : "found so"});
    }
    if (observation_.signer.was_asked && !key.has(Moment::confirmed)) {
      add(key, EventKind::confirmed);
    }
  }

  // Of a key that nobody saw sign, but may have, what is in force now is the best that is known.
  void learn_expiry(KeyLife& key)
  {
    const bool is_in_force = is_active(key) || signs(key) || is_configured(key);
    const bool is_unknown = key.has(Moment::may_sign) && key.expiry == Seconds{0};
    if ((is_in_force || is_unknown) && observation_.signer.expiry > key.expiry) {
      add(key, EventKind::expiry, {}, observation_.signer.expiry);
    }
  }

  // A key that signs for nobody while another of its domain does has been replaced.
  void learn_replacement(KeyLife& key)
  {
    if (!is_active(key) || signs(key) || is_configured(key) || key.has(Moment::switching)) {
      return;
    }
    const auto other = std::ranges::find_if(
        keys_, [&](const KeyLife& candidate) { return is_active(candidate) && is_signer(candidate); });
    if (other != keys_.end()) {
      add(key, EventKind::retired, {.object = other->facts.selector, .detail = {}});
    }
  }

  // The last sighting of a retired key: retention counts from the first run that does not find it in use, or
  // from the first after somebody changed the configuration, since what was in force in between is not known.
  void learn_use(KeyLife& key)
  {
    if (!key.has(Moment::retired) || key.has(Moment::destroyed)) {
      return;
    }
    if (!key.has(Moment::may_sign) && may_have_been_used(key)) {
      add(key, EventKind::in_use, {.object = {}, .detail = "somebody changed amavisd's configuration since"});
    }
    if (!key.has(Moment::may_sign)) {
      return;
    }
    const auto& unused = key.at[Moment::unused];
    const auto& changed = observation_.signer.changed;
    const bool may_have_returned = !unused || (changed && *changed >= *unused && now_.time > *unused);
    const std::string_view reason = use_of(key, may_have_returned);
    if (!reason.empty() && unused) {
      add(key, EventKind::in_use, {.object = {}, .detail = std::string(reason)});
    } else if (reason.empty() && may_have_returned) {
      add(key, EventKind::unused);
    }
  }

  // A key that was given up is there for everybody who edits the configuration by hand.
  bool may_have_been_used(const KeyLife& key) const
  {
    const auto& changed = observation_.signer.changed;
    return key.has(Moment::generated) && changed && *changed >= *key.at[Moment::generated];
  }

  // Why the key counts as in use; empty: it does not. What a worker from before the last reload signs with is
  // of interest only where that may be this key.
  std::string_view use_of(const KeyLife& key, bool may_have_returned) const
  {
    const SignerView& signer = observation_.signer;
    if (signs(key)) {
      return "amavisd signs with it";
    }
    if (is_configured(key)) {
      return "amavisd is configured to sign with it";
    }
    if (may_have_returned && signer.old_workers) {
      return "a process of amavisd from before the last reload still runs";
    }
    return signer.was_asked || is_replacement_confirmed(key) ? "" : "the running amavisd could not be asked";
  }

  // By a person, where the daemon cannot be asked.
  bool is_replacement_confirmed(const KeyLife& key) const
  {
    bool any = false;
    for (const KeyLife& other : keys_) {
      if (other.facts.id != key.facts.id && is_active(other)) {
        if (!other.has(Moment::confirmed)) {
          return false;
        }
        any = true;
      }
    }
    return any;
  }

  std::vector<KeyLife>& keys_;
  const Observation& observation_;
  const Policy& policy_;
  Now now_;
  std::vector<KeyEvent> events_;
};

}  // namespace

std::vector<KeyEvent> learn(std::vector<KeyLife>& keys, const Observation& observation, const Policy& policy,
                            Now now)
{
  return Learner(keys, observation, policy, now).run();
}

void apply(std::vector<KeyLife>& keys, const KeyEvent& event)
{
  if (const auto key = std::ranges::find(keys, event.key,
                                         [](const KeyLife& life) -> const KeyId& { return life.facts.id; });
      key != keys.end()) {
    apply(*key, event.event);
  }
}

}  // namespace dkimctl::rollover
