// Perl's operators and built-in functions, as far as the grammar must know them.
#pragma once

#include <cstdint>
#include <string_view>

namespace dkimctl::perl {

enum class Fixity : std::uint8_t { left, right, none };

struct BinaryOperator {
  std::string_view text;
  int precedence;  // a higher one binds tighter
  Fixity fixity;
};

// perlop, from loose to tight. Comma, assignment, ?: and the word operators are the parser's own.
inline constexpr int kPrecedenceRange = 1;
inline constexpr int kPrecedenceRelational = 7;
inline constexpr int kPrecedenceUnary = 8;  // of named operators: above comparison, below shift
inline constexpr int kPrecedenceBind = 13;
inline constexpr int kPrecedencePower = 15;

/// Null where `text` is no binary operator.
const BinaryOperator* binary_operator(std::string_view text);

/// "=", "+=", "||=" ...
bool is_assignment(std::string_view text);

/// How a built-in function takes its arguments.
enum class Arity : std::uint8_t {
  none,   // time
  unary,  // lc $x: binds tighter than comparison; its argument may be missing
  list,   // join ',', @x
  block,  // map { } @x: may begin with a block
  print,  // print STDERR @x: may begin with a file handle
};

struct Builtin {
  std::string_view name;
  Arity arity;
};

/// Null where `name` is not built in.
const Builtin* builtin(std::string_view name);

}  // namespace dkimctl::perl
