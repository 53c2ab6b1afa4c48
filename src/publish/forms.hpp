// A record as a person is handed it.
#pragma once

#include "dns/rrset.hpp"

#include <string>

namespace dkimctl::publish {

/// For a web panel: name, type, TTL and value of each record, then where and how to enter them. `domain` is
/// the mail domain that the records serve: a name in it is given as a panel wants it too that adds the domain
/// by itself.
///
///     Name     dkim._domainkey.example.com.
///              (if the panel adds example.com by itself: dkim._domainkey)
///     Type     TXT
///     TTL      3600
///     Value    v=DKIM1; p=MIIB...
///
///     Put it at that name, not at example.com itself.
///     Do not let example.com appear twice: look at the full name that the panel shows.
///     Paste the value whole, on one line. Add no quotes, no backslashes, no blanks.
///
/// A value that panels damage, one with a quote, a backslash or anything but printable ASCII in it, is given
/// as a line of zone text instead.
std::string panel_form(const dns::Rrset& rrset, const dns::Name& domain);

/// For a zone file: text that BIND and NSD load, whatever the octets in it.
std::string zone_form(const dns::Rrset& rrset);

}  // namespace dkimctl::publish
