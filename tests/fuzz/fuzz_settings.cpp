// Any text as dkimctl.conf: every place lies in it, and what is taken can be written down and read again.
#include "settings/checks.hpp"
#include "settings/ini.hpp"
#include "settings/parse.hpp"
#include "settings/values.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace dkimctl;

void require(bool holds)
{
  if (!holds) {
    std::abort();
  }
}

/// One line's worth, without blanks around it.
void require_word(std::string_view text, Span span)
{
  require(span.begin <= span.end && span.end <= text.size());
  const std::string_view word = text.substr(span.begin, span.end - span.begin);
  require(word.find_first_of(std::string_view{"\n\r\0", 3}) == std::string_view::npos);
  require(word.empty() || (word.front() != ' ' && word.back() != ' '));
}

/// The same settings with nothing but them in it.
std::string written(std::string_view text, const settings::IniText& ini)
{
  const auto at = [&](Span span) { return std::string{text.substr(span.begin, span.end - span.begin)}; };
  std::string out;
  for (const settings::IniSection& section : ini.sections) {
    if (&section != &ini.sections.front()) {
      out += "[" + at(section.title) + "]\n";
    }
    for (const settings::IniEntry& entry : section.entries) {
      require_word(text, entry.name);
      require_word(text, entry.value);
      out += at(entry.name) + "=" + at(entry.value) + "\n";
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const settings::IniText ini = settings::read_ini(text);
  for (const ParseError& error : ini.errors) {
    require(error.where.begin <= error.where.end && error.where.end <= text.size());
    require(!error.what.empty());
  }
  const std::string again = written(text, ini);
  const settings::Reading reading = settings::parse({"f", std::string{text}});
  for (const Finding& finding : reading.findings) {
    require(finding.where.has_value() && !finding.text.empty());
  }
  require(!ini.errors.empty() == std::ranges::any_of(reading.findings, [](const Finding& finding) {
    return finding.code == "settings.syntax" && finding.object.empty();
  }));
  if (reading.usable()) {
    const settings::Reading second = settings::parse({"f", again});
    require(second.usable() && second.settings.domains.size() == reading.settings.domains.size());
    require(second.settings.places.size() == reading.settings.places.size());
    for (const auto& [domain, own] : reading.settings.domains) {
      require(second.settings.of(domain).interval == own.interval);
      static_cast<void>(settings::interval_finding(reading.settings, domain));
    }
  }
  const auto duration = settings::read_duration(text, {0, 4'000'000'000});
  if (duration) {
    require(settings::read_duration(settings::duration_text(*duration), {0, 4'000'000'000}).value() ==
            *duration);
  }
  return 0;
}
