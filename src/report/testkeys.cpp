#include "report/testkeys.hpp"

#include "amavis/findings.hpp"
#include "amavis/listing.hpp"
#include "dns/findings.hpp"
#include "dns/idn.hpp"
#include "report/json.hpp"
#include "report/keys_json.hpp"
#include "report/printable.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

namespace dkimctl::report {
namespace {

/// amavisd has no words for a key that it could not sign with.
std::string_view why_untested(const ShownKey& shown)
{
  if (shown.key->pattern) {
    return "not tested (it is declared for a pattern, which has no record)";
  }
  if (!shown.key->certain()) {
    return "not tested (it cannot be known without running Perl)";
  }
  return shown.stored == nullptr ? "not tested (its key file cannot be used)"
                                 : "not tested (domain and selector make no name)";
}

std::string verdict_line(const TestedKey& tested)
{
  const amavis::DkimKey& key = *tested.shown.key;
  return fmt::format(
      "TESTING#{} {}: {}._domainkey.{} => {}\n", key.number, printable(dns::to_unicode(key.domain)),
      printable(key.selector), printable(key.domain),
      tested.diagnosis ? std::string_view{tested.diagnosis->result} : why_untested(tested.shown));
}

std::vector<Finding> all_findings(const KeyTests& tests)
{
  std::vector<Finding> all = tests.findings;
  for (const TestedKey& tested : tests.keys) {
    std::ranges::copy(tested.findings, std::back_inserter(all));
  }
  return all;
}

void write_server(JsonWriter& json, const dkim::ServerView& server)
{
  json.begin_object();
  json.key("name").string(server.name);
  json.key("address").string(server.address.text());
  json.key("outcome").string(dns::word(server.outcome));
  json.key("match").boolean(server.match);
  if (server.ttl) {
    json.key("ttl").number(static_cast<std::uint64_t>(server.ttl->count()));
  }
  if (server.serial) {
    json.key("serial").number(*server.serial);
  }
  json.end_object();
}

void write_tested(JsonWriter& json, const TestedKey& tested, const amavis::Locate& locate)
{
  json.begin_object();
  write_key_names(json, tested.shown, locate);
  if (tested.diagnosis) {
    json.key("verdict").string(to_string(tested.diagnosis->verdict));
    json.key("result").string(tested.diagnosis->result);
    json.key("servers").begin_array();
    for (const dkim::ServerView& server : tested.diagnosis->servers) {
      write_server(json, server);
    }
    json.end_array();
    if (tested.diagnosis->resolver) {
      json.key("resolver");
      write_server(json, *tested.diagnosis->resolver);
    }
  }
  json.end_object();
}

std::size_t count(const KeyTests& tests, dkim::Verdict verdict)
{
  return static_cast<std::size_t>(std::ranges::count_if(tests.keys, [&](const TestedKey& tested) {
    return tested.diagnosis && tested.diagnosis->verdict == verdict;
  }));
}

/// What a monitoring page shows: one line, and no '|', behind which it expects numbers.
std::string one_line(std::string text)
{
  std::ranges::replace(text, '\n', ' ');
  std::ranges::replace(text, '|', '/');
  return text;
}

/// Of the first key with that verdict, the worst of what is said; else of everything.
std::string reason(const KeyTests& tests, dkim::Verdict verdict)
{
  for (const TestedKey& tested : tests.keys) {
    if (tested.diagnosis && tested.diagnosis->verdict == verdict && !tested.findings.empty()) {
      const Finding& first = tested.findings.front();
      return one_line(fmt::format(": {}._domainkey.{}: {} [{}]", printable(tested.shown.key->selector),
                                  printable(tested.shown.key->domain), printable(first.text), first.code));
    }
  }
  return {};
}

std::string reason(const KeyTests& tests, Severity least)
{
  for (const Finding& finding : all_findings(tests)) {
    if (finding.severity >= least) {
      const bool is_named = finding.object.empty() || finding.text.find(finding.object) != std::string::npos;
      return one_line(fmt::format(": {}{} [{}]", is_named ? "" : printable(finding.object) + ": ",
                                  printable(finding.text), finding.code));
    }
  }
  return {};
}

/// Something that stops amavisd, and not only dkimctl's look at it.
bool stops_amavisd(const KeyTests& tests)
{
  return std::ranges::any_of(tests.findings, [](const Finding& finding) {
    return amavis::findings::leaves_no_answer(finding) && finding.code != amavis::findings::kNoAccess.code;
  });
}

std::string keys_text(std::size_t number, std::string_view singular, std::string_view plural)
{
  return fmt::format("{} key{}", number, number == 1 ? singular : plural);
}

}  // namespace

std::string testkeys_text(const KeyTests& tests, const FindingStyle& style)
{
  std::string out;
  for (const TestedKey& tested : tests.keys) {
    out += verdict_line(tested);
    for (const Finding& finding : tested.findings) {
      out += render_below(finding, style);
    }
  }
  if (tests.keys.empty() && tests.all_read) {
    out += tests.any_declared ? amavis::kNoKeysMatch : amavis::kNoKeysDeclared;
  }
  return out;
}

std::string testkeys_json(const KeyTests& tests, const amavis::Locate& locate)
{
  JsonWriter json;
  json.begin_object();
  json.key("schema").number(1);
  json.key("keys").begin_array();
  for (const TestedKey& tested : tests.keys) {
    write_tested(json, tested, locate);
  }
  json.end_array();
  json.key("findings");
  write_findings(json, all_findings(tests));
  json.end_object();
  return std::move(json).finish();
}

TestOutcome outcome(const KeyTests& tests)
{
  const bool temporary = count(tests, dkim::Verdict::temporary) > 0;
  std::vector<Finding> counted = tests.findings;
  if (temporary) {  // what that comes from, and no problem of its own
    std::erase_if(counted, [](const Finding& finding) {
      return finding.code == dns::findings::kNoResolver.code ||
             finding.code == dns::findings::kBogusRoot.code;
    });
  }
  for (const TestedKey& tested : tests.keys) {
    if (!tested.diagnosis || tested.diagnosis->verdict != dkim::Verdict::temporary) {
      std::ranges::copy(tested.findings, std::back_inserter(counted));
    }
  }
  switch (verdict(counted)) {
  case Verdict::unreadable: return TestOutcome::unreadable;
  case Verdict::problems: return TestOutcome::problems;
  case Verdict::in_order: break;
  }
  if (count(tests, dkim::Verdict::fail) > 0) {
    return TestOutcome::problems;
  }
  return temporary ? TestOutcome::temporary : TestOutcome::in_order;
}

PluginResult testkeys_plugin(const KeyTests& tests)
{
  const std::size_t passed = count(tests, dkim::Verdict::pass);
  const std::size_t failed = count(tests, dkim::Verdict::fail);
  const std::size_t temporary = count(tests, dkim::Verdict::temporary);
  const std::size_t untested = tests.keys.size() - passed - failed - temporary;
  const std::string numbers = fmt::format(" | keys={} pass={} fail={} temporary={} untested={}\n",
                                          tests.keys.size(), passed, failed, temporary, untested);
  const TestOutcome what = outcome(tests);
  if (failed > 0) {
    return {2, fmt::format("DKIM CRITICAL - {} of {}{}{}", failed,
                           keys_text(tests.keys.size(), " fails", "s fail"),
                           reason(tests, dkim::Verdict::fail), numbers)};
  }
  if (stops_amavisd(tests)) {
    return {2, fmt::format("DKIM CRITICAL - amavisd cannot use its configuration or a key{}{}",
                           reason(tests, Severity::error), numbers)};
  }
  if (tests.keys.empty()) {
    return {3, fmt::format("DKIM UNKNOWN - no key is to be tested{}{}", reason(tests, Severity::warning),
                           numbers)};
  }
  if (what == TestOutcome::unreadable) {
    return {3, fmt::format("DKIM UNKNOWN - the configuration or a key cannot be used{}{}",
                           reason(tests, Severity::error), numbers)};
  }
  if (temporary > 0) {
    return {3, fmt::format("DKIM UNKNOWN - DNS does not answer for {} of {}{}{}", temporary,
                           keys_text(tests.keys.size(), "", "s"), reason(tests, dkim::Verdict::temporary),
                           numbers)};
  }
  if (what == TestOutcome::problems) {
    return {1, fmt::format("DKIM WARNING - {}{}{}", keys_text(passed, " passes", "s pass"),
                           reason(tests, Severity::warning), numbers)};
  }
  return {0, fmt::format("DKIM OK - {}{}", keys_text(passed, " passes", "s pass"), numbers)};
}

PluginResult plugin_unknown(std::string_view why)
{
  return {3, fmt::format("DKIM UNKNOWN - {}\n", printable(one_line(std::string{why})))};
}

}  // namespace dkimctl::report
