#include "amavis/key_choice.hpp"

#include "amavis/lookup.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dkimctl::amavis {
namespace {

using perl::UnknownPtr;

UnknownPtr make_unknown(std::string construct, const perl::Place& where)
{
  return std::make_shared<const perl::Unknown>(perl::Unknown{std::move(construct), where});
}

bool lacks(const DkimKey& key, std::string_view what)
{
  return std::find(key.unknown.begin(), key.unknown.end(), what) != key.unknown.end();
}

/// Whether one of the words that colons separate is `word`. amavisd wants it exactly: no blanks, this case.
bool has_word(std::string_view list, std::string_view word)
{
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t end = std::min(list.find(':', at), list.size());
    if (list.substr(at, end - at) == word) {
      return true;
    }
    at = end + 1;
  }
  return false;
}

/// "rsa-sha256" as its two halves. Without a "-", as amavisd: any hash of an RSA key.
struct Algorithm {
  std::string_view key_type = "rsa";
  std::optional<std::string_view> hash;
};

bool is_alphanumeric(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

Algorithm split_algorithm(const std::optional<std::string>& text)
{
  const std::string_view view = text ? std::string_view{*text} : std::string_view{};
  const std::size_t dash = view.find('-');
  const std::string_view type = view.substr(0, dash);
  if (dash == std::string_view::npos || type.empty() ||
      !std::all_of(type.begin(), type.end(), is_alphanumeric)) {
    return {};
  }
  return {type, view.substr(dash + 1)};
}

/// The historic g=: one "*" stands for anything. Absent it is "*".
bool granted(std::string_view granularity, std::string_view localpart)
{
  const std::size_t star = granularity.find('*');
  if (star == std::string_view::npos) {
    return localpart == granularity;
  }
  const std::string_view head = granularity.substr(0, star);
  const std::string_view tail = granularity.substr(star + 1);
  return localpart.size() >= head.size() + tail.size() && localpart.starts_with(head) &&
         localpart.ends_with(tail);
}

/// An option's value; null where the key does not have it, empty text for an undefined one.
struct OptionValue {
  bool present = false;
  bool defined = false;
  std::string text;
  UnknownPtr unknown;
};

OptionValue option_value(const DkimKey& key, std::string_view name)
{
  const KeyOption* const option = key.option(name);
  if (option == nullptr) {
    return {};
  }
  if (option->value.is_unknown()) {
    return {true, true, {}, option->value.unknown()};
  }
  return {true, !option->value.is_undef(), option->value.text(), nullptr};
}

/// One rule's answer.
struct Rule {
  Misfit misfit;
  bool broken = false;
  UnknownPtr unknown;
};

Rule selector_rule(const DkimKey& key, const Demand& selector)
{
  if (selector.unknown || !selector.value) {
    return {Misfit::selector, false, selector.unknown};
  }
  if (lacks(key, "selector")) {
    const UnknownPtr unknown = key.selector_argument.value().unknown();
    return {Misfit::selector, false,
            unknown ? unknown : make_unknown("selector of a dkim_key", key.declared)};
  }
  return {Misfit::selector, key.selector != *selector.value, nullptr};
}

/// amavisd takes any k= of a key from a file as "rsa", but an undefined one stays, and fits nothing.
Rule key_type_rule(const DkimKey& key, const Demand& algorithm)
{
  const OptionValue k = option_value(key, "k");
  if (algorithm.unknown || k.unknown) {
    return {Misfit::key_type, false, algorithm.unknown ? algorithm.unknown : k.unknown};
  }
  return {Misfit::key_type, (k.present && !k.defined) || split_algorithm(algorithm.value).key_type != "rsa",
          nullptr};
}

Rule service_rule(const DkimKey& key)
{
  const OptionValue s = option_value(key, "s");
  const bool broken = s.present && !s.unknown && !has_word(s.text, "*") && !has_word(s.text, "email");
  return {Misfit::service, broken, s.unknown};
}

Rule hash_rule(const DkimKey& key, const Demand& algorithm)
{
  const OptionValue h = option_value(key, "h");
  if (!h.present || algorithm.unknown || h.unknown) {
    return {Misfit::hash, false, h.present && algorithm.unknown ? algorithm.unknown : h.unknown};
  }
  const auto hash = split_algorithm(algorithm.value).hash;
  return {Misfit::hash, hash && !has_word(h.text, *hash), nullptr};
}

/// With any i= a key of t=s is out, even where i= is in the domain itself: amavisd 2.13 to 2.15 compare
/// "@domain" with "domain".
Rule subdomain_rule(const DkimKey& key, const Demand& identity)
{
  const OptionValue t = option_value(key, "t");
  const bool demanded = identity.value || identity.unknown;
  if (!t.present || !demanded) {
    return {Misfit::subdomain, false, nullptr};
  }
  const bool strict = !t.unknown && has_word(t.text, "s");
  const UnknownPtr unknown = t.unknown ? t.unknown : strict ? identity.unknown : nullptr;
  return {Misfit::subdomain, strict && !unknown, unknown};
}

Rule granularity_rule(const DkimKey& key, const Demand& identity)
{
  const OptionValue g = option_value(key, "g");
  const bool demanded = identity.value || identity.unknown;
  if (!g.present || !demanded || g.unknown || identity.unknown) {
    return {Misfit::granularity, false,
            g.present && demanded ? (g.unknown ? g.unknown : identity.unknown) : nullptr};
  }
  return {Misfit::granularity, !granted(g.text, split_address(*identity.value).localpart), nullptr};
}

}  // namespace

std::string_view to_string(Misfit misfit)
{
  switch (misfit) {
  case Misfit::domain: return "is of another domain";
  case Misfit::selector: return "is of another selector";
  case Misfit::key_type: return "is of another type than a= asks for";
  case Misfit::service: return "is not for mail (s=)";
  case Misfit::hash: return "does not allow the hash of a= (h=)";
  case Misfit::subdomain: return "allows no i= (t=s)";
  case Misfit::granularity: return "does not allow the local part of i= (g=)";
  }
  return {};
}

KeyRing::KeyRing(const DkimKeys& keys) : keys_(&keys)
{
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const DkimKey& key = keys[i];
    if (!key.pattern && !lacks(key, "domain")) {
      by_domain_[key.domain].push_back(i);
      continue;
    }
    patterns_.push_back(i);
    if (key.regex) {
      if (auto compiled = perl::CompiledRegex::compile(*key.regex)) {
        regexes_.emplace(i, *std::move(compiled));
      }
    }
  }
}

std::vector<std::size_t> KeyRing::candidates(const std::string& domain) const
{
  const auto found = by_domain_.find(domain);
  if (found == by_domain_.end()) {
    return patterns_;
  }
  std::vector<std::size_t> all;
  std::merge(found->second.begin(), found->second.end(), patterns_.begin(), patterns_.end(),
             std::back_inserter(all));
  return all;
}

KeyRing::Fit KeyRing::fit_pattern(std::size_t index, const std::string& domain) const
{
  const DkimKey& key = (*keys_)[index];
  if (lacks(key, "domain")) {
    const UnknownPtr unknown = key.domain_argument.value().unknown();
    return {{}, unknown ? unknown : make_unknown("domain of a dkim_key", key.declared)};
  }
  if (!key.pattern) {
    return {};
  }
  const auto regex = regexes_.find(index);
  const auto groups = regex == regexes_.end()
                          ? Result<std::optional<std::vector<std::string>>>{tl::unexpected(Error{})}
                          : regex->second.match(domain);
  if (!groups) {
    return {{}, make_unknown(fmt::format("regular expression {}", key.domain), key.domain_argument.place)};
  }
  return {*groups ? std::optional<Misfit>{} : Misfit::domain, nullptr};
}

KeyRing::Fit KeyRing::fit(std::size_t index, const KeyDemand& demand) const
{
  const DkimKey& key = (*keys_)[index];
  Fit fit = fit_pattern(index, demand.domain);
  if (fit.misfit) {
    return fit;
  }
  const Rule rules[]{selector_rule(key, demand.selector),
                     key_type_rule(key, demand.algorithm),
                     service_rule(key),
                     hash_rule(key, demand.algorithm),
                     subdomain_rule(key, demand.identity),
                     granularity_rule(key, demand.identity)};
  for (const Rule& rule : rules) {
    if (rule.broken) {
      return {rule.misfit, nullptr};
    }
    if (!fit.unknown) {
      fit.unknown = rule.unknown;
    }
  }
  if (!fit.unknown) {
    fit.unknown = key.condition;
  }
  return fit;
}

const DkimKey* KeyRing::first_of(const std::string& domain) const
{
  const auto found = by_domain_.find(domain);
  return found == by_domain_.end() || found->second.empty() ? nullptr : &(*keys_)[found->second.front()];
}

KeyChoice KeyRing::choose(const KeyDemand& demand) const
{
  KeyChoice choice;
  for (const std::size_t index : candidates(demand.domain)) {
    const Fit fit = this->fit(index, demand);
    if (fit.misfit) {
      if (*fit.misfit != Misfit::domain) {
        choice.refusals.push_back({&(*keys_)[index], *fit.misfit});
      }
    } else if (fit.unknown) {
      if (!choice.unknown) {
        choice.unknown = fit.unknown;
      }
    } else {
      choice.key = &(*keys_)[index];
      break;
    }
  }
  return choice;
}

}  // namespace dkimctl::amavis
