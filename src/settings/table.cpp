#include "settings/table.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace dkimctl::settings {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<std::string_view, 4> kKeyModes{"0400", "0440", "0600", "0640"};
constexpr std::array<std::string_view, 2> kSlotCounts{"0", "3"};

template<Type type>
auto read(std::string_view text, [[maybe_unused]] const Limits& limits)
{
  if constexpr (type == Type::yes_no) {
    return read_yes_no(text);
  } else if constexpr (type == Type::count) {
    return read_count(text, limits);
  } else if constexpr (type == Type::duration) {
    return read_duration(text, limits);
  } else if constexpr (type == Type::choice) {
    return read_choice(text, limits.choices);
  } else if constexpr (type == Type::mode) {
    return read_mode(text, limits.choices);
  } else if constexpr (type == Type::path) {
    return read_path(text);
  } else if constexpr (type == Type::paths) {
    return read_paths(text);
  } else if constexpr (type == Type::servers) {
    return read_servers(text);
  } else if constexpr (type == Type::user) {
    return read_user(text);
  } else if constexpr (type == Type::window) {
    return read_window(text);
  } else {
    return read_template(text);
  }
}

template<class T>
constexpr Scope scope_of(T HostSettings::* /*member*/)
{
  return Scope::host;
}
template<class T>
constexpr Scope scope_of(T DomainSettings::* /*member*/)
{
  return Scope::domain;
}

template<auto Member>
auto& member_of(Target target)
{
  if constexpr (scope_of(Member) == Scope::host) {
    return target.host.*Member;
  } else {
    return target.domain.*Member;
  }
}

template<Type type, auto Member>
Parsed<void> store(Target target, std::string_view text, const Limits& limits)
{
  auto& member = member_of<Member>(target);
  using MemberType = std::remove_reference_t<decltype(member)>;
  if (text.empty()) {
    member = MemberType{};
    return {};
  }
  DKIMCTL_TRY(auto value, read<type>(text, limits));
  if constexpr (type == Type::choice) {
    member = static_cast<MemberType>(value);
  } else {
    member = std::move(value);
  }
  return {};
}

template<Type type, auto Member>
constexpr Setting row(std::string_view name, std::string_view standard, std::string_view purpose,
                      const Limits& limits = {})
{
  return {name, standard, purpose, scope_of(Member), type, limits, store<type, Member>};
}

constexpr Limits between(seconds least, seconds most)
{
  return {least.count(), most.count()};
}

constexpr Limits days(std::int64_t least, std::int64_t most)
{
  return between(hours{24 * least}, hours{24 * most});
}

constexpr Limits one_of(std::span<const std::string_view> choices)
{
  return {0, 0, choices};
}

using Host = HostSettings;
using Domain = DomainSettings;

// clang-format off: a row a line
constexpr Setting kSettings[]{
    row<Type::paths, &Host::amavisd_conf>(
        "amavisd_conf", "", "amavisd's configuration files, in order; without it those that amavisd reads"),
    row<Type::path, &Host::state_directory>("state_directory", "/var/lib/dkimctl",
                                            "where dkimctl keeps what it has done, and backups"),
    row<Type::servers, &Host::resolver>("resolver", "",
                                        "the resolvers of this host; without it those of resolv.conf"),
    row<Type::path, &Host::root_hints>("root_hints", "", "a file of root servers; without it the Internet's"),
    row<Type::path, &Host::trust_anchor>(
        "trust_anchor", "", "a file of DS or DNSKEY records to validate from; without it the Internet's"),
    row<Type::user, &Host::dns_user>("dns_user", "nobody", "who asks DNS where dkimctl runs as root"),

    row<Type::path, &Domain::key_directory>("key_directory", "/var/lib/dkim",
                                            "where new private keys are put"),
    row<Type::user, &Domain::key_owner>("key_owner", "",
                                        "who owns a new private key; without it amavisd's user"),
    row<Type::mode, &Domain::key_mode>(
        "key_mode", "0400", "the mode of a new private key: 0400, 0440, 0600 or 0640", one_of(kKeyModes)),
    row<Type::choice, &Domain::key_type>(
        "key_type", "rsa", "the type of new keys: rsa or ed25519, with which amavisd does not sign",
        one_of(kKeyTypes)),
    row<Type::count, &Domain::key_bits>("key_bits", "2048", "the bits of a new RSA key", {1024, 4096}),
    row<Type::selector, &Domain::selector>("selector", "{yyyy}{mm}{letter}",
                                           "what the selector of a new key is made from"),
    row<Type::count, &Domain::slots>(
        "slots", "0", "0, or 3 selectors that are used in turn, each a CNAME in the domain's zone",
        {0, 3, kSlotCounts}),
    row<Type::selector, &Domain::slot_selector>("slot_selector", "dkim{slot}",
                                                "what the selectors of slots are made from"),

    row<Type::yes_no, &Domain::automatic>("auto", "no", "whether a rollover begins by itself when it is due"),
    row<Type::duration, &Domain::interval>("interval", "180d", "how old a key becomes before it is replaced",
                                           days(1, 3650)),
    row<Type::count, &Host::max_open>("max_open", "20", "how many rollovers may be under way at once",
                                      {1, 100000}),
    row<Type::window, &Domain::activate_window>("activate_window", "always",
                                                "the time of the day in which a new key may begin to sign"),
    row<Type::choice, &Domain::publish>("publish", "manual", "how records get into DNS: manual",
                                        one_of(kPublishings)),

    row<Type::duration, &Domain::publish_safety>(
        "publish_safety", "1h", "the least time for which a record must have been served everywhere",
        between(minutes{5}, hours{24 * 30})),
    row<Type::duration, &Domain::hold_program>(
        "hold_program", "4h", "how long a record that a program published is watched before its key signs",
        between(minutes{5}, hours{24 * 90})),
    row<Type::duration, &Domain::hold_person>(
        "hold_person", "24h", "how long a record that a person published is watched before its key signs",
        between(minutes{5}, hours{24 * 90})),
    row<Type::duration, &Domain::retain>(
        "retain", "7d", "the least time for which the record of a key that no longer signs stays",
        days(1, 365)),
    row<Type::duration, &Host::queue_lifetime>(
        "queue_lifetime", "5d", "Postfix's maximal_queue_lifetime: how old a message may become in the queue",
        days(0, 100)),
    row<Type::duration, &Domain::tombstone>(
        "tombstone", "30d", "how long a retired record says that its key is revoked; 0 skips it",
        days(0, 3650)),
    row<Type::duration, &Domain::silent_after>("silent_after", "24h",
                                               "how long a name server must be silent before it is waived",
                                               between(hours{1}, hours{24 * 30})),
    row<Type::count, &Domain::silent_runs>("silent_runs", "3",
                                           "in how many runs it must have been silent as well", {1, 1000}),
    row<Type::duration, &Host::clock_margin>("clock_margin", "1h",
                                             "how far the clock may jump before a run stops",
                                             between(minutes{1}, hours{24})),
    row<Type::duration, &Host::long_gap>(
        "long_gap", "14d", "after how long without a run the next one only looks", days(1, 365)),
    row<Type::yes_no, &Domain::reveal>("reveal", "no",
                                       "whether a retired private key is published instead of destroyed"),
};
// clang-format on

constexpr std::array<OldName, 0> kOldNames{};

static_assert(std::ranges::all_of(kSettings, [](const Setting& a) {
  return std::ranges::count(kSettings, a.name, &Setting::name) == 1 && !a.purpose.empty();
}));
static_assert(std::ranges::all_of(kOldNames, [](const OldName& old) {
  return std::ranges::count(kSettings, old.old_name, &Setting::name) == 0 &&
         std::ranges::count(kSettings, old.name, &Setting::name) == 1;
}));

constexpr Table kTable{kSettings, kOldNames};

}  // namespace

std::string_view to_string(Scope scope)
{
  switch (scope) {
  case Scope::host: return "host";
  case Scope::domain: return "domain";
  }
  return "host";
}

std::string_view to_string(Type type)
{
  switch (type) {
  case Type::yes_no: return "yes or no";
  case Type::count: return "number";
  case Type::duration: return "duration";
  case Type::choice: return "word";
  case Type::mode: return "mode";
  case Type::path: return "path";
  case Type::paths: return "paths";
  case Type::servers: return "addresses";
  case Type::user: return "user";
  case Type::window: return "time of day";
  case Type::selector: return "template";
  }
  return "";
}

const Table& table()
{
  return kTable;
}

const Setting* find_setting(const Table& table, std::string_view name)
{
  const auto found = std::ranges::find(table.settings, name, &Setting::name);
  return found == table.settings.end() ? nullptr : &*found;
}

Settings defaults(const Table& table)
{
  Settings settings;
  for (const Setting& setting : table.settings) {
    // That each default is a value is a unit test's to see.
    static_cast<void>(
        setting.store({settings.host, settings.every_domain}, setting.standard, setting.limits));
  }
  return settings;
}

}  // namespace dkimctl::settings
