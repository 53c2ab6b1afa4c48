// A configuration made by hand, for tests of what it decides.
#pragma once

#include "amavis/signing.hpp"
#include "values.hpp"

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace dkimctl::amavis::testing {

/// Signing is on for a policy bank ORIGINATING of port 10026, as in iRedMail.
class SigningFixture {
public:
  SigningFixture()
  {
    bank("ORIGINATING", {{"originating", "1"}, {"enable_dkim_signing", "1"}});
    view.listening = {"", "ORIGINATING"};
    view.locate = locate;
  }

  /// A domain with "*" becomes a pattern.
  DkimKey& key(const std::string& domain, const std::string& selector, const Pairs& options = {})
  {
    DkimKey key;
    key.number = static_cast<std::uint32_t>(keys.size() + 1);
    key.domain = domain;
    key.selector = selector;
    key.file = fmt::format("/keys/{}.{}.pem", selector, domain);
    key.pattern = domain.find('*') != std::string::npos;
    if (key.pattern) {
      key.regex =
          std::make_shared<const perl::Regex>(perl::Regex{domain == "*" ? "\\z" : "\\.example\\.com\\z", ""});
    }
    for (const auto& [name, value] : options) {
      key.options.push_back({name, value, next_place()});
    }
    key.declared = next_place();
    key.domain_argument.place = next_place();
    key.selector_argument.place = next_place();
    return keys.emplace_back(std::move(key));
  }

  void maps(const perl::Value& tables) { set("dkim_signature_options_bysender_maps", tables); }
  void maps(const Pairs& table) { maps(array({hash(table)})); }
  void set(const std::string& name, const perl::Value& value) { view.settings[name] = {value, next_place()}; }

  BankView& bank(const std::string& name, const Pairs& settings)
  {
    BankView bank;
    bank.name = name;
    for (const auto& [setting, value] : settings) {
      bank.settings[setting] = {value, next_place()};
    }
    return view.banks.emplace_back(std::move(bank));
  }

  Signer signer()
  {
    view.keys = &keys;
    return Signer{view};
  }

  Result<Decision> try_decide(const std::vector<std::string>& candidates, const std::string& banks)
  {
    return signer().decide(candidates, banks);
  }

  Decision decide(const std::string& address, const std::string& banks = "ORIGINATING")
  {
    return try_decide({address}, banks).value();
  }

  Decision decide_for(const std::vector<std::string>& candidates)
  {
    return try_decide(candidates, "ORIGINATING").value();
  }

  SigningView view;
  DkimKeys keys;
};

/// "d=example.com s=old a=rsa-sha256 c=relaxed/simple" and i= and ttl= or x= where there are; else "unsigned:
/// why" or "unknown: what".
inline std::string summary(const Decision& decision)
{
  if (decision.outcome != Outcome::signs) {
    return fmt::format("{}: {}", decision.outcome == Outcome::unknown ? "unknown" : "unsigned",
                       decision.reason);
  }
  std::string text = fmt::format("d={} s={} a={} c={}", decision.domain.value(), decision.selector.value(),
                                 decision.algorithm.value(), decision.canonicalization.value());
  text += decision.identity ? fmt::format(" i={}", *decision.identity) : "";
  text += decision.ttl ? fmt::format(" ttl={}", decision.ttl->count()) : "";
  return text + (decision.expires ? fmt::format(" x={}", *decision.expires) : "");
}

/// The codes without "amavis.", in order.
inline std::string codes(const std::vector<Finding>& findings)
{
  std::string text;
  for (const Finding& finding : findings) {
    text += fmt::format("{}{}", text.empty() ? "" : " ", finding.code.substr(finding.code.find('.') + 1));
  }
  return text;
}

}  // namespace dkimctl::amavis::testing
