#include "perl/arithmetic.hpp"
#include "perl/machine.hpp"

#include <fmt/format.h>

namespace dkimctl::perl {
namespace {

/// Flags of qr// as Perl prints them, in its order, once each.
std::string printed_flags(std::string_view flags)
{
  std::string out;
  for (const char flag : std::string_view{"msixn"}) {
    if (flags.find(flag) != std::string_view::npos) {
      out += flag;
    }
  }
  return out;
}

/// What is joined by $" inside a string.
bool is_joined(const Node& part)
{
  return is_array(part) || part.kind == NodeKind::array_slice || part.kind == NodeKind::hash_slice;
}

Value value_or_reason(const auto& meant)
{
  return meant.unknown != nullptr ? Value{meant.unknown} : Value{meant.cell};
}

}  // namespace

// NOLINTNEXTLINE(readability-convert-member-functions-to-static): it stands in the table with the others
Value Interpreter::Machine::text(const Node& node)
{
  return std::string{node.text};
}

Value Interpreter::Machine::number(const Node& node)
{
  Value value = literal_number(node.text);
  const bool integer =
      node.text.find_first_of(".eE") == std::string_view::npos || node.text.starts_with("0x");
  const bool beyond = value.floating() != nullptr && *value.floating() < 1.9e19;
  return integer && beyond ? unknown_value(node, "number beyond 63 bits") : value;
}

/// 127.0.0.1 is the string of these four characters.
Value Interpreter::Machine::version(const Node& node)
{
  std::string out;
  int part = 0;
  for (const char c : node.text) {
    if (c == '.') {
      out += static_cast<char>(part);
      part = 0;
    } else if (c != '_' && c != 'v') {
      part = part * 10 + (c - '0');
    }
    if (part > 255) {
      return unknown_value(node, "version number");
    }
  }
  return Value{out + static_cast<char>(part)};
}

Value Interpreter::Machine::interpolated(const Node& node)
{
  std::string out;
  UnknownPtr why;
  const auto separator = globals_.scalars.find("\"");
  const std::string* const set =
      separator == globals_.scalars.end() ? nullptr : separator->second->value.string();
  const std::string between = set != nullptr ? *set : " ";
  for (const Node* const kid : node.kids) {
    const List parts = is_joined(*kid) ? list(*kid) : List{item(*kid)};
    for (std::size_t i = 0; i < parts.size(); ++i) {
      out += i > 0 ? between : "";
      out += text_of(parts[i].value, why, *kid).value_or("");
      if (out.size() > kLongestString) {
        return unknown_value(node, "string of a size beyond reason");
      }
    }
  }
  return why != nullptr ? Value{why} : Value{std::move(out)};
}

Value Interpreter::Machine::regex(const Node& node)
{
  const Node& written = *node.kids[0];
  const bool alone = written.kind == NodeKind::interpolated && written.kids.size() == 1;
  Value pattern = scalar(alone ? *written.kids[0] : written);
  if (alone && pattern.regex() != nullptr && node.flags.empty()) {
    return pattern;  // qr/$other/ is the other
  }
  if (pattern.is_unknown()) {
    return pattern;
  }
  if (is_address(pattern)) {
    return unknown_value(node, "address of a reference");
  }
  if (node.flags.find_first_not_of("msixnogcadlup") != std::string_view::npos) {
    fail(FailureKind::syntax, place(node),
         fmt::format("unknown flags '{}' of a regular expression", node.flags));
    return {};
  }
  return Value{std::make_shared<const Regex>(Regex{pattern.text(), printed_flags(node.flags)})};
}

Value Interpreter::Machine::command(const Node& node)
{
  const Value text = scalar(*node.kids[0]);
  if (text.is_unknown()) {
    return unknown_value(node, "command");
  }
  if (surroundings_.run_command) {
    if (std::optional<std::string> output = surroundings_.run_command(text.text())) {
      return Value{*std::move(output)};
    }
  }
  return unknown_value(node, fmt::format("command `{}`", text.text()));
}

// NOLINTNEXTLINE(readability-convert-member-functions-to-static): it stands in the table with the others
Value Interpreter::Machine::code(const Node& node)
{
  return std::make_shared<const Code>(Code{std::string{node.text}});
}

Value Interpreter::Machine::reference(const Node& node)
{
  const Node& operand = *node.kids[0];
  const bool declaration = operand.kind == NodeKind::declaration;
  const Node& inner = declaration && operand.kids.size() == 1 ? *operand.kids[0] : operand;
  if (declaration) {
    declare(operand);
  }
  if (is_array(inner)) {
    return value_or_reason(array_of(inner));
  }
  if (is_hash(inner)) {
    return value_or_reason(hash_of(inner));
  }
  if (inner.kind == NodeKind::code_variable) {
    return code(inner);
  }
  if (inner.kind == NodeKind::glob_variable) {
    return unknown_value(node, "typeglob");
  }
  const Meant<Scalar> meant = scalar_cell(inner);
  if (meant.unknown != nullptr || meant.cell != nullptr) {
    return value_or_reason(meant);
  }
  Value value = scalar(inner);
  if (value.is_unknown()) {
    return value;
  }
  const ScalarPtr cell = new_scalar(std::move(value), place(inner));
  cell->constant = inner.kind == NodeKind::string || inner.kind == NodeKind::number;
  return Value{cell};
}

Value Interpreter::Machine::array_literal(const Node& node)
{
  const bool aliasing = std::exchange(aliasing_, false);
  const ArrayPtr array = new_array();
  array->set = place(node);
  const List values = list(node.kids);
  array->items.reserve(values.size());
  for (const Item& each : values) {
    append_item(*array, each, array->items.size());
  }
  aliasing_ = aliasing;
  return array;
}

Value Interpreter::Machine::hash_literal(const Node& node)
{
  const bool aliasing = std::exchange(aliasing_, false);
  const HashPtr hash = new_hash();
  store_hash(*hash, list(node.kids), place(node), {});
  aliasing_ = aliasing;
  return hash;
}

}  // namespace dkimctl::perl
