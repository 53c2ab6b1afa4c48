#include "rollover/times.hpp"

#include <algorithm>

namespace dkimctl::rollover {

Seconds hold(const KeyLife& life, const Policy& policy)
{
  const Seconds floor = policy.publisher == Publisher::program ? policy.hold_program : policy.hold_person;
  const Seconds settled = life.has(Moment::restored) ? policy.hold_restored : Seconds{0};
  return std::max({life.cache_time, policy.publish_safety, floor, settled});
}

std::optional<Time> ready_time(const KeyLife& life, const Policy& policy)
{
  const auto& agreed = life.at[Moment::agreed];
  return agreed ? std::optional(*agreed + hold(life, policy)) : std::nullopt;
}

Seconds retention(const KeyLife& life, const Policy& policy)
{
  const Seconds queue = policy.queue_lifetime + std::chrono::days(2);
  return std::max({policy.retain, life.expiry, queue}) + policy.clock_margin;
}

std::optional<Time> retention_end(const KeyLife& life, const Policy& policy)
{
  if (!life.has(Moment::may_sign) || life.has(Moment::compromised)) {
    return life.at[Moment::retired];
  }
  const auto unused = std::max(life.at[Moment::unused], life.at[Moment::retire_confirmed]);
  return life.has(Moment::unused) ? std::optional(*unused + retention(life, policy)) : std::nullopt;
}

std::optional<Time> tombstone_end(const KeyLife& life, const Policy& policy)
{
  const auto& revoked = life.at[Moment::revoked];
  return revoked ? std::optional(*revoked + policy.tombstone) : std::nullopt;
}

std::optional<Time> due_time(const KeyLife& life, const Policy& policy)
{
  const auto& activated = life.at[Moment::activated];
  return activated && !life.has(Moment::retired) ? std::optional(*activated + policy.interval) : std::nullopt;
}

Seconds shortest_interval(const KeyLife& life, const Policy& policy)
{
  return hold(life, policy) + retention(life, policy) + 2 * policy.agree_after;
}

}  // namespace dkimctl::rollover
