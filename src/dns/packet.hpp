// DNS messages as octets: a query to send, a response that came. The only user of ldns.
#pragma once

#include "base/result.hpp"
#include "dns/name.hpp"
#include "dns/rdata.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::dns {

/// The response codes that mean something to us (RFC 1035 section 4.1.1, RFC 6891 section 9); any other is
/// `other`.
enum class Rcode {
  no_error,
  format_error,
  server_failure,
  nxdomain,
  not_implemented,
  refused,
  bad_version,
  other
};

/// "NXDOMAIN".
std::string_view to_string(Rcode rcode);

/// What a response says. Records of types that Rdata does not have are left out.
struct Response {
  std::uint16_t id = 0;
  Rcode rcode = Rcode::no_error;
  bool authoritative = false;  // AA
  bool truncated = false;      // TC
  bool recursive = false;      // RA
  bool authentic = false;      // AD
  bool edns = false;           // there is an OPT record
  Name question;
  std::uint16_t type = 0;  // of the question, as a number: it may be any
  std::vector<Record> answer;
  std::vector<Record> authority;
  std::vector<Record> additional;
};

/// Reads what somebody sent, of whom nothing is known. Refuses, with `refused`, what is no DNS message, is a
/// query, or does not have exactly one question.
Result<Response> decode_response(std::string_view octets);

struct Query {
  Name name;
  RrType type = RrType::txt;
  std::uint16_t id = 0;
  bool recursion_desired = false;  // RD
  bool checking_disabled = false;  // CD
  bool dnssec_ok = false;          // DO; needs EDNS
  std::uint16_t edns_size = 1232;  // octets that may be answered by UDP; 0: without EDNS
};

/// The octets of a query, class IN.
std::string encode_query(const Query& query);

}  // namespace dkimctl::dns
