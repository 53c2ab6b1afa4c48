#include "dkim/key_diagnosis.hpp"

#include "dkim/key_lookup.hpp"
#include "dkim/lookup_findings.hpp"
#include "dkim/placement.hpp"
#include "dkim/result_text.hpp"
#include "dkim/survey.hpp"
#include "dns/delegation.hpp"
#include "dns/escape.hpp"
#include "dns/findings.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dkimctl::dkim {
namespace {

std::string text_of(const dns::Name& name)
{
  return name.text(dns::FinalDot::without);
}

// ---- what the resolvers of this host say

struct Resolved {
  const dns::Answer* answer = nullptr;
  dns::ServerAddress server;  // the one that answered, or else the last
};

/// The first resolver whose answer means anything, else the last one's. Nothing yet where an answer is
/// missing.
std::optional<Resolved> ask_resolvers(dns::Inquiry& inquiry, const Vantage& vantage, const dns::Name& name,
                                      dns::RrType type)
{
  Resolved resolved;
  for (const dns::ServerAddress& server : vantage.resolvers) {
    const dns::Answer* const answer = inquiry.ask({dns::View::recursive, name, type, server});
    if (answer == nullptr) {
      return std::nullopt;
    }
    const bool better =
        resolved.answer == nullptr || answer->says() || (answer->outcome == dns::Outcome::servfail);
    if (better) {
      resolved = {answer, server};
    }
    if (answer->says() || answer->outcome == dns::Outcome::servfail) {
      return resolved;
    }
  }
  return resolved;
}

/// The records at the end of the aliases in one answer.
std::vector<dns::Txt> records_in(const dns::Answer& answer, dns::Name name)
{
  for (std::size_t i = 0; i <= kLongestChain; ++i) {
    const auto alias = std::ranges::find_if(answer.records, [&](const dns::Record& record) {
      return record.owner == name && dns::type_of(record.rdata) == dns::RrType::cname;
    });
    if (alias == answer.records.end()) {
      break;
    }
    name = dns::Name{std::get<dns::Cname>(alias->rdata).target};
  }
  return txt_at(answer, name);
}

std::optional<std::chrono::seconds> least_ttl(const dns::Answer& answer)
{
  const auto least = std::ranges::min_element(answer.records, {}, &dns::Record::ttl);
  return least == answer.records.end() ? std::nullopt : std::optional{least->ttl};
}

ServerView view_of(const Resolved& resolved, bool match)
{
  return {"resolver",  resolved.server, resolved.answer->outcome, match, least_ttl(*resolved.answer),
          std::nullopt};
}

// ---- putting remarks together

void add_all(std::vector<PlacedRemark>& to, std::vector<PlacedRemark> from)
{
  std::ranges::move(from, std::back_inserter(to));
}

void add(KeyDiagnosis& diagnosis, const FindingCode& code, const dns::Name& name, std::string text,
         std::string hint)
{
  diagnosis.remarks.push_back({{&code, std::move(text), std::move(hint), true}, name, {}});
}

void add_value(KeyDiagnosis& diagnosis, const ValueDiagnosis& value, const dns::Name& name,
               const std::string& server)
{
  for (const Remark& remark : value.remarks) {
    diagnosis.remarks.push_back({remark, name, server});
  }
}

void conclude(KeyDiagnosis& diagnosis, Verdict verdict, std::string_view result)
{
  diagnosis.verdict = verdict;
  diagnosis.result = result;
}

/// The words for what is fatal, the first of it.
std::string_view failure_text(const std::vector<PlacedRemark>& remarks)
{
  const auto fatal =
      std::ranges::find_if(remarks, [](const PlacedRemark& each) { return each.remark.fatal; });
  return fatal == remarks.end() ? kNotAvailable : result_text(*fatal->remark.code);
}

std::string publish_hint(const KeyUnderTest& key)
{
  return fmt::format("publish what `dkimctl txt {}` prints", text_of(key.domain));
}

// ---- where only the resolvers are asked

std::string timeout_text(const KeyUnderTest& key)
{
  return fmt::format("invalid (public key: DNS query timeout for {})", text_of(key.owner));
}

/// SERVFAIL is what a validating resolver says of what does not validate; without its checking it gives it.
std::optional<bool> is_bogus_at(dns::Inquiry& inquiry, const Resolved& resolved, const dns::Name& name)
{
  if (resolved.answer->outcome != dns::Outcome::servfail) {
    return false;
  }
  const dns::Answer* const unchecked =
      inquiry.ask({dns::View::recursive, name, dns::RrType::txt, resolved.server, true});
  return unchecked == nullptr ? std::nullopt : std::optional{unchecked->says()};
}

void judge_resolved(KeyDiagnosis& diagnosis, const KeyUnderTest& key, const dns::Answer& answer)
{
  const auto records = records_in(answer, key.owner);
  const auto value = diagnose_records(records, key.expected);
  add_value(diagnosis, value, key.owner, {});
  if (value.usable) {
    diagnosis.usable = value.usable;
    return conclude(diagnosis, Verdict::pass, kPass);
  }
  if (records.empty()) {
    const bool alias = answer.outcome == dns::Outcome::answered;
    add(diagnosis, alias ? findings::kCnameDangling : findings::kMissing, key.owner,
        fmt::format("the resolver finds no TXT record at {}", text_of(key.owner)),
        publish_hint(key) + "; without --quick dkimctl looks for where it is instead");
  }
  conclude(diagnosis, Verdict::fail, failure_text(diagnosis.remarks));
}

std::optional<KeyDiagnosis> diagnose_by_resolver(dns::Inquiry& inquiry, const KeyUnderTest& key,
                                                 const Vantage& vantage)
{
  const auto resolved = ask_resolvers(inquiry, vantage, key.owner, dns::RrType::txt);
  if (!resolved) {
    return std::nullopt;
  }
  KeyDiagnosis diagnosis;
  if (resolved->answer == nullptr) {
    conclude(diagnosis, Verdict::temporary, timeout_text(key));
    diagnosis.of_host.push_back({&dns::findings::kNoResolver, "no resolver is known",
                                 "name one in /etc/resolv.conf, or with --resolver", true});
    return diagnosis;
  }
  const auto bogus = is_bogus_at(inquiry, *resolved, key.owner);
  if (!bogus) {
    return std::nullopt;
  }
  if (*bogus) {
    add(diagnosis, findings::kDnssecBogus, key.owner,
        fmt::format("the resolver {} answers SERVFAIL, but gives the answer where it need not validate it",
                    resolved->server.text()),
        "look at the zone's signatures, and at the DS record at its parent");
    conclude(diagnosis, Verdict::fail, kServfail);
  } else if (resolved->answer->says()) {
    judge_resolved(diagnosis, key, *resolved->answer);
  } else {
    const bool silent = resolved->answer->outcome == dns::Outcome::timeout;
    conclude(diagnosis, Verdict::temporary, silent ? timeout_text(key) : std::string{kServfail});
    diagnosis.of_host.push_back(
        {&dns::findings::kNoResolver,
         fmt::format("the resolver {}: {}", resolved->server.text(), to_string(resolved->answer->outcome)),
         "see that it runs, or name another with --resolver", true});
  }
  diagnosis.servers.push_back(view_of(*resolved, diagnosis.usable.has_value()));
  diagnosis.resolver = diagnosis.servers.front();
  return diagnosis;
}

// ---- where the world's servers are asked

enum class Root { reachable, silent };

/// The first answer of any of them will do.
std::optional<Root> look_for_root(dns::Inquiry& inquiry, const Vantage& vantage)
{
  bool complete = true;
  for (const dns::ServerAddress& server : vantage.roots) {
    const dns::Answer* const answer =
        inquiry.ask({dns::View::authoritative, dns::Name{}, dns::RrType::ns, server});
    if (answer != nullptr && answer->says()) {
      return Root::reachable;
    }
    complete = complete && answer != nullptr;
  }
  inquiry.continue_with_any();
  return complete ? std::optional{Root::silent} : std::nullopt;
}

/// All that is asked for one key. Members are set one after the other; none refers to answers that may go.
class Examination {
public:
  Examination(dns::Inquiry& inquiry, const KeyUnderTest& key, const Vantage& vantage)
      : inquiry_(inquiry), key_(key), vantage_(vantage)
  {}

  std::optional<KeyDiagnosis> run();

private:
  bool look_up();
  bool ask_serials();
  bool choose_helper();
  bool ask_wildcard();
  bool ask_places();
  bool ask_primary();
  bool ask_validated();
  bool ask_resolver();

  void judge_aliases();
  void judge_records();
  void judge_absence();
  void judge_validation();
  void judge_resolver();
  void judge_inside_zone(const dns::Answer& inside);
  void fill_servers();
  void finish();

  bool is_found() const;   // all that answer serve the key
  bool is_proven() const;  // some server has a record
  bool is_absent() const;  // no server has anything at the end of the aliases
  bool is_silent() const;  // no server says anything
  bool is_by_wildcard() const;
  bool is_undelegated() const;
  std::optional<std::uint32_t> serial_of(const dns::ServerAddress& server) const;

  dns::Inquiry& inquiry_;
  const KeyUnderTest& key_;
  const Vantage& vantage_;
  KeyLookup lookup_;
  dns::Zone home_;  // of the mail domain
  Survey survey_;   // of the end of the aliases
  std::vector<dns::ServerAnswer> soas_;
  std::optional<dns::ServerAddress> helper_;  // a server of the mail domain that answers
  std::vector<dns::Txt> wildcard_;
  std::vector<PlacedRemark> misplaced_;
  std::vector<std::string> elsewhere_;  // servers that nobody asks and that have the key
  const dns::Answer* validated_ = nullptr;
  Resolved resolved_;
  KeyDiagnosis diagnosis_;
};

bool Examination::look_up()
{
  auto home = dns::find_zone(inquiry_, key_.domain);
  auto lookup = look_up_key(inquiry_, key_.domain, key_.owner);
  if (!home || !lookup) {
    return false;
  }
  home_ = *std::move(home);
  lookup_ = *std::move(lookup);
  return true;
}

/// SOA of every server, for the serials.
bool Examination::ask_serials()
{
  const dns::Zone& zone = lookup_.last().zone;
  auto soas = dns::ask_all(inquiry_, zone, zone.apex, dns::RrType::soa);
  soas_ = soas ? *std::move(soas) : std::vector<dns::ServerAnswer>{};
  return soas.has_value();
}

/// A server of the mail domain's zone that answers, another one for each domain: they share the work.
bool Examination::choose_helper()
{
  const bool is_cut =
      !(lookup_.first().zone.apex == home_.apex);  // _domainkey is a zone of its own: ask above it
  const auto above = is_cut ? dns::ask_all(inquiry_, home_, home_.apex, dns::RrType::soa)
                            : std::optional{lookup_.first().answers};
  if (!above) {
    return false;
  }
  std::vector<dns::ServerAddress> answering;
  for (const dns::ServerAnswer& each : *above) {
    if (each.answer->says()) {
      answering.push_back(each.address);
    }
  }
  if (!answering.empty()) {
    helper_ = answering[std::hash<std::string>{}(key_.domain.folded()) % answering.size()];
  }
  return true;
}

bool Examination::is_found() const
{
  return survey_.shares.size() == 1 && survey_.shares.front().is_ours();
}

bool Examination::is_silent() const
{
  return std::ranges::none_of(lookup_.last().answers,
                              [](const dns::ServerAnswer& each) { return each.answer->says(); });
}

/// At the end of the aliases: a resolver would go there too.
bool Examination::is_proven() const
{
  return !lookup_.too_long && std::ranges::any_of(lookup_.last().answers, [&](const dns::ServerAnswer& each) {
    return !txt_at(*each.answer, lookup_.last().name).empty();
  });
}

bool Examination::is_absent() const
{
  return std::ranges::all_of(survey_.shares, &Share::is_absent);
}

bool Examination::is_by_wildcard() const
{
  return lookup_.chain.size() == 1 && !wildcard_.empty() && survey_.shares.size() == 1 &&
         survey_.shares.front().records == wildcard_;
}

/// There is no zone but a top-level one: the domain itself does not exist.
bool Examination::is_undelegated() const
{
  return home_.apex.labels().size() < 2 && !(home_.apex == key_.domain);
}

bool Examination::ask_wildcard()
{
  const auto domainkey = dns::Name::parse("_domainkey")->before(key_.domain);
  if (!helper_ || !domainkey || is_undelegated()) {
    return true;
  }
  auto wildcard = wildcard_of(inquiry_, vantage_, *domainkey, *helper_);
  if (!wildcard) {
    return false;
  }
  wildcard_ = *std::move(wildcard);
  return true;
}

bool Examination::ask_places()
{
  if (!helper_ || is_undelegated()) {
    return true;
  }
  const bool lost = lookup_.chain.size() == 1 && !is_found() && (is_absent() || is_by_wildcard());
  auto misplaced = find_misplaced(
      inquiry_, {key_, vantage_, home_, *helper_, wildcard_, lost ? Depth::thorough : Depth::usual});
  if (!misplaced) {
    return false;
  }
  misplaced_ = *std::move(misplaced);
  return true;
}

/// The server that the SOA names, where the delegation does not: zones are edited there.
bool Examination::ask_primary()
{
  if (is_silent() || !is_absent() || lookup_.chain.size() > 1 || is_undelegated()) {
    return true;
  }
  bool complete = true;
  for (const dns::ServerAnswer& each : soas_) {
    for (const dns::Record& record : each.answer->records) {
      const auto* const soa = std::get_if<dns::Soa>(&record.rdata);
      const auto named = [&](const dns::NameServer& server) {
        return soa != nullptr && server.host == soa->primary;
      };
      if (soa == nullptr || std::ranges::any_of(home_.servers, named)) {
        continue;
      }
      for (const dns::RrType type : {dns::RrType::a, dns::RrType::aaaa}) {
        const dns::Answer* const addresses = inquiry_.ask({dns::View::root, soa->primary, type});
        complete = complete && addresses != nullptr;
        for (const dns::Record& address :
             addresses == nullptr ? std::vector<dns::Record>{} : addresses->records) {
          const auto* const at = std::get_if<dns::Address>(&address.rdata);
          const dns::Answer* const there =
              at == nullptr ? nullptr
                            : inquiry_.ask({dns::View::authoritative, key_.owner, dns::RrType::txt, {*at}});
          complete = complete && (at == nullptr || there != nullptr);
          if (there != nullptr && diagnose_records(txt_at(*there, key_.owner), key_.expected).usable) {
            const std::string text = fmt::format("{} ({})", text_of(soa->primary), at->text());
            if (std::ranges::find(elsewhere_, text) == elsewhere_.end()) {
              elsewhere_.push_back(text);
            }
          }
        }
      }
    }
  }
  return complete;
}

bool Examination::ask_validated()
{
  const bool is_signed = std::ranges::any_of(
      lookup_.chain, [](const auto& hop) { return hop->zone.validation == dns::Validation::secure; });
  if (!is_signed) {
    return true;
  }
  validated_ = inquiry_.ask({dns::View::root, key_.owner, dns::RrType::txt});
  return validated_ != nullptr;
}

/// A name that was not seen in DNS is not asked for: the resolver would keep its absence for everybody.
bool Examination::ask_resolver()
{
  if (is_silent() || is_undelegated()) {
    return true;
  }
  const auto resolved = is_proven() ? ask_resolvers(inquiry_, vantage_, key_.owner, dns::RrType::txt)
                                    : ask_resolvers(inquiry_, vantage_, home_.apex, dns::RrType::soa);
  if (resolved) {
    resolved_ = *resolved;
  }
  return resolved.has_value();
}

std::optional<std::uint32_t> Examination::serial_of(const dns::ServerAddress& server) const
{
  for (const dns::ServerAnswer& each : soas_) {
    for (const dns::Record& record : each.answer->records) {
      const auto* const soa = std::get_if<dns::Soa>(&record.rdata);
      if (soa != nullptr && each.address == server) {
        return soa->serial;
      }
    }
  }
  return std::nullopt;
}

void Examination::judge_aliases()
{
  for (const auto& hop : lookup_.chain) {
    const bool at_end = hop == lookup_.chain.back();
    const Survey at = at_end ? survey_ : survey(*hop, key_.expected);
    add_all(diagnosis_.remarks, remarks_on_silence(at, *hop));
    if (at_end && !lookup_.too_long) {
      continue;
    }
    const bool has_txt = std::ranges::any_of(hop->answers, [&](const dns::ServerAnswer& each) {
      return !txt_at(*each.answer, hop->name).empty();
    });
    if (has_txt) {
      add(diagnosis_, findings::kCnameAndTxt, hop->name,
          fmt::format("{} is an alias (CNAME) and has a TXT record", text_of(hop->name)),
          "delete one of them");
    } else if (auto remark = remark_on_disagreement(at, *hop, [](const auto&) { return std::nullopt; })) {
      diagnosis_.remarks.push_back(*std::move(remark));
    }
  }
  if (lookup_.too_long) {
    add(diagnosis_, findings::kCnameDangling, key_.owner,
        fmt::format("the aliases (CNAME) that begin at {} do not end", text_of(key_.owner)),
        "let it point to the name that has the record");
  }
}

void Examination::judge_records()
{
  const Hop& last = lookup_.last();
  const auto serial = [&](const dns::ServerAddress& server) { return serial_of(server); };
  if (auto remark = remark_on_disagreement(survey_, last, serial)) {
    diagnosis_.remarks.push_back(*std::move(remark));
  }
  const bool one = survey_.shares.size() == 1;
  for (const Share& share : survey_.shares) {
    if (!is_by_wildcard() || share.is_ours()) {
      add_value(diagnosis_, share.diagnosis, last.name,
                one ? std::string{} : server_text(*share.servers.front()));
    }
  }
}

void Examination::judge_absence()
{
  const std::string name = text_of(lookup_.last().name);
  const bool found = is_found();
  for (PlacedRemark& misplaced : misplaced_) {
    misplaced.remark.fatal = !found;
    diagnosis_.remarks.push_back(misplaced);
  }
  if (!wildcard_.empty()) {
    add(diagnosis_, findings::kWildcard, key_.owner,
        fmt::format("a wildcard gives every selector of {} a record{}", text_of(key_.domain),
                    is_by_wildcard() ? ", this one too" : ""),
        "delete the wildcard, or let it not cover _domainkey");
    diagnosis_.remarks.back().remark.fatal = !found && is_by_wildcard();
  }
  if (is_silent() || found || !(is_absent() || is_by_wildcard()) || lookup_.too_long) {
    return;
  }
  if (lookup_.chain.size() > 1) {
    add(diagnosis_, findings::kCnameDangling, lookup_.last().name,
        fmt::format("{} is an alias of {}, which has no TXT record", text_of(lookup_.first().name), name),
        fmt::format("publish the record at {}, or at {} instead of the alias", name, text_of(key_.owner)));
  } else if (!elsewhere_.empty()) {
    add(diagnosis_, findings::kWrongZone, key_.owner,
        fmt::format("the record is only at {}, which the delegation of {} does not name",
                    fmt::join(elsewhere_, ", "), text_of(home_.apex)),
        "enter it where the delegation points to, or let that server's zone be transferred there");
  } else if (is_undelegated()) {
    add(diagnosis_, findings::kMissing, key_.domain,
        fmt::format("the domain {} is not in DNS", text_of(key_.domain)),
        "register it, or see that it is delegated");
  } else if (misplaced_.empty() && !is_by_wildcard()) {
    add(diagnosis_, findings::kMissing, key_.owner, fmt::format("there is no TXT record at {}", name),
        publish_hint(key_));
  }
}

void Examination::judge_validation()
{
  const auto bogus_zone = std::ranges::find_if(
      lookup_.chain, [](const auto& hop) { return hop->zone.validation == dns::Validation::bogus; });
  const bool bogus_name = validated_ != nullptr && validated_->outcome == dns::Outcome::bogus;
  if (!bogus_name && bogus_zone == lookup_.chain.end()) {
    return;
  }
  const std::string& reason = bogus_name ? validated_->reason : (*bogus_zone)->zone.reason;
  add(diagnosis_, findings::kDnssecBogus, key_.owner,
      fmt::format("DNSSEC validation fails: {}",
                  reason.empty() ? "no reason is given" : dns::printable(reason)),
      "look at the zone's signatures, and at the DS record at its parent");
}

/// The record may not be asked for, so the SOA has to tell: an inside zone is made somewhere else.
void Examination::judge_inside_zone(const dns::Answer& inside)
{
  const auto primaries = [](const dns::Answer& answer) {
    std::vector<dns::Name> names;
    for (const dns::Record& record : answer.records) {
      if (const auto* const soa = std::get_if<dns::Soa>(&record.rdata)) {
        names.push_back(soa->primary);
      }
    }
    return names;
  };
  std::vector<dns::Name> outside;
  for (const dns::ServerAnswer& each : soas_) {
    std::ranges::move(primaries(*each.answer), std::back_inserter(outside));
  }
  for (const dns::Name& primary : primaries(inside)) {
    if (lookup_.last().zone.apex == home_.apex && !outside.empty() &&
        std::ranges::find(outside, primary) == outside.end()) {
      diagnosis_.remarks.push_back(
          {{&dns::findings::kSplitHorizon,
            fmt::format("this host's resolver {} has another zone {}, of {}", resolved_.server.text(),
                        text_of(home_.apex), text_of(primary)),
            "what is entered in an inside zone is not seen by the world: enter the record in the outside one",
            false},
           home_.apex,
           {}});
    }
  }
}

void Examination::judge_resolver()
{
  if (resolved_.answer == nullptr) {
    return;
  }
  const dns::Answer& inside = *resolved_.answer;
  if (!inside.says()) {
    if (inside.outcome != dns::Outcome::servfail) {
      diagnosis_.of_host.push_back(
          {&dns::findings::kNoResolver,
           fmt::format("the resolver {}: {}", resolved_.server.text(), to_string(inside.outcome)),
           "see that it runs, or name another with --resolver", false});
    }
    return;
  }
  if (!is_proven()) {
    return judge_inside_zone(inside);
  }
  const auto records = records_in(inside, key_.owner);
  const bool match = diagnose_records(records, key_.expected).usable.has_value();
  diagnosis_.resolver = view_of(resolved_, match);
  const bool too_many = records.size() >= dns::kMostRecords;  // of which any are kept
  const bool same = too_many || std::ranges::any_of(survey_.shares, [&](const Share& share) {
                      return share.records == records;
                    });
  if (same) {
    return;
  }
  const auto ttl = least_ttl(inside);
  diagnosis_.remarks.push_back(
      {{&dns::findings::kSplitHorizon,
        fmt::format("this host's resolver {} {}, other than the zone's servers{}", resolved_.server.text(),
                    records.empty() ? "finds no record" : "has another record",
                    ttl ? fmt::format("; it keeps its answer for {} s more", ttl->count()) : ""),
        "an answer kept from before goes by itself; else an inside zone has to be changed too", false},
       key_.owner,
       {}});
}

void Examination::fill_servers()
{
  for (const dns::ServerAnswer& each : lookup_.last().answers) {
    const bool match = std::ranges::any_of(survey_.shares, [&](const Share& share) {
      return share.is_ours() && std::ranges::find(share.servers, &each) != share.servers.end();
    });
    // An answer without TXT is "answered" by another's alias only.
    diagnosis_.servers.push_back({text_of(each.server->host), each.address, each.answer->outcome, match,
                                  ttl_at(*each.answer, lookup_.last().name), serial_of(each.address)});
  }
}

void Examination::finish()
{
  const bool fatal =
      std::ranges::any_of(diagnosis_.remarks, [](const PlacedRemark& each) { return each.remark.fatal; });
  if (is_silent()) {
    const bool timeout = std::ranges::any_of(survey_.silent, [](const dns::ServerAnswer* each) {
      return each->answer->outcome == dns::Outcome::timeout;
    });
    if (diagnosis_.remarks.empty()) {
      add(diagnosis_, dns::findings::kUnresolvable, key_.domain,
          fmt::format("no server of {} can be found from the root: {}{}", text_of(home_.apex),
                      to_string(home_.recursion),
                      home_.reason.empty() ? "" : ": " + dns::printable(home_.reason)),
          "see that the domain is delegated to servers that answer");
    }
    conclude(diagnosis_,
             fatal && home_.validation == dns::Validation::bogus ? Verdict::fail : Verdict::temporary,
             timeout ? timeout_text(key_) : std::string{kServfail});
  } else if (!fatal && is_found()) {
    diagnosis_.usable = survey_.shares.front().diagnosis.usable;
    conclude(diagnosis_, Verdict::pass, kPass);
  } else {
    conclude(diagnosis_, Verdict::fail, failure_text(diagnosis_.remarks));
  }
}

std::optional<KeyDiagnosis> Examination::run()
{
  if (!look_up() || !choose_helper()) {
    return std::nullopt;
  }
  bool complete = ask_serials();
  complete = ask_wildcard() && complete;
  complete = ask_validated() && complete;
  complete = ask_resolver() && complete;
  if (!complete) {
    return std::nullopt;
  }
  survey_ = survey(lookup_.last(), key_.expected);
  if (!ask_places() || !ask_primary()) {
    return std::nullopt;
  }
  judge_validation();
  judge_aliases();
  judge_records();
  judge_absence();
  judge_resolver();
  fill_servers();
  finish();
  return std::move(diagnosis_);
}

}  // namespace

std::string_view to_string(Verdict verdict)
{
  switch (verdict) {
  case Verdict::pass: return "pass";
  case Verdict::fail: return "fail";
  case Verdict::temporary: return "temporary";
  }
  return {};
}

std::optional<KeyDiagnosis> diagnose_key(dns::Inquiry& inquiry, const KeyUnderTest& key,
                                         const Vantage& vantage)
{
  if (vantage.quick) {
    return diagnose_by_resolver(inquiry, key, vantage);
  }
  const auto root = look_for_root(inquiry, vantage);
  if (!root) {
    return std::nullopt;
  }
  if (*root == Root::reachable) {
    return Examination{inquiry, key, vantage}.run();
  }
  auto diagnosis = diagnose_by_resolver(inquiry, key, vantage);
  if (diagnosis) {
    diagnosis->of_host.push_back(
        {&dns::findings::kNoRoot,
         "no root server answers: only this host's resolvers were asked, and what they say "
         "need not be what the world sees",
         "let this host ask name servers by UDP and TCP port 53, or use --quick", false});
  }
  return diagnosis;
}

}  // namespace dkimctl::dkim
