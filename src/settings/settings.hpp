// What dkimctl.conf says, as plain data. The defaults are the table's (settings/table.hpp), not these
// members'.
#pragma once

#include "base/source.hpp"
#include "dns/question.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dkimctl::settings {

inline constexpr std::string_view kDefaultFile = "/etc/dkimctl/dkimctl.conf";

enum class KeyType { rsa, ed25519 };
inline constexpr std::array<std::string_view, 2> kKeyTypes{"rsa", "ed25519"};  // in KeyType's order

/// How a record gets into DNS.
enum class Publishing { manual };
inline constexpr std::array<std::string_view, 1> kPublishings{"manual"};  // in Publishing's order

/// A time of the day until another, which is the next day's where it is the earlier one.
struct DayWindow {
  std::chrono::minutes from{};   // since midnight
  std::chrono::minutes until{};  // not in it any more
  friend bool operator==(const DayWindow&, const DayWindow&) = default;
};

/// Of the whole host.
struct HostSettings {
  std::vector<std::string> amavisd_conf;  // in order; empty: what amavisd on this host would read
  std::string state_directory;
  std::vector<dns::ServerAddress> resolver;  // empty: resolv.conf's
  std::string root_hints;                    // a file; empty: the Internet's
  std::string trust_anchor;                  // a file; empty: the Internet's
  std::string dns_user;
  std::uint32_t max_open = 0;  // rollovers
  std::chrono::seconds queue_lifetime{};
  std::chrono::seconds clock_margin{};
  std::chrono::seconds long_gap{};
};

/// What each domain may have otherwise.
struct DomainSettings {
  std::string key_directory;
  std::string key_owner;       // empty: amavisd's user
  std::uint32_t key_mode = 0;  // permission bits
  KeyType key_type = KeyType::rsa;
  std::uint32_t key_bits = 0;  // of an RSA key
  std::string selector;        // with placeholders
  std::uint32_t slots = 0;     // 0: no CNAME slots
  std::string slot_selector;   // with placeholders
  bool automatic = false;      // rollovers begin by themselves
  std::chrono::seconds interval{};
  std::optional<DayWindow> activate_window;  // nothing: always
  Publishing publish = Publishing::manual;
  std::chrono::seconds publish_safety{};
  std::chrono::seconds hold_program{};
  std::chrono::seconds hold_person{};
  std::chrono::seconds retain{};
  std::chrono::seconds tombstone{};  // 0: none
  std::chrono::seconds silent_after{};
  std::uint32_t silent_runs = 0;
  bool reveal = false;
};

struct Settings {
  std::string file;  // as it was named
  HostSettings host;
  DomainSettings every_domain;                                 // that has no section of its own
  std::map<std::string, DomainSettings, std::less<>> domains;  // by SDID

  /// `domain` as dkim::Sdid has it: lower case, ASCII.
  const DomainSettings& of(std::string_view domain) const;

  /// Where a setting is made that a domain has: in its section, or for the host; null for a default. Of the
  /// host alone, where `domain` is empty.
  const Location* place(std::string_view domain, std::string_view name) const;

  using Key = std::pair<std::string, std::string>;  // SDID, or nothing for the host, and the setting's name
  std::map<Key, Location> places;                   // of all that are made in the file
};

}  // namespace dkimctl::settings
