#include "cli/command_line.hpp"

#include "base/suggest.hpp"
#include "cli/arguments.hpp"
#include "report/printable.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dkimctl::cli {
namespace {

/// Every option of every command, each name once.
std::vector<const Option*> all_options()
{
  std::vector<const Option*> all;
  const auto add = [&](std::span<const Option> table) {
    for (const Option& option : table) {
      if (std::ranges::find(all, option.name, &Option::name) == all.end()) {
        all.push_back(&option);
      }
    }
  };
  add(common_options());
  for (const Command& command : commands()) {
    add(command.options);
  }
  return all;
}

/// The first command with an option of that name.
std::string_view command_taking(std::string_view option)
{
  const auto has_it = [&](const Command& command) { return find_option(&command, option) != nullptr; };
  const auto found = std::ranges::find_if(commands(), has_it);
  return found == commands().end() ? std::string_view{} : found->name;
}

/// "did you mean 'PREFIXname'?", or where to look.
std::string hint_for(std::string_view word, std::span<const std::string_view> names, std::string_view prefix,
                     std::string otherwise)
{
  const std::string_view meant = nearest(word, names);
  return meant.empty() ? std::move(otherwise) : fmt::format("did you mean '{}{}'?", prefix, meant);
}

class Interpreter {
public:
  explicit Interpreter(std::vector<Argument> arguments) : arguments_(std::move(arguments)) {}
  Result<CommandLine, std::vector<UsageError>> interpret();

private:
  void find_command();
  bool follows_unknown_option(const Argument& argument) const;
  void take(const Argument& argument);
  void take_option(const Argument& argument);
  void unknown_option(const Argument& argument);
  void check_operands();
  void check_together();
  std::vector<std::string_view> option_names() const;
  std::string list_of_options() const;
  void fail(std::string_view object, std::string reason, std::string hint)
  {
    errors_.push_back({std::string{object}, std::move(reason), std::move(hint)});
  }

  std::vector<Argument> arguments_;
  const Argument* command_word_ = nullptr;
  CommandLine line_;
  std::vector<UsageError> errors_;
};

/// The first operand is the command, unless it may be the value of an option that nobody knows.
void Interpreter::find_command()
{
  const auto word = std::ranges::find_if(arguments_, [&](const Argument& argument) {
    return argument.kind == Argument::Kind::operand &&
           (!follows_unknown_option(argument) || cli::find_command(argument.word) != nullptr);
  });
  if (word != arguments_.end()) {
    command_word_ = &*word;
    line_.command = cli::find_command(word->word);
  }
}

std::vector<std::string_view> Interpreter::option_names() const
{
  std::vector<std::string_view> names;
  for (const Option* option : all_options()) {
    if (line_.command == nullptr || find_option(line_.command, option->name) != nullptr) {
      names.push_back(option->name);
    }
  }
  return names;
}

std::string Interpreter::list_of_options() const
{
  return line_.command == nullptr ? "'dkimctl --help' lists the options"
                                  : fmt::format("'dkimctl {} --help' lists its options", line_.command->name);
}

void Interpreter::unknown_option(const Argument& argument)
{
  const std::vector<std::string_view> names = option_names();
  const std::string_view element = argument.element;
  // "-json" is four letters to getopt, and a forgotten dash to a person; "-\xc3\xa9" is two.
  const bool one_dash = element.size() > 2 && element[1] != '-';
  const bool ascii =
      std::ranges::all_of(element, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  const bool whole = one_dash && (!ascii || !nearest(element.substr(1), names).empty());
  const std::string object = whole ? std::string{element} : argument.word;
  if (!errors_.empty() && errors_.back().object == object) {
    return;
  }
  const std::string_view name =
      std::string_view{object}.substr(std::min(object.find_first_not_of('-'), object.size()));
  fail(object, "no such option", hint_for(name, names, "--", list_of_options()));
}

void Interpreter::take_option(const Argument& argument)
{
  const Option* option = find_option(line_.command, argument.option->name);
  if (option == nullptr && line_.command == nullptr) {
    option = argument.option;  // whose it would be is not known; its value is looked at all the same
  }
  if (option == nullptr) {
    fail(argument.word, fmt::format("not an option of '{}'", line_.command->name),
         fmt::format("'dkimctl {}' takes it", command_taking(argument.option->name)));
    return;
  }
  const bool is_choice =
      option->choices.empty() || std::ranges::find(option->choices, argument.value) != option->choices.end();
  if (!is_choice) {
    fail(fmt::format("--{}", option->name),
         fmt::format("'{}' is none of {}", argument.value, fmt::join(option->choices, ", ")),
         hint_for(argument.value, option->choices, "", {}));
  } else if (!option->argument.empty() && argument.value.empty()) {
    fail(argument.word, fmt::format("{} is empty", option->argument), {});
  } else {
    option->store(line_.invocation, argument.value);
  }
}

/// Then it may be that option's value, which was said to be wrong already.
bool Interpreter::follows_unknown_option(const Argument& argument) const
{
  return &argument != arguments_.data() && (&argument)[-1].kind == Argument::Kind::unknown;
}

void Interpreter::take(const Argument& argument)
{
  switch (argument.kind) {
  case Argument::Kind::operand:
    if (&argument != command_word_) {
      line_.invocation.operands.push_back(argument.word);
    } else if (line_.command == nullptr) {
      errors_.push_back(no_such_command(argument.word));
    }
    return;
  case Argument::Kind::option: take_option(argument); return;
  case Argument::Kind::unknown: unknown_option(argument); return;
  case Argument::Kind::ambiguous: fail(argument.word, "several options begin so", list_of_options()); return;
  case Argument::Kind::valueless:
    fail(argument.word, fmt::format("{} is missing", argument.option->argument), {});
    return;
  case Argument::Kind::superfluous: fail(argument.word, "takes no value", {}); return;
  }
}

void Interpreter::check_operands()
{
  const Command& command = *line_.command;
  const std::vector<std::string>& operands = line_.invocation.operands;
  const std::string usage = fmt::format("usage: dkimctl {}{}{}", command.name,
                                        command.synopsis.empty() ? "" : " ", command.synopsis);
  if (operands.size() < command.operands.least) {
    fail(command.name, fmt::format("{} is missing", command.synopsis), usage);
  }
  // showkeys takes it, as amavisd does: it selects nothing.
  if (command.operands.least > 0 && std::ranges::find(operands, "") != operands.end()) {
    fail(command.name, "an empty word is none", usage);
  }
  for (std::size_t i = command.operands.most; i < operands.size(); ++i) {
    fail(operands[i], fmt::format("one word too many for '{}'", command.name), usage);
  }
}

/// Options that cannot both be meant.
void Interpreter::check_together()
{
  if (line_.invocation.live && !line_.invocation.root.empty()) {
    fail("--live", "the daemon of another host's tree cannot be asked", "leave --live or --root out");
  }
}

Result<CommandLine, std::vector<UsageError>> Interpreter::interpret()
{
  find_command();
  for (const Argument& argument : arguments_) {
    take(argument);
  }
  const bool asked_about = line_.invocation.help || line_.invocation.version;
  const bool any_unknown =
      std::ranges::find(arguments_, Argument::Kind::unknown, &Argument::kind) != arguments_.end();
  if (line_.command != nullptr && !asked_about && !any_unknown) {
    check_operands();
    check_together();
  }
  if (command_word_ == nullptr && !asked_about && !any_unknown) {
    fail("COMMAND", "none is given", "'dkimctl help' lists the commands");
  }
  if (!errors_.empty()) {
    return tl::unexpected(std::move(errors_));
  }
  return std::move(line_);
}

}  // namespace

Result<CommandLine, std::vector<UsageError>> parse_command_line(std::span<char* const> argv)
{
  const std::vector<const Option*> options = all_options();
  return Interpreter{read_arguments(argv, options)}.interpret();
}

UsageError no_such_command(std::string_view word)
{
  std::vector<std::string_view> names;
  for (const Command& command : commands()) {
    if (is_shown(command)) {
      names.push_back(command.name);
    }
  }
  return {word.empty() ? "''" : std::string{word}, "no such command",
          hint_for(word, names, "", "'dkimctl help' lists the commands")};
}

std::string render(const UsageError& error)
{
  const std::string hint =
      error.hint.empty() ? "" : fmt::format("  hint: {}\n", report::printable(error.hint));
  return fmt::format("dkimctl: {}: {}\n{}", report::printable(error.object), report::printable(error.reason),
                     hint);
}

}  // namespace dkimctl::cli
