#pragma once

#include "base/result.hpp"
#include "dns/idn.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace dkimctl::dkim {

/// The name of one key among those of a domain: the s= of a signature.
///
///     selector = sub-domain *( "." sub-domain )
///
/// RFC 6376 section 3.1; sub-domain as parse_sub_domains() says.
class Selector {
public:
  /// Refuses with "selector 'TEXT': REASON".
  static Result<Selector> parse(std::string_view text, dns::IdnRules idn = dns::IdnRules::idna2003);

  /// Lower case, ASCII.
  const std::string& text() const { return text_; }
  friend auto operator<=>(const Selector&, const Selector&) = default;

private:
  explicit Selector(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace dkimctl::dkim
