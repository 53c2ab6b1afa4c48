#include "dkim/selector_template.hpp"

#include "base/ascii.hpp"
#include "base/suggest.hpp"
#include "dkim/owner_name.hpp"
#include "dns/escape.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dkimctl::dkim {
namespace {

using Place = TemplatePlace;

constexpr std::size_t kRandomLetters = 6;  // 300 million selectors
constexpr int kRandomAttempts = 100;       // that all of them were seen means that the letters are not random

// In the order of Place, without its first.
constexpr std::array<std::string_view, 6> kPlaceholders{"{yyyy}",   "{mm}",     "{dd}",
                                                        "{letter}", "{random}", "{host}"};

/// Any date, and a host as short as one can be.
SelectorInputs sample_inputs()
{
  using namespace std::chrono;
  return {year{2000} / January / 1, "h", [] { return 'a'; }};
}

tl::unexpected<ParseError> fault(std::string_view whole, std::string_view part, std::string what,
                                 std::string hint)
{
  const auto begin = static_cast<std::uint32_t>(part.data() - whole.data());
  const auto size = static_cast<std::uint32_t>(part.size());
  return tl::unexpected(ParseError{{begin, begin + size}, std::move(what), std::move(hint)});
}

/// "{...}" to its closing brace or the end, or the text before the next "{".
std::string_view take_piece(std::string_view& rest)
{
  const bool placeholder = rest.front() == '{';
  const std::size_t end = rest.find(placeholder ? '}' : '{');
  const std::size_t size = end == std::string_view::npos ? rest.size() : end + (placeholder ? 1 : 0);
  const std::string_view piece = rest.substr(0, size);
  rest.remove_prefix(size);
  return piece;
}

Parsed<TemplatePart> parse_placeholder(std::string_view whole, std::string_view piece)
{
  if (!piece.ends_with('}')) {
    return fault(whole, piece, "'}' is missing",
                 "a placeholder is one of {yyyy} {mm} {dd} {letter} {random} {host}");
  }
  const auto* const found = std::ranges::find(kPlaceholders, piece);
  if (found == kPlaceholders.end()) {
    const std::string_view meant = nearest(piece, kPlaceholders);
    return fault(whole, piece, fmt::format("'{}' is no placeholder", dns::printable(piece)),
                 meant.empty() ? fmt::format("there are {}", fmt::join(kPlaceholders, " "))
                               : fmt::format("did you mean '{}'?", meant));
  }
  return TemplatePart{static_cast<Place>(found - kPlaceholders.begin() + 1), {}};
}

Parsed<TemplatePart> parse_text(std::string_view whole, std::string_view piece)
{
  const auto odd = std::ranges::find_if_not(piece, [](char c) {
    const char lower = ascii::lower(c);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  });
  if (odd != piece.end()) {
    return fault(whole, {&*odd, 1}, fmt::format("'{}' may not be in a selector", dns::printable({&*odd, 1})),
                 "write letters, digits, hyphens and dots, and placeholders in braces");
  }
  return TemplatePart{Place::text, ascii::lower(piece)};
}

std::string random_letters(const SelectorInputs& inputs)
{
  std::string letters;
  for (std::size_t i = 0; i < kRandomLetters; ++i) {
    letters += inputs.random_letter();
  }
  return letters;
}

std::string filled(const TemplatePart& part, const SelectorInputs& inputs, char letter)
{
  switch (part.place) {
  case Place::text: return part.text;
  case Place::yyyy: return fmt::format("{:04}", static_cast<int>(inputs.date.year()));
  case Place::mm: return fmt::format("{:02}", static_cast<unsigned>(inputs.date.month()));
  case Place::dd: return fmt::format("{:02}", static_cast<unsigned>(inputs.date.day()));
  case Place::letter: return {letter};
  case Place::random: return random_letters(inputs);
  case Place::host: return ascii::lower(std::string_view{inputs.host}.substr(0, inputs.host.find('.')));
  }
  return {};
}

}  // namespace

Parsed<SelectorTemplate> SelectorTemplate::parse(std::string_view text)
{
  SelectorTemplate made{std::string{text}};
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view piece = take_piece(rest);
    DKIMCTL_TRY(TemplatePart part,
                piece.front() == '{' ? parse_placeholder(text, piece) : parse_text(text, piece));
    if (part.place == Place::letter && made.has(Place::letter)) {
      return fault(text, piece, "{letter} occurs twice", "keep one; {random} gives more");
    }
    made.parts_.push_back(std::move(part));
  }
  if (const auto sample = made.expand(sample_inputs(), 'a'); !sample) {
    return fault(text, text, sample.error().what,
                 "a selector is letters, digits and hyphens, as in {yyyy}{mm}{letter}");
  }
  if (!made.has(Place::letter) && !made.has(Place::random) && !made.has(Place::yyyy)) {
    return fault(text, text, "it gives the same selector again", "add {letter}, or {random}, or {yyyy}");
  }
  return made;
}

bool SelectorTemplate::has(TemplatePlace place) const
{
  return std::ranges::find(parts_, place, &TemplatePart::place) != parts_.end();
}

Result<Selector> SelectorTemplate::expand(const SelectorInputs& inputs, char letter) const
{
  std::string text;
  for (const TemplatePart& part : parts_) {
    text += filled(part, inputs, letter);
  }
  return Selector::parse(text);
}

Result<Selector> SelectorTemplate::fresh(const SelectorInputs& inputs, const Sdid& domain,
                                         const SeenSelector& seen) const
{
  const char last_letter = has(Place::letter) ? 'z' : 'a';
  const int attempts = has(Place::random) ? kRandomAttempts : 1;
  for (char letter = 'a'; letter <= last_letter; ++letter) {
    for (int attempt = 0; attempt < attempts; ++attempt) {
      DKIMCTL_TRY(Selector selector, expand(inputs, letter));
      DKIMCTL_TRY_VOID(owner_name(selector, domain));
      if (!seen(selector)) {
        return selector;
      }
    }
  }
  return tl::unexpected(Error{
      Errc::config, fmt::format("{}: every selector that '{}' gives today was in use", domain.text(), text_),
      has(Place::random) ? "give --selector" : "add {random} to the template, or give --selector"});
}

SelectorTemplate SelectorTemplate::with_random_part() const
{
  SelectorTemplate made = *this;
  if (!has(Place::random)) {
    made.text_ += "-{random}";
    made.parts_.push_back({Place::text, "-"});
    made.parts_.push_back({Place::random, {}});
  }
  return made;
}

}  // namespace dkimctl::dkim
