#include "app/status.hpp"

#include "amavis/findings.hpp"
#include "app/domain_advice.hpp"
#include "app/policy.hpp"
#include "base/ascii.hpp"
#include "dns/idn.hpp"
#include "rollover/findings.hpp"
#include "rollover/recall.hpp"
#include "store/id.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::app {
namespace {

using rollover::Gate;
using rollover::KeyLife;

constexpr std::size_t kMostEvents = 100'000;  // of a history

using LivesByDomain = std::map<std::string, std::vector<KeyLife>, std::less<>>;

/// As an SDID has it: lower case, ASCII, without the final dot.
std::string sdid_of(std::string_view word)
{
  if (word.size() > 1 && word.ends_with('.')) {
    word.remove_suffix(1);
  }
  return ascii::lower(dns::to_ace(std::string{word}));
}

Result<LivesByDomain> lives_of(const State& state)
{
  LivesByDomain lives;
  if (state.database == nullptr) {
    return lives;
  }
  DKIMCTL_TRY(auto keys, state.database->store().unfinished_keys());
  for (KeyLife& key : keys) {
    auto& of_domain = lives[key.facts.domain];
    of_domain.push_back(std::move(key));
  }
  return lives;
}

/// The errors: with those the keys may be others.
std::vector<Finding> errors_of(const Facts& facts)
{
  std::vector<Finding> errors;
  std::ranges::copy_if(facts.findings, std::back_inserter(errors),
                       [](const Finding& finding) { return finding.severity == Severity::error; });
  return errors;
}

Finding superseded(const KeyLife& key)
{
  return make_finding(
      rollover::findings::kSuperseded, key.facts.domain,
      fmt::format("amavisd's configuration has another key for {} than is on record", key.facts.selector),
      "the next run takes that one on record, and the old one as gone");
}

/// Takes the found keys in, in memory only.
DomainKeys adopted(const std::string& domain, std::vector<KeyLife> keys,
                   const std::vector<rollover::FoundKey>& found, rollover::Now now,
                   std::vector<Finding>& findings)
{
  rollover::Adoption adoption = rollover::adopt(domain, keys, found, store::new_id, now);
  for (const rollover::KeyEvent& event : adoption.events) {
    const auto key =
        std::ranges::find_if(keys, [&](const KeyLife& life) { return life.facts.id == event.key; });
    findings.push_back(superseded(*key));
    apply(*key, event.event);
  }
  DomainKeys all{domain, std::move(keys), 0};
  all.on_record = all.keys.size();
  for (rollover::NewKey& fresh : adoption.fresh) {
    all.keys.push_back(fold(std::move(fresh.facts), fresh.events));
  }
  return all;
}

std::vector<Finding> unknown_domains(const std::vector<std::string>& words,
                                     const std::set<std::string_view>& known)
{
  std::vector<Finding> findings;
  for (const std::string& word : words) {
    if (!known.contains(sdid_of(word))) {
      findings.push_back(
          make_finding(rollover::findings::kUnknownDomain, word.empty() ? "''" : word,
                       "it has no key, on record or in the configuration",
                       known.empty() ? "" : meant_instead(word, known, "`dkimctl status` lists all")));
    }
  }
  return findings;
}

// What is in the time line, or is known only once somebody is asked.
constexpr std::array kToldElsewhere{
    Gate::seen,           Gate::hold_over,        Gate::everyone_sees,
    Gate::here_sees,      Gate::no_open_rollover, Gate::retention_over,
    Gate::tombstone_over, Gate::successor_proven, Gate::two_runs_agree,
};

bool is_told_elsewhere(const rollover::Blocker& blocker)
{
  return blocker.act == rollover::Act::none ||
         std::ranges::find(kToldElsewhere, blocker.gate) != kToldElsewhere.end();
}

class Reporter {
public:
  Reporter(const settings::Settings& settings, ConfiguredSigner& signer, rollover::Now now)
      : settings_(settings), signer_(signer), now_(now)
  {}

  report::DomainStatus status_of(const DomainKeys& domain)
  {
    const rollover::Policy policy = policy_of(settings_, domain.domain);
    const std::vector<KeyLife> on_record(
        domain.keys.begin(), std::next(domain.keys.begin(), static_cast<std::ptrdiff_t>(domain.on_record)));
    report::DomainStatus status{domain.domain, {}, {}};
    for (std::size_t i = 0; i < domain.keys.size(); ++i) {
      const bool is_on_record = i < domain.on_record;
      status.keys.push_back(
          {domain.keys[i], is_on_record, rollover::time_line(domain.keys[i], domain.keys, policy), {}});
      if (!is_on_record) {
        forget_times(status.keys.back());
      }
    }
    if (!on_record.empty()) {
      rollover::Observation last = rollover::last_known(on_record);
      last.signer = signer_.view_of(domain.domain, on_record);
      status.todos = rollover::todos(on_record, last, policy, now_);
      add_waits(status, rollover::plan(on_record, last, policy, now_, {}));
    }
    return status;
  }

private:
  // They count from when it is taken on record, and that has not been.
  static void forget_times(report::KeyStatus& key)
  {
    std::erase_if(key.rows, [](const rollover::TimeLineRow& row) { return row.done; });
    for (rollover::TimeLineRow& row : key.rows) {
      row.at.reset();
    }
  }

  static void add_waits(report::DomainStatus& status, const rollover::Plan& plan)
  {
    for (const rollover::Blocker& blocker : plan.blockers) {
      const auto key = std::ranges::find_if(
          status.keys, [&](const report::KeyStatus& one) { return one.life.facts.id == blocker.key; });
      const bool is_looked_at = key != status.keys.end() && !key->life.servers.empty();
      const bool is_said = is_looked_at && std::ranges::any_of(key->waits, [&](const auto& wait) {
                             return wait.text == blocker.text;
                           });
      if (is_looked_at && !is_said && !is_told_elsewhere(blocker)) {
        key->waits.push_back(blocker);
      }
    }
  }

  const settings::Settings& settings_;
  ConfiguredSigner& signer_;
  rollover::Now now_;
};

bool is_asked_for(const StateQuery& query, const std::string& domain)
{
  return query.domains.empty() ||
         std::ranges::any_of(query.domains, [&](const std::string& word) { return sdid_of(word) == domain; });
}

}  // namespace

rollover::Now now_of(const State& state, rollover::Time time)
{
  return {state.last_run ? std::max(time, state.last_run->wall) : time,
          state.last_run ? state.last_run->run : 0};
}

Result<KnownKeys> known_keys(const Facts& facts, const State& state, const StateQuery& query)
{
  KnownKeys known;
  known.findings = state.findings;
  std::ranges::move(errors_of(facts), std::back_inserter(known.findings));
  DKIMCTL_TRY(LivesByDomain lives, lives_of(state));
  const FoundKeys found = found_keys(facts);
  std::set<std::string_view> domains;
  for (const auto& [domain, keys] : found) {
    domains.insert(domain);
    lives.try_emplace(domain);
  }
  for (auto& [domain, keys] : lives) {
    domains.insert(domain);
    if (is_asked_for(query, domain)) {
      const auto declared = found.find(domain);
      known.domains.push_back(
          adopted(domain, std::move(keys),
                  declared == found.end() ? std::vector<rollover::FoundKey>{} : declared->second,
                  now_of(state, query.now), known.findings));
    }
  }
  std::ranges::move(unknown_domains(query.domains, domains), std::back_inserter(known.findings));
  return known;
}

Result<report::StateReport> status(const Host& host, const settings::Settings& settings,
                                   const StateQuery& query)
{
  DKIMCTL_TRY(const State state, read_state(host, query.root, settings.host.state_directory, query.now));
  const Facts facts = gather_facts(host, query.files);
  DKIMCTL_TRY(const KnownKeys known, known_keys(facts, state, query));
  report::StateReport report;
  report.findings = known.findings;
  if (state.last_run) {
    report.last_run = state.last_run->wall;
  }
  ConfiguredSigner signer(host, facts);
  Reporter reporter(settings, signer, now_of(state, query.now));
  for (const DomainKeys& domain : known.domains) {
    report.domains.push_back(reporter.status_of(domain));
  }
  return report;
}

Result<report::History> history(const Host& host, const settings::Settings& settings, const StateQuery& query)
{
  DKIMCTL_TRY(const State state, read_state(host, query.root, settings.host.state_directory, query.now));
  report::History history{{}, state.findings};
  if (state.database == nullptr) {
    return history;
  }
  std::vector<std::string> domains = query.domains;
  if (domains.empty()) {
    domains.emplace_back();
  }
  for (const std::string& domain : domains) {
    DKIMCTL_TRY(auto events, state.database->store().events({.domain = sdid_of(domain)}, kMostEvents));
    if (events.empty() && !domain.empty()) {
      history.findings.push_back(make_finding(rollover::findings::kUnknownDomain, domain,
                                              "nothing is on record of it", "`dkimctl history` lists all"));
    }
    for (store::StoredEvent& event : events) {
      history.entries.push_back(
          {std::move(event.key), std::move(event.domain), std::move(event.selector), std::move(event.event)});
    }
  }
  return history;
}

}  // namespace dkimctl::app
