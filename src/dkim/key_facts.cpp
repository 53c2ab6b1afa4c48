#include "dkim/key_facts.hpp"

#include "dkim/diagnosis_parts.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::dkim {
namespace {

class Gatherer {
public:
  Gatherer(dns::Inquiry& inquiry, const KeyUnderTest& key, const Vantage& vantage)
      : inquiry_(inquiry), key_(key), vantage_(vantage)
  {}

  std::optional<KeyFacts> run();

private:
  // Each asks all it can, and is false where an answer is missing.
  bool look_up();
  bool choose_helper();
  bool ask_serials();
  bool ask_wildcard();
  bool ask_validated();
  bool ask_families();
  bool ask_places();
  bool ask_primaries();
  bool ask_resolver();

  dns::Inquiry& inquiry_;
  const KeyUnderTest& key_;
  const Vantage& vantage_;
  KeyFacts facts_;
};

bool Gatherer::look_up()
{
  auto home = dns::find_zone(inquiry_, key_.domain);
  auto lookup = look_up_key(inquiry_, key_.domain, key_.owner);
  if (!home || !lookup) {
    return false;
  }
  facts_.home = *std::move(home);
  facts_.lookup = *std::move(lookup);
  return true;
}

/// A server of the mail domain's zone that answers, another one for each domain: they share the work.
bool Gatherer::choose_helper()
{
  const Hop& first = facts_.lookup.first();
  const bool is_cut =
      !(first.zone.apex == facts_.home.apex);  // _domainkey is a zone of its own: ask above it
  const auto above = is_cut ? dns::ask_all(inquiry_, facts_.home, facts_.home.apex, dns::RrType::soa)
                            : std::optional{first.answers};
  if (!above) {
    return false;
  }
  std::vector<dns::ServerAddress> answering;
  for (const dns::ServerAnswer& each : *above) {
    if (each.answer->says()) {
      answering.push_back(each.address);
    }
  }
  if (!answering.empty()) {
    facts_.helper = answering[std::hash<std::string>{}(key_.domain.folded()) % answering.size()];
  }
  return true;
}

bool Gatherer::ask_serials()
{
  const dns::Zone& zone = facts_.lookup.last().zone;
  auto soas = dns::ask_all(inquiry_, zone, zone.apex, dns::RrType::soa);
  if (!soas) {
    return false;
  }
  facts_.soas = *std::move(soas);
  return true;
}

/// Of a server that has the selectors: _domainkey may be a zone of its own.
bool Gatherer::ask_wildcard()
{
  const auto domainkey = dns::Name::parse("_domainkey")->before(key_.domain);
  const bool is_cut = !(facts_.lookup.first().zone.apex == facts_.home.apex);
  std::optional<dns::ServerAddress> server = is_cut ? std::nullopt : facts_.helper;
  for (const dns::ServerAnswer& each : facts_.lookup.first().answers) {
    if (!server && each.answer->says()) {
      server = each.address;
    }
  }
  if (!server || !domainkey || facts_.is_undelegated(key_)) {
    return true;
  }
  auto wildcard = wildcard_of(inquiry_, vantage_, *domainkey, *server);
  if (!wildcard) {
    return false;
  }
  facts_.wildcard = *std::move(wildcard);
  return true;
}

bool Gatherer::ask_validated()
{
  const auto has = [&](dns::Validation validation) {
    return std::ranges::any_of(facts_.lookup.chain,
                               [&](const auto& hop) { return hop->zone.validation == validation; });
  };
  if (has(dns::Validation::secure) || has(dns::Validation::unknown)) {
    facts_.validated = inquiry_.ask({dns::View::root, key_.owner, dns::RrType::txt});
    if (facts_.validated == nullptr) {
      return false;
    }
  }
  const bool bogus = facts_.validated != nullptr && facts_.validated->outcome == dns::Outcome::bogus;
  if (!bogus && !has(dns::Validation::bogus)) {
    return true;
  }
  facts_.root = inquiry_.ask({dns::View::root, dns::Name{}, dns::RrType::soa});
  return facts_.root != nullptr;
}

bool is_without_word(const dns::Answer& answer)
{
  return answer.outcome == dns::Outcome::timeout || answer.outcome == dns::Outcome::unreachable ||
         answer.outcome == dns::Outcome::no_route;
}

/// A way that leads nowhere, as IPv6 often does, is no fault of the servers. The root is asked only where a
/// server of the family is silent: that takes as long.
bool Gatherer::ask_families()
{
  bool complete = true;
  for (const bool ipv4 : {true, false}) {
    const bool silent = std::ranges::any_of(facts_.lookup.chain, [&](const auto& hop) {
      return std::ranges::any_of(hop->answers, [&](const dns::ServerAnswer& each) {
        return each.address.address.is_ipv4() == ipv4 && is_without_word(*each.answer);
      });
    });
    if (!silent) {
      continue;
    }
    std::size_t asked = 0;
    std::size_t dead = 0;
    for (const dns::ServerAddress& server : vantage_.roots) {
      if (server.address.is_ipv4() != ipv4) {
        continue;
      }
      const dns::Answer* const answer =
          inquiry_.ask({dns::View::authoritative, dns::Name{}, dns::RrType::ns, server});
      complete = complete && answer != nullptr;
      ++asked;
      dead += answer != nullptr && is_without_word(*answer) ? 1U : 0U;
    }
    facts_.dead_family.at(ipv4 ? 0 : 1) = asked > 0 && dead == asked;
  }
  return complete;
}

bool Gatherer::ask_places()
{
  if (!facts_.helper || facts_.is_undelegated(key_)) {
    return true;
  }
  const Depth depth = facts_.is_lost() ? Depth::thorough : Depth::usual;
  auto misplaced =
      find_misplaced(inquiry_, {key_, vantage_, facts_.home, *facts_.helper, facts_.wildcard, depth});
  if (!misplaced) {
    return false;
  }
  facts_.misplaced = *std::move(misplaced);
  return true;
}

/// Servers that SOA records name and the delegation does not: zones are edited there.
std::vector<dns::Name> hidden_primaries(const KeyFacts& facts)
{
  std::vector<dns::Name> hidden;
  for (const dns::ServerAnswer& each : facts.soas) {
    for (const dns::Record& record : each.answer->records) {
      const auto* const soa = std::get_if<dns::Soa>(&record.rdata);
      const bool is_named =
          soa == nullptr || std::ranges::any_of(facts.home.servers, [&](const dns::NameServer& server) {
            return server.host == soa->primary;
          });
      if (!is_named && std::ranges::find(hidden, soa->primary) == hidden.end()) {
        hidden.push_back(soa->primary);
      }
    }
  }
  return hidden;
}

bool Gatherer::ask_primaries()
{
  if (facts_.is_silent() || !facts_.is_lost() || facts_.is_undelegated(key_)) {
    return true;
  }
  dns::Zone hidden;
  for (const dns::Name& name : hidden_primaries(facts_)) {
    hidden.servers.push_back(dns::NameServer{});
    hidden.servers.back().host = name;
  }
  if (!dns::find_addresses(inquiry_, hidden.servers)) {
    return false;
  }
  const auto answers = dns::ask_all(inquiry_, hidden, key_.owner, dns::RrType::txt);
  if (!answers) {
    return false;
  }
  for (const dns::ServerAnswer& each : *answers) {
    if (each.answer->says() && diagnose_records(txt_at(*each.answer, key_.owner), key_.expected).usable) {
      facts_.elsewhere.push_back(server_text(each));
    }
  }
  return true;
}

/// A name that was not seen in DNS is not asked for: the resolver would keep its absence for everybody.
bool Gatherer::ask_resolver()
{
  if (facts_.is_silent() || facts_.is_undelegated(key_)) {
    return true;
  }
  const auto resolved = facts_.is_proven()
                            ? ask_resolvers(inquiry_, vantage_, key_.owner, dns::RrType::txt)
                            : ask_resolvers(inquiry_, vantage_, facts_.home.apex, dns::RrType::soa);
  facts_.resolved = resolved.value_or(Resolved{});
  return resolved.has_value();
}

std::optional<KeyFacts> Gatherer::run()
{
  if (!look_up() || !choose_helper()) {
    return std::nullopt;
  }
  bool complete = ask_serials();
  complete = ask_wildcard() && complete;
  complete = ask_validated() && complete;
  complete = ask_families() && complete;
  if (!complete) {
    return std::nullopt;
  }
  facts_.survey = survey(facts_.lookup.last(), key_.expected);
  complete = ask_resolver();
  complete = ask_places() && complete;
  complete = ask_primaries() && complete;
  return complete ? std::optional{std::move(facts_)} : std::nullopt;
}

}  // namespace

/// Recursion says that there is no such name, and only a top-level domain or the root could delegate it.
bool KeyFacts::is_undelegated(const KeyUnderTest& key) const
{
  return home.recursion == dns::Outcome::nxdomain && home.apex.labels().size() < 2 &&
         !(home.apex == key.domain);
}

bool KeyFacts::is_by_wildcard() const
{
  const Hop& first = lookup.first();
  return wildcard.is_there() && std::ranges::any_of(first.answers, [&](const dns::ServerAnswer& each) {
           return content_at(*each.answer, first.name) == wildcard;
         });
}

bool KeyFacts::is_lost() const
{
  return !is_found() && (is_by_wildcard() || (lookup.chain.size() == 1 && survey.is_absent()));
}

bool KeyFacts::is_proven() const
{
  return !is_silent() && !is_by_wildcard() && !lookup.too_long &&
         std::ranges::all_of(lookup.chain, [&](const auto& hop) {
           const bool at_end = hop == lookup.chain.back();
           return std::ranges::all_of(hop->answers, [&](const dns::ServerAnswer& each) {
             const Wildcard content = content_at(*each.answer, hop->name);
             return !each.answer->says() || (at_end ? !content.records.empty() : content.target.has_value());
           });
         });
}

std::optional<std::uint32_t> KeyFacts::serial_of(const dns::ServerAddress& server) const
{
  for (const dns::ServerAnswer& each : soas) {
    for (const dns::Record& record : each.answer->records) {
      const auto* const soa = std::get_if<dns::Soa>(&record.rdata);
      if (soa != nullptr && each.address == server) {
        return soa->serial;
      }
    }
  }
  return std::nullopt;
}

std::optional<KeyFacts> gather_key_facts(dns::Inquiry& inquiry, const KeyUnderTest& key,
                                         const Vantage& vantage)
{
  return Gatherer{inquiry, key, vantage}.run();
}

}  // namespace dkimctl::dkim
