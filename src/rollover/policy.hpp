// What a host, or one of its domains, wants of a rollover: dkimctl.conf(5).
#pragma once

#include "rollover/moment.hpp"

#include <optional>

namespace dkimctl::rollover {

/// Who writes the DNS.
enum class Publisher : std::uint8_t { person, program };

/// A part of the day by the host's clock, in minutes after midnight; one that ends before it begins goes over
/// midnight.
struct DayWindow {
  std::chrono::minutes from{0};
  std::chrono::minutes to{0};
};

struct Policy {
  using hours = std::chrono::hours;
  using days = std::chrono::days;

  Publisher publisher = Publisher::person;
  bool automatic = false;        // rollovers begin by themselves
  Seconds interval = days(180);  // between rollovers
  int slots = 0;                 // selectors that are used in turn; 0: never one twice
  std::optional<DayWindow> activate_window;

  Seconds publish_safety = hours(1);  // at the least, whatever the zone says
  Seconds hold_program = hours(4);
  Seconds hold_person = hours(24);
  Seconds hold_restored = days(3);  // of a key from before the state was restored
  Seconds retain = days(7);
  Seconds queue_lifetime = days(5);  // Postfix's maximal_queue_lifetime
  Seconds tombstone = days(30);      // 0: no p= without a key, the record is withdrawn at once

  Seconds silent_after = hours(24);  // from when on a server that does not answer is not waited for
  int silent_runs = 3;               // and in how many runs it must have been asked
  Seconds agree_after = hours(1);    // between the two runs that must agree on what cannot be undone
  Seconds retry_after = hours(1);    // before a program is asked again that has not had its effect
  Seconds clock_margin = hours(1);   // added to every retention
};

}  // namespace dkimctl::rollover
