// A command line, understood: what every command is given.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::cli {

enum class Color { automatic, always, never };
inline constexpr std::array<std::string_view, 3> kColors{"auto", "always", "never"};  // in Color's order

enum class KeyFormat { amavisd, txt, zone };
inline constexpr std::array<std::string_view, 3> kKeyFormats{"amavisd", "txt",
                                                             "zone"};  // in KeyFormat's order

enum class KeySigner { amavisd, other };
inline constexpr std::array<std::string_view, 2> kKeySigners{"amavisd", "other"};  // in KeySigner's order

enum class KeyType { rsa, ed25519 };
inline constexpr std::array<std::string_view, 2> kKeyTypes{"rsa", "ed25519"};  // in KeyType's order

struct Invocation {
  // Every command's.
  std::vector<std::string> amavisd_conf;  // in order; empty: as the settings have it
  std::string settings;                   // a file; empty: the default one, if it is there
  std::string root;                       // empty: /
  bool json = false;
  bool quiet = false;  // leave warnings and notes out
  Color color = Color::automatic;
  bool help = false;
  bool version = false;

  std::vector<std::string> operands;  // as many as the command's row says

  KeyFormat format = KeyFormat::amavisd;  // showkeys
  std::string bank;                       // explain: a policy bank; empty: none
  bool live = false;                      // explain
  bool quick = false;                     // testkeys
  bool nagios = false;                    // testkeys
  // testkeys, genkey, rotate; empty: as the settings have it.
  std::string resolver;      // ADDR[:PORT]
  std::string root_hints;    // a file
  std::string trust_anchor;  // a file
  std::string dns_user;

  bool dry_run = false;      // rotate
  bool compromised = false;  // rotate

  // genkey's; what is empty is as app::KeyDefaults has it
  KeySigner signer = KeySigner::amavisd;
  std::optional<KeyType> key_type;
  std::string bits;
  std::string selector;
  std::string selector_template;
  std::string key_dir;
  std::string owner;  // USER[:GROUP]
  bool no_dns = false;
};

}  // namespace dkimctl::cli
