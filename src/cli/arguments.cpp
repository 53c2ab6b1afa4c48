#include "cli/arguments.hpp"

#include "cli/options.hpp"

#include <algorithm>
#include <utility>

#include <getopt.h>

namespace dkimctl::cli {
namespace {

constexpr int kOperand = 1;      // what getopt returns for one, when its string begins with "-"
constexpr int kFirstLong = 256;  // above every letter: the n-th option by its long name

class Reader {
public:
  Reader(std::span<char* const> argv, std::span<const Option* const> options);
  std::vector<Argument> read();

private:
  Argument argument(int code, std::string_view element) const;
  Argument refused(std::string_view element) const;
  const Option* by_code(int code) const;

  std::span<char* const> argv_;
  std::span<const Option* const> options_;
  std::string letters_ =
      "-:";  // "-": operands in their place, whatever POSIXLY_CORRECT says; ":": no messages
  std::vector<option> names_;
};

Reader::Reader(std::span<char* const> argv, std::span<const Option* const> options)
    : argv_(argv), options_(options)
{
  int code = kFirstLong;
  for (const Option* option : options_) {
    const bool takes_value = !option->argument.empty();
    names_.push_back({option->name.data(), takes_value ? required_argument : no_argument, nullptr, code++});
    if (option->letter != 0) {
      letters_ += option->letter;
      letters_ += takes_value ? ":" : "";
    }
  }
  names_.push_back({});
}

const Option* Reader::by_code(int code) const
{
  if (code >= kFirstLong) {
    return options_[static_cast<std::size_t>(code - kFirstLong)];
  }
  const auto found = std::ranges::find(options_, static_cast<char>(code), &Option::letter);
  return code == 0 || found == options_.end() ? nullptr : *found;
}

/// "--json" of "--json=1"; a letter is what getopt says it is, since "-qx" holds two.
std::string word_of(std::string_view element, int letter)
{
  return element.starts_with("--") ? std::string{element.substr(0, element.find('='))}
                                   : std::string{'-', static_cast<char>(letter)};
}

/// What getopt calls '?': an option it does not know, or one with a value that takes none.
Argument Reader::refused(std::string_view element) const
{
  std::string word = word_of(element, optopt);
  if (const Option* option = by_code(optopt); option != nullptr) {
    return {Argument::Kind::superfluous, std::move(word), element, option, {}};
  }
  const auto begins_so = [&](const Option* option) { return option->name.starts_with(word.substr(2)); };
  const bool several = word.starts_with("--") && std::ranges::count_if(options_, begins_so) > 1;
  return {
      several ? Argument::Kind::ambiguous : Argument::Kind::unknown, std::move(word), element, nullptr, {}};
}

Argument Reader::argument(int code, std::string_view element) const
{
  if (code == kOperand) {
    return {Argument::Kind::operand, optarg, element, nullptr, {}};
  }
  if (code == '?') {
    return refused(element);
  }
  if (code == ':') {
    return {Argument::Kind::valueless, word_of(element, optopt), element, by_code(optopt), {}};
  }
  const std::string_view value = optarg == nullptr ? std::string_view{} : optarg;
  return {Argument::Kind::option, word_of(element, code), element, by_code(code), value};
}

std::vector<Argument> Reader::read()
{
  std::vector<Argument> arguments;
  const int count = static_cast<int>(argv_.size());
  optind = 0;  // begin anew, in glibc, musl and FreeBSD
  opterr = 0;
  while (true) {
    const auto at = static_cast<std::size_t>(std::max(optind, 1));
    const int code = ::getopt_long(count, argv_.data(), letters_.c_str(), names_.data(), nullptr);
    if (code == -1) {
      break;
    }
    arguments.push_back(argument(code, argv_[at]));
  }
  for (auto i = static_cast<std::size_t>(optind); i < argv_.size(); ++i) {  // behind "--"
    arguments.push_back({Argument::Kind::operand, argv_[i], argv_[i], nullptr, {}});
  }
  return arguments;
}

}  // namespace

std::vector<Argument> read_arguments(std::span<char* const> argv, std::span<const Option* const> options)
{
  if (argv.size() < 2) {
    return {};
  }
  return Reader{argv, options}.read();
}

}  // namespace dkimctl::cli
