#include "host.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace simulation {

using namespace dkimctl::rollover;  // NOLINT: the whole file is about it

namespace {

struct Row {
  const char* name;
  std::vector<Act> acts;
  Gate gate;
};

std::vector<Step> steps_without(const std::vector<Act>& acts, Gate gate)
{
  std::vector<Step> all(steps().begin(), steps().end());
  for (Step& step : all) {
    if (std::ranges::find(acts, step.act) != acts.end()) {
      step.gates = step.gates.without(gate);
      step.when = step.when.without(gate);
    }
  }
  return all;
}

std::vector<Fault> faults_of_gates()
{
  const std::vector<Act> ends{Act::revoke_record, Act::withdraw_record, Act::destroy_key};
  const std::vector<Act> proofs{Act::mark_ready, Act::switch_signing};
  const std::vector<Row> rows{
      {"no hold", {Act::mark_ready}, Gate::hold_over},
      {"no hold before a rollback", {Act::switch_signing}, Gate::hold_over},
      {"the public view need not validate", proofs, Gate::everyone_sees},
      {"signs with a private key that is not there", {Act::switch_signing}, Gate::key_present},
      {"rolled back to a record on its way out", {Act::switch_signing}, Gate::not_ending},
      {"keys of others are ended", ends, Gate::ours_to_end},
      {"ended while in use", ends, Gate::unused},
      {"ended though the successor's record is lost", ends, Gate::successor_proven},
      {"no retention", ends, Gate::retention_over},
      {"the queue is not looked at", ends, Gate::queue_young},
      {"the private key destroyed though amavisd needs it", ends, Gate::unnamed},
  };
  std::vector<Fault> all;
  for (const Row& row : rows) {
    Fault fault;
    fault.name = row.name;
    fault.asks_early = row.gate == Gate::hold_over;
    fault.no_refusal = row.gate == Gate::not_ending;
    fault.steps = steps_without(row.acts, row.gate);
    all.push_back(std::move(fault));
  }
  return all;
}

Fault policy_fault(std::string name, void (*change)(Policy&))
{
  Fault fault;
  fault.name = std::move(name);
  fault.policy = change;
  return fault;
}

Fault observation_fault(std::string name, void (*change)(Observation&))
{
  Fault fault;
  fault.name = std::move(name);
  fault.observation = change;
  return fault;
}

Fault keys_fault(std::string name, void (*change)(std::vector<KeyLife>&))
{
  Fault fault;
  fault.name = std::move(name);
  fault.keys = change;
  return fault;
}

}  // namespace

// NOLINTNEXTLINE(readability-function-size): a list
std::vector<Fault> faults()
{
  std::vector<Fault> all = faults_of_gates();
  all.push_back(observation_fault("the zone's negative TTL is not minded", [](Observation& observation) {
    for (auto& record : observation.records) {
      record.second.cache_time = Seconds{0};
    }
  }));
  all.push_back(policy_fault("a silent server is waived at once", [](Policy& policy) {
    policy.silent_after = Seconds{0};
    policy.silent_runs = 0;
  }));
  all.push_back(observation_fault("old workers of amavisd are not minded",
                                  [](Observation& observation) { observation.signer.old_workers = false; }));
  all.push_back(observation_fault("changes by hand are not minded",
                                  [](Observation& observation) { observation.signer.changed.reset(); }));
  all.push_back(observation_fault("the configuration is not looked at",
                                  [](Observation& observation) { observation.signer.configured.clear(); }));
  all.push_back(observation_fault("x= is not minded",
                                  [](Observation& observation) { observation.signer.expiry = Seconds{0}; }));
  all.push_back(keys_fault("adopted keys are taken for ours", [](std::vector<KeyLife>& keys) {
    for (KeyLife& key : keys) {
      key.at.clear(Moment::adopted);
    }
  }));
  all.push_back(keys_fault("the hold is not restarted", [](std::vector<KeyLife>& keys) {
    for (KeyLife& key : keys) {
      if (key.has(Moment::agreed) && key.has(Moment::seen)) {
        key.at.set(Moment::agreed, *key.at[Moment::seen]);
      }
    }
  }));
  all.push_back(keys_fault("retention counts from the switch, not from the last sighting",
                           [](std::vector<KeyLife>& keys) {
                             for (KeyLife& key : keys) {
                               if (key.has(Moment::retired) && key.has(Moment::may_sign)) {
                                 key.at.set(Moment::unused, *key.at[Moment::retired]);
                               }
                             }
                           }));
  Fault agreement = keys_fault("the servers need not agree", [](std::vector<KeyLife>& keys) {
    for (KeyLife& key : keys) {
      if (key.has(Moment::seen) && !key.has(Moment::agreed)) {
        key.at.set(Moment::agreed, *key.at[Moment::seen]);
      }
    }
  });
  agreement.steps = steps_without({Act::mark_ready, Act::switch_signing}, Gate::servers_agree);
  agreement.asks_early = true;
  all.push_back(std::move(agreement));
  Fault fault;
  fault.name = "jumps of the clock are not minded";
  fault.no_clock_check = true;
  all.push_back(fault);
  fault = {};
  fault.name = "a restored state is trusted";
  fault.no_new_timeline = true;
  all.push_back(fault);
  fault = {};
  fault.name = "effects before what is recorded of them";
  fault.no_intent = true;
  all.push_back(fault);
  return all;
}

}  // namespace simulation
