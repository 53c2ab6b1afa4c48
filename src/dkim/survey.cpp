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

constexpr std::size_t kNamedServers = 3;      // in one message
constexpr std::size_t kNamedRecords = 3;      // the same
constexpr std::size_t kShownOctets = 40;      // of a record among several
constexpr std::size_t kLongestRecord = 4096;  // octets: of 16384 bits are 2732
constexpr std::size_t kMostPieces = 4;        // of a key cut into records, whose orders are all tried

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

/// The records put together in some order are the value that one record should have.
bool make_the_key_together(std::vector<std::string> pieces, std::string_view expected)
{
  const std::string all = fmt::format("{}", fmt::join(pieces, ""));
  if (pieces.size() > kMostPieces || all.size() > 2 * kLongestRecord) {
    return false;
  }
  std::ranges::sort(pieces);
  do {
    const auto whole = diagnose_value({{fmt::format("{}", fmt::join(pieces, ""))}}, expected);
    if (whole.usable) {
      return true;
    }
  } while (std::ranges::next_permutation(pieces).found);
  return false;
}

std::string records_text(const std::vector<dns::Txt>& records)
{
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < std::min(records.size(), kNamedRecords); ++i) {
    const std::string value = records[i].value();
    texts.push_back(fmt::format("\"{}{}\"", dns::printable(std::string_view{value}.substr(0, kShownOctets)),
                                value.size() > kShownOctets ? "..." : ""));
  }
  const std::string named = fmt::format("{}", fmt::join(texts, " and "));
  return records.size() > kNamedRecords ? fmt::format("{} and {} more", named, records.size() - kNamedRecords)
                                        : named;
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

/// A zone that was changed without raising its serial is not transferred.
std::string_view disagreement_hint(const Survey& survey, const SerialOf& serial)
{
  std::set<std::optional<std::uint32_t>> serials;
  for (const Share& share : survey.shares) {
    serials.insert(serial(share.servers.front()->address));
  }
  return serials.size() == 1 && serials.begin()->has_value()
             ? "raise the serial in the zone's SOA, so that it is transferred to all its servers"
             : "wait until the zone is transferred; where serials differ for long, look at the server with "
               "the lower "
               "one";
}

}  // namespace

ValueDiagnosis diagnose_records(const std::vector<dns::Txt>& records, std::string_view expected)
{
  if (records.empty()) {
    return {};
  }
  if (records.size() == 1) {
    return diagnose_value(records.front(), expected);
  }
  ValueDiagnosis diagnosis;
  if (make_the_key_together(values_of(records), expected)) {
    diagnosis.remarks.push_back(
        {&findings::kSplitRecords,
         fmt::format("the key is cut into {} TXT records: {}", records.size(), records_text(records)),
         "enter one record whose value is the pieces one after the other", true});
  } else {
    diagnosis.remarks.push_back({&findings::kSeveralRecords,
                                 fmt::format("there are {} TXT records, of which a verifier takes any: {}",
                                             records.size(), records_text(records)),
                                 "leave the one that dkimctl txt prints, delete the others", true});
  }
  return diagnosis;
}

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
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < std::min(servers.size(), kNamedServers); ++i) {
    texts.push_back(server_text(*servers[i]));
  }
  const std::string named = fmt::format("{}", fmt::join(texts, ", "));
  return servers.size() > kNamedServers ? fmt::format("{} and {} more", named, servers.size() - kNamedServers)
                                        : named;
}

std::vector<PlacedRemark> remarks_on_silence(const Survey& survey, const Hop& hop)
{
  std::vector<PlacedRemark> remarks;
  for (const dns::NameServer& server : hop.zone.servers) {
    if (server.addresses.empty()) {
      const std::string name = server.host.text(dns::FinalDot::without);
      remarks.push_back(
          {{&findings::kServerUnreachable, fmt::format("{}: the name has no address", name),
            "take it out of the delegation and of the zone's NS records, or give it an address", false},
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
    remarks.push_back({{row->code,
                        fmt::format("{}: {}{}", server_text(*each), to_string(each->answer->outcome),
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
    texts.push_back(share_text(share, serial));
  }
  const std::string what = fmt::format("{}", fmt::join(texts, "; "));
  const std::string name = hop.name.text(dns::FinalDot::without);
  if (is_outside_the_delegation(survey)) {
    return PlacedRemark{{&findings::kWrongZone,
                         fmt::format("only servers that the delegation of {} does not name have the key: {}",
                                     hop.zone.apex.text(dns::FinalDot::without), what),
                         fmt::format("enter {} where the delegation points to", name), true},
                        hop.name,
                        {}};
  }
  const bool harmless = std::ranges::all_of(survey.shares, &Share::is_ours);
  return PlacedRemark{{&findings::kServersDisagree, "the servers do not serve the same. " + what,
                       std::string{disagreement_hint(survey, serial)}, !harmless},
                      hop.name,
                      {}};
}

}  // namespace dkimctl::dkim
