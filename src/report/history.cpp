#include "report/history.hpp"

#include "report/json.hpp"
#include "report/printable.hpp"
#include "report/times_json.hpp"
#include "rollover/duration.hpp"

#include <utility>

#include <fmt/format.h>

namespace dkimctl::report {
namespace {

void write_entry(JsonWriter& json, const HistoryEntry& entry)
{
  const rollover::Event& event = entry.event;
  json.begin_object();
  write_time(json, "time", event.at);
  json.key("run").number(static_cast<std::uint64_t>(event.run));
  json.key("key").string(entry.key);
  json.key("domain").string(entry.domain);
  json.key("selector").string(entry.selector);
  json.key("event").string(rule_of(event.kind).name);
  if (!event.object.empty()) {
    json.key("object").string(event.object);
  }
  if (!event.detail.empty()) {
    json.key("detail").string(event.detail);
  }
  if (event.span) {
    json.key("span").number(static_cast<std::uint64_t>(event.span->count()));
  }
  json.key("text").text(phrase(event));
  json.end_object();
}

}  // namespace

std::string history_text(const History& history)
{
  std::string out;
  for (const HistoryEntry& entry : history.entries) {
    out += fmt::format("{}  {} {}: {}\n", rollover::time_text(entry.event.at), printable(entry.domain),
                       printable(entry.selector), printable(phrase(entry.event)));
  }
  return out.empty() ? "nothing is on record\n" : out;
}

std::string history_json(const History& history)
{
  JsonWriter json;
  json.begin_object();
  json.key("schema").number(1);
  json.key("events").begin_array();
  for (const HistoryEntry& entry : history.entries) {
    write_entry(json, entry);
  }
  json.end_array();
  json.key("findings");
  write_findings(json, history.findings);
  json.end_object();
  return std::move(json).finish();
}

}  // namespace dkimctl::report
