#include "app/showkeys.hpp"

#include "amavis/findings.hpp"
#include "amavis/listing.hpp"
#include "app/domain_advice.hpp"
#include "app/key_findings.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace dkimctl::app {
namespace {

/// Drops what is no error and about a key that nobody asked for.
void drop_unasked(std::vector<Finding>& findings, const report::KeyListing& listing)
{
  if (findings.empty()) {
    return;
  }
  std::unordered_set<std::uint32_t> asked;
  for (const report::ShownKey& shown : listing.keys) {
    asked.insert(shown.key->number);
  }
  std::erase_if(findings, [&](const Finding& finding) {
    return finding.severity != Severity::error && finding.key && !asked.contains(*finding.key);
  });
}

/// That the listing differs from amavisd's.
void check_listing(const report::ShownKey& shown, const amavis::Locate& locate,
                   std::vector<Finding>& findings)
{
  if (shown.stored == nullptr || !shown.key->certain()) {
    return;
  }
  if (auto text = amavis::zone_text_finding(amavis::listed_key(*shown.key, *shown.stored))) {
    if (shown.key->declared.known()) {
      text->where = locate(shown.key->declared);
    }
    findings.push_back(*std::move(text));
  }
}

/// That there is no key, or none for a domain that was asked for.
std::vector<Finding> no_keys(const Facts& facts, const KeyQuery& query)
{
  std::set<std::string_view> domains;
  for (const amavis::DkimKey& key : facts.configuration.keys()) {
    domains.insert(key.domain);
  }
  if (domains.empty()) {
    return {make_finding(amavis::findings::kNoKeys, "", "no key is declared in the configuration",
                         "dkim_key('example.com', 'dkim', '/var/lib/dkim/example.com.pem'); declares one")};
  }
  std::vector<Finding> findings;
  for (const std::string& word : query.domains) {
    if (!amavis::select_keys(facts.configuration.keys(), std::span{&word, 1}).empty()) {
      continue;
    }
    findings.push_back(make_finding(amavis::findings::kNoKeys, word.empty() ? "''" : word,
                                    "no key is declared for it",
                                    meant_instead(word, domains, "`dkimctl showkeys` lists all keys")));
  }
  return findings;
}

}  // namespace

ShowKeys show_keys(const Host& host, const KeyQuery& query)
{
  ShowKeys shown{std::make_unique<Facts>(gather_facts(host, query.files)), {}, {}};
  const Facts& facts = *shown.facts;
  const auto& keys = facts.configuration.keys();
  shown.listing.any_declared = !keys.empty();
  shown.listing.all_read = !facts.configuration.files().empty() && !facts.configuration.rejected();
  for (const std::size_t index : amavis::select_keys(keys, query.domains)) {
    shown.listing.keys.push_back({&keys[index], facts.key_files.of(index)});
  }
  shown.findings = facts.findings;
  drop_unasked(shown.findings, shown.listing);
  const amavis::Locate locate = [&](const perl::Place& place) { return facts.locate(place); };
  for (const report::ShownKey& key : shown.listing.keys) {
    auto found = key_findings(key, locate);
    std::move(found.begin(), found.end(), std::back_inserter(shown.findings));
    check_listing(key, locate, shown.findings);
  }
  if (shown.listing.all_read && (shown.listing.keys.empty() || query.domains.size() > 1)) {
    std::ranges::move(no_keys(facts, query), std::back_inserter(shown.findings));
  }
  return shown;
}

ShowKeys show_records(const Host& host, const KeyQuery& query)
{
  ShowKeys shown = show_keys(host, query);
  for (Finding& finding : shown.findings) {
    if (finding.code == amavis::findings::kNoKeys.code) {
      finding.severity = Severity::warning;
    }
  }
  return shown;
}

}  // namespace dkimctl::app
