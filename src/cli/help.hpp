// What --help prints, from the tables.
#pragma once

#include "cli/options.hpp"

#include <string>

namespace dkimctl::cli {

/// Of all commands: usage, commands, common options, exit status.
std::string general_help();
/// Of one command: usage, what it does, its options, the common ones.
std::string command_help(const Command& command);
/// "COMMAND --OPTION [ARGUMENT]" for every command and every option it takes, the common ones among them;
/// ARGUMENT is "auto|always|never" where there is a choice. A command without options would have a line of
/// its own.
std::string option_list();

/// `help [COMMAND]`
ExitStatus run_help(const Invocation& invocation);
/// `__options`
ExitStatus run_options(const Invocation& invocation);

}  // namespace dkimctl::cli
