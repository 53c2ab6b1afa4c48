#include "settings/parse.hpp"

#include "base/suggest.hpp"
#include "dkim/sdid.hpp"
#include "settings/checks.hpp"
#include "settings/findings.hpp"
#include "settings/ini.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace dkimctl::settings {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kDomainSection = "domain";
constexpr std::string_view kSectionForm = "a section is written [domain \"example.com\"]";

class Parser {
public:
  Parser(const SourceText& source, const Table& table) : source_(source), table_(table) {}
  Reading parse();

private:
  void take_section(const IniSection& section);
  bool begin_section(Span title);
  bool begin_domain(Span quoted);
  void take_entry(const IniEntry& entry);
  const Setting* setting_of(Span name);
  const Setting* unknown_setting(Span name);
  void store(const Setting& setting, const IniEntry& entry);
  void fail(const FindingCode& code, std::string_view object, ParseError error);

  std::uint32_t line_of(Span span) const { return source_.position(span.begin).line; }

  const SourceText& source_;
  const Table& table_;
  Reading reading_;
  std::string domain_;                          // whose section it is, as an SDID; empty: the host's
  DomainSettings* target_ = nullptr;            // that section's
  DomainSettings scratch_;                      // of a section that will not be kept
  std::map<std::string, Span> titles_;          // of the sections that were, by domain
  std::map<std::string_view, Span> made_here_;  // in this section
};

void Parser::fail(const FindingCode& code, std::string_view object, ParseError error)
{
  Finding finding = make_finding(code, std::string{object}, std::move(error.what), std::move(error.hint));
  finding.where = source_.locate(error.where);
  reading_.findings.push_back(std::move(finding));
}

/// The settings of a domain begin as the host's, all of which stand above.
bool Parser::begin_domain(Span quoted)
{
  const auto sdid = dkim::Sdid::parse(source_.at(quoted));
  target_ = &scratch_;
  scratch_ = reading_.settings.every_domain;
  if (!sdid) {
    fail(findings::kValue, source_.at(quoted), {quoted, sdid.error().what, {}});
    return true;
  }
  const auto [before, is_new] = titles_.emplace(sdid->text(), quoted);
  if (!is_new) {
    fail(findings::kDuplicate, sdid->text(),
         {quoted, fmt::format("'{}' has a section already", sdid->text()),
          fmt::format("the other begins in line {}; make one of them", line_of(before->second))});
    return true;
  }
  domain_ = sdid->text();
  target_ = &reading_.settings.domains.emplace(domain_, reading_.settings.every_domain).first->second;
  return true;
}

/// Whether it can be told whose settings follow.
bool Parser::begin_section(Span title)
{
  domain_.clear();
  const std::string_view text = source_.at(title);
  const std::string_view word = text.substr(0, text.find_first_of(" \t\""));
  if (word != kDomainSection) {
    const bool meant = !nearest(word, std::array{kDomainSection}).empty();
    fail(findings::kUnknown, word,
         {title, fmt::format("there is no section '{}'", word),
          meant ? "did you mean [domain \"example.com\"]?" : std::string{kSectionForm}});
    return false;
  }
  const std::size_t begin = std::min(text.find_first_not_of(kBlanks, word.size()), text.size());
  const std::string_view name = text.substr(begin);
  constexpr std::size_t kShortest = 2;
  if (name.size() < kShortest || !name.starts_with('"') || name.find('"', 1) != name.size() - 1) {
    fail(findings::kSyntax, word,
         {{title.begin + static_cast<std::uint32_t>(begin), title.end},
          "expected a domain in quotation marks",
          std::string{kSectionForm}});
    return false;
  }
  return begin_domain({title.begin + static_cast<std::uint32_t>(begin) + 1, title.end - 1});
}

const Setting* Parser::unknown_setting(Span name)
{
  const std::string_view word = source_.at(name);
  std::vector<std::string_view> names;
  std::ranges::transform(table_.settings, std::back_inserter(names), &Setting::name);
  const std::string_view meant = nearest(word, names);
  fail(findings::kUnknown, word,
       {name, fmt::format("there is no setting '{}'", word),
        meant.empty() ? "dkimctl.conf(5) lists them" : fmt::format("did you mean '{}'?", meant)});
  return nullptr;
}

/// The row of a name, or of the name that it has now.
const Setting* Parser::setting_of(Span name)
{
  const std::string_view word = source_.at(name);
  const auto old = std::ranges::find(table_.old_names, word, &OldName::old_name);
  if (old == table_.old_names.end()) {
    const Setting* const setting = find_setting(table_, word);
    return setting == nullptr ? unknown_setting(name) : setting;
  }
  fail(findings::kDeprecated, word,
       {name,
        fmt::format("'{}' is called '{}' now, and goes away in version {}", word, old->name, old->gone_in),
        fmt::format("write {}", old->name)});
  return find_setting(table_, old->name);
}

void Parser::store(const Setting& setting, const IniEntry& entry)
{
  if (entry.value == Span{entry.value.begin, entry.value.begin} && !setting.standard.empty()) {
    fail(findings::kValue, setting.name,
         {entry.value, "the value is missing",
          fmt::format("leave the line out for the default, {}", setting.standard)});
    return;
  }
  auto stored = setting.store({reading_.settings.host, *target_}, source_.at(entry.value), setting.limits);
  if (!stored) {
    ParseError error = std::move(stored).error();
    error.where = {entry.value.begin + error.where.begin, entry.value.begin + error.where.end};
    fail(findings::kValue, setting.name, std::move(error));
    return;
  }
  if (target_ != &scratch_) {
    reading_.settings.places.emplace(Settings::Key{domain_, setting.name}, source_.locate(entry.name));
  }
}

void Parser::take_entry(const IniEntry& entry)
{
  const Setting* const setting = setting_of(entry.name);
  if (setting == nullptr) {
    return;
  }
  if (setting->scope == Scope::host && target_ != &reading_.settings.every_domain) {
    fail(findings::kMisplaced, setting->name,
         {entry.name, fmt::format("'{}' is for the whole host, not for one domain", setting->name),
          "move it above the first section"});
    return;
  }
  const auto [before, is_first] = made_here_.emplace(setting->name, entry.name);
  if (!is_first) {
    fail(findings::kDuplicate, setting->name,
         {entry.name, fmt::format("'{}' is set already", setting->name),
          fmt::format("the other is in line {}; keep one", line_of(before->second))});
    return;
  }
  store(*setting, entry);
}

void Parser::take_section(const IniSection& section)
{
  made_here_.clear();
  for (const IniEntry& entry : section.entries) {
    take_entry(entry);
  }
}

Reading Parser::parse()
{
  reading_.settings = defaults(table_);
  reading_.settings.file = source_.path();
  target_ = &reading_.settings.every_domain;
  IniText ini = read_ini(source_.text());
  for (ParseError& error : ini.errors) {
    fail(findings::kSyntax, "", std::move(error));
  }
  take_section(ini.sections.front());
  for (auto section = ini.sections.begin() + 1; section != ini.sections.end(); ++section) {
    if (begin_section(section->title)) {
      take_section(*section);
    }
  }
  if (reading_.usable()) {  // else what conflicts may only follow from what is wrong
    std::ranges::move(conflicts(reading_.settings), std::back_inserter(reading_.findings));
  }
  std::ranges::stable_sort(reading_.findings, {}, [](const Finding& finding) {
    return std::pair{finding.where->line, finding.where->column};
  });
  return std::move(reading_);
}

}  // namespace

bool Reading::usable() const
{
  return std::ranges::none_of(findings,
                              [](const Finding& finding) { return finding.severity == Severity::error; });
}

Reading parse(const SourceText& source, const Table& table)
{
  return Parser{source, table}.parse();
}

}  // namespace dkimctl::settings
