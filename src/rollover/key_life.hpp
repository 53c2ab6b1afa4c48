// One key: what it is, and what is known of its past.
#pragma once

#include "rollover/event.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace dkimctl::rollover {

/// 36 characters, made by the application: a UUID.
using KeyId = std::string;

/// What does not change.
struct KeyFacts {
  KeyId id;
  std::string domain;          // SDID, lower case, ASCII
  std::string selector;        // lower case, ASCII
  int use = 0;                 // counts the uses of a slot's selector; 0 where a selector is used once
  std::string algorithm = {};  // "rsa" or "ed25519"
  int bits = 0;
  std::string file = {};        // of its private key
  std::string public_key = {};  // base64, as p= has it; empty until it is known
  KeyId replaces = {};          // the key that it is to take over from; empty: none
};

/// What an authoritative server had to say when it last answered.
enum class LastAnswer : std::uint8_t { none, right, absent, other, revoked };

std::string_view to_string(LastAnswer answer);

/// A server that is not simply one of those that agree.
struct ServerState {
  LastAnswer last = LastAnswer::none;
  std::optional<Time> silent_since;
  std::int64_t silent_run = 0;  // the run in which its silence was first met

  friend bool operator==(const ServerState&, const ServerState&) = default;
};

struct KeyLife {
  KeyFacts facts;
  Moments at;
  std::string servers;  // the authoritative servers of its name, sorted, with a space between
  std::map<std::string, ServerState, std::less<>> exceptions;  // those of them that do not simply agree
  Seconds cache_time{0};      // the longest that an answer without this record may be kept (see times.hpp)
  Seconds expiry{0};          // the longest validity of a signature made with it
  std::string failure;        // what was last tried without success, and why; empty: nothing
  std::int64_t revision = 0;  // the store's, counts its changes

  bool has(Moment moment) const { return at.has(moment); }
};

/// Adds one event. An event that is out of place changes what it says and nothing else.
void apply(KeyLife& life, const Event& event);

/// All of them, in their order.
KeyLife fold(KeyFacts facts, std::span<const Event> events);

enum class KeyState : std::uint8_t {
  reserved,
  generated,
  published,
  ready,
  active,
  retired,
  revoked,
  removed,
};

std::string_view to_string(KeyState state);

/// The state at a time: what came later is not counted.
KeyState state_at(const KeyLife& life, Time when);

/// The state as far as anything is known, also where the clock has been set back since.
KeyState state_of(const KeyLife& life);

/// Chosen or made, and not yet in use.
bool is_coming(const KeyLife& life);
/// It signs, and no other key has taken its place.
bool is_active(const KeyLife& life);
/// No way leads back to signing with it: the intent to revoke or withdraw its record is on record.
bool is_ending(const KeyLife& life);
/// Made here, and on no other host as far as is known: it may be ended without asking. Otherwise a person
/// must have said so.
bool is_ours_to_end(const KeyLife& life);
/// It signed, and may be made to sign again: its end is still to come.
bool may_return(const KeyLife& life);
/// Its owner name must not be used for another key.
bool holds_slot(const KeyLife& life);
/// Nothing more will happen to it.
bool is_finished(const KeyLife& life);

}  // namespace dkimctl::rollover
