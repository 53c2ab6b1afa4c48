// Where each key stands, and what a person must do, as text and JSON.
#pragma once

#include "base/finding.hpp"
#include "rollover/plan.hpp"
#include "rollover/time_line.hpp"
#include "rollover/todo.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dkimctl::report {

struct KeyStatus {
  rollover::KeyLife life;
  bool on_record = true;  // else it is shown as the first run will take it on record
  std::vector<rollover::TimeLineRow> rows = {};
  std::vector<rollover::Blocker> waits = {};  // as far as they are not in `rows`
};

struct DomainStatus {
  std::string domain;
  std::vector<KeyStatus> keys;
  std::vector<rollover::Todo> todos = {};
};

struct StateReport {
  std::optional<rollover::Time> last_run;
  std::vector<DomainStatus> domains;  // by name
  std::vector<Finding> findings;
};

/// A block a key, with a line for each row of its time line, what it waits for, and what a person must do:
///
///     example.com  dkim._domainkey.example.com.  active since 2026-05-02 03:00 UTC, not made here
///       2026-05-02 03:00 UTC  found, not made here
///       2026-10-29 03:00 UTC  next: rollover due; auto = no: dkimctl rotate example.com
std::string status_text(const StateReport& report);

/// {"schema":1,"last_run":...,"domains":[{"domain","keys":[{"id","selector","owner","state","on_record",
/// "made_here","file","timeline":[{"name","time","done","text"}],"waits":[{"act","text","server","until"}]}],
/// "todo":[...]}],"findings":[...]}.
std::string status_json(const StateReport& report);

/// The urgent ones first; below each what to publish, where that is the task.
std::string todo_text(const StateReport& report);

/// {"schema":1,"todo":[{"task","urgent","domain","selector","owner","server","text","hint","record"}],
/// "findings":[...]}.
std::string todo_json(const StateReport& report);

/// A person must act.
bool is_anything_to_do(const StateReport& report);

}  // namespace dkimctl::report
