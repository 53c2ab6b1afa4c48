// One key's record in DNS: whether the world can verify with it, and if not, what somebody did.
#pragma once

#include "crypto/signature.hpp"
#include "dkim/remark.hpp"
#include "dns/answers.hpp"
#include "dns/name.hpp"
#include "dns/question.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace dkimctl::dkim {

struct KeyUnderTest {
  dns::Name domain;      // of the SDID
  std::string selector;  // ACE
  dns::Name owner;       // SELECTOR._domainkey.SDID
  std::string expected;  // what p= should have, decoded: crypto::SigningKey::published()
};

/// From where DNS is looked at.
struct Vantage {
  std::vector<dns::ServerAddress> resolvers;  // this host's, in order: the next is asked where one fails
  std::vector<dns::ServerAddress> roots;   // servers of the root; enough of them to tell whether any answers
  bool quick = false;                      // ask the resolvers only
  std::optional<dns::Name> host;           // this host's name
  std::string unused_label;                // one that no zone has: what answers for it is a wildcard
  std::unordered_set<std::string> owners;  // Name::folded() of every configured key's owner name
};

enum class Verdict { pass, fail, temporary };

/// "pass", "fail" or "temporary".
std::string_view to_string(Verdict verdict);

/// What one server has at the owner name, or at the name that it is an alias of.
struct ServerView {
  std::string name;  // of the server; "resolver" for one of this host's
  dns::ServerAddress address;
  dns::Outcome outcome = dns::Outcome::timeout;
  bool match = false;  // it serves the key that signs here, usable, alone
  std::optional<std::chrono::seconds> ttl;
  std::optional<std::uint32_t> serial;  // of the zone's SOA there
};

struct KeyDiagnosis {
  Verdict verdict = Verdict::temporary;
  std::string result;  // in the words of amavisd's testkeys: "pass", "invalid (public key: not available)"
  std::vector<ServerView> servers;
  std::optional<ServerView> resolver;
  std::vector<PlacedRemark> remarks;
  std::vector<Remark> of_host;                 // about this host's view of DNS rather than the key
  std::optional<crypto::VerifyingKey> usable;  // set where the verdict is pass
};

/// Nothing yet where answers are missing.
std::optional<KeyDiagnosis> diagnose_key(dns::Inquiry& inquiry, const KeyUnderTest& key,
                                         const Vantage& vantage);

}  // namespace dkimctl::dkim
