// amavisd's own listing of its keys, `amavisd showkeys`: which of them, in which order, and as which bytes.
#pragma once

#include "amavis/configuration.hpp"
#include "amavis/key_files.hpp"
#include "base/finding.hpp"
#include "dkim/key_record.hpp"
#include "dns/name.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::amavis {

/// What amavisd says where there is nothing to list.
inline constexpr std::string_view kNoKeysDeclared = "No DKIM private keys declared in a config file.\n";
inline constexpr std::string_view kNoKeysMatch = "No DKIM private keys match the selection list.\n";

/// The keys that `amavisd showkeys DOMAIN...` lists, as indices, in its order: as declared without domains,
/// else by their labels from the right.
///
/// A domain selects the keys declared for exactly it; ".DOMAIN" those of all its subdomains too, "." every
/// key that is not declared for a pattern. A key for a pattern is selected by what the pattern matches.
/// Domains are compared after lower-casing and conversion to ACE; a final dot matches nothing. A key whose
/// domain cannot be known is selected always: it may be meant.
std::vector<std::size_t> select_keys(const DkimKeys& keys, std::span<const std::string> domains);

/// The key record as amavisd lists it: an option that is not defined or that amavisd does not know is left
/// out, `v` is "DKIM1" where it is not given, `k` is always "rsa", `n` is quoted-printable.
dkim::KeyRecord key_record(const DkimKey& key, std::string public_key);

/// Where the record of a key belongs: SELECTOR._domainkey.DOMAIN. Nothing for a pattern, for a key whose
/// domain or selector cannot be known, and for what is no name.
std::optional<dns::Name> owner_name(const DkimKey& key);

/// One key, ready to be listed. The views are the caller's to keep.
struct ListedKey {
  std::uint32_t number = 0;
  std::uint32_t bits = 0;
  std::string_view selector;
  std::string_view domain;
  std::optional<std::string_view> path;
  bool pattern = false;
  std::string tags;
  std::string_view public_key;
};

ListedKey listed_key(const DkimKey& key, const StoredKey& stored);

/// Appends what amavisd prints for a key:
///
///     ; key#1 2048 bits, s=dkim, d=example.com, /var/lib/dkim/example.com.pem
///     dkim._domainkey.example.com.	3600 TXT (
///       "v=DKIM1; p="
///       "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAmpVC3L5iIBASF2mA9SvW"
///       ...
///       "wQIDAQAB")
///
/// The bytes are amavisd's wherever they are a zone that BIND and NSD load. Else the tags are escaped, and
/// cut at 255 octets; the record of a domain or selector that no owner name can be made of becomes a comment.
void append_listing(std::string& out, const ListedKey& key);

/// amavis.zone-text, where append_listing() writes other bytes than amavisd: as a note where the record is
/// the same, as a warning where there is none.
std::optional<Finding> zone_text_finding(const ListedKey& key);

/// amavis.dynamic, as an error: a key that amavisd may declare, or declares otherwise than it can be known.
/// Nothing where all is known.
std::optional<Finding> dynamic_key_finding(const DkimKey& key, const Locate& locate);

}  // namespace dkimctl::amavis
