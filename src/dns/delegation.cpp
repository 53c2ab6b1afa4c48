#include "dns/delegation.hpp"

#include <algorithm>
#include <utility>

namespace dkimctl::dns {
namespace {

constexpr std::size_t kParentTries = 4;  // addresses of the parent's servers, before its view is gone without
// Of one zone; who names more has something else in mind.
constexpr std::size_t kMostServers = 16;
constexpr std::size_t kMostAddresses = 8;  // of one server

struct Apex {
  std::optional<Name> name;  // nothing: recursion did not find it
  const Answer* soa = nullptr;
};

template<class T>
std::vector<Name> names_in(const std::vector<Record>& records, const Name& owner, Name T::*member)
{
  std::vector<Name> names;
  for (const Record& record : records) {
    if (const auto* rdata = std::get_if<T>(&record.rdata); rdata != nullptr && record.owner == owner) {
      names.push_back(rdata->*member);
    }
  }
  return names;
}

std::optional<Name> soa_owner(const std::vector<Record>& records, const Name& name)
{
  const auto found = std::ranges::find_if(records, [&](const Record& record) {
    return type_of(record.rdata) == RrType::soa && name.is_in(record.owner);
  });
  return found == records.end() ? std::nullopt : std::optional{found->owner};
}

/// The SOA of the zone, or what says that there is none at the name (RFC 2308 section 2). An alias has no
/// zone of its own, so that what is said of its target is passed over: its parent is asked.
std::optional<Apex> find_apex(Inquiry& inquiry, const Name& name)
{
  Name at = name;
  while (true) {
    const Answer* const soa = inquiry.ask({View::root, at, RrType::soa});
    if (soa == nullptr) {
      return std::nullopt;
    }
    if (!soa->says()) {
      return Apex{std::nullopt, soa};
    }
    for (const auto* section : {&soa->records, &soa->authority}) {
      if (auto owner = soa_owner(*section, at)) {
        return Apex{std::move(owner), soa};
      }
    }
    if (at.is_root()) {
      return Apex{std::nullopt, soa};
    }
    at = at.parent();
  }
}

NameServer& server_named(std::vector<NameServer>& servers, const Name& host)
{
  const auto found = std::ranges::find(servers, host, &NameServer::host);
  if (found != servers.end()) {
    return *found;
  }
  servers.push_back(NameServer{});
  servers.back().host = host;
  return servers.back();
}

void add_address(NameServer& server, const Rdata& rdata)
{
  const auto* const address = std::get_if<Address>(&rdata);
  if (address == nullptr ||
      std::ranges::any_of(server.addresses,
                          [&](const ServerAddress& known) { return known.address == *address; }) ||
      server.addresses.size() >= kMostAddresses) {
    return;
  }
  server.addresses.push_back({*address});
}

/// Both families, as seen from the root. False: not yet.
bool find_addresses(Inquiry& inquiry, NameServer& server)
{
  bool complete = true;
  for (const RrType type : {RrType::a, RrType::aaaa}) {
    const Answer* const answer = inquiry.ask({View::root, server.host, type});
    complete = complete && answer != nullptr;
    if (answer != nullptr && !answer->says()) {
      server.lookup = answer->outcome;
    }
    if (answer != nullptr && answer->outcome == Outcome::answered) {
      for (const Record& record : answer->records) {
        add_address(server, record.rdata);
      }
    }
  }
  return complete;
}

/// The servers of a zone as its own NS records name them, seen from the root.
std::optional<std::vector<NameServer>> servers_by_recursion(Inquiry& inquiry, const Name& apex)
{
  const Answer* const ns = inquiry.ask({View::root, apex, RrType::ns});
  if (ns == nullptr) {
    return std::nullopt;
  }
  std::vector<NameServer> servers;
  for (const Name& host : names_in(ns->records, apex, &Ns::host)) {
    server_named(servers, host).in_child = true;
  }
  return find_addresses(inquiry, servers) ? std::optional{std::move(servers)} : std::nullopt;
}

/// What the parent says of a name. Delegated: it names servers.
struct Delegation {
  Name zone;
  std::vector<NameServer> servers;
  bool is_known = false;  // false: none of its servers told
};

Delegation delegation_in(const Answer& answer, const Name& parent, const Name& name)
{
  Delegation delegation;
  delegation.is_known = true;
  const bool below = answer.outcome == Outcome::referral;
  const auto cut = below ? zone_below(answer, parent, name) : std::optional{name};
  if (!cut) {
    return delegation;
  }
  delegation.zone = *cut;
  for (const Name& host : names_in(below ? answer.authority : answer.records, *cut, &Ns::host)) {
    NameServer& server = server_named(delegation.servers, host);
    server.in_parent = true;
    server.in_child = !below;
    for (const Record& glue : answer.additional) {
      if (glue.owner == host) {
        add_address(server, glue.rdata);
      }
    }
  }
  return delegation;
}

std::optional<Delegation> ask_parent(Inquiry& inquiry, const Name& name)
{
  const auto parent = find_apex(inquiry, name.parent());
  if (!parent) {
    return std::nullopt;
  }
  if (!parent->name) {
    return Delegation{};
  }
  const auto servers = servers_by_recursion(inquiry, *parent->name);
  if (!servers) {
    return std::nullopt;
  }
  std::size_t tries = 0;
  for (const NameServer& server : *servers) {
    for (const ServerAddress& address : server.addresses) {
      if (tries >= kParentTries) {
        return Delegation{};
      }
      const Answer* const answer = inquiry.ask({View::authoritative, name, RrType::ns, address});
      if (answer == nullptr) {
        return std::nullopt;
      }
      tries += answer->outcome == Outcome::no_route ? 0U : 1U;
      if (answer->says() || answer->outcome == Outcome::referral) {
        return delegation_in(*answer, *parent->name, name);
      }
    }
  }
  return Delegation{};
}

/// The zone's own NS records, of the servers that the parent names.
std::optional<std::vector<Name>> ask_child(Inquiry& inquiry, const Delegation& delegation)
{
  std::vector<Name> hosts;
  bool complete = true;
  for (const NameServer& server : delegation.servers) {
    for (const ServerAddress& address : server.addresses) {
      const Answer* const ns = inquiry.ask({View::authoritative, delegation.zone, RrType::ns, address});
      complete = complete && ns != nullptr;
      if (ns != nullptr && ns->outcome == Outcome::answered) {
        std::ranges::move(names_in(ns->records, delegation.zone, &Ns::host), std::back_inserter(hosts));
      }
    }
  }
  return complete ? std::optional{std::move(hosts)} : std::nullopt;
}

/// The union, each with its addresses: those of recursion, and glue, which resolvers use too.
std::optional<std::vector<NameServer>> united(Inquiry& inquiry, std::vector<NameServer> by_parent,
                                              const std::vector<Name>& by_child)
{
  for (const Name& host : by_child) {
    server_named(by_parent, host).in_child = true;
  }
  by_parent.resize(std::min(by_parent.size(), kMostServers));
  bool complete = true;
  for (NameServer& server : by_parent) {
    complete = find_addresses(inquiry, server) && complete;
    std::ranges::sort(server.addresses);
  }
  std::ranges::sort(by_parent, {}, [](const NameServer& server) { return server.host.folded(); });
  return complete ? std::optional{std::move(by_parent)} : std::nullopt;
}

std::optional<Zone> zone_seen_from_root(Inquiry& inquiry, const Name& apex, const Answer& soa)
{
  const Answer* const ns = inquiry.ask({View::root, apex, RrType::ns});
  auto delegation = apex.is_root() ? Delegation{} : ask_parent(inquiry, apex);
  if (ns == nullptr || !delegation) {
    return std::nullopt;
  }
  if (!(delegation->zone == apex)) {
    delegation->servers.clear();
  }
  auto servers = united(inquiry, std::move(delegation->servers), names_in(ns->records, apex, &Ns::host));
  if (!servers) {
    return std::nullopt;
  }
  return Zone{
      apex, *std::move(servers), soa.authentic ? Validation::secure : Validation::insecure, soa.outcome, {}};
}

/// Recursion found nothing: who would have to know, nevertheless?
std::optional<Zone> zone_by_parent(Inquiry& inquiry, const Name& name, const Answer& failure)
{
  const auto parent = find_apex(inquiry, name.parent());
  if (!parent) {
    return std::nullopt;
  }
  if (!parent->name && !name.parent().is_root()) {
    return find_zone(inquiry, name.parent());
  }
  const auto delegation = ask_parent(inquiry, name);
  if (!delegation) {
    return std::nullopt;
  }
  if (delegation->is_known && delegation->servers.empty()) {  // it lies in its parent's zone
    return find_zone(inquiry, name.parent());
  }
  Delegation reached = *delegation;
  if (!find_addresses(inquiry, reached.servers)) {
    return std::nullopt;
  }
  const auto by_child = ask_child(inquiry, reached);
  auto servers = united(inquiry, std::move(reached.servers), by_child.value_or(std::vector<Name>{}));
  if (!by_child || !servers) {
    return std::nullopt;
  }
  return Zone{delegation->is_known ? delegation->zone : name, *std::move(servers),
              failure.outcome == Outcome::bogus ? Validation::bogus : Validation::unknown, failure.outcome,
              failure.reason};
}

}  // namespace

bool find_addresses(Inquiry& inquiry, std::vector<NameServer>& servers)
{
  bool complete = true;
  for (NameServer& server : servers) {
    complete = find_addresses(inquiry, server) && complete;
  }
  return complete;
}

std::optional<Zone> find_zone(Inquiry& inquiry, const Name& name)
{
  const auto apex = find_apex(inquiry, name);
  if (!apex) {
    return std::nullopt;
  }
  if (apex->name) {
    return zone_seen_from_root(inquiry, *apex->name, *apex->soa);
  }
  return name.is_root() ? Zone{name, {}, Validation::unknown, apex->soa->outcome, apex->soa->reason}
                        : zone_by_parent(inquiry, name, *apex->soa);
}

std::optional<Zone> find_zone_below(Inquiry& inquiry, const Answer& referral, const Name& cut)
{
  auto zone = find_zone(inquiry, cut);
  if (!zone || zone->apex == cut) {
    return zone;
  }
  zone->apex = cut;  // nobody but the referral knows it
  auto servers = united(inquiry, delegation_in(referral, cut.parent(), cut).servers, {});
  if (!servers) {
    return std::nullopt;
  }
  zone->servers = *std::move(servers);
  return zone;
}

std::optional<std::vector<ServerAnswer>> ask_all(Inquiry& inquiry, const Zone& zone, const Name& name,
                                                 RrType type)
{
  std::vector<ServerAnswer> answers;
  bool complete = true;
  for (const NameServer& server : zone.servers) {
    for (const ServerAddress& address : server.addresses) {
      const Answer* const answer = inquiry.ask({View::authoritative, name, type, address});
      complete = complete && answer != nullptr;
      answers.push_back({&server, address, answer});
    }
  }
  return complete ? std::optional{std::move(answers)} : std::nullopt;
}

std::optional<Name> zone_below(const Answer& referral, const Name& above, const Name& name)
{
  const auto found = std::ranges::find_if(referral.authority, [&](const Record& record) {
    return type_of(record.rdata) == RrType::ns && record.owner.is_below(above) && name.is_in(record.owner);
  });
  return found == referral.authority.end() ? std::nullopt : std::optional{found->owner};
}

}  // namespace dkimctl::dns
