// rotate --dry-run: what a rollover would do now, and when at the earliest it would come to its end.
#pragma once

#include "app/status.hpp"
#include "app/testkeys.hpp"
#include "dns/messenger.hpp"
#include "report/rotation.hpp"

#include <chrono>
#include <cstddef>
#include <functional>

namespace dkimctl::app {

struct RotationQuery {
  StateQuery state;
  bool compromised = false;
  std::chrono::minutes day_time{0};  // after midnight, by the host's clock on the wall
  DnsWishes dns;
  std::function<void(std::size_t done, std::size_t all)> progress;  // may be empty
};

/// How DNS is asked.
struct RotationDns {
  const dkim::Vantage& vantage;
  dns::Messenger& messenger;
};

/// Changes nothing. Fails where the state cannot be read, or DNS cannot be asked at all.
Result<report::RotationPlan> plan_rotation(const Host& host, const settings::Settings& settings,
                                           const RotationQuery& query);
Result<report::RotationPlan> plan_rotation(const Host& host, const settings::Settings& settings,
                                           const RotationQuery& query, const RotationDns& dns);

}  // namespace dkimctl::app
