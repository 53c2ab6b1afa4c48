#include "app/genkey.hpp"

#include "amavis/daemon_user.hpp"
#include "amavis/findings.hpp"
#include "app/dns_setup.hpp"
#include "app/facts.hpp"
#include "app/fresh_selectors.hpp"
#include "app/key_advice.hpp"
#include "app/key_making.hpp"
#include "app/key_wishes.hpp"
#include "dkim/lookup_findings.hpp"
#include "dns/name.hpp"
#include "sys/host_tree.hpp"
#include "sys/key_folder.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <random>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::app {
namespace {

using Made = Result<report::NewKeys, std::vector<WishError>>;

std::string file_name(const dkim::Sdid& domain, const dkim::Selector& selector)
{
  return fmt::format("{}.{}.pem", domain.text(), selector.text());
}

/// A key of the configuration that may have this selector for the domain: a pattern may mean any.
const amavis::DkimKey* declared(const amavis::DkimKeys& keys, const dkim::Sdid& domain,
                                const dkim::Selector& selector)
{
  const auto found = std::ranges::find_if(keys, [&](const amavis::DkimKey& key) {
    return key.selector == selector.text() && (key.pattern || key.domain == domain.text());
  });
  return found == keys.end() ? nullptr : &*found;
}

std::string place_text(const Location& where)
{
  return fmt::format("{}:{}:{}", where.file, where.line, where.column);
}

char random_letter()
{
  std::random_device device;
  return static_cast<char>(std::uniform_int_distribution<int>('a', 'z')(device));
}

/// Everything that is known before a key is made.
class Genkey {
public:
  Genkey(const Host& host, const GenkeyQuery& query, NewKeyPlan plan)
      : host_(host), query_(query), plan_(std::move(plan)), facts_(gather_facts(host, query.files))
  {}

  Made run(const SelectorDns& dns);

private:
  bool refuses_configuration();
  std::optional<WishError> find_owner();
  std::string why_seen(const sys::KeyFolder* folder, const dkim::Sdid& domain,
                       const dkim::Selector& selector) const;
  dkim::SelectorInputs inputs() const;
  bool choose(const SelectorDns& dns, std::vector<KeyToMake>& keys);
  void note_unproven(const std::map<std::string, std::vector<std::string>>& domains_of);
  void make(std::vector<KeyToMake> keys);
  void check_readable();

  const Host& host_;
  const GenkeyQuery& query_;
  NewKeyPlan plan_;
  Facts facts_;
  report::NewKeys made_;
};

/// Whoever asks for amavisd's key is told first that amavisd would not start. Its missing key files say
/// nothing: one of them may be about to be made.
bool Genkey::refuses_configuration()
{
  if (query_.wishes.signer == Signer::other ||
      (!facts_.configuration.rejected() && !facts_.configuration.files().empty())) {
    return false;
  }
  std::ranges::copy_if(facts_.findings, std::back_inserter(made_.findings),
                       [](const Finding& finding) { return finding.severity == Severity::error; });
  return true;
}

std::optional<WishError> Genkey::find_owner()
{
  if (plan_.owner || query_.wishes.signer == Signer::other) {
    return std::nullopt;
  }
  if (!facts_.daemon) {
    return WishError{{Errc::usage, "--owner is missing: the configuration does not tell amavisd's user",
                      "give --owner USER, who is to read the key; amavisd's is the $daemon_user it runs as"},
                     {}};
  }
  plan_.owner = sys::FileOwner{facts_.daemon->uid, facts_.daemon->gid};
  return std::nullopt;
}

std::string Genkey::why_seen(const sys::KeyFolder* folder, const dkim::Sdid& domain,
                             const dkim::Selector& selector) const
{
  if (const amavis::DkimKey* key = declared(facts_.configuration.keys(), domain, selector)) {
    return fmt::format("it is declared in {}", place_text(facts_.locate(key->declared)));
  }
  if (folder != nullptr && folder->has(file_name(domain, selector))) {
    return fmt::format("{}/{} is there", plan_.folder, file_name(domain, selector));
  }
  return query_.seen_before && query_.seen_before(domain, selector) ? "a key of it was made before" : "";
}

dkim::SelectorInputs Genkey::inputs() const
{
  std::string name;
  if (plan_.pattern && plan_.pattern->text().find("{host}") != std::string::npos) {  // it may take seconds
    const perl::Value set = facts_.configuration.scalar("myhostname");
    name = set.is_plain() && !set.is_undef() ? set.text() : host_.qualified_host_name().value_or("");
    name = name.empty() ? host_.node_name() : name;
  }
  return {query_.today, std::move(name), random_letter};
}

/// False: not every domain can have one, and `failed` says why.
bool Genkey::choose(const SelectorDns& dns, std::vector<KeyToMake>& keys)
{
  const auto folder = sys::KeyFolder::open(sys::HostTree{query_.root}, plan_.folder);
  std::map<std::string, std::vector<std::string>> unproven;  // domains by the reason
  SelectorRequest request{plan_.domains, plan_.fixed, plan_.pattern, inputs(), {}};
  request.why_seen = [&](const dkim::Sdid& domain, const dkim::Selector& selector) {
    return why_seen(folder ? &*folder : nullptr, domain, selector);
  };
  const auto uncertain = [](const amavis::DkimKey& key) { return !key.certain(); };
  if (std::ranges::any_of(facts_.configuration.keys(), uncertain)) {
    request.pattern = plan_.pattern ? std::optional{plan_.pattern->with_random_part()} : std::nullopt;
    unproven["a key's selector in the configuration cannot be known"] = {};
  }
  const auto choices = choose_selectors(request, dns);
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const dkim::Sdid& domain = plan_.domains[i];
    const auto& selector = choices[i].selector;
    if (!selector) {
      made_.failed.push_back({domain.text(), selector.error().what, selector.error().hint});
      continue;
    }
    if (!choices[i].unproven.empty()) {
      unproven[choices[i].unproven].push_back(domain.text());
    }
    keys.push_back({domain, *selector, file_name(domain, *selector)});
  }
  note_unproven(unproven);
  return made_.failed.empty();
}

void Genkey::note_unproven(const std::map<std::string, std::vector<std::string>>& domains_of)
{
  for (const auto& [reason, domains] : domains_of) {
    const bool all = domains.empty() || domains.size() == plan_.domains.size();
    const std::string of = domains.size() == 1 ? domains.front()
                           : all               ? std::string{}
                                 : fmt::format("{} and {} more", domains.front(), domains.size() - 1);
    made_.findings.push_back(make_finding(
        dkim::findings::kUnprovenSelector, of,
        plan_.fixed ? fmt::format("whether the selector is new is not known: {}", reason)
                    : fmt::format("whether a selector is new is not known: {}; it has a random part", reason),
        plan_.fixed ? "see that no record was ever at its name" : ""));
  }
}

void Genkey::make(std::vector<KeyToMake> keys)
{
  const sys::FileRights folder_rights{plan_.defaults.folder_mode, plan_.owner};
  auto folder = sys::KeyFolder::open_or_make(sys::HostTree{query_.root}, plan_.folder, folder_rights);
  if (!folder) {
    made_.failed.push_back({{}, fmt::format("folder {}: {}", plan_.folder, folder.error().what), {}});
    return;
  }
  KeyOrder order{std::move(keys), plan_.type, plan_.bits, {plan_.defaults.file_mode, plan_.owner}, {}};
  if (query_.progress) {
    order.progress = [&](std::size_t done, std::size_t all) { query_.progress("making keys", done, all); };
  }
  make_keys(*folder, plan_.folder, order, made_);
  check_readable();
}

/// The folder, or one above it, may keep amavisd's user from its key.
void Genkey::check_readable()
{
  if (made_.keys.empty() || query_.wishes.signer == Signer::other || !facts_.daemon) {
    return;
  }
  const std::string& file = made_.keys.front().file;
  const auto obstacle = host_.obstacle(file, *facts_.daemon, Access::read);
  if (obstacle && *obstacle) {
    made_.findings.push_back(make_finding(amavis::findings::kUnreadableKey, file,
                                          fmt::format("key file {} cannot be read by amavisd's user {}: {}",
                                                      file, facts_.daemon->name, (*obstacle)->text),
                                          (*obstacle)->type == FileType::folder
                                              ? amavis::let_enter(host_, *facts_.daemon, (*obstacle)->path)
                                              : ""));
  }
}

Made Genkey::run(const SelectorDns& dns)
{
  if (refuses_configuration()) {
    return std::move(made_);
  }
  if (auto wrong = find_owner()) {
    return tl::unexpected(std::vector{*std::move(wrong)});
  }
  std::vector<KeyToMake> keys;
  if (!choose(dns, keys)) {
    return std::move(made_);
  }
  if (auto advice = plan_.type == NewKeyType::rsa ? size_advice({}, plan_.bits) : std::nullopt) {
    made_.findings.push_back(*std::move(advice));
  }
  make(std::move(keys));
  return std::move(made_);
}

}  // namespace

Made genkey(const Host& host, const GenkeyQuery& query)
{
  DKIMCTL_TRY(NewKeyPlan plan, read_wishes(host, query));
  // Before a key is read, so that whoever asks DNS has none in memory.
  auto setup = query.ask_dns
                   ? set_up_dns(query.dns)
                   : Result<DnsSetup>{tl::unexpected(Error{Errc::io, "DNS was not asked (--no-dns)"})};
  if (!setup && setup.error().code == Errc::usage) {
    return tl::unexpected(std::vector{WishError{setup.error(), {}}});
  }
  SelectorDns dns;
  if (setup) {
    dns.messenger = setup->child.get();
    dns.unused_label = setup->vantage.unused_label;
  } else {
    dns.why_not = setup.error().what;
  }
  if (query.progress) {
    const std::size_t all = plan.domains.size();
    dns.progress = [&query, all](std::size_t done) { query.progress("asking DNS", done, all); };
  }
  return Genkey{host, query, std::move(plan)}.run(dns);
}

}  // namespace dkimctl::app
