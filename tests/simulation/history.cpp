#include "world.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

namespace simulation {

namespace {

using namespace std::chrono_literals;

class Dice {
public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  int below(int limit) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(limit)); }
  bool one_in(int chances) { return below(chances) == 0; }
  template<std::size_t N>
  Seconds one_of(const std::array<Seconds, N>& spans)
  {
    return spans[static_cast<std::size_t>(below(N))];
  }

private:
  std::mt19937_64 engine_;
};

struct Kind {
  Trouble trouble;
  std::string_view name;
  int weight;
  bool lasts;
};

constexpr std::array<Kind, kTroubles> kKinds{{
    {Trouble::lag, "a server lags", 3, true},
    {Trouble::lose, "a server loses the record", 4, true},
    {Trouble::silence, "a server is silent", 4, true},
    {Trouble::server_joins, "a server joins", 1, false},
    {Trouble::server_leaves, "a server leaves", 1, false},
    {Trouble::bogus, "the zone is bogus", 1, true},
    {Trouble::hook_fails, "the hook fails", 4, false},
    {Trouble::switch_fails, "the switch fails", 2, false},
    {Trouble::crash, "a run crashes", 8, false},
    {Trouble::clock, "the clock is set", 3, true},
    {Trouble::reboot, "reboot", 1, false},
    {Trouble::hand_edit, "edited by hand", 3, true},
    {Trouble::restore, "state restored", 4, false},
    {Trouble::forget, "state deleted", 1, false},
    {Trouble::other_host, "the other host stops", 2, false},
    {Trouble::rotate, "rotate", 6, false},
    {Trouble::compromised, "rotate --compromised", 1, false},
    {Trouble::cancel, "cancel", 2, false},
    {Trouble::rollback, "rollback", 7, false},
    {Trouble::pause, "no run", 2, true},
    {Trouble::deaf, "amavisd cannot be asked", 2, true},
    {Trouble::held, "a message is held", 2, true},
}};

constexpr bool is_in_order()
{
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    if (static_cast<std::size_t>(kKinds[i].trouble) != i) {
      return false;
    }
  }
  return true;
}
static_assert(is_in_order());

const Kind& random_kind(Dice& dice)
{
  int total = 0;
  for (const Kind& kind : kKinds) {
    total += kind.weight;
  }
  int left = dice.below(total);
  for (const Kind& kind : kKinds) {
    left -= kind.weight;
    if (left < 0) {
      return kind;
    }
  }
  return kKinds.back();
}

Parameters random_parameters(Dice& dice)
{
  Parameters p;
  p.servers = 1 + dice.below(3);
  p.negative_ttl = dice.one_of(std::array<Seconds, 4>{5min, 1h, 6h, 20h});
  p.positive_ttl = dice.one_of(std::array<Seconds, 3>{5min, 1h, 10h});
  p.lag = dice.one_of(std::array<Seconds, 3>{1min, 10min, 5h});
  p.validity = dice.one_of(std::array<Seconds, 4>{0s, 24h, 96h, 144h});
  p.queued = 24h;
  p.old_workers = dice.one_of(std::array<Seconds, 3>{2s, 10min, 3h});
  p.run_every = dice.one_of(std::array<Seconds, 5>{1h, 1h, 4h, 9h, 48h});
  p.person_delay = dice.one_of(std::array<Seconds, 3>{1h, 7h, 30h});
  p.person_errs = dice.one_in(2);
  p.person_removes = !dice.one_in(4);
  p.by_program = !dice.one_in(3);
  p.slots = dice.one_in(4) ? 3 : 0;
  p.can_be_asked = !dice.one_in(6);
  p.other_host = dice.one_in(3);
  p.tombstone = dice.one_of(std::array<Seconds, 2>{0s, 24h});
  return p;
}

}  // namespace

History random_history(std::uint64_t seed)
{
  Dice dice(seed);
  History history{random_parameters(dice), {}};
  // people begin rollovers in any case, so that there is something to disturb
  history.incidents.push_back({Trouble::rotate, Seconds(dice.below(48 * 3600)), 0s, 0, 0});
  const int incidents = dice.below(18);
  for (int i = 0; i < incidents; ++i) {
    const Kind& kind = random_kind(dice);
    Incident incident{kind.trouble, Seconds(dice.below(16 * 86400)), 0s, dice.below(12), dice.below(4)};
    if (kind.lasts) {
      incident.duration = dice.one_of(std::array<Seconds, 5>{10min, 3h, 9h, 30h, 150h});
    }
    if (kind.trouble == Trouble::lose || kind.trouble == Trouble::server_joins) {
      incident.mode %= 2;
    }
    if (kind.trouble == Trouble::hook_fails) {
      incident.mode %= 3;
    }
    history.incidents.push_back(incident);
  }
  std::ranges::stable_sort(history.incidents, {}, &Incident::at);
  return history;
}

std::string to_text(const History& history)
{
  const Parameters& p = history.parameters;
  std::string text = fmt::format(
      "servers {}, negative TTL {} s, TTL {} s, lag {} s, x= {} s, old workers {} s, a run every {} s, a "
      "person after "
      "{} s{}{}, published by {}, slots {}, {}{}, tombstone {} s\n",
      p.servers, p.negative_ttl.count(), p.positive_ttl.count(), p.lag.count(), p.validity.count(),
      p.old_workers.count(), p.run_every.count(), p.person_delay.count(), p.person_errs ? " who errs" : "",
      p.person_removes ? "" : " who never removes", p.by_program ? "a program" : "a person", p.slots,
      p.can_be_asked ? "amavisd can be asked" : "amavisd cannot be asked",
      p.other_host ? ", another host signs" : "", p.tombstone.count());
  for (const Incident& incident : history.incidents) {
    text += fmt::format(
        "{:>9.1f} h  {}, for {:.1f} h, mode {}, server {}\n", static_cast<double>(incident.at.count()) / 3600,
        kKinds[static_cast<std::size_t>(incident.trouble)].name,
        static_cast<double>(incident.duration.count()) / 3600, incident.mode, incident.server);
  }
  return text;
}

}  // namespace simulation
