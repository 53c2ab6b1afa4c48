#include "cli/run.hpp"

#include "base/ascii.hpp"
#include "cli/command_line.hpp"
#include "cli/help.hpp"
#include "cli/output.hpp"
#include "report/testkeys.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace dkimctl::cli {
namespace {

constexpr std::size_t kOutputBuffer = 65536;  // octets: a listing of many keys comes a key at a time

ExitStatus dispatch(const CommandLine& line)
{
  if (line.invocation.version) {
    print_result(fmt::format("dkimctl {}\n", DKIMCTL_VERSION));
    return ExitStatus::in_order;
  }
  if (line.invocation.help) {
    print_result(line.command == nullptr ? general_help() : command_help(*line.command));
    return ExitStatus::in_order;
  }
  return line.command->run(line.invocation);
}

/// Whether the words ask for a monitoring plugin's answer, even where they cannot be read as a whole; a long
/// option may be shortened.
bool asks_for_plugin(std::span<char* const> argv)
{
  constexpr std::string_view kOption = "--nagios";
  constexpr std::size_t kShortest = 3;  // "--n"
  const auto end = std::ranges::find(argv, std::string_view{"--"},
                                     [](const char* word) { return std::string_view{word}; });
  return std::any_of(argv.begin(), end, [&](const char* typed) {
    const std::string_view word{typed};
    return word.size() >= kShortest && kOption.starts_with(word);
  });
}

ExitStatus refuse(const std::vector<UsageError>& errors, std::span<char* const> argv)
{
  if (asks_for_plugin(argv)) {
    const report::PluginResult result =
        report::plugin_unknown(fmt::format("{}: {}", errors.front().object, errors.front().reason));
    print_result(result.line);
    return static_cast<ExitStatus>(result.status);
  }
  for (const UsageError& error : errors) {
    print_trouble(render(error));
  }
  return ExitStatus::usage;
}

/// What could not be written must not look like a short but good answer.
ExitStatus flushed(ExitStatus status, std::span<char* const> argv)
{
  errno = 0;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) {
    return status;
  }
  std::string why = errno == 0 ? "not all of it could be written" : std::strerror(errno);
  why.front() = ascii::lower(why.front());
  print_trouble(fmt::format("dkimctl: standard output: {}\n", why));
  return asks_for_plugin(argv) ? ExitStatus::unreadable : ExitStatus::failed;  // the same number: UNKNOWN
}

}  // namespace

int run(std::span<char* const> argv)
{
  static_cast<void>(std::setvbuf(stdout, nullptr, _IOFBF, kOutputBuffer));
  const auto line = parse_command_line(argv);
  return static_cast<int>(flushed(line ? dispatch(*line) : refuse(line.error(), argv), argv));
}

}  // namespace dkimctl::cli
