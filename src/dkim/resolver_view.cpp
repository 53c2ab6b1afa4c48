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

/// SERVFAIL is what a validating resolver says of what does not validate: without its checking it gives it,
/// and with it fails again, since it was no trouble of a moment.
std::optional<bool> is_bogus_at(dns::Inquiry& inquiry, const Resolved& resolved, const dns::Name& name)
{
  if (resolved.answer->outcome != dns::Outcome::servfail) {
    return false;
  }
  dns::Question question{dns::View::recursive, name, dns::RrType::txt, resolved.server};
  question.checking_disabled = true;
  const dns::Answer* const unchecked = inquiry.ask(question);
  if (unchecked == nullptr || !unchecked->says()) {
    return unchecked == nullptr ? std::nullopt : std::optional{false};
  }
  question.checking_disabled = false;
  question.again = true;
  const dns::Answer* const again = inquiry.ask(question);
  return again == nullptr ? std::nullopt : std::optional{again->outcome == dns::Outcome::servfail};
}

/// Where the aliases of an answer end.
dns::Name end_of_aliases(const dns::Answer& answer, dns::Name name)
{
  for (std::size_t i = 0; i <= kLongestChain; ++i) {
    const auto target = alias_target(answer, name);
    if (!target) {
      break;
    }
    name = *target;
  }
  return name;
}

void judge_absence(KeyDiagnosis& diagnosis, const KeyUnderTest& key, const Vantage& vantage,
                   const dns::Answer& answer)
{
  const dns::Name end = end_of_aliases(answer, key.owner);
  if (!(end == key.owner)) {
    return add(diagnosis, findings::kCnameDangling, key.owner,
               fmt::format("{} is an alias of {}, which has no TXT record", text_of(key.owner), text_of(end)),
               fmt::format("publish the record at {}, or at {} instead of the alias", text_of(end),
                           text_of(key.owner)));
  }
  add(diagnosis, findings::kMissing, key.owner,
      fmt::format("the resolver finds no TXT record at {}", text_of(key.owner)),
      publish_hint(key) + (vantage.quick
                               ? "; without --quick dkimctl looks for where it is instead"
                               : "; where it is instead can be seen from a host that reaches name servers"));
}

void judge_resolved(KeyDiagnosis& diagnosis, const KeyUnderTest& key, const Vantage& vantage,
                    const dns::Answer& answer)
{
  const auto records = records_in(answer, key.owner);
  const auto value = diagnose_records(records, key.expected);
  add_value(diagnosis, key, value, end_of_aliases(answer, key.owner), {});
  if (value.usable) {
    diagnosis.usable = value.usable;
    return conclude(diagnosis, Verdict::pass, kPass);
  }
  if (records.empty()) {
    judge_absence(diagnosis, key, vantage, answer);
  }
  conclude(diagnosis, Verdict::fail, failure_text(diagnosis.remarks));
}

/// A resolver that could not find out, or that does not answer.
void judge_silence(KeyDiagnosis& diagnosis, const KeyUnderTest& key, const Vantage& vantage,
                   const Resolved& resolved)
{
  const dns::Answer& answer = *resolved.answer;
  const bool timeout = answer.outcome == dns::Outcome::timeout;
  conclude(diagnosis, Verdict::temporary, timeout ? timeout_text(key) : std::string{kServfail});
  add(diagnosis, dns::findings::kNoAnswer, key.owner,
      fmt::format("it cannot be told: the resolver {} gives no answer for {}: {}", resolved.server.text(),
                  text_of(key.owner), to_string(answer.outcome)),
      vantage.quick
          ? "run it again later; its name servers may be down: without --quick each of them is asked"
          : "run it again later; the resolver, or its name servers, may be down");
  if (answer.outcome != dns::Outcome::servfail) {
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

std::vector<dns::Txt> records_in(const dns::Answer& answer, const dns::Name& name)
{
  return txt_at(answer, end_of_aliases(answer, name));
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
    judge_resolved(diagnosis, key, vantage, *resolved->answer);
  } else {
    judge_silence(diagnosis, key, vantage, *resolved);
  }
  diagnosis.servers.push_back(view_of(*resolved, diagnosis.usable.has_value()));
  diagnosis.resolver = diagnosis.servers.front();
  return diagnosis;
}

}  // namespace dkimctl::dkim
