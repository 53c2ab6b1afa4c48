// What policy banks make of the settings that signing depends on.
#include "amavis/findings.hpp"
#include "amavis/signing.hpp"
#include "base/suggest.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dkimctl::amavis {
namespace {

using perl::Value;

constexpr std::string_view kAllowedHeaders = "allowed_added_header_fields";
constexpr std::string_view kHeader = "dkim-signature";
constexpr std::string_view kLocalNetworks = "MYNETS";  // loaded for clients in @mynetworks
constexpr std::string_view kLocalUsers = "MYUSERS";    // loaded for local senders

/// Not AM.PDP, nor any other protocol by which no mail is delivered.
bool speaks_mail(const BankView& bank)
{
  constexpr std::array<std::string_view, 3> kMail{"SMTP", "ESMTP", "LMTP"};
  const auto own = bank.settings.find("protocol");
  if (own == bank.settings.end()) {
    return true;
  }
  const Value& protocol = dereferenced(own->second.value);
  return !protocol.is_plain() || protocol.text().empty() ||
         std::find(kMail.begin(), kMail.end(), protocol.text()) != kMail.end();
}

bool certainly_false(const Setting& setting)
{
  return !setting.value.is_unknown() && !setting.value.truth();
}

bool certainly_true(const Setting& setting)
{
  return !setting.value.is_unknown() && setting.value.truth();
}

/// What a layer of %allowed_added_header_fields makes of what was allowed `before`: hashes are merged, so
/// that one only changes what it names, unless it takes the place of the `whole`.
Setting allowed_by(const Setting& layer, const Setting& before, bool whole)
{
  const perl::Hash* const hash = layer.value.hash();
  if (hash == nullptr) {
    return layer.value.is_unknown() || !layer.value.truth() ? layer : before;
  }
  const bool is_default = hash->unknown && !hash->unknown->where.known();  // amavisd's own list, which has it
  if (hash->unknown && !is_default) {
    return {hash->unknown, layer.place};
  }
  if (const perl::Scalar* const own = hash->find(kHeader)) {
    return {own->value, own->set};
  }
  return whole ? Setting{perl::truth(false), layer.place} : before;
}

/// A bank's hash that says REPLACE is not merged.
bool replaces(const Setting& layer)
{
  const perl::Hash* const hash = layer.value.hash();
  const perl::Scalar* const replace = hash == nullptr ? nullptr : hash->find("REPLACE");
  return replace != nullptr && !replace->value.is_unknown() && replace->value.truth();
}

std::vector<std::string> split_names(std::string_view names)
{
  std::vector<std::string> out;
  while (!names.empty()) {
    const std::size_t comma = std::min(names.find(','), names.size());
    std::string_view name = names.substr(0, comma);
    name.remove_prefix(std::min(name.find_first_not_of(" \t"), name.size()));
    name = name.substr(0, name.find_last_not_of(" \t") + 1);
    if (!name.empty()) {
      out.emplace_back(name);
    }
    names.remove_prefix(std::min(comma + 1, names.size()));
  }
  return out;
}

std::optional<Location> located(const SigningView& view, const perl::Place& place)
{
  return place.known() ? std::optional{view.locate(place)} : std::nullopt;
}

}  // namespace

const BankView* Signer::find_bank(std::string_view name) const
{
  const auto found = std::find_if(view_.banks.begin(), view_.banks.end(),
                                  [&](const BankView& bank) { return bank.name == name; });
  return found == view_.banks.end() ? nullptr : &*found;
}

Result<Signer::Path> Signer::find_banks(std::string_view names) const
{
  Path path;
  for (const std::string& name : split_names(names)) {
    const BankView* const bank = find_bank(name);
    if (bank != nullptr) {
      path.push_back(bank);
      continue;
    }
    return tl::unexpected(
        Error{Errc::usage, fmt::format("there is no policy bank '{}'", name), known_banks_text(name)});
  }
  return path;
}

/// What a hint says to somebody who asks for `wanted`: "there are MYNETS, ORIGINATING".
std::string Signer::known_banks_text(std::string_view wanted) const
{
  std::vector<std::string_view> known;
  for (const BankView& bank : view_.banks) {
    known.push_back(bank.name);
  }
  const std::string_view meant = nearest(wanted, known);
  return known.empty()
             ? "the configuration defines none"
             : fmt::format("{}there are {}", meant.empty() ? "" : fmt::format("did you mean '{}'? ", meant),
                           fmt::join(known, ", "));
}

Setting Signer::setting(const Path& path, std::string_view name) const
{
  const auto global = view_.settings.find(name);
  Setting result = global == view_.settings.end()
                       ? Setting{}
                       : Setting{dereferenced(global->second.value), global->second.place};
  for (const BankView* const bank : path) {
    const auto own = bank->settings.find(name);
    if (own != bank->settings.end()) {
      result = {dereferenced(own->second.value), own->second.place};
    } else if (bank->unknown) {
      result = {bank->unknown, bank->unknown->where};
    }
  }
  return result;
}

Setting Signer::originating(const Path& path) const
{
  Setting result = setting({}, "originating");
  for (const BankView* const bank : path) {
    if (bank->name == kLocalNetworks) {
      result = {perl::truth(true), {}};
    }
    if (bank->settings.contains("originating") || bank->unknown) {
      result = setting({bank}, "originating");
    }
  }
  return result;
}

Setting Signer::may_add_header(const Path& path) const
{
  Setting result{perl::truth(true), {}};
  const auto global = view_.settings.find(kAllowedHeaders);
  if (global != view_.settings.end() && global->second.value.hash() != nullptr) {
    result = allowed_by(global->second, result, global->second.value.hash()->set.known());
  }
  for (const BankView* const bank : path) {
    const auto own = bank->settings.find(kAllowedHeaders);
    if (own != bank->settings.end()) {
      result = allowed_by(own->second, result, replaces(own->second));
    }
  }
  return result;
}

Signer::Bank Signer::load(const Path& path) const
{
  Bank bank;
  for (const BankView* const part : path) {
    bank.path += fmt::format("{}{}", bank.path.empty() ? "" : "/", part->name);
    if (part->settings.contains("enable_dkim_signing")) {
      bank.enabled_by = fmt::format("enable_dkim_signing of policy bank {}", part->name);
    }
  }
  if (bank.enabled_by.empty()) {
    bank.enabled_by = "$enable_dkim_signing";
  }
  bank.enable = setting(path, "enable_dkim_signing");
  bank.originating = originating(path);
  bank.service = setting(path, "dkim_signing_service");
  bank.may_add_header = may_add_header(path);

  const Value delimiter = setting(path, "recipient_delimiter").value;
  const Value sensitive = setting(path, "localpart_is_case_sensitive").value;
  bank.lookup_unknown = delimiter.is_unknown() ? delimiter.unknown() : sensitive.unknown();
  if (!bank.lookup_unknown) {
    bank.lookup = {delimiter.text(), sensitive.truth()};
  }
  bank.maps_setting = setting(path, "dkim_signature_options_bysender_maps");
  bank.maps = AddressMaps{bank.maps_setting.value};
  return bank;
}

Decision Signer::decide_in_known(const std::vector<std::string>& candidates, std::string_view banks) const
{
  Path path;
  const std::vector<std::string> names = split_names(banks);
  for (const std::string& name : names) {
    if (const BankView* const known = find_bank(name)) {
      path.push_back(known);
    }
  }
  Bank bank = load(path);
  bank.path = fmt::format("{}", fmt::join(names, "/"));
  return decide_in(bank, candidates);
}

void Signer::add_bank_of_mail(std::vector<std::string>& names, const std::string& name) const
{
  const BankView* const bank = find_bank(name);
  const bool is_new = std::find(names.begin(), names.end(), name) == names.end();
  if (is_new && (bank == nullptr || speaks_mail(*bank))) {
    names.push_back(name);
  }
}

std::vector<std::string> Signer::banks_of_mail() const
{
  std::vector<std::string> names;
  for (const std::string& name : view_.listening) {
    if (!name.empty()) {
      add_bank_of_mail(names, name);
    }
  }
  if (find_bank(kLocalNetworks) != nullptr) {
    add_bank_of_mail(names, std::string{kLocalNetworks});
  }
  return names;
}

std::vector<std::string> Signer::all_banks() const
{
  std::vector<std::string> names{""};
  for (const std::string& name : banks_of_mail()) {
    add_bank_of_mail(names, name);
  }
  add_bank_of_mail(names, std::string{kLocalNetworks});
  for (const BankView& bank : view_.banks) {
    if (bank.name != kLocalUsers) {
      add_bank_of_mail(names, bank.name);
    }
  }
  return names;
}

/// What mail can come in by: a bank of a socket, MYNETS, none, any other; each alone and with what amavisd
/// loads over it by itself.
std::vector<Signer::Path> Signer::paths() const
{
  std::vector<const BankView*> order;  // null: no bank
  const auto add = [&](const BankView* bank) {
    if (std::find(order.begin(), order.end(), bank) == order.end()) {
      order.push_back(bank);
    }
  };
  for (const std::string& name : view_.listening) {
    if (const BankView* const bank = find_bank(name)) {
      add(bank);
    }
  }
  const BankView* const networks = find_bank(kLocalNetworks);
  const BankView* const users = find_bank(kLocalUsers);
  if (networks != nullptr) {
    add(networks);
  }
  add(nullptr);
  for (const BankView& bank : view_.banks) {
    add(&bank);
  }
  std::vector<Path> paths;
  for (const BankView* const bank : order) {
    if (bank == users && users != nullptr) {
      continue;
    }
    Path path = bank == nullptr ? Path{} : Path{bank};
    const bool enables = bank != nullptr && bank->settings.contains("enable_dkim_signing");
    if (enables && bank != networks && networks != nullptr && certainly_false(originating(path))) {
      path.push_back(networks);
    }
    paths.push_back(path);
    if (users != nullptr) {
      path.push_back(users);
      paths.push_back(std::move(path));
    }
  }
  return paths;
}

std::vector<Signer::Bank> Signer::signing_banks() const
{
  std::vector<Bank> banks;
  for (const Path& path : paths()) {
    Bank bank = load(path);
    const bool says_nothing = path.size() == 1 && path.front()->settings.empty() && !path.front()->unknown;
    if (!says_nothing && !certainly_false(bank.enable) && !certainly_false(bank.originating)) {
      banks.push_back(std::move(bank));
    }
  }
  return banks;
}

std::optional<Decision> Signer::obstacle(const Bank& bank, const std::string& author) const
{
  Decision decision;
  decision.bank = bank.path;
  decision.address = author;
  decision.because.push_back({"bank", bank.path, false, located(view_, bank.enable.place), bank.enabled_by});
  const auto stop = [&](const FindingCode& code, const Setting& setting, std::string reason,
                        std::string hint) {
    decision.reason = std::move(reason);
    decision.findings.push_back(make_finding(code, author, decision.reason, std::move(hint)));
    decision.findings.back().where = located(view_, setting.place);
    return std::optional{std::move(decision)};
  };
  const std::string name =
      bank.path.empty() ? "mail without a policy bank" : fmt::format("mail in policy bank {}", bank.path);
  for (const Setting& setting : {bank.enable, bank.originating, bank.service, bank.may_add_header}) {
    if (const perl::UnknownPtr unknown = setting.value.unknown()) {
      decision.outcome = Outcome::unknown;
      std::optional<Decision> stopped =
          stop(findings::kDynamic, {{}, unknown->where},
               fmt::format("whether {} is signed cannot be known: {}", name, unknown->construct),
               "ask the running amavisd with --live");
      stopped->findings.back().severity = Severity::warning;
      return stopped;
    }
  }
  if (certainly_false(bank.enable)) {
    return stop(findings::kSigningOff, bank.enable, fmt::format("signing is off for {}", name),
                "set enable_dkim_signing => 1 in the policy bank");
  }
  if (certainly_false(bank.may_add_header)) {
    return stop(findings::kSigningOff, bank.may_add_header,
                "%allowed_added_header_fields does not allow a DKIM-Signature",
                "set $allowed_added_header_fields{'dkim-signature'} = 1");
  }
  if (certainly_false(bank.originating)) {
    return stop(findings::kSigningOff, bank.originating,
                fmt::format("{} is not marked as originating, and only such mail is signed", name),
                "set originating => 1 in the policy bank of outgoing mail");
  }
  if (certainly_true(bank.service)) {
    decision.outcome = Outcome::unknown;
    return stop(findings::kSigningService, bank.service,
                fmt::format("the signing service {} chooses the key", bank.service.value.text()),
                "look into the configuration of that service");
  }
  return std::nullopt;
}

Decision Signer::nothing_signs(const std::string& author) const
{
  const std::vector<Path> all = paths();
  const auto enabled = std::find_if(all.begin(), all.end(), [&](const Path& path) {
    return certainly_true(setting(path, "enable_dkim_signing"));
  });
  Decision decision;
  decision.address = author;
  decision.reason =
      enabled == all.end() ? "no policy bank signs" : "no policy bank that signs is marked as originating";
  Finding finding = make_finding(
      findings::kSigningOff, author, decision.reason,
      enabled == all.end()
          ? "set enable_dkim_signing => 1 and originating => 1 in the policy bank of outgoing mail"
          : "set originating => 1 in the policy bank of outgoing mail");
  const Setting where = setting(enabled == all.end() ? Path{} : *enabled, "enable_dkim_signing");
  finding.where = located(view_, where.place);
  decision.findings.push_back(std::move(finding));
  return decision;
}

}  // namespace dkimctl::amavis
