#include "report/rotation.hpp"

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

using rollover::Act;

struct Words {
  Act act;
  std::string_view by_program;      // {} stands for the key
  std::string_view by_person = {};  // where it is another for whom a person publishes
};

constexpr std::array<Words, rollover::kActs> kWords{{
    {Act::none, "nothing"},
    {Act::reserve_successor, "choose the selector of a new key"},
    {Act::generate_key, "make the private key of {}"},
    {Act::publish_record, "have the record of {} published by program"},
    {Act::hand_out_record, "hand out the record of {}, which a person publishes"},
    {Act::mark_ready, "{} is proven: every server has served its record for long enough"},
    {Act::switch_signing, "amavisd signs with {}"},
    {Act::undo_switch, "undo a switch to {} that did not end"},
    {Act::stop_signing, "amavisd signs with {} no longer"},
    {Act::revoke_record, "have the record of {} revoked by program",
     "ask a person to revoke the record of {}, with an empty p="},
    {Act::withdraw_record, "have the record of {} withdrawn by program",
     "ask a person to delete the record of {}"},
    {Act::destroy_key, "destroy the private key of {}"},
}};

constexpr bool is_in_order()
{
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    if (static_cast<std::size_t>(kWords[i].act) != i) {
      return false;
    }
  }
  return true;
}
static_assert(is_in_order(), "a row for each act, in the order of the acts");

constexpr std::string_view kNow = "now                 ";  // as wide as a time

std::string words(const DomainPlan& plan, const rollover::ForecastStep& step)
{
  const Words& row = kWords.at(static_cast<std::size_t>(step.act));
  const std::string_view text = plan.by_person && !row.by_person.empty() ? row.by_person : row.by_program;
  const std::string key = step.selector == rollover::kNewSelector ? "the new key" : step.selector;
  const std::size_t at = text.find("{}");
  return at == std::string_view::npos ? std::string{text}
                                      : fmt::format("{}{}{}", text.substr(0, at), key, text.substr(at + 2));
}

std::string domain_text(const DomainPlan& plan)
{
  std::string out = printable(plan.domain) + "\n";
  if (!plan.refusal.empty()) {
    out += fmt::format("  refused: {}\n{}", printable(plan.refusal),
                       plan.hint.empty() ? "" : fmt::format("    hint: {}\n", printable(plan.hint)));
  }
  for (const rollover::ForecastStep& step : plan.steps) {
    out += fmt::format("  {}  {}\n", step.at == plan.now ? std::string{kNow} : rollover::time_text(step.at),
                       printable(words(plan, step)));
  }
  for (const PlanWait& wait : plan.waits) {
    out += fmt::format("  waits: {}: {}\n", printable(wait.selector), printable(wait.blocker.text));
  }
  for (const std::string& note : plan.notes) {
    out += fmt::format("  note: {}\n", printable(note));
  }
  return out;
}

void write_step(JsonWriter& json, const DomainPlan& plan, const rollover::ForecastStep& step)
{
  json.begin_object();
  json.key("act").string(to_string(step.act));
  json.key("selector");
  if (step.selector == rollover::kNewSelector) {
    json.null();
  } else {
    json.string(step.selector);
  }
  write_time(json, "time", step.at);
  json.key("text").text(words(plan, step));
  json.end_object();
}

void write_wait(JsonWriter& json, const PlanWait& wait)
{
  json.begin_object();
  json.key("selector").string(wait.selector);
  json.key("act").string(to_string(wait.blocker.act));
  json.key("text").text(wait.blocker.text);
  if (!wait.blocker.server.empty()) {
    json.key("server").string(wait.blocker.server);
  }
  write_time(json, "until", wait.blocker.until);
  json.end_object();
}

void write_domain(JsonWriter& json, const DomainPlan& plan)
{
  json.begin_object();
  json.key("domain").string(plan.domain);
  if (!plan.refusal.empty()) {
    json.key("refusal").text(plan.refusal);
    json.key("hint").text(plan.hint);
  }
  json.key("steps").begin_array();
  for (const rollover::ForecastStep& step : plan.steps) {
    write_step(json, plan, step);
  }
  json.end_array();
  json.key("waits").begin_array();
  for (const PlanWait& wait : plan.waits) {
    write_wait(json, wait);
  }
  json.end_array();
  json.key("notes").begin_array();
  for (const std::string& note : plan.notes) {
    json.text(note);
  }
  json.end_array();
  json.end_object();
}

}  // namespace

std::string rotation_text(const RotationPlan& plan)
{
  std::string out;
  for (const DomainPlan& domain : plan.domains) {
    out += (out.empty() ? "" : "\n") + domain_text(domain);
  }
  return out.empty()
             ? ""
             : out +
                   "\nThe times are the earliest: a record is published at once, every server has it, and "
                   "a run looks whenever something is due.\nNothing was changed.\n";
}

std::string rotation_json(const RotationPlan& plan)
{
  JsonWriter json;
  json.begin_object();
  json.key("schema").number(1);
  json.key("domains").begin_array();
  for (const DomainPlan& domain : plan.domains) {
    write_domain(json, domain);
  }
  json.end_array();
  json.key("findings");
  write_findings(json, plan.findings);
  json.end_object();
  return std::move(json).finish();
}

bool is_any_refused(const RotationPlan& plan)
{
  return std::ranges::any_of(plan.domains, [](const DomainPlan& domain) { return !domain.refusal.empty(); });
}

}  // namespace dkimctl::report
