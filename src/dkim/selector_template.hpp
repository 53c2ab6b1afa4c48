// How the selectors of new keys are named.
#pragma once

#include "base/result.hpp"
#include "dkim/sdid.hpp"
#include "dkim/selector.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dkimctl::dkim {

/// What a template is filled in with.
struct SelectorInputs {
  std::chrono::year_month_day date;
  std::string host;                     // its name; the first label stands for {host}
  std::function<char()> random_letter;  // 'a' to 'z'
};

/// Whether a selector was ever in use for a domain.
using SeenSelector = std::function<bool(const Selector&)>;

enum class TemplatePlace { text, yyyy, mm, dd, letter, random, host };

struct TemplatePart {
  TemplatePlace place = TemplatePlace::text;
  std::string text;  // of TemplatePlace::text
};

/// A text with places that are filled in, so that no selector comes twice:
///
///     template    = 1*( let-dig / "-" / "." / placeholder )
///     placeholder = "{yyyy}" / "{mm}" / "{dd}" / "{letter}" / "{random}" / "{host}"
///
/// {letter} is the first of a to z that gives a new selector, {random} six letters that nobody has chosen.
class SelectorTemplate {
public:
  /// Refuses what is no template; one that gives no selector (RFC 6376 section 3.1); and one that gives the
  /// same again one day, having neither {letter} nor {random} nor {yyyy}.
  static Parsed<SelectorTemplate> parse(std::string_view text);

  const std::string& text() const { return text_; }

  /// A selector that was not seen, and that makes an owner name in the domain. `config` where there is none:
  /// all letters are used up, the host's name cannot be in a selector, the name is too long.
  Result<Selector> fresh(const SelectorInputs& inputs, const Sdid& domain, const SeenSelector& seen) const;

  /// The same with "-{random}" behind it, where it has no {random}: for a host that cannot know what was
  /// seen.
  SelectorTemplate with_random_part() const;

private:
  explicit SelectorTemplate(std::string text) : text_(std::move(text)) {}
  bool has(TemplatePlace place) const;
  Result<Selector> expand(const SelectorInputs& inputs, char letter) const;

  std::string text_;
  std::vector<TemplatePart> parts_;
};

}  // namespace dkimctl::dkim
