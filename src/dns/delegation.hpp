// Which zone a name lies in, and which servers the world asks about it.
#pragma once

#include "dns/answers.hpp"
#include "dns/name.hpp"
#include "dns/question.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dkimctl::dns {

struct NameServer {
  Name host;
  bool in_parent = false;  // the delegation names it
  bool in_child = false;   // the zone's own NS records name it
  std::vector<ServerAddress> addresses;
  Outcome lookup = Outcome::nodata;  // of the addresses, where there are none: why
};

/// What validation from the root says of a zone (RFC 4033 section 5).
enum class Validation { insecure, secure, bogus, unknown };

struct Zone {
  Name apex;
  std::vector<NameServer> servers;  // the union of what parent and child name, by name, each once, 16 at most
  Validation validation = Validation::unknown;
  Outcome recursion = Outcome::answered;  // of looking for its SOA from the root
  std::string reason;                     // why that failed
};

/// The zone that `name` lies in, by its SOA as seen from the root; where that cannot be had (bogus, servers
/// silent) by what the parent's servers delegate. Nothing yet where answers are missing. A zone without
/// servers is one that nobody could be found for.
///
/// The name itself is asked for, of servers of zones only: no resolver learns that it is not there.
std::optional<Zone> find_zone(Inquiry& inquiry, const Name& name);

/// The zone `cut` that a server refers to: as find_zone() finds it, or else with the servers of the referral.
std::optional<Zone> find_zone_below(Inquiry& inquiry, const Answer& referral, const Name& cut);

/// Adds the addresses of both families, as seen from the root. False: not yet.
bool find_addresses(Inquiry& inquiry, std::vector<NameServer>& servers);

/// What one address of one server says.
struct ServerAnswer {
  const NameServer* server = nullptr;
  ServerAddress address;
  const Answer* answer = nullptr;
};

/// Every address of every server, in order. Nothing yet where one is missing.
std::optional<std::vector<ServerAnswer>> ask_all(Inquiry& inquiry, const Zone& zone, const Name& name,
                                                 RrType type);

/// Of a referral: the zone it leads to, if that is below `above` and `name` lies in it.
std::optional<Name> zone_below(const Answer& referral, const Name& above, const Name& name);

}  // namespace dkimctl::dns
