// The codes of what can be wrong with a key record that is in DNS.
#pragma once

#include "base/finding.hpp"

#include <array>

namespace dkimctl::dkim::findings {

// of its bytes: what a person, a panel or a program did to the text
inline constexpr FindingCode kLiteralQuotes{"dkim.literal-quotes", Severity::error,
                                            "quotes are part of the record: they belong to zone files only"};
inline constexpr FindingCode kBackslash{
    "dkim.backslash", Severity::error,
    "backslashes are part of the record: the text was escaped once too often"};
inline constexpr FindingCode kSmartQuotes{"dkim.smart-quotes", Severity::error,
                                          "typographic quotes are part of the record"};
inline constexpr FindingCode kInvisibleCharacter{
    "dkim.invisible-character", Severity::error,
    "the record has a character that cannot be seen, or that only looks like another"};
inline constexpr FindingCode kLineBreak{"dkim.line-break", Severity::error,
                                        "the record has a line break in it"};
inline constexpr FindingCode kHtmlEntity{"dkim.html-entity", Severity::error,
                                         "the record has HTML in it: it was copied from a page's source"};
inline constexpr FindingCode kUrlEncoded{"dkim.url-encoded", Severity::error,
                                         "the record is percent-encoded, as in a web address"};
inline constexpr FindingCode kZoneLine{"dkim.zone-line", Severity::error,
                                       "a whole line of a zone file was entered as the value"};
inline constexpr FindingCode kPemHeader{"dkim.pem-header", Severity::error,
                                        "the BEGIN and END lines of a key file are part of the record"};
// of its tags
inline constexpr FindingCode kSeparator{"dkim.separator", Severity::error,
                                        "the tags are not separated by semicolons"};
inline constexpr FindingCode kDuplicateTag{"dkim.duplicate-tag", Severity::error,
                                           "a tag occurs twice, so the record is not valid"};
inline constexpr FindingCode kVersionNotFirst{"dkim.version-not-first", Severity::error,
                                              "v= is not the first tag: strict verifiers ignore the record"};
// of the key in it
inline constexpr FindingCode kNoPublicKey{"dkim.no-public-key", Severity::error, "the record has no p="};
inline constexpr FindingCode kRevoked{"dkim.revoked", Severity::error, "p= is empty: the key was revoked"};
inline constexpr FindingCode kBase64{"dkim.base64", Severity::error, "p= is no base64, or no key"};
inline constexpr FindingCode kTruncated{"dkim.truncated", Severity::error, "the end of the key is missing"};
inline constexpr FindingCode kChunkMissing{"dkim.chunk-missing", Severity::error,
                                           "a piece within the key is missing"};
inline constexpr FindingCode kChunkOrder{"dkim.chunk-order", Severity::error,
                                         "the pieces of the key are in the wrong order"};
inline constexpr FindingCode kPkcs1{"dkim.pkcs1", Severity::error,
                                    "the key is in the bare form of PKCS#1, which few verifiers take"};
inline constexpr FindingCode kEd25519Spki{
    "dkim.ed25519-spki", Severity::error,
    "the Ed25519 key is wrapped: p= has its 32 octets alone (RFC 8463)"};
inline constexpr FindingCode kPrivateKeyPublished{"dkim.private-key-published", Severity::error,
                                                  "the private key is in DNS: anybody can sign with it"};
inline constexpr FindingCode kOtherKey{"dkim.other-key", Severity::error,
                                       "the record is of another key than the one that signs"};
inline constexpr FindingCode kExponent{"dkim.exponent", Severity::warning,
                                       "the key's public exponent is not 65537, which some verifiers refuse"};

inline constexpr std::array kPublished{kLiteralQuotes,       kBackslash,  kSmartQuotes,  kInvisibleCharacter,
                                       kLineBreak,           kHtmlEntity, kUrlEncoded,   kZoneLine,
                                       kPemHeader,           kSeparator,  kDuplicateTag, kVersionNotFirst,
                                       kNoPublicKey,         kRevoked,    kBase64,       kTruncated,
                                       kChunkMissing,        kChunkOrder, kPkcs1,        kEd25519Spki,
                                       kPrivateKeyPublished, kOtherKey,   kExponent};

static_assert(is_table_of_codes(kPublished, "dkim."));

}  // namespace dkimctl::dkim::findings
