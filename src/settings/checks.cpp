#include "settings/checks.hpp"

#include "settings/findings.hpp"
#include "settings/values.hpp"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

namespace dkimctl::settings {
namespace {

using std::chrono::seconds;

constexpr std::chrono::hours kQueueMargin{48};  // a message is tried once more, and read, behind its lifetime

/// The second is not to be the shorter one.
struct Order {
  std::string_view shorter;
  std::string_view longer;
  seconds (*of_shorter)(const HostSettings&, const DomainSettings&);
  seconds (*of_longer)(const HostSettings&, const DomainSettings&);
};

constexpr std::array kOrders{
    Order{"publish_safety", "hold_program",
          [](const HostSettings& /*host*/, const DomainSettings& domain) { return domain.publish_safety; },
          [](const HostSettings& /*host*/, const DomainSettings& domain) { return domain.hold_program; }},
    Order{"publish_safety", "hold_person",
          [](const HostSettings& /*host*/, const DomainSettings& domain) { return domain.publish_safety; },
          [](const HostSettings& /*host*/, const DomainSettings& domain) { return domain.hold_person; }},
    Order{"clock_margin", "long_gap",
          [](const HostSettings& host, const DomainSettings& /*domain*/) { return host.clock_margin; },
          [](const HostSettings& host, const DomainSettings& /*domain*/) { return host.long_gap; }},
};

/// Where one is made in that very section.
const Location* made(const Settings& settings, std::string_view domain, std::string_view name)
{
  const auto found = settings.places.find(Settings::Key{domain, name});
  return found == settings.places.end() ? nullptr : &found->second;
}

void check_section(const Settings& settings, std::string_view domain, std::vector<Finding>& findings)
{
  const DomainSettings& of_domain = settings.of(domain);
  for (const Order& order : kOrders) {
    const Location* where = made(settings, domain, order.longer);
    where = where == nullptr ? made(settings, domain, order.shorter) : where;
    const seconds least = order.of_shorter(settings.host, of_domain);
    const seconds longer = order.of_longer(settings.host, of_domain);
    if (where == nullptr || longer >= least) {
      continue;
    }
    findings.push_back(make_finding(findings::kConflict, std::string{domain.empty() ? order.longer : domain},
                                    fmt::format("{} ({}) is shorter than {} ({})", order.longer,
                                                duration_text(longer), order.shorter, duration_text(least)),
                                    fmt::format("set {} = {} or more", order.longer, duration_text(least))));
    findings.back().where = *where;
  }
}

struct Retention {
  seconds time{};
  std::string why;
};

/// How long a message may be under way that the old key signed.
Retention retention(const Settings& settings, const DomainSettings& domain, seconds longest_signature)
{
  const seconds queue = settings.host.queue_lifetime + kQueueMargin;
  if (longest_signature > std::max(domain.retain, queue)) {
    return {longest_signature,
            fmt::format("{} for which signatures are valid", duration_text(longest_signature))};
  }
  if (queue > domain.retain) {
    return {queue, fmt::format("queue_lifetime {} and 2d", duration_text(settings.host.queue_lifetime))};
  }
  return {domain.retain, fmt::format("retain {}", duration_text(domain.retain))};
}

struct Hold {
  seconds time{};
  std::string_view name;
};

Hold hold(const DomainSettings& domain)
{
  switch (domain.publish) {
  case Publishing::manual: return {domain.hold_person, "hold_person"};
  }
  return {domain.hold_program, "hold_program"};
}

}  // namespace

const DomainSettings& Settings::of(std::string_view domain) const
{
  const auto found = domains.find(domain);
  return found == domains.end() ? every_domain : found->second;
}

const Location* Settings::place(std::string_view domain, std::string_view name) const
{
  const Location* const own = made(*this, domain, name);
  return own == nullptr ? made(*this, "", name) : own;
}

std::vector<Finding> conflicts(const Settings& settings)
{
  std::vector<Finding> findings;
  check_section(settings, "", findings);
  for (const auto& [domain, unused] : settings.domains) {
    check_section(settings, domain, findings);
  }
  return findings;
}

seconds shortest_rollover(const Settings& settings, std::string_view domain, seconds longest_signature)
{
  const DomainSettings& own = settings.of(domain);
  return hold(own).time + own.publish_safety + retention(settings, own, longest_signature).time +
         own.tombstone;
}

std::optional<Finding> interval_finding(const Settings& settings, std::string_view domain,
                                        seconds longest_signature)
{
  const DomainSettings& own = settings.of(domain);
  const seconds needed = shortest_rollover(settings, domain, longest_signature);
  if (own.interval >= needed) {
    return std::nullopt;
  }
  const Hold held = hold(own);
  Finding finding = make_finding(
      findings::kInterval, std::string{domain},
      fmt::format(
          "the interval of {} is {}, and a rollover takes longer: {} {}, publish_safety {}, {}, tombstone {}",
          domain, duration_text(own.interval), held.name, duration_text(held.time),
          duration_text(own.publish_safety), retention(settings, own, longest_signature).why,
          duration_text(own.tombstone)),
      fmt::format("set interval = {} or more; until then one rollover waits for the end of the last",
                  duration_text(std::chrono::ceil<std::chrono::duration<int, std::ratio<86400>>>(needed))));
  if (const Location* where = settings.place(domain, "interval"); where != nullptr) {
    finding.where = *where;
  }
  return finding;
}

}  // namespace dkimctl::settings
