// The steps of a rollover: what may be done with a key in which state, and what must hold before.
#pragma once

#include "rollover/key_life.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

namespace dkimctl::rollover {

enum class Act : std::uint8_t {
  none,               // nothing can be done but wait, or ask a person
  reserve_successor,  // choose the selector of the next key
  generate_key,
  publish_record,   // by a program
  hand_out_record,  // to a person
  mark_ready,
  switch_signing,   // amavisd is told to sign with it in place of the key it replaces
  undo_switch,      // amavisd's configuration becomes again what it was before a switch that did not end
  stop_signing,     // amavisd is told to sign with no key of the domain
  revoke_record,    // p= without a key takes its place
  withdraw_record,  // there is no record any more
  destroy_key,
};

inline constexpr std::size_t kActs = static_cast<std::size_t>(Act::destroy_key) + 1;

std::string_view to_string(Act act);

/// What must hold. A gate that is shut says until when, or what it waits for.
enum class Gate : std::uint8_t {
  // whether the step is the key's at all: shut, there is nothing to say
  by_program,  // a program writes the DNS
  by_person,
  not_cancelled,
  not_compromised,
  not_handed_out,
  record_wanted,  // some server lacks the record, and the program was not asked a moment ago
  switching,      // a switch was begun, and neither its success nor its failure is on record
  not_switching,
  rollback_asked,  // and possible
  no_rollback_asked,
  removal_asked,
  no_removal_asked,
  unconfirmed,       // the running daemon was not seen to sign with it
  successor_wanted,  // asked for, or due where rollovers begin by themselves
  tombstone_wanted,
  no_tombstone_wanted,
  not_ending,
  revoking,
  withdrawing,
  not_withdrawing,
  ending,
  not_destroyed,
  not_destroying,
  destroying,
  effect_due,  // the program was asked before the intent, or a while ago and without effect

  // what it waits for
  seen,           // some server serves the record
  servers_agree,  // all authoritative servers serve it, now
  hold_over,      // and have done so for long enough
  everyone_sees,  // the public view shows it, validated
  here_sees,      // this system's resolver shows it
  not_after_gap,  // the clock and the last run are no reason to only look
  key_present,    // its private key is there, for amavisd to read
  editable,       // amavisd's configuration is understood and may be changed
  in_window,      // of the day
  confirmed,      // the daemon, or a person, says that it signs
  no_open_rollover,
  may_begin,  // the host has no more rollovers open than it may
  slot_free,
  interval_long_enough,
  ours_to_end,
  unused,            // nothing was seen to sign with it
  successor_signs,   // another key of the domain signs, and that is confirmed
  successor_proven,  // and its record is there for everybody
  retention_over,
  queue_young,  // no message still to be delivered is from when it signed
  tombstone_over,
  unnamed,         // no loaded statement names its private key
  two_runs_agree,  // always last
};

inline constexpr std::size_t kGates = static_cast<std::size_t>(Gate::two_runs_agree) + 1;

/// A fixed list with room to spare: the table is a constant.
class GateList {
public:
  static constexpr std::size_t kMost = 12;
  constexpr GateList() = default;
  constexpr GateList(std::initializer_list<Gate> gates)
  {
    for (const Gate gate : gates) {
      gates_.at(size_++) = gate;
    }
  }
  constexpr const Gate* begin() const { return gates_.data(); }
  constexpr const Gate* end() const { return gates_.data() + size_; }
  constexpr bool has(Gate gate) const { return std::find(begin(), end(), gate) != end(); }

  /// Without that one.
  constexpr GateList without(Gate gate) const
  {
    GateList rest;
    for (const Gate one : *this) {
      if (one != gate) {
        rest.gates_.at(rest.size_++) = one;
      }
    }
    return rest;
  }

private:
  std::array<Gate, kMost> gates_{};
  std::size_t size_ = 0;
};

struct Step {
  KeyState state;
  Act act;
  GateList when;   // the step is the key's only while these are open
  GateList gates;  // it is taken when these are open too; the first that is shut is what it waits for
};

/// In the order in which they are tried. A step that cannot be undone ends with two_runs_agree, except where
/// it completes one whose intent is on record.
std::span<const Step> steps();

}  // namespace dkimctl::rollover
