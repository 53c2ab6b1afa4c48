// The words of a command line, told apart by getopt_long. This is its only user.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::cli {

struct Option;

/// One option or operand, in the order of the command line.
struct Argument {
  enum class Kind {
    operand,
    option,       // `option`, and `value` where it takes one
    unknown,      // no such option
    ambiguous,    // the beginning of several options' names
    valueless,    // `option` takes a value and none is left
    superfluous,  // `option` takes no value and got one
  };
  Kind kind = Kind::operand;
  std::string word;          // as typed, without a value: "--json", "-q" (out of "-qh" too), "example.com"
  std::string_view element;  // what it was typed in: "--json=1", "-qh"
  const Option* option = nullptr;
  std::string_view value;
};

/// Tells apart what stands behind the program's name. Options may stand anywhere before a "--", and long ones
/// may be shortened as long as one name alone begins so. `options` have distinct names. The views point into
/// `argv`.
std::vector<Argument> read_arguments(std::span<char* const> argv, std::span<const Option* const> options);

}  // namespace dkimctl::cli
