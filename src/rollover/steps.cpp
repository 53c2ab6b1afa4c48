#include "rollover/steps.hpp"

namespace dkimctl::rollover {

namespace {

using G = Gate;
using S = KeyState;

constexpr GateList kProof{G::servers_agree, G::hold_over, G::everyone_sees, G::here_sees};

// What nobody can undo: the key is ours and out of use, its successor serves everybody.
constexpr GateList kEnd{G::ours_to_end,    G::unused,      G::successor_signs, G::successor_proven,
                        G::retention_over, G::queue_young, G::not_after_gap,   G::two_runs_agree};
constexpr GateList kDestroy{G::ours_to_end, G::unused, G::unnamed, G::not_after_gap, G::two_runs_agree};

// clang-format off
constexpr std::array kSteps{
    //   in this state     this may be done, while these hold, once these hold
    Step{S::reserved,  Act::generate_key, {G::not_cancelled}, {}},

    Step{S::generated, Act::publish_record, {G::not_cancelled, G::by_program, G::record_wanted}, {}},
    Step{S::generated, Act::hand_out_record, {G::not_cancelled, G::by_person, G::not_handed_out}, {}},
    Step{S::generated, Act::none, {G::not_cancelled}, {G::seen}},
    Step{S::generated, Act::undo_switch, {G::switching}, {}},

    Step{S::published, Act::undo_switch, {G::switching}, {}},
    Step{S::published, Act::publish_record, {G::by_program, G::record_wanted}, {}},
    Step{S::published, Act::mark_ready, {}, kProof},

    Step{S::ready,     Act::undo_switch, {G::switching}, {}},
    Step{S::ready,     Act::switch_signing, {G::not_switching},
         {G::not_after_gap, G::servers_agree, G::everyone_sees, G::here_sees, G::key_present, G::editable, G::in_window}},

    Step{S::active,    Act::publish_record, {G::by_program, G::record_wanted}, {}},
    Step{S::active,    Act::none, {G::unconfirmed}, {G::confirmed}},
    Step{S::active,    Act::stop_signing, {G::removal_asked}, {G::not_after_gap, G::editable}},
    Step{S::active,    Act::reserve_successor, {G::no_removal_asked, G::successor_wanted},
         {G::editable, G::no_open_rollover, G::interval_long_enough, G::may_begin, G::slot_free}},

    Step{S::retired,   Act::undo_switch, {G::switching}, {}},
    Step{S::retired,   Act::publish_record, {G::not_ending, G::not_cancelled, G::not_compromised, G::by_program, G::record_wanted}, {}},
    Step{S::retired,   Act::switch_signing, {G::not_ending, G::rollback_asked, G::not_switching, G::not_destroyed},
         {G::not_after_gap, G::servers_agree, G::hold_over, G::everyone_sees, G::here_sees, G::key_present, G::editable, G::in_window}},
    Step{S::retired,   Act::revoke_record, {G::not_ending, G::not_switching, G::no_rollback_asked, G::tombstone_wanted}, kEnd},
    Step{S::retired,   Act::withdraw_record, {G::not_ending, G::not_switching, G::no_rollback_asked, G::no_tombstone_wanted}, kEnd},
    Step{S::retired,   Act::revoke_record, {G::revoking, G::by_program, G::effect_due}, {G::unused, G::not_after_gap}},
    Step{S::retired,   Act::withdraw_record, {G::withdrawing, G::by_program, G::effect_due}, {G::unused, G::not_after_gap}},

    Step{S::revoked,   Act::withdraw_record, {G::not_withdrawing},
         {G::tombstone_over, G::ours_to_end, G::unused, G::not_after_gap, G::two_runs_agree}},
    Step{S::revoked,   Act::withdraw_record, {G::withdrawing, G::by_program, G::effect_due}, {G::unused, G::not_after_gap}},

    Step{S::retired,   Act::destroy_key, {G::ending, G::not_destroyed, G::not_destroying}, kDestroy},
    Step{S::revoked,   Act::destroy_key, {G::not_destroyed, G::not_destroying}, kDestroy},
    Step{S::removed,   Act::destroy_key, {G::not_destroyed, G::not_destroying}, kDestroy},
    Step{S::retired,   Act::destroy_key, {G::destroying, G::not_destroyed}, {G::unnamed}},
    Step{S::revoked,   Act::destroy_key, {G::destroying, G::not_destroyed}, {G::unnamed}},
    Step{S::removed,   Act::destroy_key, {G::destroying, G::not_destroyed}, {G::unnamed}},
};
// clang-format on

constexpr bool is_final(Act act)
{
  return act == Act::revoke_record || act == Act::withdraw_record || act == Act::destroy_key;
}

// What cannot be undone needs two runs, unless it completes what they agreed on.
static_assert(std::all_of(kSteps.begin(), kSteps.end(), [](const Step& step) {
  const bool completes =
      step.when.has(G::revoking) || step.when.has(G::withdrawing) || step.when.has(G::destroying);
  return is_final(step.act) == (completes || step.gates.has(G::two_runs_agree));
}));

// Amavisd is never told to sign with a key that is not proven at that moment.
static_assert(std::all_of(kSteps.begin(), kSteps.end(), [](const Step& step) {
  return step.act != Act::switch_signing ||
         (step.gates.has(G::servers_agree) && step.gates.has(G::everyone_sees));
}));

// Every state has a way out.
constexpr bool has_way_out(KeyState state)
{
  return state == S::removed ||
         std::any_of(kSteps.begin(), kSteps.end(), [&](const Step& step) { return step.state == state; });
}
static_assert(has_way_out(S::reserved) && has_way_out(S::generated) && has_way_out(S::published) &&
              has_way_out(S::ready) && has_way_out(S::active) && has_way_out(S::retired) &&
              has_way_out(S::revoked));

constexpr std::array<std::string_view, kActs> kActNames{
    "none",           "reserve-successor", "generate-key", "publish-record", "hand-out-record", "mark-ready",
    "switch-signing", "undo-switch",       "stop-signing", "revoke-record",  "withdraw-record", "destroy-key",
};
static_assert(!kActNames.back().empty());

}  // namespace

std::span<const Step> steps()
{
  return kSteps;
}

std::string_view to_string(Act act)
{
  return kActNames[static_cast<std::size_t>(act)];
}

}  // namespace dkimctl::rollover
