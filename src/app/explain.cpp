#include "app/explain.hpp"

#include "amavis/address.hpp"
#include "amavis/findings.hpp"
#include "amavis/live.hpp"
#include "amavis/signing.hpp"
#include "app/key_findings.hpp"
#include "app/live_probe.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dkimctl::app {
namespace {

using amavis::Decision;

/// A dynamic place is told once, whatever it reaches.
bool is_same(const Finding& a, const Finding& b)
{
  const bool one_place = a.code == amavis::findings::kDynamic.code && a.where.has_value();
  return a.code == b.code && a.where == b.where && (one_place || (a.object == b.object && a.text == b.text));
}

/// Errors, and what leaves open whether mail outside of the policy banks is signed: no bank's answer need
/// depend on it.
std::vector<Finding> findings_to_tell(const Facts& facts)
{
  const perl::UnknownPtr unknown = facts.configuration.variable("$enable_dkim_signing").value.unknown();
  const std::optional<Location> open =
      unknown && unknown->where.known() ? std::optional{facts.locate(unknown->where)} : std::nullopt;
  std::vector<Finding> told;
  std::copy_if(facts.findings.begin(), facts.findings.end(), std::back_inserter(told),
               [&](const Finding& finding) {
                 return finding.severity == Severity::error ||
                        (open && finding.code == amavis::findings::kDynamic.code && finding.where == open);
               });
  return told;
}

/// What is wrong with the record or the size of a key, so that verifiers refuse what it signs.
std::vector<Finding> refused_by_verifiers(const Facts& facts, std::uint32_t number)
{
  const std::size_t index = number - 1;
  const report::ShownKey shown{&facts.configuration.keys()[index], facts.key_files.of(index)};
  std::vector<Finding> found =
      key_findings(shown, [&](const perl::Place& place) { return facts.locate(place); });
  std::copy_if(facts.findings.begin(), facts.findings.end(), std::back_inserter(found),
               [&](const Finding& finding) { return finding.key == number; });
  std::erase_if(found, [](const Finding& finding) {
    return finding.severity == Severity::note || !finding.code.starts_with("dkim.");
  });
  return found;
}

void append_new(std::vector<Finding>& to, const std::vector<Finding>& from)
{
  for (const Finding& finding : from) {
    if (std::none_of(to.begin(), to.end(), [&](const Finding& other) { return is_same(finding, other); })) {
      to.push_back(finding);
    }
  }
}

/// Why the configuration gives no answer: amavisd would not take it, or it could not be read here.
std::optional<std::string> rejection(const Facts& facts)
{
  const auto cause =
      std::find_if(facts.findings.begin(), facts.findings.end(), amavis::findings::leaves_no_answer);
  if (cause == facts.findings.end()) {
    return std::nullopt;
  }
  if (facts.configuration.files().empty() || cause->code == amavis::findings::kNoAccess.code) {
    return cause->text;
  }
  const std::string place =
      cause->where ? fmt::format("{}:{}:{}: ", cause->where->file, cause->where->line, cause->where->column)
                   : "";
  return fmt::format("amavisd does not take the configuration: {}{}", place, cause->text);
}

Decision cannot_be_told(std::string reason, std::string bank)
{
  Decision decision;
  decision.outcome = amavis::Outcome::unknown;
  decision.bank = std::move(bank);
  decision.reason = std::move(reason);
  return decision;
}

/// "ORIGINATING/MYNETS" as a list of banks.
std::string with_commas(std::string path)
{
  std::replace(path.begin(), path.end(), '/', ',');
  return path;
}

Finding not_loaded(const std::string& address, const Decision& decision, const std::string& text)
{
  const std::string bank =
      decision.bank.empty() ? "without a policy bank" : fmt::format("in policy bank {}", decision.bank);
  Finding finding =
      make_finding(amavis::findings::kNotLoaded, address, fmt::format("{}: {}", bank, text),
                   "reload amavisd; if it was reloaded, its log says why it rejected the configuration");
  finding.key = decision.key;
  return finding;
}

/// Asks about each decision, and keeps the answers and how they differ.
void compare(report::ExplainReport& report, const std::vector<Decision>& decisions,
             const std::string& address, const AskDaemon& ask)
{
  for (const Decision& decision : decisions) {
    const auto reply = ask(address, with_commas(decision.bank));
    if (!reply) {
      append_new(report.findings, reply.error().findings);
      report.live_failed = report.live_failed || reply.error().failed;
      continue;
    }
    const amavis::LiveSignature* const live = reply->signature ? &*reply->signature : nullptr;
    if (const auto text = difference(decision, live)) {
      append_new(report.findings, {not_loaded(report.address, decision, *text)});
    }
    report.live.push_back({decision.bank, reply->endpoint, reply->signature});
  }
}

/// "ORIGINATING" is part of "ORIGINATING/MYUSERS", which only differs for some senders.
bool is_about(const Decision& decision, const std::string& bank)
{
  return decision.bank == bank || (!bank.empty() && decision.bank.starts_with(bank + '/'));
}

bool is_nowhere(const Decision& decision)
{
  return decision.bank.empty() && decision.because.empty();
}

/// What makes the answer, and what it says.
struct Question {
  const Facts& facts;
  const ExplainQuery& query;
  const std::string& address;
  amavis::Signer signer;
  std::optional<std::string> rejected;
};

Result<void> answer(report::ExplainReport& report, const Question& question)
{
  const std::string& bank = question.query.bank;
  if (question.rejected) {
    report.decisions.push_back(cannot_be_told(*question.rejected, bank));
    return {};
  }
  if (bank.empty()) {
    report.decisions = question.signer.decide_in_signing_banks({question.address});
    return {};
  }
  auto decision = question.signer.decide({question.address}, bank);
  if (decision) {
    report.decisions.push_back(*std::move(decision));
    return {};
  }
  if (!question.query.live) {
    return tl::unexpected(std::move(decision).error());
  }
  Decision known = question.signer.decide_in_known({question.address}, bank);
  known.findings.insert(known.findings.begin(), make_finding(amavis::findings::kUnknownBank, report.address,
                                                             decision.error().what, decision.error().hint));
  report.decisions.push_back(std::move(known));
  return {};
}

/// What the daemon is asked about: the answers, and, unless a bank is named, the other banks that mail may
/// come in by. It may have read another configuration, so where none signs it is asked about all there are.
std::vector<Decision> to_ask(const report::ExplainReport& report, const Question& question)
{
  if (!question.query.bank.empty()) {
    return report.decisions;
  }
  const bool nowhere = is_nowhere(report.decisions.front());
  std::vector<Decision> asked;
  if (!nowhere) {
    asked = report.decisions;
  }
  for (const std::string& bank : nowhere ? question.signer.all_banks() : question.signer.banks_of_mail()) {
    const bool is_asked = std::any_of(asked.begin(), asked.end(),
                                      [&](const Decision& decision) { return is_about(decision, bank); });
    if (!is_asked) {
      asked.push_back(question.rejected ? cannot_be_told(*question.rejected, bank)
                                        : question.signer.decide_in_known({question.address}, bank));
    }
  }
  return asked;
}

}  // namespace

Result<report::ExplainReport> explain(const Facts& facts, const ExplainQuery& query, const AskDaemon& ask)
{
  DKIMCTL_TRY(const std::string address, amavis::parse_address(query.address));
  const Question question{facts, query, address, amavis::Signer{amavis::signing_view(facts.configuration)},
                          rejection(facts)};
  report::ExplainReport report;
  report.address = amavis::without_brackets(query.address);
  if (auto answered = answer(report, question); !answered) {
    return tl::unexpected(std::move(answered).error());
  }
  append_new(report.findings, findings_to_tell(facts));
  for (Decision& decision : report.decisions) {
    for (Finding& finding : decision.findings) {
      finding.object = report.address;
    }
    append_new(report.findings, decision.findings);
    if (decision.key) {
      append_new(report.findings, refused_by_verifiers(facts, *decision.key));
    }
  }
  if (ask) {
    report.live_asked = true;
    compare(report, to_ask(report, question), address, ask);
  }
  return report;
}

Result<report::ExplainReport> explain(const Host& host, const ExplainQuery& query)
{
  if (query.live && query.elsewhere) {
    return tl::unexpected(Error{
        Errc::usage, "--live asks the amavisd of this host, and --root is about another: give one of them"});
  }
  const Facts facts = gather_facts(host, query.files);
  if (!query.live) {
    return explain(facts, query, {});
  }
  LiveProbe probe{facts, query.on_asking};
  return explain(facts, query,
                 [&](std::string_view address, std::string_view banks) { return probe.ask(address, banks); });
}

}  // namespace dkimctl::app
