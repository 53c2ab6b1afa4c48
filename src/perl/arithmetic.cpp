#include "perl/arithmetic.hpp"

#include "perl/lexer.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace dkimctl::perl {
namespace {

constexpr std::int64_t kLongestRange = 1'000'000;

using Integers = std::optional<std::int64_t> (*)(std::int64_t, std::int64_t);

std::optional<std::int64_t> add(std::int64_t a, std::int64_t b)
{
  std::int64_t out = 0;
  return __builtin_add_overflow(a, b, &out) ? std::nullopt : std::optional{out};
}

std::optional<std::int64_t> subtract(std::int64_t a, std::int64_t b)
{
  std::int64_t out = 0;
  return __builtin_sub_overflow(a, b, &out) ? std::nullopt : std::optional{out};
}

std::optional<std::int64_t> multiply(std::int64_t a, std::int64_t b)
{
  std::int64_t out = 0;
  return __builtin_mul_overflow(a, b, &out) ? std::nullopt : std::optional{out};
}

double in_doubles(std::string_view op, double a, double b)
{
  return op == "+" ? a + b : op == "-" ? a - b : a * b;
}

/// A number as + - * see it: a double without fraction that a double holds exactly is an integer.
Value as_operand(const Value& value)
{
  constexpr double exact_below = 9007199254740992.0;  // 2^53
  const Value number = value.number();
  const double* const floating = number.floating();
  return floating != nullptr && std::fabs(*floating) < exact_below && *floating == std::trunc(*floating)
             ? Value{static_cast<std::int64_t>(*floating)}
             : number;
}

/// Nothing for what Perl would hold as an unsigned number above ours.
std::optional<Value> integer_or_double(std::string_view op, Integers exact, const Value& left,
                                       const Value& right)
{
  const Value a = as_operand(left);
  const Value b = as_operand(right);
  const bool integers = a.integer() != nullptr && b.integer() != nullptr;
  if (integers) {
    if (const auto result = exact(*a.integer(), *b.integer())) {
      return *result;
    }
  }
  const double result = in_doubles(op, a.as_double(), b.as_double());
  const bool between = result > 9.2e18 && result < 1.9e19;
  return between && (integers || left.is_string() || right.is_string()) ? std::nullopt
                                                                        : std::optional{Value{result}};
}

std::optional<Value> divide(const Value& left, const Value& right)
{
  const double divisor = right.as_double();
  if (divisor == 0) {
    return std::nullopt;
  }
  return left.as_double() / divisor;
}

/// Whether as_integer() is what Perl makes of it, and not the limit of 63 bits.
bool is_in_range(const Value& value)
{
  return std::abs(value.as_double()) < kLargestInteger;
}

/// The sign is the right operand's.
std::optional<Value> modulo(const Value& left, const Value& right)
{
  const std::int64_t a = left.as_integer();
  const std::int64_t b = right.as_integer();
  if (b == 0 || !is_in_range(left) || !is_in_range(right)) {
    return std::nullopt;
  }
  if (b == -1) {
    return std::int64_t{0};
  }
  const std::int64_t rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

/// An integer where as many times the bits of the base, which is no power of two, are at most 64; else a
/// double.
Value power(const Value& left, const Value& right)
{
  const Value a = as_operand(left);
  const Value b = as_operand(right);
  if (a.integer() != nullptr && b.integer() != nullptr && *b.integer() >= 0 && *b.integer() <= 64) {
    const auto unsigned_a = static_cast<std::uint64_t>(*a.integer());
    const std::uint64_t base = *a.integer() < 0 ? 0 - unsigned_a : unsigned_a;
    const auto bits = static_cast<std::int64_t>(std::bit_width(base));
    std::optional<std::int64_t> out = 1;
    for (std::int64_t i = 0; i < *b.integer() && out; ++i) {
      out = multiply(*out, *a.integer());
    }
    if (out && bits * *b.integer() <= 64 && !std::has_single_bit(base)) {
      return *out;
    }
  }
  return std::pow(a.as_double(), b.as_double());
}

std::optional<Value> repeat(const Value& left, const Value& right)
{
  const std::string text = left.text();
  const std::int64_t count = std::max<std::int64_t>(right.as_integer(), 0);
  if (!text.empty() && static_cast<std::uint64_t>(count) > kLongestString / text.size()) {
    return std::nullopt;
  }
  std::string out;
  for (std::int64_t i = 0; i < count && !text.empty(); ++i) {
    out += text;
  }
  return Value{std::move(out)};
}

Value order(bool less, bool greater)
{
  return std::int64_t{greater ? 1 : less ? -1 : 0};
}

template<class Number>
std::optional<Value> compare(std::string_view op, Number a, Number b)
{
  if (op == "<=>") {
    return a == b || a < b || a > b ? order(a<b, a> b) : Value{};  // a NaN is none of these
  }
  if (op == "==" || op == "!=") {
    return truth((a == b) == (op == "=="));
  }
  if (op == "<" || op == ">") {
    return truth(op == "<" ? a < b : a > b);
  }
  if (op == "<=" || op == ">=") {
    return truth(op == "<=" ? a <= b : a >= b);
  }
  return std::nullopt;
}

std::optional<Value> compare_numbers(std::string_view op, const Value& left, const Value& right)
{
  const Value a = left.number();
  const Value b = right.number();
  if (a.integer() != nullptr && b.integer() != nullptr) {
    return compare(op, *a.integer(), *b.integer());
  }
  return compare(op, a.as_double(), b.as_double());
}

std::optional<Value> compare_strings(std::string_view op, const Value& left, const Value& right)
{
  if (op != "eq" && op != "ne" && op != "lt" && op != "gt" && op != "le" && op != "ge" && op != "cmp") {
    return std::nullopt;
  }
  const int order_of = left.text().compare(right.text());
  if (op == "cmp") {
    return order(order_of<0, order_of> 0);
  }
  return truth(op == "eq"   ? order_of == 0
               : op == "ne" ? order_of != 0
               : op == "lt" ? order_of < 0
               : op == "gt" ? order_of > 0
               : op == "le" ? order_of <= 0
                            : order_of >= 0);
}

std::optional<Value> bitwise(std::string_view op, const Value& left, const Value& right)
{
  if (left.is_string() && right.is_string() && op != "<<" && op != ">>") {
    return std::nullopt;  // bits of strings
  }
  const auto a = static_cast<std::uint64_t>(left.as_integer());
  const auto b = static_cast<std::uint64_t>(right.as_integer());
  std::uint64_t out = 0;
  if (op == "&") {
    out = a & b;
  } else if (op == "|") {
    out = a | b;
  } else if (op == "^") {
    out = a ^ b;
  } else if ((op == "<<" || op == ">>") && b < 64) {
    out = op == "<<" ? a << b : a >> b;
  } else {
    return std::nullopt;
  }
  if (out > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return std::nullopt;  // unsigned in Perl
  }
  return static_cast<std::int64_t>(out);
}

/// The whole text is a number to Perl: blanks around it, a sign, digits with a point, an exponent.
bool is_numeral(std::string_view text)
{
  constexpr std::string_view kBlanks = " \t\n\r\f\v";
  const auto digits = [&] {
    const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(count);
    return count;
  };
  const auto take = [&](std::string_view any_of) {
    const bool there = !text.empty() && any_of.find(text.front()) != std::string_view::npos;
    text.remove_prefix(there ? 1 : 0);
    return there;
  };
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  take("+-");
  std::size_t mantissa = digits();
  if (take(".")) {
    mantissa += digits();
  }
  if (mantissa == 0) {
    return false;
  }
  if (take("eE")) {
    take("+-");
    if (digits() == 0) {
      return false;
    }
  }
  return text.find_first_not_of(kBlanks) == std::string_view::npos;
}

/// Whether .. counts, or makes strings: perlop, "Range Operators", and RANGE_IS_NUMERIC of Perl's pp_ctl.c.
bool is_numeric_range(const Value& left, const Value& right)
{
  const auto is_number = [](const Value& value) { return !value.is_undef() && !value.is_string(); };
  if (is_number(left) || is_number(right)) {
    return true;
  }
  const bool right_fits = right.is_undef() || is_numeral(right.text());
  if (left.is_undef()) {
    return !right.is_undef() && right_fits;
  }
  return right_fits && is_numeral(left.text()) && left.text().front() != '0';
}

/// What ++ counts up as text: "a9", "Az", "zz", "09". perlop, "Auto-increment and Auto-decrement".
bool is_letters_then_digits(std::string_view text)
{
  const auto is_letter = [](char c) { return is_word_start(c) && c != '_'; };
  const auto digits = std::ranges::find_if_not(text, is_letter);
  return !text.empty() && std::all_of(digits, text.end(), is_digit);
}

std::string next_string(std::string text)
{
  for (std::size_t i = text.size(); i-- > 0;) {
    char& c = text[i];
    if (c != 'z' && c != 'Z' && c != '9') {
      ++c;
      return text;
    }
    const char first = c == 'z' ? 'a' : c == 'Z' ? 'A' : '0';
    c = first;
    if (i == 0) {
      text.insert(text.begin(), first == '0' ? '1' : first);
    }
  }
  return text;
}

}  // namespace

std::optional<Value> apply_binary(std::string_view op, const Value& left, const Value& right)
{
  if (op == ".") {
    std::string out = left.text() + right.text();
    return out.size() > kLongestString ? std::nullopt : std::optional{Value{std::move(out)}};
  }
  if (op == "+" || op == "-" || op == "*") {
    return integer_or_double(op, op == "+" ? add : op == "-" ? subtract : multiply, left, right);
  }
  if (op == "/") {
    return divide(left, right);
  }
  if (op == "%") {
    return modulo(left, right);
  }
  if (op == "**") {
    return power(left, right);
  }
  if (op == "x") {
    return repeat(left, right);
  }
  if (auto numbers = compare_numbers(op, left, right)) {
    return numbers;
  }
  if (auto strings = compare_strings(op, left, right)) {
    return strings;
  }
  return bitwise(op, left, right);
}

std::optional<Value> apply_unary(std::string_view op, const Value& operand)
{
  if (op == "!") {
    return truth(!operand.truth());
  }
  if (op == "-") {
    if (const std::string* const text = operand.string(); text != nullptr && !text->empty()) {
      if (is_word_start(text->front())) {
        return Value{"-" + *text};
      }
      if (text->front() == '-' && text->size() > 1 && is_word_start((*text)[1])) {
        return Value{"+" + text->substr(1)};
      }
    }
    const Value number = operand.number();
    return number.floating() != nullptr ? Value{-*number.floating()}
                                        : integer_or_double("-", subtract, Value{std::int64_t{0}}, number);
  }
  return std::nullopt;
}

bool takes_left(std::string_view op, const Value& left)
{
  return op == "||" ? left.truth() : op == "&&" ? !left.truth() : !left.is_undef();
}

Value number_in_base(std::string_view text, int base)
{
  std::uint64_t out = 0;
  double large = 0;  // as much, where that is more than 64 bits hold
  for (const char c : text) {
    const int digit = is_digit(c)            ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : 99;
    if (c == '_') {
      continue;
    }
    if (digit >= base) {
      break;
    }
    out = out * static_cast<std::uint64_t>(base) + static_cast<std::uint64_t>(digit);
    large = large * base + digit;
  }
  if (large > 1.9e19) {
    return large;
  }
  return out > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())
             ? Value{static_cast<double>(out)}
             : Value{static_cast<std::int64_t>(out)};
}

Value octal(std::string_view text)
{
  while (!text.empty() && is_blank(text.front())) {
    text.remove_prefix(1);
  }
  const bool zero = text.size() > 1 && text[0] == '0';
  const char base = static_cast<char>(zero ? (text[1] | 0x20) : text.empty() ? ' ' : (text[0] | 0x20));
  const std::size_t prefix = (zero ? 1U : 0U) + 1U;
  if (base == 'x') {
    return number_in_base(text.substr(prefix), 16);
  }
  if (base == 'b') {
    return number_in_base(text.substr(prefix), 2);
  }
  return number_in_base(base == 'o' ? text.substr(prefix) : text, 8);
}

Value literal_number(std::string_view text)
{
  const bool hexadecimal = text.size() > 1 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
  const bool fraction = text.find_first_of(".eE") != std::string_view::npos;
  if (hexadecimal || (text.size() > 1 && text[0] == '0' && !fraction)) {
    return octal(text);
  }
  std::string digits{text};
  std::erase(digits, '_');
  return Value{std::move(digits)}.number();
}

Value increment(const Value& value)
{
  if (const std::string* const text = value.string(); text != nullptr && is_letters_then_digits(*text)) {
    return Value{next_string(*text)};
  }
  return integer_or_double("+", add, value, Value{std::int64_t{1}}).value_or(value);
}

std::optional<std::vector<Value>> range(const Value& left, const Value& right)
{
  std::vector<Value> out;
  if (is_numeric_range(left, right)) {
    if (!is_in_range(left) || !is_in_range(right)) {
      return std::nullopt;
    }
    const std::int64_t from = left.as_integer();
    const std::int64_t to = right.as_integer();
    if (to >= from && static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from) >
                          static_cast<std::uint64_t>(kLongestRange)) {
      return std::nullopt;
    }
    for (std::int64_t i = from; i <= to; ++i) {
      out.emplace_back(i);
    }
    return out;
  }
  const std::string last = right.text();
  std::string text = left.text();
  if (text.empty()) {
    out.emplace_back(std::move(text));
    return out;
  }
  while (text.size() <= last.size()) {
    if (out.size() > kLongestStringRange) {
      return std::nullopt;
    }
    out.emplace_back(text);
    if (text == last || !is_letters_then_digits(text)) {
      break;  // ++ makes a number of anything else, and there Perl stops
    }
    text = next_string(std::move(text));
  }
  return out;
}

}  // namespace dkimctl::perl
