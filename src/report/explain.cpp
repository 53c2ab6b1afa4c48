#include "report/explain.hpp"

#include "report/json.hpp"
#include "report/printable.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dkimctl::report {
namespace {

using amavis::Because;
using amavis::Decision;
using amavis::Outcome;

constexpr std::int64_t kDay = 86400;  // seconds
constexpr std::size_t kWidest = 48;   // of a column; what is wider pushes the rest of its row

/// "in policy bank A", "in policy banks A, B and without one".
std::string banks_text(const std::vector<std::string>& banks)
{
  std::vector<std::string> names;
  for (const std::string& bank : banks) {
    if (!bank.empty()) {
      names.push_back(printable(bank));
    }
  }
  if (names.empty()) {
    return "without a policy bank";
  }
  return fmt::format("in policy bank{} {}{}", names.size() == 1 ? "" : "s", fmt::join(names, ", "),
                     names.size() < banks.size() ? " and without one" : "");
}

/// One line of a block.
struct Row {
  std::string what;
  std::string where;
  std::string why;
};

std::string days(const Decision& decision)
{
  const std::int64_t seconds = decision.ttl ? decision.ttl->count() : 0;
  return seconds == 0 || seconds % kDay != 0 ? ""
         : seconds == kDay                   ? " (1 day)"
                                             : fmt::format(" ({} days)", seconds / kDay);
}

Row row_of(const Because& because, const Decision& decision)
{
  const std::string value = because.dynamic ? fmt::format("? {}", printable(because.value.value_or("")))
                                            : printable(because.value.value_or("undef"));
  Row row{fmt::format("{}={}", because.tag, value), {}, printable(because.why)};
  if (because.where) {
    row.where =
        fmt::format("{}:{}:{}", printable(because.where->file), because.where->line, because.where->column);
  }
  if (because.tag == "bank") {
    row.what = decision.bank.empty() ? "no policy bank" : "policy bank";
  } else if (because.tag == "key") {
    row.what = decision.key ? fmt::format("key #{}", *decision.key) : "key";
    row.why = value;
  } else if (because.tag == "ttl") {
    row.why += days(decision);
  }
  return row;
}

std::string rows_text(const std::vector<Row>& rows)
{
  std::size_t what = 0;
  std::size_t where = 0;
  for (const Row& row : rows) {
    what = std::max(what, std::min(row.what.size(), kWidest));
    where = std::max(where, std::min(row.where.size(), kWidest));
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line = fmt::format("  {:<{}}  {:<{}}  {}", row.what, what, row.where, where, row.why);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

std::string headline(const ExplainReport& report, const Decision& decision,
                     const std::vector<std::string>& banks)
{
  const std::string address = printable(report.address);
  const bool anywhere = decision.because.empty() && decision.bank.empty();
  const std::string where = anywhere ? "anywhere" : banks_text(banks);
  const std::string untold = anywhere ? "" : ' ' + where;
  switch (decision.outcome) {
  case Outcome::signs: return fmt::format("{} is signed {}\n", address, where);
  case Outcome::does_not_sign:
    return fmt::format("{} is not signed {}: {}\n", address, where, printable(decision.reason));
  case Outcome::unknown:
    return fmt::format("{}: cannot be told{}: {}\n", address, untold, printable(decision.reason));
  }
  return {};
}

std::string live_text(const LiveAnswer& answer)
{
  const std::string how = answer.signature
                              ? fmt::format("signs with d={} s={}", printable(answer.signature->domain),
                                            printable(answer.signature->selector))
                              : "does not sign";
  return fmt::format("asked at {}, the running amavisd {} {}\n", printable(answer.endpoint), how,
                     banks_text({answer.bank}));
}

void write_optional(JsonWriter& json, std::string_view name, const std::optional<std::string>& value)
{
  json.key(name);
  if (value && !value->empty()) {
    json.string(*value);
  } else {
    json.null();
  }
}

template<class Number>
void write_optional_number(JsonWriter& json, std::string_view name, const std::optional<Number>& value)
{
  json.key(name);
  if (value && *value >= Number{}) {
    json.number(static_cast<std::uint64_t>(*value));
  } else {
    json.null();
  }
}

void write_because(JsonWriter& json, const std::vector<Because>& reasons)
{
  json.key("because").begin_array();
  for (const Because& because : reasons) {
    json.begin_object();
    json.key("tag").string(because.tag);
    json.key("value");
    if (because.dynamic) {
      json.begin_object();
      json.key("$dynamic").text(because.value.value_or(""));
      if (because.where) {
        write_place(json, *because.where);
      }
      json.end_object();
    } else if (because.value) {
      json.string(*because.value);
    } else {
      json.null();
    }
    if (because.where) {
      write_place(json, *because.where);
    }
    json.key("why").text(because.why);
    json.end_object();
  }
  json.end_array();
}

void write_decision(JsonWriter& json, const Decision& decision)
{
  json.key("bank").string(decision.bank);
  json.key("signs");
  if (decision.outcome == Outcome::unknown) {
    json.null();
  } else {
    json.boolean(decision.outcome == Outcome::signs);
  }
  write_optional(json, "reason", decision.reason);
  // Of mail that is not signed nothing of a signature is told, but `because` has what was decided on the way.
  const Decision told = decision.outcome == Outcome::does_not_sign ? Decision{} : decision;
  write_optional(json, "domain", told.domain);
  write_optional(json, "selector", told.selector);
  write_optional(json, "algorithm", told.algorithm);
  write_optional(json, "canonicalization", told.canonicalization);
  write_optional_number(json, "ttl", told.ttl ? std::optional{told.ttl->count()} : std::nullopt);
  write_optional_number(json, "expires", told.expires);
  write_optional(json, "identity", told.identity);
  write_optional_number(json, "key", told.key);
  write_optional(json, "file", told.key_file);
  write_because(json, decision.because);
}

void write_live(JsonWriter& json, const LiveAnswer& answer)
{
  json.begin_object();
  json.key("bank").string(answer.bank);
  json.key("endpoint").string(answer.endpoint);
  json.key("signs").boolean(answer.signature.has_value());
  if (answer.signature) {
    write_optional(json, "domain", answer.signature->domain);
    write_optional(json, "selector", answer.signature->selector);
    write_optional(json, "algorithm", answer.signature->algorithm);
    write_optional(json, "canonicalization", answer.signature->canonicalization);
    write_optional(json, "identity", answer.signature->identity);
    write_optional_number(json, "signed_at", answer.signature->signed_at);
    write_optional_number(json, "expires", answer.signature->expires);
  }
  json.end_object();
}

}  // namespace

std::string explain_text(const ExplainReport& report)
{
  std::string text;
  for (auto decision = report.decisions.begin(); decision != report.decisions.end(); ++decision) {
    const auto same = [&](const Decision& other) { return same_answer(*decision, other); };
    if (std::any_of(report.decisions.begin(), decision, same)) {
      continue;
    }
    std::vector<std::string> banks;
    for (const Decision& other : report.decisions) {
      if (same(other)) {
        banks.push_back(other.bank);
      }
    }
    std::vector<Row> rows;
    for (const Because& because : decision->because) {
      rows.push_back(row_of(because, *decision));
    }
    text += headline(report, *decision, banks) + rows_text(rows);
  }
  for (const LiveAnswer& answer : report.live) {
    text += live_text(answer);
  }
  if (report.live_asked && report.live.empty()) {
    text += "the running amavisd could not be asked\n";
  }
  return text;
}

std::string explain_json(const ExplainReport& report)
{
  JsonWriter json;
  json.begin_object();
  json.key("schema").number(1);
  json.key("address").string(report.address);
  write_decision(json, report.decisions.front());
  json.key("banks").begin_array();
  for (const Decision& decision : report.decisions) {
    json.begin_object();
    write_decision(json, decision);
    json.end_object();
  }
  json.end_array();
  json.key("live").begin_array();
  for (const LiveAnswer& answer : report.live) {
    write_live(json, answer);
  }
  json.end_array();
  json.key("findings");
  write_findings(json, report.findings);
  json.end_object();
  return std::move(json).finish();
}

}  // namespace dkimctl::report
