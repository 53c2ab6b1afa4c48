#include "report/findings.hpp"

#include "amavis/findings.hpp"
#include "dkim/findings.hpp"
#include "dkim/lookup_findings.hpp"
#include "dkim/published_findings.hpp"
#include "dns/findings.hpp"
#include "report/printable.hpp"
#include "rollover/findings.hpp"
#include "settings/findings.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include <fmt/format.h>

namespace dkimctl::report {
namespace {

template<std::size_t... sizes>
constexpr auto joined(const std::array<FindingCode, sizes>&... tables)
{
  std::array<FindingCode, (sizes + ...)> out{};
  auto* to = out.begin();
  ((to = std::copy(tables.begin(), tables.end(), to)), ...);
  return out;
}

constexpr auto kCodes =
    joined(amavis::findings::kAll, dkim::findings::kAll, dkim::findings::kPublished, dkim::findings::kLookup,
           dns::findings::kAll, settings::findings::kAll, rollover::findings::kAll);

static_assert(is_table_of_codes(kCodes, ""), "a code means one thing, whichever layer says it");

/// An error with which amavisd or dkimctl does not start, or a key cannot be told or is of no use.
bool is_unreadable(const Finding& finding)
{
  return amavis::findings::leaves_no_answer(finding) ||
         (finding.severity == Severity::error && finding.code.starts_with("settings.")) ||
         (finding.severity == Severity::error && (finding.code == amavis::findings::kDynamic.code ||
                                                  (finding.code == dkim::findings::kRsaPss.code &&
                                                   finding.name.empty())));  // of a file, not of a record
}

std::string_view color_of(Severity severity)
{
  switch (severity) {
  case Severity::note: return "\x1b[1;36m";
  case Severity::warning: return "\x1b[1;35m";
  case Severity::error: return "\x1b[1;31m";
  }
  return "";
}

std::string severity_word(Severity severity, bool color)
{
  return color ? fmt::format("{}{}\x1b[0m", color_of(severity), to_string(severity))
               : std::string{to_string(severity)};
}

/// "OBJECT: " unless the reader is told already.
std::string object_prefix(const Finding& finding)
{
  const bool is_said = finding.object.empty() || finding.text.find(finding.object) != std::string::npos ||
                       (finding.where && finding.where->file == finding.object);
  return is_said ? std::string{} : printable(finding.object) + ": ";
}

}  // namespace

std::span<const FindingCode> all_codes()
{
  return kCodes;
}

std::string render(const Finding& finding, const FindingStyle& style)
{
  if (finding.severity < style.least) {
    return {};
  }
  const std::string severity = severity_word(finding.severity, style.color);
  const std::string what = fmt::format("{} [{}]", printable(finding.text), finding.code);
  // DNS is asked from here, and how settings are written is the same everywhere.
  const bool for_there = style.elsewhere && !finding.hint.empty() && !finding.code.starts_with("dns.") &&
                         !finding.code.starts_with("settings.");
  const std::string hint = (for_there ? "on that host: " : "") + printable(finding.hint);
  if (finding.where) {
    Location where = *finding.where;
    where.file = printable(where.file);
    where.excerpt = masked(where.excerpt);
    return dkimctl::render(where, severity, object_prefix(finding) + what, hint);
  }
  return fmt::format("dkimctl: {}{}: {}\n{}", object_prefix(finding), severity, what,
                     hint.empty() ? "" : fmt::format("  hint: {}\n", hint));
}

std::string render_below(const Finding& finding, const FindingStyle& style)
{
  if (finding.severity < style.least) {
    return {};
  }
  return fmt::format("  {}: {} [{}]\n{}", severity_word(finding.severity, style.color),
                     printable(finding.text), finding.code,
                     finding.hint.empty() ? "" : fmt::format("    hint: {}\n", printable(finding.hint)));
}

std::string render(const std::vector<Finding>& findings, const FindingStyle& style)
{
  std::string out;
  for (const Finding& finding : findings) {
    out += render(finding, style);
  }
  return out;
}

Verdict verdict(const std::vector<Finding>& findings)
{
  Verdict worst = Verdict::in_order;
  for (const Finding& finding : findings) {
    if (is_unreadable(finding)) {
      return Verdict::unreadable;
    }
    if (finding.severity != Severity::note) {
      worst = Verdict::problems;
    }
  }
  return worst;
}

}  // namespace dkimctl::report
