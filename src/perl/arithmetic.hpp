// Perl's operators on known plain values.
#pragma once

#include "perl/value.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::perl {

/// A double beyond it may be no integer of 63 bits: what Perl makes of it is not followed.
inline constexpr double kLargestInteger = 9.2e18;

/// Of what is evaluated; files that are read may be longer.
inline constexpr std::size_t kLongestString = std::size_t{1} << 20U;

/// left OP right for an operator of numbers, strings or comparison; nothing where the operator is none of
/// these. Division by zero, a result beyond bounds (a longer string) and anything else that Perl would
/// die of or that cannot be told: an Unknown-free nothing; the caller says what it was.
std::optional<Value> apply_binary(std::string_view op, const Value& left, const Value& right);

/// "-" and "!" of one value.
std::optional<Value> apply_unary(std::string_view op, const Value& operand);

/// Whether && || or // of a known `left` is that, whatever stands on the right.
bool takes_left(std::string_view op, const Value& left);

/// A number as it is written in Perl: 1_000, 0x1f, 0b11, 017, 1e3.
Value literal_number(std::string_view text);

/// "a9" after "a8", "Az" after "Ay", "zz" before "aaa": ++ of a string.
Value increment(const Value& value);

/// Of strings, each of which has to be made to know where it ends.
inline constexpr std::size_t kLongestStringRange = 100'000;

/// left..right; nothing where it would be longer than a million, or than kLongestStringRange.
std::optional<std::vector<Value>> range(const Value& left, const Value& right);

/// sprintf; nothing for a format that is not understood, or a result that is too long.
std::optional<std::string> format(const std::string& format, const std::vector<Value>& arguments);

/// hex(), oct(): the number that a string of digits in that base is.
Value number_in_base(std::string_view text, int base);
Value octal(std::string_view text);  // with its prefixes 0x, 0b, 0o

}  // namespace dkimctl::perl
