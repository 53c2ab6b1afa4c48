#include "app/rotation.hpp"

#include "amavis/sockets.hpp"
#include "app/dns_setup.hpp"
#include "app/inquiries.hpp"
#include "app/policy.hpp"
#include "app/record_view.hpp"
#include "crypto/base64.hpp"
#include "rollover/requests.hpp"
#include "rollover/todo.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::app {
namespace {

using rollover::KeyLife;
using rollover::Moment;

/// A key whose record is looked at.
struct Looked {
  std::size_t domain = 0;  // counts KnownKeys::domains
  rollover::KeyId id;
  dkim::KeyUnderTest key;
  Resolvers resolvers = Resolvers::left_alone;
  std::optional<rollover::RecordView> record = {};
};

std::optional<dkim::KeyUnderTest> under_test(const KeyLife& key)
{
  auto domain = dns::Name::parse(key.facts.domain);
  auto owner = dns::Name::parse(fmt::format("{}._domainkey.{}", key.facts.selector, key.facts.domain));
  auto expected = crypto::decode_base64(key.facts.public_key);
  if (!domain || !owner || !expected || expected->empty()) {
    return std::nullopt;
  }
  return dkim::KeyUnderTest{*std::move(domain), key.facts.selector, *std::move(owner), *std::move(expected)};
}

std::vector<Looked> keys_to_look_at(const KnownKeys& known, const settings::Settings& settings,
                                    rollover::Time now)
{
  std::vector<Looked> looked;
  for (std::size_t i = 0; i < known.domains.size(); ++i) {
    const rollover::Policy policy = policy_of(settings, known.domains[i].domain);
    for (const KeyLife& key : known.domains[i].keys) {
      auto test = key.has(Moment::gone) ? std::nullopt : under_test(key);
      if (test) {
        looked.push_back({i, key.facts.id, *std::move(test),
                          may_ask_resolvers(key, policy, now) ? Resolvers::asked : Resolvers::left_alone});
      }
    }
  }
  return looked;
}

Result<void> look(std::vector<Looked>& looked, const RotationDns& dns, const RotationQuery& query)
{
  Inquiries inquiries;
  inquiries.count = looked.size();
  inquiries.evaluate = [&](std::size_t index, dns::Inquiry& inquiry) {
    Looked& one = looked[index];
    one.record = view_record(inquiry, one.key, dns.vantage, one.resolvers);
    return one.record.has_value();
  };
  if (query.progress) {
    inquiries.progress = [&](std::size_t done) { query.progress(done, looked.size()); };
  }
  return run(inquiries, dns.messenger);
}

bool says_anything(const rollover::RecordView& record)
{
  return std::ranges::any_of(record.servers, [](const rollover::ServerView& server) {
    return server.served != rollover::Served::silent;
  });
}

std::string selector_of(const std::vector<KeyLife>& keys, const rollover::KeyId& id)
{
  const auto found = std::ranges::find_if(keys, [&](const KeyLife& key) { return key.facts.id == id; });
  return found == keys.end() ? "" : found->facts.selector;
}

class Planner {
public:
  Planner(const settings::Settings& settings, const RotationQuery& query, rollover::Now now, bool can_ask)
      : settings_(settings), query_(query), now_(now), can_ask_(can_ask)
  {}

  report::DomainPlan plan_for(const DomainKeys& domain, const rollover::Observation& observation) const
  {
    const rollover::Policy policy = policy_of(settings_, domain.domain);
    const rollover::HostView view{.only_look = {}, .may_begin = true, .day_time = query_.day_time};
    std::vector<KeyLife> keys = domain.keys;
    rollover::learn(keys, observation, policy, now_);
    report::DomainPlan plan;
    plan.domain = domain.domain;
    add_present_trouble(plan, keys, observation, policy);
    plan.by_person = policy.publisher == rollover::Publisher::person;
    if (auto asked = ask_for_rollover(keys, query_.compromised, "rotate --dry-run", now_)) {
      for (const rollover::KeyEvent& event : *asked) {
        apply(keys, event);
      }
    } else {
      plan.refusal = asked.error().what;
      plan.hint = asked.error().hint;
    }
    const rollover::Plan now = rollover::plan(keys, observation, policy, now_, view);
    for (const rollover::Blocker& blocker : now.blockers) {
      add_wait(plan, keys, blocker);
    }
    plan.steps = rollover::forecast(keys, observation, policy, now_, view);
    plan.now = now_.time;
    add_notes(plan, keys);
    return plan;
  }

private:
  // What is wrong already, whatever comes next.
  void add_present_trouble(report::DomainPlan& plan, const std::vector<KeyLife>& keys,
                           const rollover::Observation& observation, const rollover::Policy& policy) const
  {
    for (const rollover::Todo& todo : todos(keys, observation, policy, now_)) {
      if (todo.urgent) {
        plan.notes.push_back(todo.text);
      }
    }
    for (const auto& [id, record] : observation.records) {
      if (!says_anything(record)) {
        plan.notes.push_back(
            fmt::format("no authoritative server answered about the record of {}: whether it "
                        "is there, and the TTLs, are not known",
                        selector_of(keys, id)));
      }
    }
  }

  // That nobody saw the daemon sign is said once for all.
  static void add_wait(report::DomainPlan& plan, const std::vector<KeyLife>& keys,
                       const rollover::Blocker& blocker)
  {
    if (blocker.act != rollover::Act::none) {
      plan.waits.push_back({selector_of(keys, blocker.key), blocker});
    }
  }

  void add_notes(report::DomainPlan& plan, const std::vector<KeyLife>& keys) const
  {
    for (const KeyLife& key : keys) {
      const bool is_to_end = !key.has(Moment::gone) && key.has(Moment::activated);
      if (is_to_end && !is_ours_to_end(key)) {
        plan.notes.push_back(
            fmt::format("dkimctl did not make {}: its end waits until somebody has said that no "
                        "other host signs with it: dkimctl retire {} {}",
                        key.facts.selector, key.facts.domain, key.facts.selector));
      }
    }
    if (!can_ask_) {
      plan.notes.emplace_back(
          "amavisd has no socket at which it can be asked which key it signs with: the key "
          "that is replaced stays until it has one");
    }
  }

  const settings::Settings& settings_;
  const RotationQuery& query_;
  rollover::Now now_;
  bool can_ask_;
};

}  // namespace

Result<report::RotationPlan> plan_rotation(const Host& host, const settings::Settings& settings,
                                           const RotationQuery& query, const RotationDns& dns)
{
  DKIMCTL_TRY(const State state,
              read_state(host, query.state.root, settings.host.state_directory, query.state.now));
  const Facts facts = gather_facts(host, query.state.files);
  DKIMCTL_TRY(const KnownKeys known, known_keys(facts, state, query.state));
  const rollover::Now now = now_of(state, query.state.now);
  std::vector<Looked> looked = keys_to_look_at(known, settings, now.time);
  DKIMCTL_TRY_VOID(look(looked, dns, query));

  report::RotationPlan plan;
  plan.findings = known.findings;
  std::vector<rollover::Observation> observations(known.domains.size());
  for (Looked& one : looked) {
    rollover::RecordView record = std::move(one.record).value_or(rollover::RecordView{});
    plan.is_silent = plan.is_silent || !says_anything(record);
    observations[one.domain].records.emplace_back(one.id, std::move(record));
  }
  ConfiguredSigner signer(host, facts);
  const Planner planner(settings, query, now, !amavis::live_endpoints(facts.configuration).empty());
  for (std::size_t i = 0; i < known.domains.size(); ++i) {
    observations[i].signer = signer.view_of(known.domains[i].domain, known.domains[i].keys);
    plan.domains.push_back(planner.plan_for(known.domains[i], observations[i]));
  }
  return plan;
}

Result<report::RotationPlan> plan_rotation(const Host& host, const settings::Settings& settings,
                                           const RotationQuery& query)
{
  DKIMCTL_TRY(const DnsSetup dns, set_up_dns(query.dns));
  return plan_rotation(host, settings, query, {dns.vantage, *dns.child});
}

}  // namespace dkimctl::app
