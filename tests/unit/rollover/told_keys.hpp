// Keys of example.com, told by what happened to them: hours and days after kStart.
#pragma once

#include "rollover/duration.hpp"
#include "rollover/key_life.hpp"

#include <string>
#include <vector>

namespace dkimctl::test {

using namespace std::chrono_literals;
using namespace dkimctl::rollover;  // NOLINT: the tests are about nothing else
using K = EventKind;
using M = Moment;

constexpr Time kStart{std::chrono::sys_days{std::chrono::year{2026} / 11 / 1}};
constexpr Seconds kDay = 24h;
inline const std::string kServers = "ns1.example.net/192.0.2.1 ns2.example.net/192.0.2.2";

inline Event at(Seconds after, K kind, std::string object = {}, std::string detail = {},
                std::optional<Seconds> span = {})
{
  return {kind, kStart + after, 1 + after / 3600s, std::move(object), std::move(detail), span};
}

struct Story {
  std::string selector;
  std::vector<Event> events;
  std::string replaces = {};
};

/// The id of a key is its selector.
inline KeyLife told(const Story& story)
{
  return fold({story.selector, "example.com", story.selector, 0, "rsa", 2048,
               "/keys/" + story.selector + ".pem", "MIIB" + story.selector, story.replaces},
              story.events);
}

/// One that was found at `after`, and looked at.
inline std::vector<Event> adopted(Seconds after = 0s)
{
  return {at(after, K::adopted, "/keys/dkim.pem"),
          at(after, K::servers_changed, {}, kServers),
          at(after, K::seen, "ns1.example.net/192.0.2.1"),
          at(after, K::server_right, "ns1.example.net/192.0.2.1"),
          at(after, K::server_right, "ns2.example.net/192.0.2.2"),
          at(after, K::agreed)};
}

/// One that was made at `after`, and handed out.
inline std::vector<Event> handed_out(Seconds after)
{
  return {at(after, K::reserved, "/keys/new.pem"), at(after, K::generated, {}, "MIIBnew"),
          at(after, K::servers_changed, {}, kServers), at(after, K::handed_out)};
}

inline std::vector<Event> operator+(std::vector<Event> a, const std::vector<Event>& b)
{
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace dkimctl::test
