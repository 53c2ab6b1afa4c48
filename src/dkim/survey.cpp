#include "dkim/survey.hpp"

#include "dkim/lookup_findings.hpp"
#include "dns/escape.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dkimctl::dkim {
namespace {

constexpr std::size_t kNamedServers = 3;  // in one message

std::vector<std::string> values_of(const std::vector<dns::Txt>& records)
{
  std::vector<std::string> values;
  std::ranges::transform(records, std::back_inserter(values), &dns::Txt::value);
  return values;
}

/// The same value may be cut into strings in several ways.
Share& share_of(std::vector<Share>& shares, const dns::ServerAnswer& each, const Hop& hop)
{
  const auto target = alias_target(*each.answer, hop.name);
  auto records = target ? std::vector<dns::Txt>{} : txt_at(*each.answer, hop.name);
  const auto found = std::ranges::find_if(shares, [&](const Share& share) {
    return share.target == target && values_of(share.records) == values_of(records);
  });
  if (found != shares.end()) {
    return *found;
  }
  Share share;
  share.target = target;
  share.records = std::move(records);
  shares.push_back(std::move(share));
  return shares.back();
}

int rank(const Share& share)
{
  if (share.is_ours()) {
    return 0;
  }
  return share.is_absent() ? 2 : 1;
}

struct SilenceRow {
  dns::Outcome outcome;
  const FindingCode* code;
  std::string_view hint;
};

constexpr std::string_view kCheckServer = "set the zone up there, or take the server out of the delegation";
constexpr std::string_view kCheckNetwork = "see that it runs and that UDP and TCP port 53 reach it";

constexpr std::array kSilence{
    SilenceRow{dns::Outcome::referral, &findings::kServerLame, kCheckServer},
    SilenceRow{dns::Outcome::lame, &findings::kServerLame, kCheckServer},
    SilenceRow{dns::Outcome::servfail, &findings::kServerLame, kCheckServer},
    SilenceRow{dns::Outcome::refused, &findings::kServerLame, kCheckServer},
    SilenceRow{dns::Outcome::rcode_other, &findings::kServerLame, kCheckServer},
    SilenceRow{dns::Outcome::garbage, &findings::kServerLame, kCheckServer},
    SilenceRow{dns::Outcome::tcp_blocked, &findings::kTcpBlocked,
               "open TCP port 53: at the server, or out of this host if all servers look so"},
    SilenceRow{dns::Outcome::timeout, &findings::kServerUnreachable, kCheckNetwork},
    SilenceRow{dns::Outcome::unreachable, &findings::kServerUnreachable, kCheckNetwork},
};

/// "v=DKIM1; p=MIIB...": the beginning tells how two texts of one key differ.
std::string beginning_of(const Share& share)
{
  constexpr std::size_t kShown = 30;
  return fmt::format("\"{}...\"", dns::printable(share.records.front().value().substr(0, kShown)));
}

std::string share_text(const Share& share, const SerialOf& serial)
{
  std::string has =
      share.target ? "a CNAME to " + share.target->text(dns::FinalDot::without) : "another record";
  if (share.is_ours()) {
    has = "the key";
  } else if (share.is_absent()) {
    has = "no record";
  }
  const auto number = serial(share.servers.front()->address);
  return fmt::format("{}: {}{}", servers_text(share.servers), has,
                     number ? fmt::format(" (serial {})", *number) : std::string{});
}

/// Only servers that the delegation does not name have the key, so that nobody asks them.
bool is_outside_the_delegation(const Survey& survey)
{
  const auto delegated = [](const Share& share) {
    return std::ranges::any_of(share.servers, [](const auto* each) { return each->server->in_parent; });
  };
  return survey.shares.front().is_ours() && !delegated(survey.shares.front()) &&
         std::ranges::any_of(survey.shares, delegated);
}

/// One name of a server has addresses in two shares.
bool is_divided(const Survey& survey)
{
  std::set<std::string> hosts;
  std::size_t count = 0;
  for (const Share& share : survey.shares) {
    std::set<std::string> own;
    for (const dns::ServerAnswer* each : share.servers) {
      own.insert(each->server->host.folded());
    }
    count += own.size();
    hosts.merge(own);
  }
  return hosts.size() < count;
}

std::string_view disagreement_hint(const Survey& survey, const SerialOf& serial)
{
  std::set<std::optional<std::uint32_t>> serials;
  for (const Share& share : survey.shares) {
    serials.insert(serial(share.servers.front()->address));
  }
  if (is_divided(survey)) {
    return "one server's addresses do not serve the same: look at each, and at the addresses that the parent "
           "gives (glue)";
  }
  if (serials.size() == 1 &&
      serials.begin()->has_value()) {  // changed without raising it: it is not transferred
    return "raise the serial in the zone's SOA, so that it is transferred to all its servers";
  }
  return "wait until the zone is transferred; where serials differ for long, look at the server with the "
         "lower one";
}

}  // namespace

bool Survey::is_ours() const
{
  return !shares.empty() && std::ranges::all_of(shares, &Share::is_ours);
}

bool Survey::is_absent() const
{
  return std::ranges::all_of(shares, &Share::is_absent);
}

Survey survey(const Hop& hop, std::string_view expected)
{
  Survey survey;
  for (const dns::ServerAnswer& each : hop.answers) {
    if (each.answer->says()) {
      share_of(survey.shares, each, hop).servers.push_back(&each);
    } else {
      survey.silent.push_back(&each);
    }
  }
  for (Share& share : survey.shares) {
    share.diagnosis = diagnose_records(share.records, expected);
  }
  std::ranges::stable_sort(survey.shares, {}, rank);
  return survey;
}

std::string server_text(const dns::ServerAnswer& server)
{
  return fmt::format("{} ({})", server.server->host.text(dns::FinalDot::without), server.address.text());
}

std::string servers_text(const std::vector<const dns::ServerAnswer*>& servers)
{
  std::vector<std::pair<std::string, std::vector<std::string>>> hosts;  // each with its addresses
  for (const dns::ServerAnswer* each : servers) {
    std::string host = each->server->host.text(dns::FinalDot::without);
    if (hosts.empty() || hosts.back().first != host) {
      hosts.emplace_back(std::move(host), std::vector<std::string>{});
    }
    hosts.back().second.push_back(each->address.text());
  }
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < std::min(hosts.size(), kNamedServers); ++i) {
    texts.push_back(fmt::format("{} ({})", hosts[i].first, fmt::join(hosts[i].second, ", ")));
  }
  const std::string named = fmt::format("{}", fmt::join(texts, ", "));
  return hosts.size() > kNamedServers ? fmt::format("{} and {} more", named, hosts.size() - kNamedServers)
                                      : named;
}

std::vector<PlacedRemark> remarks_on_silence(const Survey& survey, const Hop& hop)
{
  std::vector<PlacedRemark> remarks;
  for (const dns::NameServer& server : hop.zone.servers) {
    if (server.addresses.empty()) {
      const std::string name = server.host.text(dns::FinalDot::without);
      const bool has_none = server.lookup == dns::Outcome::nodata;
      remarks.push_back(
          {{&findings::kServerUnreachable,
            has_none
                ? fmt::format("{}: the name has no address", name)
                : fmt::format("{}: its addresses cannot be looked up: {}", name, to_string(server.lookup)),
            has_none ? "take it out of the delegation and of the zone's NS records, or give it an address"
                     : "see that the servers of its own domain answer",
            false},
           hop.name,
           name});
    }
  }
  for (const dns::ServerAnswer* each : survey.silent) {
    const auto* const row = std::ranges::find(kSilence, each->answer->outcome, &SilenceRow::outcome);
    if (row == kSilence.end()) {
      continue;
    }
    const std::string& reason = each->answer->reason;
    remarks.push_back(
        {{row->code,
          fmt::format("{} is named for {}: {}{}", server_text(*each),
                      hop.zone.apex.text(dns::FinalDot::without), to_string(each->answer->outcome),
                      reason.empty() ? "" : ": " + dns::printable(reason)),
          std::string{row->hint}, false},
         hop.name,
         server_text(*each)});
  }
  return remarks;
}

std::optional<PlacedRemark> remark_on_disagreement(const Survey& survey, const Hop& hop,
                                                   const SerialOf& serial)
{
  if (survey.shares.size() < 2) {
    return std::nullopt;
  }
  std::vector<std::string> texts;
  for (const Share& share : survey.shares) {
    texts.push_back(survey.is_ours() ? fmt::format("{}: {}", servers_text(share.servers), beginning_of(share))
                                     : share_text(share, serial));
  }
  const bool harmless = survey.is_ours();
  const std::string what = fmt::format("{}", fmt::join(texts, "; "));
  const std::string name = hop.name.text(dns::FinalDot::without);
  if (hop.above == nullptr && is_outside_the_delegation(survey)) {
    return PlacedRemark{
        {&findings::kWrongZone,
         fmt::format("the delegation of {} does not name the server that has the key. {}",
                     hop.zone.apex.text(dns::FinalDot::without), what),
         fmt::format("enter {} at the servers without it too, or name that server in the delegation", name),
         true},
        hop.name,
        {}};
  }
  return PlacedRemark{
      {&findings::kServersDisagree,
       (harmless ? "the servers have the key, in different texts. " : "the servers do not serve the same. ") +
           what,
       std::string{disagreement_hint(survey, serial)}, !harmless},
      hop.name,
      {}};
}

}  // namespace dkimctl::dkim
