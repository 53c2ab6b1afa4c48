// What was done when, and why.
#pragma once

#include "base/finding.hpp"
#include "rollover/event.hpp"

#include <string>
#include <vector>

namespace dkimctl::report {

struct HistoryEntry {
  std::string key;  // its id
  std::string domain;
  std::string selector;
  rollover::Event event;
};

struct History {
  std::vector<HistoryEntry> entries;  // the oldest first
  std::vector<Finding> findings;
};

/// A line an event:
///
///     2026-05-02 03:00 UTC  example.com dkim: selector chosen, its private key to be /var/lib/dkim/...
std::string history_text(const History& history);

/// {"schema":1,"events":[{"time","run","key","domain","selector","event","object","detail","span","text"}],
/// "findings":[...]}; what an event does not have is left out, `span` is in seconds.
std::string history_json(const History& history);

}  // namespace dkimctl::report
