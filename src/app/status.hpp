// status, todo and history: what is on record of the keys, with those of the configuration that are not.
#pragma once

#include "app/configured_keys.hpp"
#include "app/facts.hpp"
#include "app/state.hpp"
#include "base/host.hpp"
#include "base/result.hpp"
#include "report/history.hpp"
#include "report/status.hpp"
#include "settings/settings.hpp"

#include <set>
#include <string>
#include <vector>

namespace dkimctl::app {

struct StateQuery {
  NamedFiles files;                       // of amavisd's configuration; none: what amavisd would read
  std::string root;                       // of the tree that `host` is; empty: /
  std::vector<std::string> domains = {};  // as typed; empty: all
  rollover::Time now;
};

/// A domain and all its keys.
struct DomainKeys {
  std::string domain;
  std::vector<rollover::KeyLife> keys;  // those on record first
  std::size_t on_record = 0;            // how many these are
};

/// The clock never goes back behind the last run.
rollover::Now now_of(const State& state, rollover::Time time);

struct KnownKeys {
  std::vector<DomainKeys> domains;  // by name; those that were asked for
  std::vector<Finding> findings;    // of the state and the configuration, as far as they matter here
};

/// The keys on record, and those of the configuration as the first run takes them on record.
Result<KnownKeys> known_keys(const Facts& facts, const State& state, const StateQuery& query);

/// Asks no DNS: what servers serve is what the last run saw.
Result<report::StateReport> status(const Host& host, const settings::Settings& settings,
                                   const StateQuery& query);

/// Of the domains, or of all: the last 100,000 events.
Result<report::History> history(const Host& host, const settings::Settings& settings,
                                const StateQuery& query);

}  // namespace dkimctl::app
