// Everything that is asked of the world for one key, before anything is made of it.
#pragma once

#include "dkim/key_diagnosis.hpp"
#include "dkim/key_lookup.hpp"
#include "dkim/placement.hpp"
#include "dkim/resolver_view.hpp"
#include "dkim/survey.hpp"
#include "dns/answers.hpp"
#include "dns/delegation.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dkimctl::dkim {

/// Pointers are into the table of answers, and into `lookup`.
struct KeyFacts {
  KeyLookup lookup;
  dns::Zone home;                            // of the mail domain
  Survey survey;                             // of the end of the aliases
  std::vector<dns::ServerAnswer> soas;       // of the zone there
  std::optional<dns::ServerAddress> helper;  // a server of the mail domain that answers
  Wildcard wildcard;                         // of the selectors
  std::vector<Misplaced> misplaced;
  std::vector<std::string> elsewhere;      // servers that nobody asks and that have the key
  const dns::Answer* validated = nullptr;  // of the record, where a zone on the way to it is signed
  const dns::Answer* root = nullptr;       // SOA, where something does not validate
  Resolved resolved;                       // of the record where every server has it, else of the zone's SOA
  std::array<bool, 2> dead_family{};       // IPv4, IPv6: nobody can be reached by it, not even the root

  bool is_found() const { return survey.is_ours(); }
  bool is_silent() const { return survey.shares.empty(); }  // no server says anything
  /// The domain itself does not exist.
  bool is_undelegated(const KeyUnderTest& key) const;
  /// What verifiers get is the wildcard's.
  bool is_by_wildcard() const;
  /// Nothing is there, but for a wildcard.
  bool is_lost() const;
  /// Every server has the record, at its own name: a resolver that looks for it keeps no absence.
  bool is_proven() const;
  std::optional<std::uint32_t> serial_of(const dns::ServerAddress& server) const;
};

/// Nothing yet where answers are missing.
std::optional<KeyFacts> gather_key_facts(dns::Inquiry& inquiry, const KeyUnderTest& key,
                                         const Vantage& vantage);

}  // namespace dkimctl::dkim
