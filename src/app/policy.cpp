#include "app/policy.hpp"

namespace dkimctl::app {
namespace {

rollover::Publisher publisher_of(settings::Publishing publishing)
{
  switch (publishing) {
  case settings::Publishing::manual: break;
  }
  return rollover::Publisher::person;
}

}  // namespace

rollover::Policy policy_of(const settings::Settings& settings, std::string_view domain)
{
  const settings::DomainSettings& wanted = settings.of(domain);
  rollover::Policy policy;
  policy.publisher = publisher_of(wanted.publish);
  policy.automatic = wanted.automatic;
  policy.interval = wanted.interval;
  policy.slots = static_cast<int>(wanted.slots);
  if (wanted.activate_window) {
    policy.activate_window = {wanted.activate_window->from, wanted.activate_window->until};
  }
  policy.publish_safety = wanted.publish_safety;
  policy.hold_program = wanted.hold_program;
  policy.hold_person = wanted.hold_person;
  policy.retain = wanted.retain;
  policy.queue_lifetime = settings.host.queue_lifetime;
  policy.tombstone = wanted.tombstone;
  policy.silent_after = wanted.silent_after;
  policy.silent_runs = static_cast<int>(wanted.silent_runs);
  policy.clock_margin = settings.host.clock_margin;
  return policy;
}

}  // namespace dkimctl::app
