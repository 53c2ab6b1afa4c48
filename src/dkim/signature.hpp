// DKIM signatures: making one for a message, and checking one with a key at hand.
#pragma once

#include "base/result.hpp"
#include "crypto/signature.hpp"
#include "dkim/canonicalization.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::dkim {

/// The tags of a DKIM-Signature (RFC 6376 section 3.5). Octets are decoded, names are as they were written.
struct Signature {
  crypto::Algorithm algorithm = crypto::Algorithm::rsa_sha256;  // a=
  std::string domain;                                           // d=
  std::string selector;                                         // s=
  Canonicalization header = Canonicalization::simple;           // c=
  Canonicalization body = Canonicalization::simple;
  std::vector<std::string> fields;          // h=, in its order
  std::string body_hash;                    // bh=
  std::string octets;                       // b=
  std::string identity = {};                // i=; empty: "@" and the domain
  std::optional<std::uint64_t> length;      // l=, octets of the canonical body that are signed
  std::optional<std::uint64_t> signed_at;   // t=, seconds since 1970
  std::optional<std::uint64_t> expires_at;  // x=
};

/// Reads a whole header field. Refuses, with `crypto`, what RFC 6376 section 6.1.1 lets no verifier take: a
/// tag list that is none, v= other than 1, a tag missing, From not signed, i= not in or below d=, x= before
/// t=; and an algorithm that is not of crypto::Algorithm.
Result<Signature> parse_signature(std::string_view field);

/// What is to be put into a signature besides what is computed.
struct SigningOptions {
  std::string domain;
  std::string selector;
  Canonicalization header = Canonicalization::relaxed;
  Canonicalization body = Canonicalization::relaxed;
  std::vector<std::string> fields = {"From", "To", "Subject", "Date", "Message-ID"};  // those there are
  std::optional<std::uint64_t> signed_at = {};
  std::optional<std::uint64_t> expires_at = {};
};

/// The field to put before the message, folded, without a CRLF at its end. Fails as
/// crypto::SigningKey::sign() does.
Result<std::string> sign_message(const Message& message, const crypto::SigningKey& key,
                                 const SigningOptions& options);

/// Whether the field is a good signature of the message by that key: body hash and header hash (RFC 6376
/// section 3.7). The error says which is not. Times and the key record are the caller's to look at.
Result<Signature> verify_message(const Message& message, std::string_view field,
                                 const crypto::VerifyingKey& key);

}  // namespace dkimctl::dkim
