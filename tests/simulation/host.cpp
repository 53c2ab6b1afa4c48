#include "host.hpp"

#include "rollover/adopt.hpp"
#include "rollover/requests.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace simulation {

using namespace dkimctl::rollover;  // NOLINT: the whole file is about it
using namespace std::chrono_literals;

namespace {

constexpr Seconds kHour = 1h;
constexpr Seconds kDay = 24h;
constexpr Seconds kQuietFrom = 16 * kDay;  // from then on there is no trouble
constexpr Seconds kEnd = 60 * kDay;

int index_of(const KeyId& id)
{
  return std::stoi(id.substr(1));
}

Policy policy_of(const Parameters& parameters)
{
  Policy policy;
  policy.publisher = parameters.by_program ? Publisher::program : Publisher::person;
  policy.automatic = true;
  policy.interval = 7 * kDay;
  policy.slots = parameters.slots;
  policy.hold_program = 4h;
  policy.hold_person = 8h;
  policy.hold_restored = 2 * kDay;
  policy.retain = 2 * kDay;
  policy.queue_lifetime = kDay;
  policy.tombstone = parameters.tombstone;
  policy.silent_after = 12h;
  return policy;
}

struct Crash {};

/// What dkimctl keeps of one domain.
struct State {
  std::vector<KeyLife> keys;
  std::optional<ClockMark> mark;
  bool only_looked = false;
  std::int64_t run = 0;
};

class Host {
public:
  Host(const History& history, const Fault& fault, bool tell)
      : history_(history),
        parameters_(history.parameters),
        fault_(fault),
        tell_(tell),
        policy_(policy_of(parameters_)),
        world_(parameters_)
  {
    if (fault.policy != nullptr) {
      fault.policy(policy_);
    }
    const int first = world_.add_key(parameters_.slots > 0 ? "slot0" : "first");
    world_.make_file(first);
    world_.write_record(world_.keys()[0].name, first);
    world_.configure(first);
    world_.reload(false);
    world_.advance(30 * kDay);  // it has been so for long
    begin_ = world_.now();
  }

  Outcome run()
  {
    std::vector<Incident> incidents = history_.incidents;
    std::size_t next = 0;
    Seconds next_run = kHour;
    Seconds next_person = parameters_.person_delay;
    Seconds next_save{0};
    for (Seconds now{0}; now < kEnd && world_.violations().empty() && !(quiet_ && unfinished().empty());) {
      now = std::min({next_run, next_person, next < incidents.size() ? incidents[next].at : kEnd,
                      endings_.empty() ? kEnd : endings_.front().at});
      world_.advance(begin_ + now);
      if (next < incidents.size() && incidents[next].at == now) {
        strike(incidents[next++]);
      }
      while (!endings_.empty() && endings_.front().at <= now) {
        end(endings_.front());
        endings_.erase(endings_.begin());
      }
      if (now >= kQuietFrom && !quiet_) {
        calm();
      }
      if (now == next_person) {
        next_person += parameters_.person_delay;
        act_as_person();
      }
      if (now == next_run) {
        next_run += quiet_ ? 3 * kHour : parameters_.run_every;
        try_run();
        if (now >= next_save) {
          copies_.push_back(state_);
          next_save = now + kDay;
        }
      }
    }
    if (const std::string what = unfinished();
        !what.empty() && fault_.name.empty() && world_.violations().empty()) {
      world_.violate(what);
    }
    outcome_.violations = world_.violations();
    return std::move(outcome_);
  }

private:
  // ---- trouble ----

  void strike(const Incident& incident)
  {
    switch (incident.trouble) {
    case Trouble::lag: world_.set_lag(incident.server, incident.duration / 4); break;
    case Trouble::lose: world_.lose(incident.server, incident.mode == 0 ? world_.running() : coming()); break;
    case Trouble::silence: world_.silence(incident.server, true); break;
    case Trouble::server_joins: world_.add_server(incident.mode == 0); break;
    case Trouble::server_leaves: world_.remove_server(); break;
    case Trouble::bogus: world_.set_bogus(true); break;
    case Trouble::hook_fails: hook_mode_ = incident.mode; break;
    case Trouble::switch_fails: switch_mode_ = incident.mode % 2; break;
    case Trouble::crash: crash_at_ = incident.mode; break;
    case Trouble::clock: set_clock((incident.mode % 2 == 0 ? 3 : -3) * incident.duration); break;
    case Trouble::reboot: reboot(); break;
    case Trouble::hand_edit: edit_by_hand(incident); break;
    case Trouble::restore: restore(incident.mode); break;
    case Trouble::forget: state_ = State{}; break;
    case Trouble::other_host: stop_other_host(); break;
    case Trouble::rotate:
    case Trouble::compromised:
    case Trouble::cancel:
    case Trouble::rollback: ask(incident.trouble); break;
    case Trouble::pause: paused_ = true; break;
    case Trouble::deaf: world_.set_deaf(true); break;
    case Trouble::held: world_.hold_message(world_.now() + incident.duration); break;
    }
    if (incident.duration > Seconds{0} && incident.trouble != Trouble::hand_edit) {
      endings_.push_back(incident);
      endings_.back().at = std::min(incident.at + incident.duration, kQuietFrom);
      std::ranges::stable_sort(endings_, {}, &Incident::at);
    }
  }

  void end(const Incident& incident)
  {
    switch (incident.trouble) {
    case Trouble::lag: world_.set_lag(incident.server, parameters_.lag); break;
    case Trouble::lose: world_.regain(incident.server); break;
    case Trouble::silence: world_.silence(incident.server, false); break;
    case Trouble::bogus: world_.set_bogus(false); break;
    case Trouble::clock: offset_ = Seconds{0}; break;
    case Trouble::hand_edit: sign_by_hand(incident.mode); break;
    case Trouble::pause: paused_ = false; break;
    case Trouble::deaf: world_.set_deaf(false); break;
    case Trouble::server_joins:
    case Trouble::server_leaves:
    case Trouble::hook_fails:
    case Trouble::switch_fails:
    case Trouble::crash:
    case Trouble::reboot:
    case Trouble::restore:
    case Trouble::forget:
    case Trouble::other_host:
    case Trouble::rotate:
    case Trouble::compromised:
    case Trouble::cancel:
    case Trouble::rollback:
    case Trouble::held: break;
    }
  }

  void calm()
  {
    quiet_ = true;
    world_.heal();
    hook_mode_ = switch_mode_ = crash_at_ = -1;
    policy_.automatic = false;
    accept_clock();
    stop_other_host();
  }

  // A clock that is wrong from a restart on cannot be told from a host that was off. What helps then is that
  // the signatures of the root zone do not validate; that is not simulated.
  void set_clock(Seconds offset)
  {
    if (state_.mark && state_.mark->boot == clocks().boot) {
      offset_ = offset;
    }
  }

  // run --accept-clock: what was recorded with the wrong one is proven again.
  void accept_clock()
  {
    if (!is_clock_right()) {
      state_.mark.reset();
      begin_timeline();
    }
  }

  void begin_timeline()
  {
    for (const KeyLife& key : std::vector<KeyLife>(state_.keys)) {
      commit(key.facts.id, EventKind::timeline);
    }
  }

  void reboot()
  {
    offset_ = Seconds{0};
    ++boots_;
    boot_at_ = world_.now();
    world_.reload(false);
  }

  // Somebody makes amavisd sign with another key that is there and published; later it may be undone.
  void edit_by_hand(const Incident& incident)
  {
    const int before = world_.configured();
    for (int key = 0; key < static_cast<int>(world_.keys().size()); ++key) {
      if (key != before && sign_by_hand(key)) {
        endings_.push_back(incident);
        endings_.back().mode = before;
        endings_.back().at = std::min(incident.at + incident.duration, kQuietFrom);
        std::ranges::stable_sort(endings_, {}, &Incident::at);
        return;
      }
    }
  }

  /// Nobody does so with a key that is not there, or not published, or was to be revoked by hand.
  bool sign_by_hand(int key)
  {
    const auto& one = world_.keys()[static_cast<std::size_t>(key)];
    const bool is_on_its_way_out = std::ranges::any_of(
        state_.keys, [&](const KeyLife& life) { return index_of(life.facts.id) == key && is_ending(life); });
    if (!one.has_file || one.compromised || is_on_its_way_out || world_.served_at_master(one.name) != key ||
        !world_.is_served_everywhere(one.name, key)) {
      return false;
    }
    tell(fmt::format("by hand: signs with k{}", key));
    world_.hand_edit(key);
    return true;
  }

  void restore(int which)
  {
    if (copies_.empty()) {
      return;
    }
    const auto age = static_cast<std::size_t>(which) % std::min<std::size_t>(copies_.size(), 5);
    state_ = copies_[copies_.size() - 1 - age];
    tell("state restored");
    if (!fault_.no_new_timeline) {
      begin_timeline();
    }
  }

  void stop_other_host()
  {
    world_.advance(world_.now());
    world_.stop_other_host();
    for (const KeyLife& key : std::vector<KeyLife>(state_.keys)) {
      if (!is_ours_to_end(key)) {
        record(confirm_retirement(state_.keys, key.facts.selector, "", now_of_host()));
      }
    }
  }

  void ask(Trouble what)
  {
    const Now now = now_of_host();
    if (what == Trouble::compromised) {
      record(ask_for_rollover(state_.keys, true, "", now));
      for (const KeyLife& key : state_.keys) {
        if (key.has(Moment::compromised)) {
          world_.compromise(index_of(key.facts.id));
        }
      }
    } else if (what == Trouble::rotate) {
      record(ask_for_rollover(state_.keys, false, "", now));
    } else if (what == Trouble::cancel) {
      record(cancel(state_.keys, "", now));
    } else if (what == Trouble::rollback) {
      if (fault_.no_refusal) {
        ask_back_in_any_case();
      } else {
        record(ask_for_rollback(state_.keys, "", now));
      }
    }
  }

  void ask_back_in_any_case()
  {
    for (const KeyLife& key : state_.keys) {
      if (key.has(Moment::retired) && !key.has(Moment::destroyed) && !key.has(Moment::compromised)) {
        commit(key.facts.id, EventKind::rollback_asked);
        return;
      }
    }
  }

  // ---- a person ----

  void act_as_person()
  {
    if (quiet_) {
      stop_other_host();
      world_.tidy();
      if (world_.configured() != world_.running()) {
        sign_by_hand(world_.configured());  // amavisd was not told to reload
      }
    }
    if (const int key = coming();
        quiet_ && key >= 0 && !world_.keys()[static_cast<std::size_t>(key)].has_file) {
      ask(Trouble::cancel);
    }
    if (quiet_ && outcome_.activations == 0 && !is_open(state_.keys)) {
      ask(Trouble::rotate);
    }
    for (const KeyLife& key : state_.keys) {
      const int number = index_of(key.facts.id);
      const int name = world_.keys()[static_cast<std::size_t>(number)].name;
      if (!parameters_.can_be_asked && world_.configured() == number && world_.running() != number &&
          key.has(Moment::activated) && !key.has(Moment::retired)) {
        world_.hand_edit(number);  // amavisd was not told to reload
      }
      if (!parameters_.can_be_asked && key.has(Moment::activated) && !key.has(Moment::confirmed) &&
          !key.has(Moment::retired) && world_.running() == number && is_clock_right()) {
        commit(key.facts.id, EventKind::confirmed);
      }
      // after a loss of the state nothing is asked of anybody before a run has looked
      if (parameters_.by_program || key.has(Moment::gone) || key.servers.empty()) {
        continue;
      }
      const int value = world_.served_at_master(name);
      if (is_ending(key) && parameters_.person_removes) {
        const int wanted = key.has(Moment::withdrawing) ? kAbsent : kRevoked;
        if (value != wanted && (value == number || value == kRevoked)) {
          world_.write_record(name, wanted);
        }
      } else if (!is_ending(key) && value != number &&
                 ((key.has(Moment::handed_out) && !key.has(Moment::retired)) ||
                  key.has(Moment::rollback_asked))) {
        const bool errs = parameters_.person_errs && value != kOther;
        world_.write_record(name, errs ? kOther : number);
      }
    }
  }

  // ---- a run ----

  ClockMark clocks() const
  {
    return {to_time(world_.now() + offset_), fmt::format("boot{}", boots_), world_.now() - boot_at_,
            state_.run + 1};
  }

  bool is_clock_right() const
  {
    const auto state = check_clock(state_.mark, state_.only_looked, clocks(), {5min, 5 * kDay}).state;
    return fault_.no_clock_check || state == ClockState::steady || state == ClockState::long_gap;
  }

  Now now_of_host() const
  {
    const Time wall = to_time(world_.now() + offset_);
    return {state_.mark ? std::max(wall, state_.mark->wall) : wall, state_.run};
  }

  void try_run()
  {
    if (paused_) {
      return;
    }
    boundaries_ = 0;
    in_run_ = true;
    try {
      run_once();
    } catch (const Crash&) {
      tell("crash");
    }
    in_run_ = false;
    crash_at_ = crash_at_ < boundaries_ ? -1 : crash_at_;
  }

  // Here the process may end.
  void boundary()
  {
    if (boundaries_++ == crash_at_) {
      throw Crash{};
    }
  }

  void run_once()
  {
    ++outcome_.runs;
    const ClockMark mark = clocks();
    now_ = now_of_host();
    ClockVerdict verdict = check_clock(state_.mark, state_.only_looked, mark, {5min, 5 * kDay});
    if (fault_.no_clock_check) {
      verdict = {ClockState::steady, mark.wall, Seconds{0}};
    }
    if (verdict.state == ClockState::jumped_back || verdict.state == ClockState::jumped_forward) {
      return;
    }
    now_ = {verdict.now, mark.run};
    HostView host;
    host.only_look = verdict.state == ClockState::long_gap ? "the last run was long ago" : "";
    world_.note_look();
    adopt_found();
    for (int round = 0; round < 4; ++round) {
      Observation observation = observe();
      boundary();
      std::vector<KeyLife> keys = state_.keys;
      keep(learn(keys, observation, policy_, now_));
      keys = state_.keys;
      if (fault_.keys != nullptr) {
        fault_.keys(keys);
      }
      boundary();
      const Plan plan = dkimctl::rollover::plan(keys, observation, policy_, now_, host,
                                                fault_.steps.empty() ? steps() : std::span(fault_.steps));
      keep(plan.notes);
      for (const Action& action : plan.actions) {
        carry_out(action);
      }
      if (plan.actions.empty()) {
        break;
      }
    }
    ClockMark written = mark;
    written.wall = verdict.now;
    state_.mark = written;
    state_.run = mark.run;
    state_.only_looked = verdict.state == ClockState::long_gap;
  }

  Observation observe() const
  {
    Observation observation;
    for (const KeyLife& key : state_.keys) {
      observation.records.emplace_back(
          key.facts.id, world_.look(index_of(key.facts.id),
                                    fault_.asks_early || may_ask_resolvers(key, policy_, now_.time)));
    }
    observation.signer = world_.look_at_signer();
    if (fault_.observation != nullptr) {
      fault_.observation(observation);
    }
    return observation;
  }

  void adopt_found()
  {
    std::vector<FoundKey> found;
    int number = 0;
    std::vector<int> numbers;
    for (const World::Key& key : world_.keys()) {
      const bool declared = number == world_.configured();
      const bool in_slot = parameters_.slots > 0 && world_.served_at_master(key.name) == number;
      if (declared || in_slot) {
        const bool known = std::ranges::any_of(
            state_.keys, [&](const KeyLife& life) { return life.facts.id == fmt::format("k{}", number); });
        if (!known) {
          found.push_back({key.selector, {}, "rsa", 2048, fmt::format("k{}", number), declared});
          numbers.push_back(number);
        }
      }
      ++number;
    }
    std::size_t next = 0;
    Adoption adoption = adopt(
        "example.org", state_.keys, found, [&] { return fmt::format("k{}", numbers[next++]); }, now_);
    keep(adoption.events);
    for (NewKey& fresh : adoption.fresh) {
      fresh.facts.id = fresh.facts.public_key;
      tell(fmt::format("{} adopted", fresh.facts.id));
      state_.keys.push_back(fold(std::move(fresh.facts), fresh.events));
    }
  }

  // ---- effects ----

  void carry_out(const Action& action)
  {
    switch (action.act) {
    case Act::none: break;
    case Act::reserve_successor: reserve(action.key); break;
    case Act::generate_key: generate(action.key); break;
    case Act::publish_record:
      call(action.key, {EventKind::publishing, EventKind::published}, index_of(action.key));
      break;
    case Act::hand_out_record: commit(action.key, EventKind::handed_out); break;
    case Act::mark_ready: commit(action.key, EventKind::ready); break;
    case Act::switch_signing: switch_to(action.key); break;
    case Act::undo_switch: undo_switch(action.key); break;
    case Act::stop_signing: break;
    case Act::revoke_record:
      end_record(action.key, {EventKind::revoking, EventKind::revoke_sent}, kRevoked);
      break;
    case Act::withdraw_record:
      end_record(action.key, {EventKind::withdrawing, EventKind::withdraw_sent}, kAbsent);
      break;
    case Act::destroy_key: destroy(action.key); break;
    }
    boundary();
  }

  // NOLINTNEXTLINE(readability-function-size): as deep as a slot
  void reserve(const KeyId& replaced)
  {
    std::string selector = fmt::format("s{}", world_.keys().size());
    int use = 0;
    if (parameters_.slots > 0) {
      selector = free_slot();
      for (const KeyLife& key : state_.keys) {
        if (key.facts.selector == selector) {
          ++use;
          if (!key.has(Moment::gone)) {
            commit(key.facts.id, EventKind::superseded);
          }
        }
      }
    }
    const int number = world_.add_key(selector);
    state_.keys.push_back(
        fold({fmt::format("k{}", number), "example.org", selector, use, "rsa", 2048, {}, {}, replaced},
             std::vector<Event>{{EventKind::reserved, now_.time, now_.run, {}, {}, {}}}));
    tell(fmt::format("k{} reserved as {}", number, selector));
  }

  std::string free_slot() const
  {
    for (int slot = 0;; ++slot) {
      std::string selector = fmt::format("slot{}", slot);
      const auto holds = [&](const KeyLife& key) {
        return key.facts.selector == selector && holds_slot(key);
      };
      if (std::ranges::none_of(state_.keys, holds)) {
        return selector;
      }
    }
  }

  void generate(const KeyId& key)
  {
    world_.make_file(index_of(key));
    boundary();
    commit(key, EventKind::generated, key);
  }

  struct Kinds {
    EventKind intent;
    EventKind result;
  };

  // A program is asked to write a record: it may fail, in part or wholly, and say so or not.
  void call(const KeyId& key, Kinds kinds, int value)
  {
    const int number = index_of(key);
    if (!fault_.no_intent) {
      commit(key, kinds.intent);
      boundary();
    }
    const int mode = std::exchange(hook_mode_, -1);
    if (mode == -1 || mode == 1) {
      const int name = world_.keys()[static_cast<std::size_t>(number)].name;
      const int there = world_.served_at_master(name);
      // another's record is never replaced, but that of the key whose slot it was
      if (there == number || there < 0 || value == number) {
        world_.write_record(name, value);
      }
    }
    boundary();
    if (fault_.no_intent) {
      if (kinds.intent != EventKind::publishing && !died_before_record_) {
        died_before_record_ = true;
        throw Crash{};
      }
      commit(key, kinds.intent);
    }
    commit(key, mode == 0 || mode == 1 ? EventKind::failed : kinds.result);
  }

  void end_record(const KeyId& key, Kinds kinds, int value)
  {
    const int number = index_of(key);
    if (!life_of(key).has(Moment::revoking) && !life_of(key).has(Moment::withdrawing)) {
      world_.judge_end(number);
    }
    if (parameters_.by_program) {
      call(key, kinds, value);
    } else {
      commit(key, kinds.intent);
    }
  }

  void switch_to(const KeyId& key)
  {
    commit(key, EventKind::switching);
    boundary();
    const int before = world_.configured();
    const int mode = std::exchange(switch_mode_, -1);
    if (mode == 0) {
      commit(key, EventKind::switch_failed, "no space left");
      return;
    }
    world_.configure(index_of(key));
    boundary();
    if (mode == 1) {
      world_.configure(before);
      boundary();
      commit(key, EventKind::switch_failed, "amavisd refuses");
      return;
    }
    world_.reload(true);
    boundary();
    commit(key, EventKind::activated);
    if (world_.look_at_signer().was_asked) {
      commit(key, EventKind::confirmed);
    }
    for (const KeyLife& other : state_.keys) {
      if (other.facts.id != key && other.has(Moment::activated) && !other.has(Moment::retired)) {
        commit(other.facts.id, EventKind::retired);
      }
    }
  }

  void undo_switch(const KeyId& key)
  {
    const int number = index_of(key);
    if (world_.configured() == number) {
      for (const KeyLife& other : state_.keys) {
        if (other.facts.id != key && other.has(Moment::activated) && !other.has(Moment::retired)) {
          world_.configure(index_of(other.facts.id));
          world_.reload(false);
          break;
        }
      }
    }
    boundary();
    commit(key, EventKind::switch_failed, "interrupted");
  }

  void destroy(const KeyId& key)
  {
    commit(key, EventKind::destroying);
    boundary();
    world_.destroy_file(index_of(key));
    boundary();
    commit(key, EventKind::destroyed);
    ++outcome_.ended;
  }

  // ---- the state ----

  const KeyLife& life_of(const KeyId& key) const
  {
    return *std::ranges::find(state_.keys, key,
                              [](const KeyLife& life) -> const KeyId& { return life.facts.id; });
  }

  void commit(const KeyId& key, EventKind kind, const std::string& detail = {})
  {
    const Now now = in_run_ ? now_ : now_of_host();
    const KeyEvent event{key, {kind, now.time, now.run, {}, detail, {}}};
    keep({event});
  }

  void keep(const std::vector<KeyEvent>& events)
  {
    for (const KeyEvent& event : events) {
      apply(state_.keys, event);
      outcome_.activations += event.event.kind == EventKind::activated ? 1 : 0;
      if (tell_) {
        tell(fmt::format("{} {}", event.key, phrase(event.event)));
      }
    }
  }

  // What a person asks for is refused while the clock is not right: its times would not be.
  void record(const dkimctl::Result<std::vector<KeyEvent>>& events)
  {
    if (events && is_clock_right()) {
      keep(*events);
    }
  }

  int coming() const
  {
    for (const KeyLife& key : state_.keys) {
      if (!key.has(Moment::activated) && !key.has(Moment::retired)) {
        return index_of(key.facts.id);
      }
    }
    return kNone;
  }

  void tell(const std::string& what)
  {
    if (tell_) {
      outcome_.story.push_back(fmt::format(
          "{:>9} h  {}", fmt::format("{:.1f}", static_cast<double>((world_.now() - begin_).count()) / 3600.0),
          what));
    }
  }

  // After a long quiet time all that was begun must have come to its end: what has not; empty: nothing.
  std::string unfinished() const
  {
    if (is_open(state_.keys)) {
      return "a rollover never ends";
    }
    for (const KeyLife& key : state_.keys) {
      const bool is_done = is_finished(key) || (is_ending(key) && key.has(Moment::destroyed));
      if (key.has(Moment::retired) && is_ours_to_end(key) && !is_done) {
        return fmt::format("{} never comes to its end", key.facts.id);
      }
    }
    return outcome_.activations == 0 ? "no key was ever replaced" : "";
  }

  const History& history_;
  const Parameters& parameters_;
  const Fault& fault_;
  bool tell_;
  Policy policy_;
  World world_;
  Seconds begin_{0};
  State state_;
  std::vector<State> copies_;
  std::vector<Incident> endings_;
  Now now_;
  Seconds offset_{0};
  Seconds boot_at_{0};
  int boots_ = 0;
  int hook_mode_ = -1;
  int switch_mode_ = -1;
  int crash_at_ = -1;
  int boundaries_ = 0;
  bool in_run_ = false;
  bool paused_ = false;
  bool died_before_record_ = false;
  bool quiet_ = false;
  Outcome outcome_;
};

}  // namespace

Outcome simulate(const History& history, const Fault& fault, bool tell)
{
  return Host(history, fault, tell).run();
}

}  // namespace simulation
