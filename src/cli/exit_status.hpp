// The exit status is part of the interface: cron jobs and monitoring read it.
#pragma once

#include <array>
#include <string_view>

namespace dkimctl::cli {

enum class ExitStatus {
  in_order = 0,
  problems = 1,
  usage = 2,
  unreadable = 3,
  temporary = 4,
  failed = 7,
  to_do = 10,
};

struct ExitMeaning {
  ExitStatus status;
  std::string_view meaning;
};

/// In the order in which they apply: the first that is true is the status, with and without --json. --help
/// and dkimctl(8) print it.
inline constexpr std::array kExitMeanings{
    ExitMeaning{ExitStatus::usage, "the command line is wrong; nothing was done"},
    ExitMeaning{ExitStatus::failed, "a file, a socket or a tool failed; keys made before it stay"},
    ExitMeaning{ExitStatus::unreadable, "a configuration file or a key cannot be read or used"},
    ExitMeaning{ExitStatus::problems, "problems were found: at least one error or warning"},
    ExitMeaning{ExitStatus::temporary, "DNS could not be asked for a key; run it again later"},
    ExitMeaning{ExitStatus::to_do, "a person must act: todo says what is to be done"},
    ExitMeaning{ExitStatus::in_order, "all is in order"},
};

}  // namespace dkimctl::cli
