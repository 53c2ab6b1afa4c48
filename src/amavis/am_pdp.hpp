// AM.PDP, the protocol between amavisd and milters, as text: what asks the running daemon which signature it
// would add, and its answer. As amavisd 2.13 to 2.15 speak it.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dkimctl::amavis {

/// A request to check a message and to deliver nothing.
struct PolicyRequest {
  std::string mail_file;  // absolute, as the daemon sees it
  std::string banks;      // policy banks to load, with commas between; empty: none
};

/// The envelope sender is empty: the author of the message decides about the signature, and nothing can
/// bounce.
std::string write_request(const PolicyRequest& request);

/// A message that only serves to be asked about. `date` is an RFC 5322 date-time, `unique` the left half of
/// the Message-ID. The address is one that parse_address() made.
std::string probe_message(std::string_view address, std::string_view date, std::string_view unique);

/// The tags of a DKIM-Signature, white space taken out of their values (RFC 6376 section 3.5).
struct LiveSignature {
  std::string domain;
  std::string selector;
  std::string algorithm;
  std::string canonicalization;           // "simple/simple" where there is none
  std::string identity;                   // decoded; empty where there is none
  std::optional<std::int64_t> signed_at;  // t=, in seconds since 1970
  std::optional<std::int64_t> expires;    // x=
};

/// What follows "DKIM-Signature:". Errors (`io`) name what is wrong with the list, or the tag that is
/// missing.
Result<LiveSignature> parse_signature(std::string_view body);

/// Bytes of an answer beyond which it is not worth reading on.
inline constexpr std::size_t kMaximalAnswer = std::size_t{256} * 1024;

/// Whether the answer is there as a whole, or it can be told that it is none.
bool is_complete_answer(std::string_view answer);

/// The signature that the daemon would add; nothing if none. Lines "NAME=VALUE", values with "%XX" for bytes
/// and a blank between words, up to an empty line:
///
///     insheader=0 DKIM-Signature v=1;%20a=rsa-sha256;...
///     return_value=continue
///
/// An error (`io`) is an answer that says nothing about signing, and says why: another protocol, a message
/// that the daemon could not check or would not let pass, an incomplete answer.
Result<std::optional<LiveSignature>> parse_answer(std::string_view answer);

}  // namespace dkimctl::amavis
