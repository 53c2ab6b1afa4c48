// What evaluators ask of DNS, and what they are told. Nothing here asks anybody.
#pragma once

#include "dns/name.hpp"
#include "dns/rdata.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::dns {

inline constexpr std::uint16_t kDnsPort = 53;

/// Where a name server listens.
struct ServerAddress {
  Address address;
  std::uint16_t port = kDnsPort;
  /// "192.0.2.1", "[2001:db8::1]:5353": the port where it is another than 53.
  std::string text() const;
  // NOLINTNEXTLINE(modernize-use-nullptr): as at Address
  friend auto operator<=>(const ServerAddress&, const ServerAddress&) = default;
};

/// Whose word is asked for.
enum class View : std::uint8_t {
  authoritative,  // one server of a zone, without recursion
  recursive,      // one resolver, which may keep the answer, or its absence, for others
  root,           // what follows from the root, validated: recursion of our own, with a cache of our own
};

struct Question {
  View view = View::root;
  Name name;
  RrType type = RrType::txt;
  ServerAddress server = {};  // not of View::root
  bool again = false;         // a second time: what was a moment's trouble is not there any more
  bool checking_disabled =
      false;  // View::recursive: give what does not validate, too (RFC 4035 section 3.2.2)

  /// Equal for equal questions: a key for tables.
  std::string key() const;
};

/// What became of a question.
enum class Outcome : std::uint8_t {
  answered,     // `records` has the type asked for, or a CNAME in its place
  nodata,       // the name has no such records
  nxdomain,     // no such name, so the server says; some say nodata instead (RFC 9824)
  referral,     // ask the servers of a zone below: `authority`
  lame,         // the server answers, but not for this zone
  servfail,     // SERVFAIL
  refused,      // REFUSED
  rcode_other,  // another response code: `reason`
  bogus,        // View::root: what is there does not validate: `reason`
  tcp_blocked,  // too long for UDP, and TCP does not get through
  garbage,      // what came cannot be read: `reason`
  timeout,      // no answer, by UDP and TCP
  unreachable,  // the network, or the host, said so: `reason`
  no_route,     // this host has no way to addresses of that family
};

/// For people: "no answer", "REFUSED".
std::string_view to_string(Outcome outcome);
/// For programs: "timeout", "refused".
std::string_view word(Outcome outcome);

struct Answer {
  Outcome outcome = Outcome::timeout;
  bool authoritative = false;  // AA
  bool authentic = false;      // AD; of View::root: validated
  std::vector<Record> records;
  std::vector<Record> authority;
  std::vector<Record> additional;
  std::string reason;  // printable, at most 300 octets

  /// Whether it is one of answered, nodata and nxdomain: what a zone holds.
  bool says() const;
};

/// The most records of a section that are kept, and the most octets of TXT records in them.
inline constexpr std::size_t kMostRecords = 100;
inline constexpr std::size_t kMostTxtOctets = 16384;
/// The most octets of Answer::reason.
inline constexpr std::size_t kLongestReason = 300;

}  // namespace dkimctl::dns
