// What happened to a key, in the order it happened. This list is only ever appended to; whatever else is
// known of a key follows from it.
#pragma once

#include "rollover/moment.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dkimctl::rollover {

enum class EventKind : std::uint8_t {
  reserved,
  generated,
  adopted,
  exported,
  handed_out,
  publishing,
  published,
  seen,
  servers_changed,
  server_right,
  server_wrong,
  server_silent,
  cache_time,
  agreed,
  ready,
  switching,
  activated,
  confirmed,
  switch_failed,
  stopping,
  retired,
  in_use,
  unused,
  expiry,
  successor_asked,
  compromised,
  cancelled,
  rollback_asked,
  removal_asked,
  retire_confirmed,
  revoke_proposed,
  revoke_dropped,
  revoking,
  revoke_sent,
  revoked,
  withdraw_proposed,
  withdraw_dropped,
  withdrawing,
  withdraw_sent,
  gone,
  superseded,
  destroy_proposed,
  destroy_dropped,
  destroying,
  destroyed,
  revealed,
  failed,
  timeline,
};

inline constexpr std::size_t kEventKinds = static_cast<std::size_t>(EventKind::timeline) + 1;

struct Event {
  EventKind kind = EventKind::reserved;
  Time at;
  std::int64_t run = 0;              // the number of the run that it happened in
  std::string object = {};           // a server, a file or another key, where the kind has one
  std::string detail = {};           // a reason or a value, where the kind has one
  std::optional<Seconds> span = {};  // a TTL or the validity of a signature, where the kind has one

  friend bool operator==(const Event&, const Event&) = default;
};

/// A row of the table of events: what each kind is called in the store, and what it does to the times of its
/// key.
struct EventRule {
  EventKind kind;
  std::string_view name;    // in the store and in JSON: never renamed
  std::string_view phrase;  // in a history; {object}, {detail} and {span} stand for what the event has
  MomentSet sets = {};      // to the event's time
  MomentSet begins = {};    // likewise, where they are not set yet
  MomentSet clears = {};
};

/// One row a kind, in the order of the kinds.
std::span<const EventRule, kEventKinds> event_rules();
const EventRule& rule_of(EventKind kind);
std::optional<EventKind> event_kind(std::string_view name);

/// The event as a line of a history: "published; asked ns1.example.com".
std::string phrase(const Event& event);

}  // namespace dkimctl::rollover
