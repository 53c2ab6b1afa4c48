// Internationalized domain names. The only user of libidn2.
#pragma once

#include <string>
#include <string_view>

namespace dkimctl::dns {

/// How a name that is not all ASCII becomes one that is. amavisd takes what its Perl module gives it:
/// Net::LibIDN2 where that is installed, else Net::LibIDN (Debian 12 depends on the latter).
///
///                          Net::LibIDN: idna2003     Net::LibIDN2: idna2008
///     straße               strasse                   xn--strae-oqa
///     final ς              as σ                      kept
///     U+200C, U+200D       dropped                   kept where the script needs them, else not valid
///     ☃, other symbols     xn--n3h                   not valid
///     letters newer than
///     Unicode 3.2          not valid                 xn--...
///     the other labels     only lower-cased          "xn--" labels must be valid, or nothing is
///     a whole name over
///     255 octets           any length                not valid
enum class IdnRules {
  idna2003,  // RFC 3490, unassigned code points refused, without the host name rules (STD3)
  idna2008,  // RFC 5891 after UTS #46 non-transitional mapping, without the host name rules
};

/// The ASCII form of a domain name, a selector or a map key, as amavisd computes it; it never fails.
///
/// All ASCII is only lower-cased. Else one leading "." or "@" is set aside and the rest is converted, to
/// lower case; U+3002, U+FF0E and U+FF61 separate labels as "." does. What is not valid (no UTF-8, a label
/// empty or longer than 63 octets, a character that the rules forbid) comes back unchanged, bytes above 127
/// and all. Neither library sees beyond a NUL.
///
/// idna2003 is libidn2's transitional mapping of one label at a time, held to RFC 3454's tables A.1 and D.1.
/// Over all code points and random names it converts nothing differently from Net::LibIDN, and differs so:
/// - it leaves alone, though Net::LibIDN converts: a label that begins with a combining mark, and one with
/// any of
///   196 characters: those whose compatibility form has ASCII punctuation or a blank in it (¨ ㈠ ⒈ …),
///   fillers, the Georgian capitals and U+04C0;
/// - it converts, though Net::LibIDN leaves alone: right-to-left letters between which stand letters that are
/// neither
///   right-to-left nor ASCII.
/// Registries accept none of these.
std::string to_ace(std::string_view name, IdnRules rules = IdnRules::idna2003);

/// The name as its owner writes it, for people: "xn--bcher-kva.example" is "bücher.example". Unchanged where
/// a label is not what to_ace() would make of it, so that nothing but letters that a name may have is ever
/// shown.
std::string to_unicode(std::string_view name);

}  // namespace dkimctl::dns
