#include "app/fresh_selectors.hpp"

#include "app/inquiries.hpp"
#include "dkim/key_lookup.hpp"
#include "dkim/owner_name.hpp"
#include "dkim/survey.hpp"
#include "dns/answers.hpp"

#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::app {
namespace {

/// What the servers of a zone say of a name.
enum class Presence { absent, present, unknown };

/// Nothing yet where answers are missing.
std::optional<Presence> presence(dns::Inquiry& inquiry, const dns::Name& domain, const dns::Name& owner)
{
  const auto lookup = dkim::look_up_key(inquiry, domain, owner);
  if (!lookup) {
    return std::nullopt;
  }
  const auto survey = dkim::survey(lookup->first(), {});
  if (survey.shares.empty()) {
    return Presence::unknown;
  }
  return survey.is_absent() ? Presence::absent : Presence::present;
}

/// For one domain.
class Search {
public:
  Search(const SelectorRequest& request, const dkim::Sdid& domain);

  /// Whether it is done.
  bool step(dns::Inquiry& inquiry, const std::string& unused_label);
  /// DNS cannot tell; nothing where it has told.
  void give_up(std::string why);
  SelectorChoice result() && { return {std::move(chosen_), std::move(unproven_)}; }

private:
  Result<dkim::Selector> choose(const std::optional<dkim::SelectorTemplate>& pattern) const;
  Result<dkim::Selector> check_fixed() const;
  std::optional<bool> is_wildcard(dns::Inquiry& inquiry, const std::string& unused_label) const;
  void go_on(bool wildcard);

  const SelectorRequest& request_;
  const dkim::Sdid& domain_;
  dns::Name name_;
  std::set<std::string> in_dns_;
  Result<dkim::Selector> chosen_;
  std::string unproven_;
  bool done_ = false;
};

Search::Search(const SelectorRequest& request, const dkim::Sdid& domain)
    : request_(request),
      domain_(domain),
      name_(dns::Name::parse(domain.text()).value_or(dns::Name{})),
      chosen_(choose(request.pattern))
{
  done_ = !chosen_;
}

Result<dkim::Selector> Search::check_fixed() const
{
  const dkim::Selector& fixed = *request_.fixed;
  DKIMCTL_TRY(const dns::Name owner, dkim::owner_name(fixed, domain_));
  std::string why = request_.why_seen(domain_, fixed);
  if (why.empty() && in_dns_.contains(fixed.text())) {
    why = fmt::format("there is a record at {}", owner.text(dns::FinalDot::without));
  }
  if (why.empty()) {
    return fixed;
  }
  return tl::unexpected(Error{
      Errc::refused, fmt::format("{}: selector {} is or was in use: {}", domain_.text(), fixed.text(), why),
      "give another --selector, or leave it out"});
}

Result<dkim::Selector> Search::choose(const std::optional<dkim::SelectorTemplate>& pattern) const
{
  if (request_.fixed) {
    return check_fixed();
  }
  return pattern->fresh(request_.inputs, domain_, [&](const dkim::Selector& selector) {
    return in_dns_.contains(selector.text()) || !request_.why_seen(domain_, selector).empty();
  });
}

void Search::give_up(std::string why)
{
  if (done_) {
    return;
  }
  unproven_ = std::move(why);
  if (!request_.fixed) {
    chosen_ = choose(request_.pattern->with_random_part());
  }
  done_ = true;
}

bool Search::step(dns::Inquiry& inquiry, const std::string& unused_label)
{
  while (!done_) {
    const auto owner = dkim::owner_name(*chosen_, domain_);
    const auto found = owner ? presence(inquiry, name_, *owner) : Presence::unknown;
    if (!found) {
      return false;
    }
    if (*found == Presence::present) {
      const auto unused = is_wildcard(inquiry, unused_label);
      if (!unused) {
        return false;
      }
      go_on(*unused);
    } else if (*found == Presence::unknown) {
      give_up("no server of its zone gives an answer");
    }
    done_ = done_ || *found == Presence::absent;
  }
  return true;
}

/// The chosen selector has a record; `wildcard`: as every name has one.
void Search::go_on(bool wildcard)
{
  if (wildcard) {
    give_up("a wildcard answers for every selector");
    return;
  }
  in_dns_.insert(chosen_->text());
  chosen_ = choose(request_.pattern);
  done_ = !chosen_;
}

std::optional<bool> Search::is_wildcard(dns::Inquiry& inquiry, const std::string& unused_label) const
{
  const auto unused = dns::Name::parse(fmt::format("{}._domainkey.{}.", unused_label, domain_.text()));
  const auto found = unused ? presence(inquiry, name_, *unused) : Presence::absent;
  return found ? std::optional{*found == Presence::present} : std::nullopt;
}

void ask_dns(std::vector<Search>& searches, const SelectorDns& dns)
{
  Inquiries inquiries;
  inquiries.count = searches.size();
  inquiries.evaluate = [&](std::size_t index, dns::Inquiry& inquiry) {
    return searches[index].step(inquiry, dns.unused_label);
  };
  inquiries.progress = dns.progress;
  const auto ran = run(inquiries, *dns.messenger);
  for (Search& search : searches) {
    search.give_up(ran ? "its servers took too long" : ran.error().what);
  }
}

}  // namespace

std::vector<SelectorChoice> choose_selectors(const SelectorRequest& request, const SelectorDns& dns)
{
  std::vector<Search> searches;
  searches.reserve(request.domains.size());
  for (const dkim::Sdid& domain : request.domains) {
    searches.emplace_back(request, domain);
  }
  if (dns.messenger != nullptr) {
    ask_dns(searches, dns);
  }
  std::vector<SelectorChoice> choices;
  for (Search& search : searches) {
    search.give_up(dns.why_not);  // where nobody was asked
    choices.push_back(std::move(search).result());
  }
  return choices;
}

}  // namespace dkimctl::app
