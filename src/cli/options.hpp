// The commands and options there are. One row each feeds the parser, --help, the comparison with dkimctl(8),
// the completion and the suggestions.
#pragma once

#include "cli/exit_status.hpp"
#include "cli/invocation.hpp"

#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace dkimctl::cli {

struct Option {
  std::string_view name;      // without "--"
  char letter;                // 0: none
  std::string_view argument;  // as help names it, "FILE"; empty: takes none
  std::string_view help;
  void (*store)(Invocation&, std::string_view value);
  std::span<const std::string_view> choices = {};  // the values it may have; empty: any that is not empty
};

struct Operands {
  std::size_t least = 0;
  std::size_t most = 0;
};
inline constexpr std::size_t kAnyNumber = std::numeric_limits<std::size_t>::max();

struct Command {
  std::string_view name;   // one that begins with "__" is for tests and the completion, and not shown
  std::string_view alias;  // another name, or empty
  std::string_view synopsis;
  Operands operands;
  std::string_view summary;
  std::span<const Option> options;  // beside the common ones
  ExitStatus (*run)(const Invocation&);
};

std::span<const Command> commands();
/// What every command takes.
std::span<const Option> common_options();

/// The command of that name or alias, whatever its case, as amavisd compares them; or null.
const Command* find_command(std::string_view name);
/// The option among the command's own and the common ones, or null. `command` may be null.
const Option* find_option(const Command* command, std::string_view name);

/// Not one of those that are for tests and the completion.
bool is_shown(const Command& command);

}  // namespace dkimctl::cli
