// Keys and observations for the tests of the rollover, made in a line.
#pragma once

#include "rollover/plan.hpp"

#include <string>
#include <vector>

namespace dkimctl::rollover {

using namespace std::chrono_literals;

inline const Time kBegin{std::chrono::sys_days{std::chrono::year{2026} / 11 / 1}};

inline Time at(Seconds since_begin)
{
  return kBegin + since_begin;
}

/// An event a number of hours after the begin.
inline Event event(int hours, EventKind kind, std::string object = {}, std::string detail = {},
                   std::optional<Seconds> span = {})
{
  return {kind, at(std::chrono::hours(hours)), hours + 1, std::move(object), std::move(detail), span};
}

inline KeyFacts facts(const std::string& selector)
{
  return {selector,
          "example.com",
          selector,
          0,
          "rsa",
          2048,
          "/var/lib/dkim/" + selector + ".pem",
          "MII" + selector,
          {}};
}

inline KeyLife key(const std::string& selector, const std::vector<Event>& events)
{
  return fold(facts(selector), events);
}

/// Made, published and seen on both servers from hour `hour` on.
inline std::vector<Event> published(int hour)
{
  return {event(hour, EventKind::reserved, "/k"),
          event(hour, EventKind::generated, "", "MIIx"),
          event(hour, EventKind::cache_time, "", "", 300s),
          event(hour, EventKind::servers_changed, "", "a b"),
          event(hour, EventKind::seen, "a"),
          event(hour, EventKind::server_right, "a"),
          event(hour, EventKind::server_right, "b"),
          event(hour, EventKind::agreed)};
}

inline std::vector<Event> operator+(std::vector<Event> first, const std::vector<Event>& second)
{
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

inline std::vector<Event> active(int hour)
{
  return published(hour) + std::vector{event(hour, EventKind::ready), event(hour, EventKind::switching),
                                       event(hour, EventKind::activated), event(hour, EventKind::confirmed)};
}

inline std::vector<Event> retired(int from, int until)
{
  return active(from) +
         std::vector{event(until, EventKind::retired, "next"), event(until, EventKind::unused)};
}

inline RecordView served(Served a, Served b = Served::ours, View everyone = View::ours,
                         View here = View::ours)
{
  return {{{"a", a}, {"b", b}}, 300s, everyone, here};
}

/// All serve every key; `signing` is what amavisd signs with.
inline Observation all_well(const std::vector<KeyLife>& keys, const KeyId& signing)
{
  Observation seen;
  for (const KeyLife& one : keys) {
    seen.records.emplace_back(one.facts.id, served(Served::ours));
    seen.signer.present.push_back(one.facts.id);
  }
  seen.signer.is_known = true;
  seen.signer.was_asked = true;
  if (!signing.empty()) {
    seen.signer.signing = seen.signer.configured = seen.signer.named = {signing};
  }
  return seen;
}

inline Policy by_program()
{
  Policy policy;
  policy.publisher = Publisher::program;
  return policy;
}

inline Now now(int hours)
{
  return {at(std::chrono::hours(hours)), hours + 1};
}

inline std::vector<std::string> kinds(const std::vector<KeyEvent>& events)
{
  std::vector<std::string> all;
  for (const KeyEvent& one : events) {
    all.push_back(one.key + " " + std::string(rule_of(one.event.kind).name));
  }
  return all;
}

inline std::vector<std::string> acts(const Plan& plan)
{
  std::vector<std::string> all;
  for (const Action& one : plan.actions) {
    all.push_back(one.key + " " + std::string(to_string(one.act)));
  }
  return all;
}

inline std::vector<std::string> texts(const Plan& plan)
{
  std::vector<std::string> all;
  for (const Blocker& one : plan.blockers) {
    all.push_back(one.text);
  }
  return all;
}

using Words = std::vector<std::string>;

}  // namespace dkimctl::rollover
