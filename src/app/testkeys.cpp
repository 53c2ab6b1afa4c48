#include "app/testkeys.hpp"

#include "amavis/listing.hpp"
#include "app/dns_setup.hpp"
#include "app/inquiries.hpp"
#include "app/trial_signature.hpp"
#include "crypto/base64.hpp"
#include "dkim/diagnosis_parts.hpp"
#include "dkim/lookup_findings.hpp"
#include "dkim/result_text.hpp"
#include "dns/findings.hpp"
#include "dns/idn.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dkimctl::app {
namespace {

constexpr std::size_t kNamedKeys = 5;  // in a message

/// What is to be looked for; nothing for a key that no owner name can be made of, or whose file is of no use.
std::optional<dkim::KeyUnderTest> under_test(const report::ShownKey& shown)
{
  const amavis::DkimKey& key = *shown.key;
  auto owner = shown.stored == nullptr ? std::nullopt : amavis::owner_name(key);
  auto domain = dns::Name::parse(key.domain);
  auto expected = shown.stored == nullptr ? std::nullopt : crypto::decode_base64(shown.stored->public_key);
  if (!owner || !domain || !expected) {
    return std::nullopt;
  }
  return dkim::KeyUnderTest{*std::move(domain), key.selector, *std::move(owner), *std::move(expected)};
}

Severity severity_of(const dkim::Remark& remark)
{
  return remark.fatal ? Severity::error : std::min(remark.code->severity, Severity::warning);
}

Finding finding_of(const dkim::PlacedRemark& placed, std::uint32_t key)
{
  Finding finding = make_finding(*placed.remark.code, {}, placed.remark.text, placed.remark.hint);
  finding.severity = severity_of(placed.remark);
  finding.name = placed.name.is_root() ? "" : placed.name.text();
  finding.server = placed.server;
  finding.key = key;
  return finding;
}

std::string owner_text(const report::TestedKey& tested)
{
  return fmt::format("{}._domainkey.{}", tested.shown.key->selector, tested.shown.key->domain);
}

/// dkim.shared-key, once for each key that several names have.
void look_for_shared_keys(report::KeyTests& tests)
{
  std::map<std::string_view, std::vector<const report::TestedKey*>> by_key;
  for (const report::TestedKey& tested : tests.keys) {
    if (tested.shown.stored != nullptr && tested.diagnosis) {
      by_key[tested.shown.stored->public_key].push_back(&tested);
    }
  }
  for (const auto& [key, sharers] : by_key) {
    std::set<std::string> owners;
    std::ranges::transform(sharers, std::inserter(owners, owners.end()),
                           [](const auto* tested) { return owner_text(*tested); });
    if (owners.size() < 2) {
      continue;
    }
    const std::size_t named = std::min(owners.size(), kNamedKeys);
    const std::vector<std::string> names(owners.begin(),
                                         std::next(owners.begin(), static_cast<std::ptrdiff_t>(named)));
    tests.findings.push_back(
        make_finding(dkim::findings::kSharedKey, {},
                     fmt::format("{} names have the same key: {}{}", owners.size(), fmt::join(names, ", "),
                                 owners.size() > named ? ", ..." : ""),
                     "nothing is broken; a key of its own for each can be replaced by itself"));
  }
}

bool a_resolver_answered(const report::KeyTests& tests)
{
  return std::ranges::any_of(tests.keys, [](const report::TestedKey& tested) {
    const auto& view = tested.diagnosis ? tested.diagnosis->resolver : std::nullopt;
    return view && (view->outcome == dns::Outcome::answered || view->outcome == dns::Outcome::nodata ||
                    view->outcome == dns::Outcome::nxdomain || view->outcome == dns::Outcome::servfail);
  });
}

/// What is said of this host's DNS rather than of a key: each once. A resolver that answered for another key
/// is not to blame.
void add_host_findings(report::KeyTests& tests)
{
  const bool answered = a_resolver_answered(tests);
  std::set<std::pair<std::string_view, std::string>> said;
  for (const report::TestedKey& tested : tests.keys) {
    for (const dkim::Remark& remark :
         tested.diagnosis ? tested.diagnosis->of_host : std::vector<dkim::Remark>{}) {
      const bool to_blame = remark.code != &dns::findings::kNoResolver || !answered;
      if (to_blame && said.emplace(remark.code->code, remark.text).second) {
        Finding finding = make_finding(*remark.code, {}, remark.text, remark.hint);
        finding.severity = severity_of(remark);
        tests.findings.push_back(std::move(finding));
      }
    }
  }
}

/// dns.no-family, once: none of the servers' addresses of a family has a route from here.
void look_for_families(report::KeyTests& tests)
{
  std::array<std::size_t, 2> asked{};
  std::array<std::size_t, 2> without{};
  for (const report::TestedKey& tested : tests.keys) {
    for (const dkim::ServerView& server :
         tested.diagnosis ? tested.diagnosis->servers : std::vector<dkim::ServerView>{}) {
      const std::size_t family = server.address.address.is_ipv4() ? 0 : 1;
      ++asked.at(family);
      without.at(family) += server.outcome == dns::Outcome::no_route ? 1 : 0;
    }
  }
  for (std::size_t family = 0; family < asked.size(); ++family) {
    if (asked.at(family) > 0 && asked.at(family) == without.at(family)) {
      tests.findings.push_back(make_finding(
          dns::findings::kNoFamily, {},
          fmt::format("this host has no IPv{}: name servers were not asked by it", family == 0 ? 4 : 6)));
    }
  }
}

/// Without the final dot of a name in DNS; "." alone is every domain.
KeyQuery as_dns_writes_them(KeyQuery query)
{
  for (std::string& domain : query.domains) {
    if (domain.size() > 1 && domain.ends_with('.')) {
      domain.pop_back();
    }
  }
  return query;
}

/// Of a key that was not come to.
dkim::KeyDiagnosis untested(const dkim::KeyUnderTest& key)
{
  dkim::KeyDiagnosis diagnosis;
  diagnosis.result = dkim::timeout_text(key);
  diagnosis.remarks.push_back(
      {{&dns::findings::kUntested, fmt::format("not tested: {} s were over before", kLongestRun.count()),
        "name the domains to test; many servers do not answer, and each costs its time", true},
       key.owner,
       {}});
  return diagnosis;
}

/// What amavisd calls this host, or else what the system does.
std::optional<dns::Name> host_name(const Host& host, const Facts& facts)
{
  const perl::Value set = facts.configuration.scalar("myhostname");
  const auto name =
      set.is_plain() && !set.is_undef() ? std::optional{set.text()} : host.qualified_host_name();
  const auto parsed = dns::Name::parse(name ? dns::to_ace(*name) : "");
  return parsed ? std::optional{*parsed} : std::nullopt;
}

/// What the configuration's own findings say of a key, and its record too, is said of the record: it decides.
void drop_repeated(report::KeyTests& tests)
{
  std::set<std::pair<std::uint32_t, std::string_view>> said;
  for (const report::TestedKey& tested : tests.keys) {
    for (const Finding& finding : tested.findings) {
      said.emplace(*finding.key, finding.code);
    }
  }
  std::erase_if(tests.findings, [&](const Finding& finding) {
    return finding.key && said.contains({*finding.key, finding.code});
  });
}

/// The findings of every key, and of all together.
void conclude(report::KeyTests& tests)
{
  for (report::TestedKey& tested : tests.keys) {
    if (tested.diagnosis) {
      std::ranges::transform(
          tested.diagnosis->remarks, std::back_inserter(tested.findings),
          [&](const dkim::PlacedRemark& placed) { return finding_of(placed, tested.shown.key->number); });
      std::ranges::stable_sort(tested.findings, std::greater<>{}, &Finding::severity);
    }
  }
  drop_repeated(tests);
  look_for_shared_keys(tests);
  look_for_families(tests);
  add_host_findings(tests);
}

}  // namespace

Result<TestKeys> test_keys(const Host& host, const TestQuery& query)
{
  DKIMCTL_TRY(DnsSetup dns, set_up_dns(query.dns));
  ShowKeys shown = show_records(host, as_dns_writes_them(query.keys));
  TestKeys result{std::move(shown.facts), {}};
  result.tests.any_declared = shown.listing.any_declared;
  result.tests.all_read = shown.listing.all_read;
  result.tests.findings = std::move(shown.findings);
  dns.vantage.host = host_name(host, *result.facts);

  std::vector<std::optional<dkim::KeyUnderTest>> under;
  for (const report::ShownKey& key : shown.listing.keys) {
    result.tests.keys.push_back({key, std::nullopt, {}});
    under.push_back(under_test(key));
  }
  for (const amavis::DkimKey& key : result.facts->configuration.keys()) {
    if (const auto owner = amavis::owner_name(key)) {
      dns.vantage.owners.insert(owner->folded());
    }
  }
  TrialSignatures signatures(host, result.tests.keys);
  Inquiries inquiries;
  inquiries.count = under.size();
  inquiries.evaluate = [&](std::size_t index, dns::Inquiry& inquiry) {
    auto& diagnosis = result.tests.keys[index].diagnosis;
    diagnosis = under[index] ? dkim::diagnose_key(inquiry, *under[index], dns.vantage) : std::nullopt;
    if (diagnosis && diagnosis->usable) {
      signatures.add(index);
    }
    return !under[index] || diagnosis.has_value();
  };
  if (query.progress) {
    inquiries.progress = [&](std::size_t done) { query.progress(done, under.size()); };
  }
  DKIMCTL_TRY_VOID(run(inquiries, *dns.child));
  for (std::size_t i = 0; i < under.size(); ++i) {
    if (under[i] && !result.tests.keys[i].diagnosis) {
      result.tests.keys[i].diagnosis = untested(*under[i]);
    }
  }
  signatures.finish();
  conclude(result.tests);
  return result;
}

}  // namespace dkimctl::app
