#include "perl/value.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include <fmt/format.h>

namespace dkimctl::perl {
namespace {

template<class T, class Data>
const T* pointee(const Data& data)
{
  const auto* const held = std::get_if<std::shared_ptr<T>>(&data);
  return held == nullptr ? nullptr : held->get();
}

template<class T, class Data>
T held_or_null(const Data& data)
{
  const auto* const held = std::get_if<T>(&data);
  return held == nullptr ? T{} : *held;
}

/// "%.15g", with Perl's words for what is no number.
std::string print(double number)
{
  if (std::isnan(number)) {
    return "NaN";
  }
  if (std::isinf(number)) {
    return number > 0 ? "Inf" : "-Inf";
  }
  if (number == 0) {
    return "0";
  }
  return fmt::format("{:.15g}", number);
}

bool is_space(char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}
bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

/// How many bytes of `text` are a decimal number, and whether it is an integer.
struct Numeral {
  std::size_t size = 0;
  bool integer = true;
};

Numeral numeral(std::string_view text)
{
  const auto digits = [&](std::size_t from) {
    std::size_t end = from;
    while (end < text.size() && is_digit(text[end])) {
      ++end;
    }
    return end;
  };
  std::size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  const std::size_t whole = digits(at);
  bool any = whole > at;
  bool integer = true;
  at = whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = digits(at + 1);
    any = any || fraction > at + 1;
    integer = fraction == at + 1;
    at = fraction;
  }
  if (!any) {
    return {0, true};
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    const std::size_t sign = at + 1 < text.size() && (text[at + 1] == '-' || text[at + 1] == '+') ? 1 : 0;
    const std::size_t exponent = digits(at + 1 + sign);
    if (exponent > at + 1 + sign) {
      return {exponent, false};
    }
  }
  return {at, integer};
}

bool starts_with_word(std::string_view text, std::string_view word)
{
  return ascii::same_word(text.substr(0, word.size()), word);
}

Value parse_number(std::string_view text)
{
  while (!text.empty() && is_space(text.front())) {
    text.remove_prefix(1);
  }
  const bool negative = text.starts_with('-');
  const std::string_view unsigned_text = negative || text.starts_with('+') ? text.substr(1) : text;
  if (starts_with_word(unsigned_text, "inf")) {
    const double infinity = std::numeric_limits<double>::infinity();
    return negative ? -infinity : infinity;
  }
  if (starts_with_word(unsigned_text, "nan")) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const Numeral found = numeral(text);
  if (found.size == 0) {
    return std::int64_t{0};
  }
  const std::string digits{text.substr(0, found.size)};
  if (found.integer) {
    const char* const begin = digits.c_str() + (digits[0] == '+' ? 1 : 0);
    std::int64_t integer = 0;
    const auto [end, error] = std::from_chars(begin, digits.c_str() + digits.size(), integer);
    if (error == std::errc{}) {
      return integer;
    }
  }
  return std::strtod(digits.c_str(), nullptr);
}

}  // namespace

std::string Regex::text() const
{
  return fmt::format("(?^{}:{})", flags, pattern);
}

/// A reference may be the last one to another, and so on for a million: freed one in the other they would
/// need more stack than there is. So what is inside waits until what is around it is gone.
void Value::let_go()
{
  thread_local std::vector<Data>* waiting = nullptr;
  const bool last = std::visit(
      [](const auto& held) {
        if constexpr (requires { held.use_count(); }) {
          return held.use_count() == 1;
        } else {
          return false;
        }
      },
      data_);
  if (!last) {
    return;
  }
  if (waiting != nullptr) {
    waiting->push_back(std::move(data_));
    return;
  }
  std::vector<Data> all;
  waiting = &all;
  all.push_back(std::move(data_));
  while (!all.empty()) {
    const Data next = std::move(all.back());
    all.pop_back();
  }
  waiting = nullptr;
}

bool Value::is_number() const
{
  return std::holds_alternative<std::int64_t>(data_) || std::holds_alternative<double>(data_);
}

bool Value::is_plain() const
{
  return is_undef() || is_number() || is_string();
}

const Scalar* Value::scalar() const
{
  return pointee<Scalar>(data_);
}
const Array* Value::array() const
{
  return pointee<Array>(data_);
}
const Hash* Value::hash() const
{
  return pointee<Hash>(data_);
}
ScalarPtr Value::scalar_ptr() const
{
  return held_or_null<ScalarPtr>(data_);
}
ArrayPtr Value::array_ptr() const
{
  return held_or_null<ArrayPtr>(data_);
}
HashPtr Value::hash_ptr() const
{
  return held_or_null<HashPtr>(data_);
}
const Regex* Value::regex() const
{
  return pointee<const Regex>(data_);
}
const Object* Value::object() const
{
  return pointee<const Object>(data_);
}
const Code* Value::code() const
{
  return pointee<const Code>(data_);
}
UnknownPtr Value::unknown() const
{
  return held_or_null<UnknownPtr>(data_);
}

std::string Value::text() const
{
  if (const std::string* const text = string()) {
    return *text;
  }
  if (const std::int64_t* const number = integer()) {
    return fmt::format("{}", *number);
  }
  if (const double* const number = floating()) {
    return print(*number);
  }
  if (const Regex* const held = regex()) {
    return held->text();
  }
  if (const Object* const held = object()) {
    return fmt::format("{}=ARRAY(...)", held->class_name);
  }
  return array() != nullptr  ? "ARRAY(...)"
         : hash() != nullptr ? "HASH(...)"
         : code() != nullptr ? "CODE(...)"
         : is_undef()        ? ""
                             : "SCALAR(...)";
}

Value Value::number() const
{
  if (is_number()) {
    return *this;
  }
  return is_string() ? parse_number(*string()) : Value{std::int64_t{is_reference() ? 1 : 0}};
}

double Value::as_double() const
{
  const Value number = this->number();
  const std::int64_t* const integer = number.integer();
  return integer != nullptr ? static_cast<double>(*integer) : *number.floating();
}

std::int64_t Value::as_integer() const
{
  const Value number = this->number();
  if (const std::int64_t* const integer = number.integer()) {
    return *integer;
  }
  constexpr double limit = 9.2e18;
  const double floating = *number.floating();
  return std::isnan(floating) ? 0 : static_cast<std::int64_t>(std::clamp(floating, -limit, limit));
}

bool Value::truth() const
{
  if (const std::string* const text = string()) {
    return !text->empty() && *text != "0";
  }
  if (is_number()) {
    return as_double() != 0;
  }
  return !is_undef();
}

const Scalar* Hash::find(std::string_view key) const
{
  const auto found = entries.find(key);
  return found == entries.end() ? nullptr : found->second.scalar.get();
}

Value truth(bool is_true)
{
  return is_true ? Value{std::int64_t{1}} : Value{""};
}

}  // namespace dkimctl::perl
