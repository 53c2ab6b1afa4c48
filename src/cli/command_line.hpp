// From argv to a command and what it is given, or to everything that is wrong with it.
#pragma once

#include "base/result.hpp"
#include "cli/options.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::cli {

struct CommandLine {
  const Command* command = nullptr;  // null only with --help or --version
  Invocation invocation;
};

/// One thing that is wrong with a command line.
struct UsageError {
  std::string object;  // the word as typed, or the command that lacks one
  std::string reason;
  std::string hint;
};

/// Reads a whole command line, argv[0] being the program's name. Every problem is reported, in the order of
/// the words. --help and --version need no command and no operands.
Result<CommandLine, std::vector<UsageError>> parse_command_line(std::span<char* const> argv);

/// With the command that was probably meant.
UsageError no_such_command(std::string_view word);

/// "dkimctl: OBJECT: REASON" and a line for the hint.
std::string render(const UsageError& error);

}  // namespace dkimctl::cli
