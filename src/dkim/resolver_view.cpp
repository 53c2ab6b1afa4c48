#include "dkim/resolver_view.hpp"

#include "dkim/diagnosis_parts.hpp"
#include "dkim/key_lookup.hpp"
#include "dkim/lookup_findings.hpp"
#include "dkim/result_text.hpp"
#include "dkim/survey.hpp"
#include "dns/findings.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dkimctl::dkim {
namespace {

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

/// A resolver that could not find out, or that does not answer.
void judge_silence(KeyDiagnosis& diagnosis, const KeyUnderTest& key, const Resolved& resolved)
{
  const dns::Answer& answer = *resolved.answer;
  const bool timeout = answer.outcome == dns::Outcome::timeout;
  conclude(diagnosis, Verdict::temporary, timeout ? timeout_text(key) : std::string{kServfail});
  if (answer.outcome == dns::Outcome::servfail) {
    add(diagnosis, dns::findings::kUnresolvable, key.owner,
        fmt::format("the resolver {} cannot get an answer: SERVFAIL", resolved.server.text()),
        "see whether the servers of the domain answer; without --quick dkimctl asks each of them");
  } else {
    diagnosis.of_host.push_back(remark_on_resolver(resolved));
  }
}

}  // namespace

std::optional<Resolved> ask_resolvers(dns::Inquiry& inquiry, const Vantage& vantage, const dns::Name& name,
                                      dns::RrType type)
{
  Resolved resolved;
  for (const dns::ServerAddress& server : vantage.resolvers) {
    const dns::Answer* const answer = inquiry.ask({dns::View::recursive, name, type, server});
    if (answer == nullptr) {
      return std::nullopt;
    }
    const bool means_something = answer->says() || answer->outcome == dns::Outcome::servfail;
    if (resolved.answer == nullptr || means_something) {
      resolved = {answer, server};
    }
    if (means_something) {
      return resolved;
    }
  }
  return resolved;
}

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

Remark remark_on_resolver(const Resolved& resolved)
{
  if (resolved.answer == nullptr) {
    return {&dns::findings::kNoResolver, "no resolver is known",
            "name one in /etc/resolv.conf, or with --resolver", true};
  }
  return {&dns::findings::kNoResolver,
          fmt::format("the resolver {}: {}", resolved.server.text(), to_string(resolved.answer->outcome)),
          "see that it runs, or name another with --resolver", true};
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
    diagnosis.of_host.push_back(remark_on_resolver(*resolved));
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
        std::string{kSignaturesHint});
    conclude(diagnosis, Verdict::fail, kServfail);
  } else if (resolved->answer->says()) {
    judge_resolved(diagnosis, key, *resolved->answer);
  } else {
    judge_silence(diagnosis, key, *resolved);
  }
  diagnosis.servers.push_back(view_of(*resolved, diagnosis.usable.has_value()));
  diagnosis.resolver = diagnosis.servers.front();
  return diagnosis;
}

}  // namespace dkimctl::dkim
