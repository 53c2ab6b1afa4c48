#include "report/status.hpp"

#include "dns/rrset.hpp"
#include "publish/forms.hpp"
#include "report/json.hpp"
#include "report/printable.hpp"
#include "report/times_json.hpp"
#include "rollover/duration.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::report {
namespace {

using rollover::KeyLife;
using rollover::KeyState;
using rollover::Moment;

// As wide as a time.
constexpr std::string_view kNoTime = "                    ";
constexpr std::string_view kLater = "later               ";

std::string owner_of(const KeyLife& life)
{
  return fmt::format("{}._domainkey.{}.", life.facts.selector, life.facts.domain);
}

/// With which a state begins, in the order of the states.
constexpr std::array kBegins{Moment::reserved,  Moment::generated, Moment::seen,    Moment::ready,
                             Moment::activated, Moment::retired,   Moment::revoked, Moment::gone};

std::string state_text(const KeyStatus& key)
{
  const KeyState state = rollover::state_of(key.life);
  if (!key.on_record) {
    return fmt::format("{}, in amavisd's configuration; the first run takes it on record", to_string(state));
  }
  const auto& begin = key.life.at[kBegins.at(static_cast<std::size_t>(state))];
  return fmt::format("{}{}{}{}", to_string(state), begin ? " since " + rollover::time_text(*begin) : "",
                     key.life.has(Moment::adopted) ? ", not made here" : "",
                     key.life.has(Moment::compromised) ? ", its private key known to others" : "");
}

std::string row_text(const rollover::TimeLineRow& row, bool is_first_to_come)
{
  const std::string_view word = row.done ? "" : is_first_to_come ? "next: " : "then: ";
  return fmt::format("  {}  {}{}\n", row.at ? rollover::time_text(*row.at) : std::string{kLater}, word,
                     printable(row.text));
}

std::string key_text(const KeyStatus& key)
{
  std::string out = fmt::format("{}  {}  {}\n", printable(key.life.facts.domain),
                                printable(owner_of(key.life)), state_text(key));
  bool is_past = true;
  for (const rollover::TimeLineRow& row : key.rows) {
    out += row_text(row, is_past && !row.done);
    is_past = is_past && row.done;
  }
  for (const rollover::Blocker& wait : key.waits) {
    out += fmt::format("  {}  waits: {}\n", kNoTime, printable(wait.text));
  }
  return out;
}

std::string todo_line(const rollover::Todo& todo)
{
  return fmt::format("{}{}", todo.urgent ? "urgent: " : "", printable(todo.text));
}

const KeyLife* life_of(const DomainStatus& domain, const rollover::Todo& todo)
{
  const auto found =
      std::ranges::find_if(domain.keys, [&](const KeyStatus& key) { return key.life.facts.id == todo.key; });
  return found == domain.keys.end() ? nullptr : &found->life;
}

void write_row(JsonWriter& json, const rollover::TimeLineRow& row)
{
  json.begin_object();
  json.key("name").string(row.name);
  write_time(json, "time", row.at);
  json.key("done").boolean(row.done);
  json.key("text").text(row.text);
  json.end_object();
}

void write_wait(JsonWriter& json, const rollover::Blocker& wait)
{
  json.begin_object();
  json.key("act").string(to_string(wait.act));
  json.key("text").text(wait.text);
  if (!wait.server.empty()) {
    json.key("server").string(wait.server);
  }
  write_time(json, "until", wait.until);
  json.end_object();
}

void write_names(JsonWriter& json, const KeyLife& life)
{
  json.key("selector").string(life.facts.selector);
  json.key("owner").string(owner_of(life));
}

void write_key(JsonWriter& json, const KeyStatus& key)
{
  json.begin_object();
  if (key.on_record) {
    json.key("id").string(key.life.facts.id);
  }
  write_names(json, key.life);
  json.key("state").string(to_string(rollover::state_of(key.life)));
  json.key("on_record").boolean(key.on_record);
  json.key("made_here").boolean(!key.life.has(Moment::adopted));
  json.key("file").string(key.life.facts.file);
  json.key("timeline").begin_array();
  for (const rollover::TimeLineRow& row : key.rows) {
    write_row(json, row);
  }
  json.end_array();
  json.key("waits").begin_array();
  for (const rollover::Blocker& wait : key.waits) {
    write_wait(json, wait);
  }
  json.end_array();
  json.end_object();
}

void write_todo(JsonWriter& json, const DomainStatus& domain, const rollover::Todo& todo)
{
  const KeyLife* const life = life_of(domain, todo);
  json.begin_object();
  json.key("task").string(to_string(todo.task));
  json.key("urgent").boolean(todo.urgent);
  json.key("domain").string(domain.domain);
  if (life != nullptr) {
    write_names(json, *life);
  }
  if (!todo.server.empty()) {
    json.key("server").string(todo.server);
  }
  json.key("text").text(todo.text);
  json.key("hint").text(todo.hint);
  if (const std::string record = life == nullptr ? "" : record_wanted(todo, *life); !record.empty()) {
    json.key("record").string(record);
  }
  json.end_object();
}

void write_domain(JsonWriter& json, const DomainStatus& domain)
{
  json.begin_object();
  json.key("domain").string(domain.domain);
  json.key("keys").begin_array();
  for (const KeyStatus& key : domain.keys) {
    write_key(json, key);
  }
  json.end_array();
  json.key("todo").begin_array();
  for (const rollover::Todo& todo : domain.todos) {
    write_todo(json, domain, todo);
  }
  json.end_array();
  json.end_object();
}

using Task = std::pair<const DomainStatus*, const rollover::Todo*>;

/// Of all domains, the urgent ones first.
std::vector<Task> all_tasks(const StateReport& report)
{
  std::vector<Task> tasks;
  for (const DomainStatus& domain : report.domains) {
    for (const rollover::Todo& todo : domain.todos) {
      tasks.emplace_back(&domain, &todo);
    }
  }
  std::ranges::stable_sort(tasks, std::greater<>{}, [](const Task& task) { return task.second->urgent; });
  return tasks;
}

/// For whoever enters it in the form of a DNS provider.
std::string record_text(const KeyLife& life, const std::string& record)
{
  const auto owner = dns::Name::parse(owner_of(life));
  const auto domain = dns::Name::parse(life.facts.domain);
  return owner && domain && !record.empty()
             ? "\n" + publish::panel_form(dns::make_txt(*owner, record), *domain)
             : "";
}

std::string task_text(const DomainStatus& domain, const rollover::Todo& todo)
{
  const KeyLife* const life = life_of(domain, todo);
  return fmt::format("{}\n  hint: {}\n{}", todo_line(todo), printable(todo.hint),
                     life == nullptr ? "" : record_text(*life, record_wanted(todo, *life)));
}

}  // namespace

std::string status_text(const StateReport& report)
{
  std::string out;
  for (const DomainStatus& domain : report.domains) {
    for (const KeyStatus& key : domain.keys) {
      out += (out.empty() ? "" : "\n") + key_text(key);
    }
    for (const rollover::Todo& todo : domain.todos) {
      out += fmt::format("  {}  to do: {}\n", kNoTime, todo_line(todo));
    }
  }
  return out.empty() && report.findings.empty() ? "no key is on record, and none is declared\n" : out;
}

std::string status_json(const StateReport& report)
{
  JsonWriter json;
  json.begin_object();
  json.key("schema").number(1);
  write_time(json, "last_run", report.last_run);
  json.key("domains").begin_array();
  for (const DomainStatus& domain : report.domains) {
    write_domain(json, domain);
  }
  json.end_array();
  json.key("findings");
  write_findings(json, report.findings);
  json.end_object();
  return std::move(json).finish();
}

std::string todo_text(const StateReport& report)
{
  std::string out;
  for (const auto& [domain, todo] : all_tasks(report)) {
    out += (out.empty() ? "" : "\n") + task_text(*domain, *todo);
  }
  if (out.empty() && !report.last_run) {
    return "no run is on record: what a person must do is known after the first\n";
  }
  return out.empty() ? "nothing is to be done by a person\n" : out;
}

std::string todo_json(const StateReport& report)
{
  JsonWriter json;
  json.begin_object();
  json.key("schema").number(1);
  json.key("todo").begin_array();
  for (const auto& [domain, todo] : all_tasks(report)) {
    write_todo(json, *domain, *todo);
  }
  json.end_array();
  json.key("findings");
  write_findings(json, report.findings);
  json.end_object();
  return std::move(json).finish();
}

bool is_anything_to_do(const StateReport& report)
{
  return std::ranges::any_of(report.domains,
                             [](const DomainStatus& domain) { return !domain.todos.empty(); });
}

}  // namespace dkimctl::report
