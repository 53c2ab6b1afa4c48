// What this host's own resolvers say of a key.
#pragma once

#include "dkim/key_diagnosis.hpp"
#include "dns/answers.hpp"
#include "dns/txt.hpp"

#include <chrono>
#include <optional>
#include <vector>

namespace dkimctl::dkim {

struct Resolved {
  const dns::Answer* answer = nullptr;  // null: no resolver is known
  dns::ServerAddress server;            // the one that answered, or else the first
};

/// The first resolver whose answer means anything, else the first one's. Nothing yet where an answer is
/// missing.
std::optional<Resolved> ask_resolvers(dns::Inquiry& inquiry, const Vantage& vantage, const dns::Name& name,
                                      dns::RrType type);

/// The TXT records at the end of the aliases in one answer.
std::vector<dns::Txt> records_in(const dns::Answer& answer, const dns::Name& name);

/// For how long the answer is kept.
std::optional<std::chrono::seconds> least_ttl(const dns::Answer& answer);

ServerView view_of(const Resolved& resolved, bool match);

/// dns.no-resolver, for a resolver that gave no answer.
Remark remark_on_resolver(const Resolved& resolved);

/// A diagnosis with nothing but what the resolvers say: one question, or two.
std::optional<KeyDiagnosis> diagnose_by_resolver(dns::Inquiry& inquiry, const KeyUnderTest& key,
                                                 const Vantage& vantage);

}  // namespace dkimctl::dkim
