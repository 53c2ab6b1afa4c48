#include "cli/help.hpp"

#include "cli/command_line.hpp"
#include "cli/output.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dkimctl::cli {
namespace {

using Rows = std::vector<std::pair<std::string, std::string_view>>;  // what, and what it means

/// A heading and two columns, the left one as wide as its widest.
std::string section(std::string_view heading, const Rows& rows)
{
  std::size_t width = 0;
  for (const auto& [left, right] : rows) {
    width = std::max(width, left.size());
  }
  std::string out = fmt::format("\n{}:\n", heading);
  for (const auto& [left, right] : rows) {
    fmt::format_to(std::back_inserter(out), "  {:<{}}  {}\n", left, width, right);
  }
  return out;
}

Rows rows_of(std::span<const Option> options)
{
  Rows rows;
  for (const Option& option : options) {
    const std::string letter = option.letter == 0 ? "    " : fmt::format("-{}, ", option.letter);
    const std::string_view gap = option.argument.empty() ? "" : " ";
    rows.emplace_back(fmt::format("{}--{}{}{}", letter, option.name, gap, option.argument), option.help);
  }
  return rows;
}

std::string usage(const Command& command)
{
  const std::string_view gap = command.synopsis.empty() ? "" : " ";
  return fmt::format("dkimctl [OPTION...] {}{}{}", command.name, gap, command.synopsis);
}

}  // namespace

std::string general_help()
{
  Rows rows;
  for (const Command& command : commands()) {
    if (is_shown(command)) {
      const std::string_view gap = command.synopsis.empty() ? "" : " ";
      rows.emplace_back(fmt::format("{}{}{}", command.name, gap, command.synopsis), command.summary);
    }
  }
  Rows statuses;
  for (const ExitMeaning& row : kExitMeanings) {
    statuses.emplace_back(std::to_string(static_cast<int>(row.status)), row.meaning);
  }
  return "usage: dkimctl [OPTION...] COMMAND [WORD...]\n"
         "\n"
         "Reads amavisd's own configuration and tells which DKIM keys sign for whom.\n" +
         section("Commands", rows) + section("Options", rows_of(common_options())) +
         section("Exit status, the first that applies", statuses) +
         "\n'dkimctl help COMMAND' lists a command's own options; dkimctl(8) tells all.\n";
}

std::string command_help(const Command& command)
{
  std::string out = fmt::format("usage: {}\n", usage(command));
  if (!command.alias.empty()) {
    out += fmt::format("also:  dkimctl {}\n", command.alias);
  }
  out += fmt::format("\n{}\n", command.summary);
  if (!command.options.empty()) {
    out += section("Its options", rows_of(command.options));
  }
  return out + section("Options of every command", rows_of(common_options()));
}

std::string option_list()
{
  std::string out;
  for (const Command& command : commands()) {
    if (!is_shown(command)) {
      continue;
    }
    for (const std::span<const Option> table : {command.options, common_options()}) {
      for (const Option& option : table) {
        const std::string argument = option.choices.empty()
                                         ? std::string{option.argument}
                                         : fmt::format("{}", fmt::join(option.choices, "|"));
        out += fmt::format("{} --{}{}{}\n", command.name, option.name, argument.empty() ? "" : " ", argument);
      }
    }
  }
  return out;
}

ExitStatus run_help(const Invocation& invocation)
{
  if (invocation.operands.empty()) {
    print_result(general_help());
    return ExitStatus::in_order;
  }
  const Command* const command = find_command(invocation.operands.front());
  if (command == nullptr) {
    print_trouble(render(no_such_command(invocation.operands.front())));
    return ExitStatus::usage;
  }
  print_result(command_help(*command));
  return ExitStatus::in_order;
}

ExitStatus run_options(const Invocation& /*invocation*/)
{
  print_result(option_list());
  return ExitStatus::in_order;
}

}  // namespace dkimctl::cli
