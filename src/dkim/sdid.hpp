#pragma once

#include "base/result.hpp"
#include "dns/idn.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace dkimctl::dkim {

/// The signing domain identifier (RFC 6376 section 2.5): the d= of a signature.
///
///     domain-name = sub-domain 1*( "." sub-domain )
///
/// RFC 6376 section 3.5; sub-domain as parse_sub_domains() says. A name without a dot is none.
class Sdid {
public:
  /// Refuses with "domain 'TEXT': REASON".
  static Result<Sdid> parse(std::string_view text, dns::IdnRules idn = dns::IdnRules::idna2003);

  /// Lower case, ASCII, without a final dot.
  const std::string& text() const { return text_; }
  friend auto operator<=>(const Sdid&, const Sdid&) = default;

private:
  explicit Sdid(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace dkimctl::dkim
