#include "dkim/key_verdict.hpp"

#include "dkim/diagnosis_parts.hpp"
#include "dkim/lookup_findings.hpp"
#include "dkim/result_text.hpp"
#include "dns/escape.hpp"
#include "dns/findings.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dkimctl::dkim {
namespace {

class Judge {
public:
  Judge(const KeyFacts& facts, const KeyUnderTest& key) : facts_(facts), key_(key) {}

  KeyDiagnosis run();

private:
  void look_at_validation();
  void look_at_silence(const Survey& survey, const Hop& hop);
  void look_at_aliases();
  void look_at_records();
  void look_at_places();
  void look_at_wildcard();
  void look_at_absence();
  void look_at_resolver();
  void look_at_inside_zone(const dns::Answer& inside);
  void look_at_inside_records(const dns::Answer& inside);
  void list_servers();
  std::string delegated_text() const;
  void finish();
  void finish_in_silence();

  bool is_dead(const dns::ServerAddress& server) const
  {
    return facts_.dead_family.at(server.address.is_ipv4() ? 0 : 1);
  }

  const KeyFacts& facts_;
  const KeyUnderTest& key_;
  KeyDiagnosis diagnosis_;
};

void Judge::look_at_validation()
{
  const auto& chain = facts_.lookup.chain;
  const auto bogus_zone = std::ranges::find_if(
      chain, [](const auto& hop) { return hop->zone.validation == dns::Validation::bogus; });
  const bool bogus_name = facts_.validated != nullptr && facts_.validated->outcome == dns::Outcome::bogus;
  if (facts_.root != nullptr && facts_.root->outcome == dns::Outcome::bogus) {
    diagnosis_.of_host.push_back(
        {&dns::findings::kBogusRoot,
         fmt::format("the root itself does not validate: {}", dns::printable(facts_.root->reason)),
         "look at this host's clock, and at the trust anchor", true});
    return;
  }
  if (bogus_name || bogus_zone != chain.end()) {
    const std::string& reason = bogus_name ? facts_.validated->reason : (*bogus_zone)->zone.reason;
    return add(diagnosis_, findings::kDnssecBogus, key_.owner,
               fmt::format("DNSSEC validation fails: {}",
                           reason.empty() ? "no reason is given" : dns::printable(reason)),
               std::string{kSignaturesHint});
  }
  const bool is_signed = std::ranges::any_of(
      chain, [](const auto& hop) { return hop->zone.validation == dns::Validation::secure; });
  if (is_signed && !facts_.validated->says()) {
    add(diagnosis_, dns::findings::kUnvalidated, key_.owner,
        fmt::format("the zone is signed, and the record could not be validated: {}",
                    to_string(facts_.validated->outcome)),
        "run it again; see that every server of the zone answers");
  }
}

void Judge::look_at_silence(const Survey& survey, const Hop& hop)
{
  Survey heard = survey;
  std::erase_if(heard.silent, [&](const dns::ServerAnswer* each) { return is_dead(each->address); });
  for (PlacedRemark& remark : remarks_on_silence(heard, hop)) {
    const bool said = std::ranges::any_of(diagnosis_.remarks, [&](const PlacedRemark& other) {
      return other.remark.code == remark.remark.code && other.server == remark.server;
    });
    if (!said) {
      diagnosis_.remarks.push_back(std::move(remark));
    }
  }
}

/// All names of the chain but the last.
void Judge::look_at_aliases()
{
  const auto& chain = facts_.lookup.chain;
  const std::size_t aliases = facts_.lookup.too_long ? chain.size() : chain.size() - 1;
  for (std::size_t i = 0; i < aliases; ++i) {
    const Hop& hop = *chain[i];
    const Survey at = survey(hop, key_.expected);
    look_at_silence(at, hop);
    const auto has_txt = [](const Share& share) { return !share.records.empty(); };
    if (std::ranges::any_of(at.shares, has_txt)) {
      add(diagnosis_, findings::kCnameAndTxt, hop.name,
          fmt::format("{} is an alias (CNAME) and has a TXT record", text_of(hop.name)),
          "delete the TXT record if whoever the CNAME points to publishes the key, else the CNAME");
      diagnosis_.remarks.back().remark.fatal =
          !facts_.survey.is_ours() || std::ranges::any_of(at.shares, [&](const Share& share) {
            return has_txt(share) && !share.is_ours();
          });
    } else if (auto remark = remark_on_disagreement(at, hop, [](const auto&) { return std::nullopt; })) {
      diagnosis_.remarks.push_back(*std::move(remark));
    }
  }
  if (facts_.lookup.too_long) {
    add(diagnosis_, findings::kCnameDangling, key_.owner,
        fmt::format("the aliases (CNAME) that begin at {} do not end", text_of(key_.owner)),
        "let it point to the name that has the record");
  }
}

void Judge::look_at_records()
{
  if (facts_.lookup.too_long) {
    return;
  }
  const Hop& last = facts_.lookup.last();
  look_at_silence(facts_.survey, last);
  const auto serial = [&](const dns::ServerAddress& server) { return facts_.serial_of(server); };
  if (auto remark = remark_on_disagreement(facts_.survey, last, serial)) {
    diagnosis_.remarks.push_back(*std::move(remark));
  }
  if (facts_.is_by_wildcard()) {
    return;
  }
  const auto& shares = facts_.survey.shares;
  for (const Share& share : shares) {
    const bool all = shares.size() == 1;
    const std::string server = all ? std::string{} : server_text(*share.servers.front());
    const std::size_t before = diagnosis_.remarks.size();
    add_value(diagnosis_, key_, share.diagnosis, last.name, server);
    for (std::size_t i = before; !all && i < diagnosis_.remarks.size(); ++i) {
      Remark& remark = diagnosis_.remarks[i].remark;
      remark.text = fmt::format("{}: {}", server, remark.text);
      if (shares.front().is_ours()) {
        remark.hint = "it goes when that server has the zone that the others have";
      }
    }
  }
}

/// What to do about a record in a wrong place hangs on what is in the right one.
void Judge::look_at_places()
{
  const std::string owner = text_of(key_.owner);
  const std::string domain = text_of(key_.domain);
  const bool found = facts_.is_found();
  const bool absent = facts_.is_lost() || facts_.is_silent();
  bool first = true;
  for (const Misplaced& misplaced : facts_.misplaced) {
    const std::string place = text_of(misplaced.name);
    const std::string what = misplaced.ours ? "the record" : "a key record";
    std::string hint = fmt::format("delete it there; the one at {} is right", owner);
    if (!found) {
      hint = fmt::format("delete it there, and enter what `dkimctl txt {}` prints at {}{}", domain, owner,
                         absent ? "" : ", in place of what is there");
    }
    if (!found && first) {
      hint += fmt::format("; a panel that adds {} itself wants {}", domain,
                          key_.owner.relative_to(key_.domain).value_or(owner));
    }
    add(diagnosis_, *misplaced.code, misplaced.name,
        found ? fmt::format("{} is at {} too, where no verifier looks", what, place)
              : fmt::format("{} is at {}, not at {}", what, place, owner),
        hint);
    diagnosis_.remarks.back().remark.fatal = !found && !facts_.is_silent();
    first = false;
  }
}

std::string content_text(const Wildcard& wildcard)
{
  if (wildcard.target) {
    return "a CNAME to " + text_of(*wildcard.target);
  }
  constexpr std::size_t kShown = 40;
  const std::string value = wildcard.records.front().value();
  return fmt::format("\"{}{}\"", dns::printable(std::string_view{value}.substr(0, kShown)),
                     value.size() > kShown ? "..." : "");
}

void Judge::look_at_wildcard()
{
  if (!facts_.wildcard.is_there()) {
    return;
  }
  const bool by_wildcard = facts_.is_by_wildcard();
  add(diagnosis_, findings::kWildcard, key_.owner,
      by_wildcard ? fmt::format("only a wildcard answers at {}: {}", text_of(key_.owner),
                                content_text(facts_.wildcard))
                  : fmt::format("a wildcard answers for every selector of {} that is not there: {}",
                                text_of(key_.domain), content_text(facts_.wildcard)),
      by_wildcard ? publish_hint(key_) + ": it comes before the wildcard, which may stay"
                  : "a mistyped selector seems to be published; delete the wildcard if nobody needs it");
  diagnosis_.remarks.back().remark.fatal = !facts_.is_found() && by_wildcard;
}

/// Where the delegation leads to.
std::string Judge::delegated_text() const
{
  std::vector<std::string> hosts;
  for (const dns::NameServer& server : facts_.home.servers) {
    if (server.in_parent) {
      hosts.push_back(text_of(server.host));
    }
  }
  return hosts.empty() ? "the servers of the delegation" : fmt::format("{}", fmt::join(hosts, ", "));
}

void Judge::look_at_absence()
{
  const KeyLookup& lookup = facts_.lookup;
  const std::string name = text_of(lookup.last().name);
  if (facts_.is_silent() || facts_.is_by_wildcard() || lookup.too_long || !facts_.survey.is_absent()) {
    return;
  }
  if (lookup.chain.size() > 1) {
    add(diagnosis_, findings::kCnameDangling, lookup.last().name,
        fmt::format("{} is an alias of {}, which has no TXT record", text_of(lookup.first().name), name),
        fmt::format("publish the record at {}, or at {} instead of the alias", name, text_of(key_.owner)));
  } else if (!facts_.elsewhere.empty()) {
    add(diagnosis_, findings::kWrongZone, key_.owner,
        fmt::format("the record is only at {}, which the delegation of {} does not name",
                    fmt::join(facts_.elsewhere, ", "), text_of(facts_.home.apex)),
        fmt::format("enter it at {}, or let that zone be transferred there", delegated_text()));
  } else if (facts_.is_undelegated(key_)) {
    add(diagnosis_, findings::kMissing, key_.domain,
        fmt::format("the domain {} is not in DNS", text_of(key_.domain)),
        "register it, or see that it is delegated");
  } else if (facts_.misplaced.empty()) {
    add(diagnosis_, findings::kMissing, key_.owner, fmt::format("there is no TXT record at {}", name),
        publish_hint(key_));
  }
}

std::vector<dns::Name> primaries_in(const dns::Answer& answer)
{
  std::vector<dns::Name> names;
  for (const dns::Record& record : answer.records) {
    if (const auto* const soa = std::get_if<dns::Soa>(&record.rdata)) {
      names.push_back(soa->primary);
    }
  }
  return names;
}

/// The record may not be asked for, so the SOA has to tell: an inside zone is made somewhere else.
void Judge::look_at_inside_zone(const dns::Answer& inside)
{
  std::vector<dns::Name> outside;
  for (const dns::ServerAnswer& each : facts_.soas) {
    std::ranges::move(primaries_in(*each.answer), std::back_inserter(outside));
  }
  if (outside.empty() || !(facts_.lookup.last().zone.apex == facts_.home.apex)) {
    return;
  }
  for (const dns::Name& primary : primaries_in(inside)) {
    if (std::ranges::find(outside, primary) == outside.end()) {
      add(diagnosis_, dns::findings::kSplitHorizon, facts_.home.apex,
          fmt::format("this host's resolver {} has another zone {}, of {}", facts_.resolved.server.text(),
                      text_of(facts_.home.apex), text_of(primary)),
          "the world does not see an inside zone: enter the record in the outside one");
      diagnosis_.remarks.back().remark.fatal = false;
    }
  }
}

void Judge::look_at_inside_records(const dns::Answer& inside)
{
  const auto records = records_in(inside, key_.owner);
  const bool match = diagnose_records(records, key_.expected).usable.has_value();
  diagnosis_.resolver = view_of(facts_.resolved, match);
  const bool too_many = records.size() >= dns::kMostRecords;  // of which any are kept
  const bool same = std::ranges::any_of(facts_.survey.shares, [&](const Share& share) {
    return share.records == records || (share.is_ours() && match);
  });
  if (too_many || same) {
    return;
  }
  const auto ttl = least_ttl(inside);
  add(diagnosis_, dns::findings::kSplitHorizon, key_.owner,
      fmt::format("this host's resolver {} {}, unlike the zone's servers{}", facts_.resolved.server.text(),
                  records.empty() ? "finds no record" : "has another record",
                  ttl ? fmt::format("; it keeps its answer for {} s more", ttl->count()) : ""),
      "an answer kept from before goes by itself; else an inside zone has to be changed too");
  diagnosis_.remarks.back().remark.fatal = false;
}

void Judge::look_at_resolver()
{
  if (facts_.resolved.answer == nullptr) {
    return;
  }
  const dns::Answer& inside = *facts_.resolved.answer;
  if (!inside.says()) {
    if (inside.outcome != dns::Outcome::servfail) {
      diagnosis_.of_host.push_back(remark_on_resolver(facts_.resolved));
      diagnosis_.of_host.back().fatal = false;
    }
  } else if (facts_.is_proven()) {
    look_at_inside_records(inside);
  } else {
    look_at_inside_zone(inside);
  }
}

void Judge::list_servers()
{
  const Hop& last = facts_.lookup.last();
  for (const dns::ServerAnswer& each : last.answers) {
    const bool match = std::ranges::any_of(facts_.survey.shares, [&](const Share& share) {
      return share.is_ours() && std::ranges::any_of(share.servers, [&](const dns::ServerAnswer* one) {
               return one->address == each.address && one->server == each.server;
             });
    });
    const bool silent = !each.answer->says();
    diagnosis_.servers.push_back(
        {text_of(each.server->host), each.address,
         silent && is_dead(each.address) ? dns::Outcome::no_route : each.answer->outcome, match,
         ttl_at(*each.answer, last.name), facts_.serial_of(each.address)});
  }
}

void Judge::finish_in_silence()
{
  const bool timeout = std::ranges::any_of(facts_.survey.silent, [](const dns::ServerAnswer* each) {
    return each->answer->outcome == dns::Outcome::timeout;
  });
  const dns::Zone& zone = facts_.lookup.last().zone;
  const bool has_servers = std::ranges::any_of(facts_.survey.silent, [&](const dns::ServerAnswer* each) {
    return each->answer->outcome != dns::Outcome::no_route && !is_dead(each->address);
  });
  if (!has_servers && diagnosis_.of_host.empty()) {
    const bool has_any = !facts_.lookup.last().answers.empty();
    add(diagnosis_, dns::findings::kUnresolvable, key_.domain,
        has_any ? fmt::format("this host has no way to any server of {}", text_of(zone.apex))
                : fmt::format("no server of {} can be found from the root: {}{}", text_of(zone.apex),
                              to_string(zone.recursion),
                              zone.reason.empty() ? "" : ": " + dns::printable(zone.reason)),
        has_any ? "see that this host reaches the Internet by the addresses that they have"
                : "see that the domain is delegated to servers that answer");
  }
  if (has_servers) {
    add(diagnosis_, dns::findings::kNoAnswer, key_.domain,
        fmt::format("it cannot be told: no server of {} gives an answer", text_of(zone.apex)),
        "run it again later; verifiers have to wait, too");
  }
  const bool bogus = std::ranges::any_of(diagnosis_.remarks, [](const PlacedRemark& each) {
    return each.remark.code == &findings::kDnssecBogus;
  });
  conclude(diagnosis_, bogus || facts_.lookup.too_long ? Verdict::fail : Verdict::temporary,
           timeout ? timeout_text(key_) : std::string{kServfail});
}

void Judge::finish()
{
  const auto is_fatal = [](const PlacedRemark& each) { return each.remark.fatal; };
  const bool fatal = std::ranges::any_of(diagnosis_.remarks, is_fatal);
  const bool bogus_root = std::ranges::any_of(diagnosis_.of_host, &Remark::fatal);
  const bool unvalidated = std::ranges::any_of(diagnosis_.remarks, [](const PlacedRemark& each) {
    return each.remark.code == &dns::findings::kUnvalidated;
  });
  if (facts_.is_silent()) {
    return finish_in_silence();
  }
  if (bogus_root || (unvalidated && facts_.is_found())) {
    return conclude(diagnosis_, Verdict::temporary, kServfail);
  }
  if (!fatal && facts_.is_found()) {
    diagnosis_.usable = facts_.survey.shares.front().diagnosis.usable;
    return conclude(diagnosis_, Verdict::pass, kPass);
  }
  conclude(diagnosis_, Verdict::fail, failure_text(diagnosis_.remarks));
}

KeyDiagnosis Judge::run()
{
  look_at_validation();
  look_at_aliases();
  look_at_records();
  look_at_places();
  look_at_wildcard();
  look_at_absence();
  look_at_resolver();
  list_servers();
  finish();
  return std::move(diagnosis_);
}

}  // namespace

KeyDiagnosis judge(const KeyFacts& facts, const KeyUnderTest& key)
{
  return Judge{facts, key}.run();
}

}  // namespace dkimctl::dkim
