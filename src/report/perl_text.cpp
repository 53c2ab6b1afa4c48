#include "report/perl_text.hpp"

#include "report/printable.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dkimctl::report {
namespace {

constexpr std::size_t kShownItems = 20;
constexpr std::size_t kShownLevels = 6;  // a signing map has three

std::string quoted(std::string_view text)
{
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') {
      out += '\\';
    }
    out += c;
  }
  return printable(out + "'");
}

/// A hash key that needs no quotes before "=>".
bool is_word(std::string_view text)
{
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  });
}

std::string write(const perl::Value& value, std::size_t level);

std::string bracketed(char open, std::vector<std::string> items, std::size_t all, char close)
{
  if (all > items.size()) {
    items.push_back(fmt::format("... {} more", all - items.size()));
  }
  return items.empty() ? fmt::format("{}{}", open, close)
                       : fmt::format("{} {} {}", open, fmt::join(items, ", "), close);
}

std::string dynamic(const perl::Unknown& unknown)
{
  return "dynamic: " + printable(unknown.construct);
}

std::string write_cell(const perl::ScalarPtr& cell, std::size_t level)
{
  return cell ? write(cell->value, level) : "undef";
}

std::string write_array(const perl::Array& array, std::size_t level)
{
  if (array.unknown) {
    return dynamic(*array.unknown);
  }
  std::vector<std::string> items;
  for (std::size_t i = 0; i < std::min(array.items.size(), kShownItems); ++i) {
    items.push_back(write_cell(array.items[i], level));
  }
  return bracketed('[', std::move(items), array.items.size(), ']');
}

std::string write_hash(const perl::Hash& hash, std::size_t level)
{
  std::vector<std::string> items;
  for (const auto& [key, entry] : hash.entries) {
    if (items.size() == kShownItems) {
      break;
    }
    items.push_back(
        fmt::format("{} => {}", is_word(key) ? key : quoted(key), write_cell(entry.scalar, level)));
  }
  std::string out = bracketed('{', std::move(items), hash.entries.size(), '}');
  return hash.unknown ? fmt::format("{} and more, {}", out, dynamic(*hash.unknown)) : out;
}

std::string write_object(const perl::Object& object, std::size_t level)
{
  std::vector<std::string> arguments;
  for (std::size_t i = 0; i < std::min(object.arguments.size(), kShownItems); ++i) {
    arguments.push_back(write(object.arguments[i], level));
  }
  return printable(object.constructor) + bracketed('(', std::move(arguments), object.arguments.size(), ')');
}

std::string write(const perl::Value& value, std::size_t level)
{
  if (level > kShownLevels) {
    return "...";
  }
  if (const perl::UnknownPtr unknown = value.unknown()) {
    return dynamic(*unknown);
  }
  if (value.is_undef()) {
    return "undef";
  }
  if (value.is_plain()) {
    return value.is_number() ? value.text() : quoted(value.text());
  }
  if (const perl::Regex* const regex = value.regex()) {
    return fmt::format("qr/{}/{}", printable(regex->pattern), regex->flags);
  }
  if (const perl::Object* const object = value.object()) {
    return write_object(*object, level + 1);
  }
  if (const perl::Code* const code = value.code()) {
    return code->name.empty() ? "sub { ... }" : "\\&" + printable(code->name);
  }
  if (const perl::Array* const array = value.array()) {
    return write_array(*array, level + 1);
  }
  return value.hash() != nullptr ? write_hash(*value.hash(), level + 1)
                                 : "\\" + write(value.scalar()->value, level + 1);
}

}  // namespace

std::string perl_text(const perl::Value& value)
{
  return write(value, 0);
}

}  // namespace dkimctl::report
