// The key record to be published for a signing key (RFC 6376 section 3.6.1).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace dkimctl::dkim {

/// The tags before "p", in the order in which they are published, which is amavisd's. "g" is historic: RFC
/// 4871 section 3.6.1.
inline constexpr std::array<std::string_view, 7> kTagsBeforeKey{"v", "g", "h", "k", "s", "t", "n"};

class KeyRecord {
public:
  /// `public_key` is a SubjectPublicKeyInfo in base64 without blanks; an empty one revokes the key.
  explicit KeyRecord(std::string public_key);

  /// Sets a tag of kTagsBeforeKey; any other name is left out of the record, as amavisd does, and answered
  /// with false. Values are taken as they are: see check_record(), and encode_notes() for "n".
  bool set(std::string_view tag, std::string value);
  /// Null if not set.
  const std::string* find(std::string_view tag) const;
  const std::string& public_key() const { return public_key_; }

  /// What stands before the key: "v=DKIM1; k=rsa; p=".
  std::string head() const;
  /// The record: "v=DKIM1; k=rsa; p=MIIB...".
  std::string value() const;

private:
  std::array<std::optional<std::string>, kTagsBeforeKey.size()> tags_;
  std::string public_key_;
};

/// Notes for the n= tag as amavisd encodes them: 0 to 31, 127, "=", ";" and '"' become "=" and two upper-case
/// hexadecimal digits. A qp-section (RFC 6376 section 3.6.1, RFC 2047 section 4.2) would encode all beyond
/// ASCII too; amavisd leaves that, and the backslash, as they are, and so must who wants its records.
std::string encode_notes(std::string_view notes);

}  // namespace dkimctl::dkim
