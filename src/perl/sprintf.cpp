#include "perl/arithmetic.hpp"

#include <array>
#include <cmath>
#include <cstdio>

namespace dkimctl::perl {
namespace {

/// One conversion of a format, "%-5.2f", with its argument.
std::optional<std::string> convert(const std::string& spec, char conversion, const Value& argument)
{
  std::array<char, 512> buffer{};
  int size = -1;
  const auto print = [&](const std::string& whole, auto value) {
    size = std::snprintf(buffer.data(), buffer.size(), whole.c_str(), value);  // the spec was checked
  };
  switch (conversion) {
  case 's': {
    const std::string text = argument.text();
    if (spec == "%") {
      return text;
    }
    if (spec.find('0') == 1 || text.find('\0') != std::string::npos) {
      return std::nullopt;  // Perl pads with zeros, and knows no end at a NUL
    }
    print(spec + "s", text.c_str());
    break;
  }
  case 'c': {
    const std::int64_t code = spec == "%" ? argument.as_integer() : -1;  // Perl pads in its own way
    return code >= 0 && code < 256 ? std::optional{std::string(1, static_cast<char>(code))} : std::nullopt;
  }
  case 'd':
  case 'i':
    if (!(std::abs(argument.as_double()) < kLargestInteger)) {
      return std::nullopt;  // Perl has -1 for some of these
    }
    print(spec + "lld", static_cast<long long>(argument.as_integer()));
    break;
  case 'u':
  case 'x':
  case 'X':
  case 'o':
    if (!(std::abs(argument.as_double()) < kLargestInteger)) {
      return std::nullopt;
    }
    print(spec + "ll" + conversion, static_cast<unsigned long long>(argument.as_integer()));
    break;
  case 'e':
  case 'f':
  case 'g':
  case 'E':
  case 'G':
    if (!std::isfinite(argument.as_double())) {
      return std::nullopt;  // Perl's name for it is another
    }
    print(spec + conversion, argument.as_double());
    break;
  default: return std::nullopt;
  }
  if (size < 0 || static_cast<std::size_t>(size) >= buffer.size()) {
    return std::nullopt;
  }
  return std::string{buffer.data(), static_cast<std::size_t>(size)};
}

}  // namespace

std::optional<std::string> format(const std::string& format, const std::vector<Value>& arguments)
{
  std::string out;
  std::size_t used = 0;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') {
      out += format[i];
      continue;
    }
    const std::size_t begin = i++;
    while (i < format.size() &&
           std::string_view{"-+ #0123456789."}.find(format[i]) != std::string_view::npos) {
      ++i;
    }
    if (i >= format.size() || i - begin > 8) {
      return std::nullopt;
    }
    if (format[i] == '%' && i - begin == 1) {
      out += '%';
      continue;
    }
    const Value argument = used < arguments.size() ? arguments[used++] : Value{};
    const std::optional<std::string> converted =
        convert(format.substr(begin, i - begin), format[i], argument);
    if (!converted) {
      return std::nullopt;
    }
    out += *converted;
    if (out.size() > kLongestString) {
      return std::nullopt;
    }
  }
  return out;
}

}  // namespace dkimctl::perl
