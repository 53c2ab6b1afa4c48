// A resource record set, and the zone text of it.
#pragma once

#include "dns/name.hpp"
#include "dns/rdata.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::dns {

/// What amavisd's own listing gives every key record, and most panels offer.
inline constexpr std::chrono::seconds kDefaultTtl{3600};

/// The records of one owner name and one type, in class IN.
struct Rrset {
  Name owner;
  std::chrono::seconds ttl = kDefaultTtl;
  std::vector<Rdata> records;  // all of the same type
};

/// One TXT record.
Rrset make_txt(Name owner, std::string_view value, std::chrono::seconds ttl = kDefaultTtl);

/// A line a record:
///
///     dkim._domainkey.example.com. 3600 IN TXT "v=DKIM1; p=MIIB..." "...AQAB"
std::string zone_lines(const Rrset& rrset);

/// The same with a line a string, for people and for editors that dislike long lines:
///
///     dkim._domainkey.example.com. 3600 IN TXT (
///       "v=DKIM1; p=MIIB..."
///       "...AQAB" )
std::string zone_blocks(const Rrset& rrset);

}  // namespace dkimctl::dns
