// What key records and signatures are written as (RFC 6376 section 3.2).
#pragma once

#include "base/result.hpp"

#include <string>
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

/// The parts between semicolons that have a "=", whatever their names are and however often they occur: to
/// find out what somebody meant.
std::vector<Tag> split_tags(std::string_view text);

/// Whether a value that is a list of words between colons, FWS around them, has the word: RFC 6376
/// section 3.6.1 has such lists in h=, s= and t=.
bool lists_word(std::string_view list, std::string_view word);

/// The value without any FWS.
std::string without_blanks(std::string_view value);

}  // namespace dkimctl::dkim
