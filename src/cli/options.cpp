#include "cli/options.hpp"

#include "base/ascii.hpp"
#include "cli/commands.hpp"
#include "cli/help.hpp"

#include <algorithm>
#include <type_traits>

namespace dkimctl::cli {
namespace {

/// Stores a value where it belongs: adds it to a list, sets a string, or, for an option that has none, turns
/// a bool on.
template<auto Member>
void set(Invocation& invocation, std::string_view value)
{
  using Type = std::remove_reference_t<decltype(invocation.*Member)>;
  if constexpr (std::is_same_v<Type, bool>) {
    invocation.*Member = true;
  } else if constexpr (std::is_same_v<Type, std::string>) {
    invocation.*Member = value;
  } else {
    (invocation.*Member).emplace_back(value);
  }
}

/// Stores the enumerator that stands where the value does among `choices`; the parser has seen that it is
/// one.
template<auto Member, const auto& choices>
void choose(Invocation& invocation, std::string_view value)
{
  const auto row = std::ranges::find(choices, value) - choices.begin();
  using Type = std::remove_reference_t<decltype(invocation.*Member)>;
  if constexpr (std::is_enum_v<Type>) {
    invocation.*Member = static_cast<Type>(row);
  } else {
    invocation.*Member = static_cast<typename Type::value_type>(row);  // one that may be left out
  }
}

// clang-format off: a row a line
constexpr Option kCommonOptions[]{
    {"amavisd-conf", 'c', "FILE", "read FILE, not what amavisd would; repeatable",
     set<&Invocation::amavisd_conf>},
    {"settings", 0, "FILE", "read dkimctl's settings from FILE", set<&Invocation::settings>},
    {"root", 0, "DIR", "look at the host whose files lie below DIR", set<&Invocation::root>},
    {"json", 0, "", "print JSON", set<&Invocation::json>},
    {"quiet", 'q', "", "leave warnings and notes out; the exit status stays", set<&Invocation::quiet>},
    {"color", 0, "WHEN", "auto (default: on a terminal), always or never",
     choose<&Invocation::color, kColors>, kColors},
    {"help", 'h', "", "print help and exit", set<&Invocation::help>},
    {"version", 'V', "", "print the version and exit", set<&Invocation::version>},
};

constexpr Option kShowkeysOptions[]{
    {"format", 0, "FORMAT", "amavisd (default), txt (for a web panel) or zone",
     choose<&Invocation::format, kKeyFormats>, kKeyFormats},
};

constexpr Option kTestkeysOptions[]{
    {"quick", 0, "", "ask this host's resolver only", set<&Invocation::quick>},
    {"resolver", 0, "ADDR[:PORT]", "ask this resolver, not resolv.conf's", set<&Invocation::resolver>},
    {"root-hints", 0, "FILE", "begin at these root servers, not the Internet's",
     set<&Invocation::root_hints>},
    {"trust-anchor", 0, "FILE", "validate from these DS or DNSKEY records", set<&Invocation::trust_anchor>},
    {"dns-user", 0, "USER", "who asks DNS for root (default: nobody)", set<&Invocation::dns_user>},
    {"nagios", 0, "", "print one line and exit as monitoring plugins do", set<&Invocation::nagios>},
};

constexpr Option kExplainOptions[]{
    {"bank", 0, "NAME", "as mail in policy bank NAME is signed", set<&Invocation::bank>},
    {"live", 0, "", "ask the running amavisd too, over AM.PDP, and compare", set<&Invocation::live>},
};

constexpr Option kGenkeyOptions[]{
    {"bits", 0, "N", "size of an RSA key, 1024 to 4096 (default: 2048)", set<&Invocation::bits>},
    {"type", 0, "TYPE", "rsa (default) or ed25519", choose<&Invocation::key_type, kKeyTypes>, kKeyTypes},
    {"for", 0, "SIGNER", "amavisd (default) or other: who will sign with it",
     choose<&Invocation::signer, kKeySigners>, kKeySigners},
    {"selector", 0, "TEXT", "this selector, not one from the template", set<&Invocation::selector>},
    {"template", 0, "TEXT", "name selectors so (default: {yyyy}{mm}{letter})",
     set<&Invocation::selector_template>},
    {"key-dir", 0, "DIR", "where the file goes (default: /var/lib/dkim)", set<&Invocation::key_dir>},
    {"owner", 0, "USER[:GROUP]", "whose it is to be (default: amavisd's user)", set<&Invocation::owner>},
    {"no-dns", 0, "", "do not ask DNS whether a selector is new", set<&Invocation::no_dns>},
    {"root-hints", 0, "FILE", "begin at these root servers, not the Internet's",
     set<&Invocation::root_hints>},
    {"trust-anchor", 0, "FILE", "validate from these DS or DNSKEY records", set<&Invocation::trust_anchor>},
    {"dns-user", 0, "USER", "who asks DNS for root (default: nobody)", set<&Invocation::dns_user>},
};

constexpr Option kRotateOptions[]{
    {"dry-run", 0, "", "only print what would be done, and when", set<&Invocation::dry_run>},
    {"compromised", 0, "", "others know the private key: do not keep it", set<&Invocation::compromised>},
    {"resolver", 0, "ADDR[:PORT]", "ask this resolver, not resolv.conf's", set<&Invocation::resolver>},
    {"root-hints", 0, "FILE", "begin at these root servers, not the Internet's",
     set<&Invocation::root_hints>},
    {"trust-anchor", 0, "FILE", "validate from these DS or DNSKEY records", set<&Invocation::trust_anchor>},
    {"dns-user", 0, "USER", "who asks DNS for root (default: nobody)", set<&Invocation::dns_user>},
};

constexpr Command kCommands[]{
    {"showkeys",
     "showkey",
     "[DOMAIN...]",
     {0, kAnyNumber},
     "list the DKIM keys and their records, as amavisd does",
     kShowkeysOptions,
     run_showkeys},
    {"testkeys",
     "testkey",
     "[DOMAIN...]",
     {0, kAnyNumber},
     "compare each signing key with its record in DNS",
     kTestkeysOptions,
     run_testkeys},
    {"txt", "", "DOMAIN", {1, 1}, "print a domain's record and where it belongs", {}, run_txt},
    {"config", "", "", {0, 0}, "show what amavisd's configuration says, and where", {}, run_config},
    {"explain",
     "",
     "ADDRESS",
     {1, 1},
     "tell which key signs mail from ADDRESS, and why",
     kExplainOptions,
     run_explain},
    {"genkey",
     "",
     "DOMAIN...",
     {1, kAnyNumber},
     "make a key under a new selector, and print its record",
     kGenkeyOptions,
     run_genkey},
    {"genrsa", "", "FILE [BITS]", {0, 2}, "make a private RSA key, as amavisd does", {}, run_genrsa},
    {"rotate",
     "",
     "[DOMAIN...]",
     {0, kAnyNumber},
     "plan the replacement of keys by new ones",
     kRotateOptions,
     run_rotate},
    {"status",
     "",
     "[DOMAIN...]",
     {0, kAnyNumber},
     "show where each key stands, and what comes next",
     {},
     run_status},
    {"todo", "", "", {0, 0}, "tell what a person must do now", {}, run_todo},
    {"history", "", "[DOMAIN...]", {0, kAnyNumber}, "tell what was done when, and why", {}, run_history},
    {"help", "", "[COMMAND]", {0, 1}, "print help, of one command or in general", {}, run_help},
    {"__options", "", "", {0, 0}, "print COMMAND --OPTION [ARGUMENT] lines", {}, run_options},
    {"__settings", "", "", {0, 0}, "print NAME, DEFAULT, TYPE, SCOPE, PURPOSE lines", {}, run_settings},
    {"__findings", "", "", {0, 0}, "print CODE SEVERITY TITLE lines", {}, run_findings},
};
// clang-format on

/// A name, and a letter, mean one thing: the command line is read before the command in it is known.
constexpr bool agree(const Option& a, const Option& b)
{
  if (a.name == b.name) {
    return a.letter == b.letter && a.argument.empty() == b.argument.empty();
  }
  return a.letter == 0 || a.letter != b.letter;
}

constexpr bool agree(std::span<const Option> some, std::span<const Option> others)
{
  return std::ranges::all_of(some, [&](const Option& a) {
    return std::ranges::all_of(others, [&](const Option& b) { return agree(a, b); });
  });
}

static_assert(agree(kCommonOptions, kCommonOptions));
static_assert(std::ranges::all_of(kCommands, [](const Command& a) {
  return agree(a.options, kCommonOptions) &&
         std::ranges::all_of(kCommands, [&](const Command& b) { return agree(a.options, b.options); });
}));
static_assert(std::ranges::all_of(kCommands, [](const Command& a) {
  return std::ranges::count(kCommands, a.name, &Command::name) == 1 && a.run != nullptr && !a.summary.empty();
}));

}  // namespace

std::span<const Command> commands()
{
  return kCommands;
}

std::span<const Option> common_options()
{
  return kCommonOptions;
}

const Command* find_command(std::string_view name)
{
  const auto* const found = std::ranges::find_if(kCommands, [&](const Command& command) {
    return ascii::same_word(name, command.name) ||
           (!command.alias.empty() && ascii::same_word(name, command.alias));
  });
  return found == std::end(kCommands) ? nullptr : found;
}

const Option* find_option(const Command* command, std::string_view name)
{
  const std::span<const Option> own = command == nullptr ? std::span<const Option>{} : command->options;
  for (const std::span<const Option> table : {own, common_options()}) {
    const auto found = std::ranges::find(table, name, &Option::name);
    if (found != table.end()) {
      return &*found;
    }
  }
  return nullptr;
}

bool is_shown(const Command& command)
{
  return !command.name.starts_with("__");
}

}  // namespace dkimctl::cli
