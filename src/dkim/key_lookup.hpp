// What the servers of the world say at a key's owner name, through zone cuts and aliases.
#pragma once

#include "dns/answers.hpp"
#include "dns/delegation.hpp"
#include "dns/name.hpp"
#include "dns/txt.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace dkimctl::dkim {

/// One name of a chain of aliases, and what each server of its zone says there.
struct Hop {
  dns::Name name;
  dns::Zone zone;
  std::vector<dns::ServerAnswer> answers;  // `server` points into `zone`
  std::optional<dns::Name> target;         // of a CNAME that a server gives
  std::shared_ptr<const Hop> above;        // the zone above, some of whose servers do not know of this one
};

struct KeyLookup {
  std::vector<std::shared_ptr<const Hop>> chain;  // the owner name first; at least one
  bool too_long = false;                          // the chain goes on, or in a circle

  const Hop& first() const { return *chain.front(); }
  const Hop& last() const { return *chain.back(); }
};

/// As many aliases as are followed: what resolvers follow, and then some.
inline constexpr std::size_t kLongestChain = 8;

/// Nothing yet where answers are missing.
std::optional<KeyLookup> look_up_key(dns::Inquiry& inquiry, const dns::Name& domain, const dns::Name& owner);

/// The target of a CNAME at exactly that name.
std::optional<dns::Name> alias_target(const dns::Answer& answer, const dns::Name& name);

/// The TXT records of exactly that name, each once, in the order of their octets.
std::vector<dns::Txt> txt_at(const dns::Answer& answer, const dns::Name& name);

/// The TTL of the first TXT record at that name.
std::optional<std::chrono::seconds> ttl_at(const dns::Answer& answer, const dns::Name& name);

}  // namespace dkimctl::dkim
