// Keys and signing maps together: every map entry and every domain that has a key is decided for.
#include "amavis/findings.hpp"
#include "amavis/signing.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include <fmt/format.h>

namespace dkimctl::amavis {
namespace {

/// An address to decide for, and what a finding about it is to name.
struct Probe {
  std::string address;
  std::string object;
  perl::Place place;
  std::optional<std::uint32_t> key;
};

constexpr std::string_view kSomebody = "somebody";  // a local part that no map is likely to name

bool has_upper(std::string_view text)
{
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

/// The address that finds the entry; nothing for "user@", which goes by no domain, and for "." without a d of
/// its own.
std::optional<std::string> address_of(const std::string& key, const perl::Scalar& entry)
{
  if (key == ".") {
    const perl::Hash* const options = entry.value.hash();
    const perl::Scalar* const d = options == nullptr ? nullptr : options->find("d");
    return d == nullptr ? std::nullopt : std::optional<std::string>{"somebody@unknown.invalid"};
  }
  if (key.find('@') != std::string::npos) {
    return key.ends_with('@') ? std::nullopt : std::optional{key};
  }
  return key.empty()
             ? std::nullopt
             : std::optional{fmt::format("{}@{}{}", kSomebody, key.starts_with('.') ? "host" : "", key)};
}

std::string place_text(const Finding& finding)
{
  return finding.where
             ? fmt::format("{}:{}:{}", finding.where->file, finding.where->line, finding.where->column)
             : "";
}

/// What makes a finding the same as one met before.
using Mark = std::tuple<std::string_view, std::string, std::string>;

Mark mark_of(const Finding& finding)
{
  if (finding.code == findings::kPinnedSelector.code) {
    return {finding.code, place_text(finding), {}};  // one statement, however many senders it is for
  }
  return {finding.code, finding.object, finding.text};
}

std::vector<Probe> entry_probes(const AddressMaps& maps)
{
  std::vector<Probe> probes;
  for (const perl::HashPtr& table : maps.hashes()) {
    for (const auto& [key, entry] : table->entries) {
      const auto address = entry.scalar ? address_of(key, *entry.scalar) : std::nullopt;
      if (address) {
        probes.push_back({*address, key, entry.key, {}});
      }
    }
  }
  std::stable_sort(probes.begin(), probes.end(), [](const Probe& a, const Probe& b) {
    return std::tie(a.place.source, a.place.span.begin) < std::tie(b.place.source, b.place.span.begin);
  });
  return probes;
}

/// One for each domain, with its first key.
std::vector<Probe> key_probes(const DkimKeys& keys)
{
  std::vector<Probe> probes;
  std::set<std::string_view> seen;
  for (const DkimKey& key : keys) {
    if (!key.pattern && !key.domain.empty() && seen.insert(key.domain).second) {
      probes.push_back({fmt::format("{}@{}", kSomebody, key.domain), key.domain, key.declared, key.number});
    }
  }
  return probes;
}

/// Keys of a map without "@" are looked up in lower case only.
bool is_never_found(const Probe& probe)
{
  return has_upper(probe.object) && probe.object.find('@') == std::string::npos;
}

Finding never_found()
{
  return make_finding(findings::kUnsigned, {},
                      "the entry is never found: amavisd looks domains up in lower case",
                      "write it in lower case");
}

/// What was found for the probe's address, said of what the probe stands for.
Finding about(const Probe& probe, Finding finding)
{
  finding.object = probe.object;
  if (probe.key && finding.code == findings::kMisaligned.code) {
    finding.text += fmt::format(", not with its own key #{}", *probe.key);
    finding.key = probe.key;
  }
  return finding;
}

bool is_told_elsewhere(const Finding& finding, const Probe& probe)
{
  return finding.code == findings::kDynamic.code ||
         (finding.code == findings::kMisaligned.code && probe.object == ".");
}

}  // namespace

std::vector<Finding> Signer::check() const
{
  std::vector<Finding> findings;
  if (view_.keys->empty()) {
    return findings;
  }
  const std::vector<Bank> banks = signing_banks();
  if (banks.empty()) {
    findings = nothing_signs("enable_dkim_signing").findings;
  }
  std::set<Mark> seen;
  for (const Bank& bank : banks) {
    for (Finding& finding : check(bank)) {
      if (seen.insert(mark_of(finding)).second) {
        findings.push_back(std::move(finding));
      }
    }
  }
  return findings;
}

std::vector<Finding> Signer::check(const Bank& bank) const
{
  if (const std::optional<Decision> stopped = obstacle(bank, bank.path)) {
    std::vector<Finding> told = stopped->findings;
    std::erase_if(told, [](const Finding& finding) { return finding.code == findings::kDynamic.code; });
    return told;
  }
  const auto located = [&](const perl::Place& place) {
    return place.known() ? std::optional{view_.locate(place)} : std::nullopt;
  };
  std::vector<Probe> probes = entry_probes(bank.maps);
  const std::vector<Probe> of_keys = key_probes(*view_.keys);
  probes.insert(probes.end(), of_keys.begin(), of_keys.end());
  std::vector<Finding> findings;
  for (const Probe& probe : probes) {
    std::vector<Finding> found =
        is_never_found(probe) ? std::vector{never_found()} : decide_in(bank, {probe.address}).findings;
    for (Finding& finding : found) {
      if (!is_told_elsewhere(finding, probe)) {
        finding.where = finding.where ? finding.where : located(probe.place);
        findings.push_back(about(probe, std::move(finding)));
      }
    }
  }
  return findings;
}

KeyUse Signer::key_use() const
{
  KeyUse use;
  for (const Bank& bank : signing_banks()) {
    add_use(use, bank);
  }
  return use;
}

void Signer::add_use(KeyUse& use, const Bank& bank) const
{
  const perl::Value& service = dereferenced(bank.service.value);
  if (service.is_plain() && !service.is_undef() && !service.text().empty()) {
    use.other_signer = service.text();
    return;
  }
  std::vector<std::string> addresses;
  for (const Probe& probe : entry_probes(bank.maps)) {
    addresses.push_back(probe.address);
  }
  for (const Probe& probe : key_probes(*view_.keys)) {
    addresses.push_back(probe.address);
    addresses.push_back(fmt::format("{}@host.{}", kSomebody, probe.object));
  }
  for (const std::string& address : addresses) {
    const Decision decision = decide_in(bank, {address});
    if (decision.outcome == Outcome::unknown && use.unknown.empty()) {
      use.unknown = decision.reason;
    }
    if (decision.key) {
      use.keys.insert(*decision.key);
    }
    if (decision.domain) {
      auto& longest = use.validity[*decision.domain];
      longest = std::max(longest, decision.ttl.value_or(std::chrono::seconds{0}));
    }
  }
}

}  // namespace dkimctl::amavis
