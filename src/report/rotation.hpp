// What a rollover would do, and when, as text and JSON.
#pragma once

#include "base/finding.hpp"
#include "rollover/forecast.hpp"

#include <string>
#include <vector>

namespace dkimctl::report {

/// What a key waits for.
struct PlanWait {
  std::string selector;
  rollover::Blocker blocker;
};

struct DomainPlan {
  std::string domain;
  std::string refusal = {};  // why no rollover can be asked for; empty: it can
  std::string hint = {};
  bool by_person = true;  // a person writes the DNS
  rollover::Time now = {};
  std::vector<rollover::ForecastStep> steps = {};  // those at `now` would be done at once
  std::vector<PlanWait> waits = {};                // what is not as it should be, now
  std::vector<std::string> notes = {};
};

struct RotationPlan {
  std::vector<DomainPlan> domains;
  bool is_silent = false;  // of some key no server said anything
  std::vector<Finding> findings;
};

/// A block a domain:
///
///     example.com
///       now                   choose the selector of a new key
///       2026-11-29 14:00 UTC  amavisd signs with the new key
///       waits: dkim: ns2.example.net/192.0.2.2 serves no record
///     The times are the earliest: ...
std::string rotation_text(const RotationPlan& plan);

/// {"schema":1,"domains":[{"domain","refusal","hint","steps":[{"act","selector","time","text"}],"waits":
/// [{"selector","act","text","server","until"}],"notes":[...]}],"findings":[...]}.
std::string rotation_json(const RotationPlan& plan);

/// Some domain's rollover was refused.
bool is_any_refused(const RotationPlan& plan);

}  // namespace dkimctl::report
