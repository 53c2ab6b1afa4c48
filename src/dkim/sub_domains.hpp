// What selectors and signing domains are made of.
#pragma once

#include "base/result.hpp"
#include "dns/idn.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace dkimctl::dkim {

struct SubDomainsRule {
  std::string_view kind;  // for errors: "selector"
  std::size_t fewest_labels = 1;
  dns::IdnRules idn = dns::IdnRules::idna2003;
};

/// Converts with dns::to_ace() and checks:
///
///     name       = sub-domain *( "." sub-domain )
///     sub-domain = let-dig [ *( let-dig / "-" ) let-dig ]      1 to 63 octets, 253 in all
///     let-dig    = ALPHA / DIGIT / "_"
///
/// RFC 5321 section 4.1.2, and "_": it is no host name, but selectors with it are in use, and every verifier
/// finds their records.
Result<std::string> parse_sub_domains(std::string_view text, const SubDomainsRule& rule);

}  // namespace dkimctl::dkim
