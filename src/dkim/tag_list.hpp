// What key records and signatures are written as (RFC 6376 section 3.2).
#pragma once

#include "base/result.hpp"

#include <string_view>
#include <vector>

namespace dkimctl::dkim {

/// One tag-spec. The views point into the parsed text.
struct Tag {
  std::string_view name;   // case-sensitive
  std::string_view value;  // without surrounding FWS
  Span span;               // name through value
};

/// Splits a tag-list, keeping its order.
///
///     tag-list = tag-spec *( ";" tag-spec ) [ ";" ]
///     tag-spec = [FWS] tag-name [FWS] "=" [FWS] tag-value [FWS]
///     tag-name = ALPHA *ALNUMPUNC
///
/// A name that occurs twice makes the whole list invalid. What a value holds is not looked at. The text comes
/// from anybody: errors show no more than 300 octets of it, escaped. RFC 6376 section 3.2.
Parsed<std::vector<Tag>> parse_tag_list(std::string_view text);

}  // namespace dkimctl::dkim
