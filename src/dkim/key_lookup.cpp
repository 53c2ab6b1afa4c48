#include "dkim/key_lookup.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace dkimctl::dkim {
namespace {

constexpr std::size_t kDeepestCut = 4;  // zones below the mail domain's that are followed

struct Cut {
  dns::Name name;
  const dns::Answer* referral;
};

/// The zone below that one of the answers refers to.
std::optional<Cut> cut_below(const Hop& hop)
{
  for (const dns::ServerAnswer& each : hop.answers) {
    if (each.answer->outcome == dns::Outcome::referral) {
      if (auto cut = dns::zone_below(*each.answer, hop.zone.apex, hop.name)) {
        return Cut{*std::move(cut), each.answer};
      }
    }
  }
  return std::nullopt;
}

/// The target that the first server gives which has one.
std::optional<dns::Name> target_of(const Hop& hop)
{
  for (const dns::ServerAnswer& each : hop.answers) {
    if (auto target = each.answer->says() ? alias_target(*each.answer, hop.name) : std::nullopt) {
      return target;
    }
  }
  return std::nullopt;
}

/// Servers of the zone above that answer by themselves instead of referring to the zone below are asked by
/// the world, too: what they say counts.
void add_dissenters(Hop& hop)
{
  for (const dns::ServerAnswer& each : hop.above ? hop.above->answers : std::vector<dns::ServerAnswer>{}) {
    const bool known = std::ranges::any_of(
        hop.answers, [&](const dns::ServerAnswer& one) { return one.address == each.address; });
    if (each.answer->says() && !known) {
      hop.answers.push_back(each);
    }
  }
}

/// Asks the servers of the zone that `within` lies in, and of those below it that they refer to.
std::optional<std::shared_ptr<const Hop>> look_at(dns::Inquiry& inquiry, const dns::Name& within,
                                                  const dns::Name& name)
{
  auto zone = dns::find_zone(inquiry, within);
  std::shared_ptr<const Hop> above;
  for (std::size_t depth = 0; zone; ++depth) {
    auto hop = std::make_shared<Hop>();
    hop->name = name;
    hop->zone = *std::move(zone);
    hop->above = above;
    auto answers = dns::ask_all(inquiry, hop->zone, name, dns::RrType::txt);
    if (!answers) {
      return std::nullopt;
    }
    hop->answers = *std::move(answers);
    const auto cut = cut_below(*hop);
    if (!cut || depth == kDeepestCut) {
      add_dissenters(*hop);
      hop->target = target_of(*hop);
      return hop;
    }
    zone = dns::find_zone_below(inquiry, *cut->referral, cut->name);
    above = std::move(hop);
  }
  return std::nullopt;
}

}  // namespace

std::optional<KeyLookup> look_up_key(dns::Inquiry& inquiry, const dns::Name& domain, const dns::Name& owner)
{
  KeyLookup lookup;
  dns::Name name = owner;
  dns::Name within = domain;
  while (true) {
    auto hop = look_at(inquiry, within, name);
    if (!hop) {
      return std::nullopt;
    }
    lookup.chain.push_back(*std::move(hop));
    const auto& target = lookup.last().target;
    if (!target) {
      return lookup;
    }
    const bool circle =
        std::ranges::any_of(lookup.chain, [&](const auto& seen) { return seen->name == *target; });
    if (circle || lookup.chain.size() > kLongestChain) {
      lookup.too_long = true;
      return lookup;
    }
    name = *target;
    within = *target;
  }
}

std::optional<dns::Name> alias_target(const dns::Answer& answer, const dns::Name& name)
{
  for (const dns::Record& record : answer.records) {
    const auto* const cname = std::get_if<dns::Cname>(&record.rdata);
    if (cname != nullptr && record.owner == name) {
      return cname->target;
    }
  }
  return std::nullopt;
}

std::vector<dns::Txt> txt_at(const dns::Answer& answer, const dns::Name& name)
{
  std::vector<dns::Txt> found;
  for (const dns::Record& record : answer.records) {
    if (const auto* txt = std::get_if<dns::Txt>(&record.rdata); txt != nullptr && record.owner == name) {
      found.push_back(*txt);
    }
  }
  std::ranges::sort(found, {}, &dns::Txt::strings);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::optional<std::chrono::seconds> ttl_at(const dns::Answer& answer, const dns::Name& name)
{
  const auto found = std::ranges::find_if(answer.records, [&](const dns::Record& record) {
    return dns::type_of(record.rdata) == dns::RrType::txt && record.owner == name;
  });
  return found == answer.records.end() ? std::nullopt : std::optional{found->ttl};
}

}  // namespace dkimctl::dkim
