#include "perl/arithmetic.hpp"
#include "perl/machine.hpp"

#include <algorithm>

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

}  // namespace

Item Interpreter::Machine::item(const Node& node)
{
  return {scalar(node), place(node), nullptr, false};
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

Value Interpreter::Machine::scalar(const Node& node)
{
  if (stopped() || !step()) {
    return {};
  }
  switch (node.kind) {
  case NodeKind::number: return number(node);
  case NodeKind::version: return version(node);
  case NodeKind::string: return Value{std::string{node.text}};
  case NodeKind::bareword: return Value{std::string{node.text}};
  case NodeKind::interpolated: return interpolated(node);
  case NodeKind::regex: return regex(node);
  case NodeKind::match: return unknown_value(node, "match of a regular expression");
  case NodeKind::command: return command(node);
  case NodeKind::scalar_variable: return scalar_variable(node.text)->value;
  case NodeKind::element: return element(node);
  case NodeKind::entry: return entry(node);
  case NodeKind::dereference: return scalar_of_dereference(node);
  case NodeKind::array_variable:
  case NodeKind::array_last: {
    const ArrayPtr array = array_variable(node.text);
    const auto size = static_cast<std::int64_t>(array->items.size());
    return array->unknown != nullptr ? Value{array->unknown}
                                     : Value{node.kind == NodeKind::array_last ? size - 1 : size};
  }
  case NodeKind::hash_variable: {
    const HashPtr hash = hash_variable(node.text);
    return hash->unknown != nullptr ? Value{hash->unknown}
                                    : Value{static_cast<std::int64_t>(hash->entries.size())};
  }
  case NodeKind::declaration: {
    declare(node);
    return node.kids.size() == 1 ? scalar(*node.kids[0]) : Value{};
  }
  case NodeKind::unary: return scalar_of_unary(node);
  case NodeKind::postfix: {
    const Value before = scalar(*node.kids[0]);
    scalar_of_unary(node);
    return before.is_undef() ? Value{std::int64_t{0}} : before;
  }
  case NodeKind::binary: return scalar_of_binary(node);
  case NodeKind::logical: return scalar_of_logical(node);
  case NodeKind::conditional: {
    const Value test = scalar(*node.kids[0]);
    if (test.is_unknown()) {
      run_guarded(*node.kids[1], test.unknown());
      run_guarded(*node.kids[2], test.unknown());
      return test;
    }
    return scalar(*node.kids[test.truth() ? 1 : 2]);
  }
  case NodeKind::assignment: return node.text == "=" ? assign(node) : assign_operator(node);
  case NodeKind::words:
  case NodeKind::list: {  // the comma operator: the last one counts
    Value last;
    for (const Node* const kid : node.kids) {
      last = scalar(*kid);
    }
    return last;
  }
  case NodeKind::reference: return reference(node);
  case NodeKind::array_literal: return array_literal(node);
  case NodeKind::hash_literal: return hash_literal(node);
  case NodeKind::array_slice:
  case NodeKind::hash_slice:
  case NodeKind::list_slice: {
    List all;
    list_of_slice(node, all);
    return all.empty() ? Value{} : all.back().value;
  }
  case NodeKind::builtin: return call_builtin(node, nullptr);
  case NodeKind::code_variable:  // "&name;" calls it
  case NodeKind::call:
  case NodeKind::code_call:
  case NodeKind::method: {
    List result;
    call_function(node, result);
    return result.empty() ? Value{} : result.back().value;
  }
  case NodeKind::file_test:
    scalar(*node.kids[0]);
    return unknown_value(node, fmt::format("file test -{}", node.text));
  case NodeKind::read_line: return unknown_value(node, "input from a file");
  case NodeKind::glob_variable: return unknown_value(node, "typeglob");
  case NodeKind::pair_slice: return unknown_value(node, "slice of pairs");
  case NodeKind::anonymous_sub: return Value{std::make_shared<const Code>()};
  case NodeKind::do_block: {
    const Node& body = *node.kids[0];
    run_guarded(body, unknown(place(node), "do block"));
    return unknown_value(node, "do block");
  }
  case NodeKind::eval_block: {
    run_guarded(*node.kids[0], unknown(place(node), "eval block"));
    return unknown_value(node, "eval block");
  }
  case NodeKind::flow: run_flow(node); return {};
  case NodeKind::block:
  case NodeKind::branch:
  case NodeKind::loop:
  case NodeKind::for_each:
  case NodeKind::sub_definition:
  case NodeKind::package:
  case NodeKind::nothing: run(node); return {};
  }
  return {};
}

List Interpreter::Machine::list(const Node& node)
{
  List out;
  list(node, out);
  return out;
}

void Interpreter::Machine::list(const Node& node, List& out)
{
  if (stopped() || !step()) {
    return;
  }
  const auto add_array = [&](const Node& array_node) {
    const Meant<Array> meant = array_of(array_node, aliasing_ ? Access::change : Access::read);
    if (meant.cell != nullptr && meant.cell->unknown == nullptr) {
      for (const ScalarPtr& cell : meant.cell->items) {
        out.push_back({cell->value, cell->set.known() ? cell->set : place(node), cell, false});
      }
    } else if (meant.cell != nullptr || meant.unknown != nullptr) {
      out.push_back(
          {meant.unknown != nullptr ? meant.unknown : meant.cell->unknown, place(node), nullptr, true});
    }
  };
  const auto add_hash = [&](const Node& hash_node) {
    const Meant<Hash> meant = hash_of(hash_node, aliasing_ ? Access::change : Access::read);
    if (meant.cell != nullptr && meant.cell->unknown == nullptr) {
      for (const auto& [key, entry] : meant.cell->entries) {
        out.push_back({Value{key}, entry.key, nullptr, false});
        out.push_back({entry.scalar->value, entry.scalar->set, entry.scalar, false});
      }
    } else if (meant.cell != nullptr || meant.unknown != nullptr) {
      out.push_back(
          {meant.unknown != nullptr ? meant.unknown : meant.cell->unknown, place(node), nullptr, true});
    }
  };
  switch (node.kind) {
  case NodeKind::words:
  case NodeKind::list:
    for (const Node* const kid : node.kids) {
      list(*kid, out);
    }
    return;
  case NodeKind::array_variable: add_array(node); return;
  case NodeKind::hash_variable: add_hash(node); return;
  case NodeKind::dereference:
    if (node.text == "@") {
      add_array(node);
    } else if (node.text == "%") {
      add_hash(node);
    } else {
      out.push_back(item(node));
    }
    return;
  case NodeKind::declaration:
    declare(node);
    for (const Node* const kid : node.kids) {
      list(*kid, out);
    }
    return;
  case NodeKind::array_slice:
  case NodeKind::hash_slice:
  case NodeKind::list_slice: list_of_slice(node, out); return;
  case NodeKind::conditional: list_of_conditional(node, out); return;
  case NodeKind::assignment:
    if (node.text == "=" && is_list_assignment(*node.kids[0])) {
      assign_list(node, &out);
      return;
    }
    break;
  case NodeKind::binary:
    if (node.text == ".." || node.text == "...") {
      const Value from = scalar(*node.kids[0]);
      const Value to = scalar(*node.kids[1]);
      const auto values = from.is_unknown() || to.is_unknown() ? std::nullopt : range(from, to);
      if (!values) {
        const UnknownPtr why = from.is_unknown() ? from.unknown()
                               : to.is_unknown() ? to.unknown()
                                                 : unknown(place(node), "range");
        out.push_back({why, place(node), nullptr, true});
        return;
      }
      for (const Value& value : *values) {
        out.push_back({value, place(node), nullptr, false});
      }
      return;
    }
    if (node.text == "x" && (node.kids[0]->kind == NodeKind::words ||
                             (node.kids[0]->kind == NodeKind::list && node.kids[0]->parenthesised))) {
      const List once = list(*node.kids[0]);
      const Value count = scalar(*node.kids[1]);
      if (count.is_unknown() || count.as_integer() > 100'000) {
        out.push_back({count.is_unknown() ? count.unknown() : unknown(place(node), "repetition"), place(node),
                       nullptr, true});
        return;
      }
      for (std::int64_t i = 0; i < count.as_integer(); ++i) {
        for (Item each : once) {
          each.cell = nullptr;
          out.push_back(std::move(each));
        }
      }
      return;
    }
    break;
  case NodeKind::reference:
    if (node.kids[0]->kind == NodeKind::list && node.kids[0]->parenthesised) {  // \(@x): a reference to each
      for (const Item& each : list(*node.kids[0])) {
        const ScalarPtr cell = each.cell != nullptr ? each.cell : new_scalar(each.value, each.place);
        out.push_back({each.many ? each.value : Value{cell}, each.place, nullptr, each.many});
      }
      return;
    }
    break;
  case NodeKind::command: {
    const Value output = scalar(node);
    if (output.is_unknown()) {
      out.push_back({output, place(node), nullptr, true});
      return;
    }
    std::string_view rest = *output.string();
    while (!rest.empty()) {
      const std::size_t newline = std::min(rest.find('\n'), rest.size() - 1);
      out.push_back({Value{std::string{rest.substr(0, newline + 1)}}, place(node), nullptr, false});
      rest.remove_prefix(newline + 1);
    }
    return;
  }
  case NodeKind::pair_slice: list_of_pairs(node, out); return;
  case NodeKind::match:
  case NodeKind::read_line:
  case NodeKind::do_block:
  case NodeKind::eval_block: out.push_back({scalar(node), place(node), nullptr, true}); return;
  case NodeKind::builtin: {
    const Value value = call_builtin(node, &out);
    (void)value;
    return;
  }
  case NodeKind::code_variable:
  case NodeKind::call:
  case NodeKind::code_call:
  case NodeKind::method: call_function(node, out); return;
  case NodeKind::scalar_variable: {
    const ScalarPtr cell = scalar_variable(node.text);
    out.push_back({cell->value, place(node), cell, false});
    return;
  }
  case NodeKind::element:
  case NodeKind::entry: {
    // Not created for being looked at, but for a loop that may change it.
    const bool create = aliasing_;
    const Meant<Scalar> meant =
        node.kind == NodeKind::element ? element_cell(node, create) : entry_cell(node, create);
    out.push_back({meant.unknown != nullptr ? Value{meant.unknown}
                   : meant.cell != nullptr  ? meant.cell->value
                                            : Value{},
                   place(node), meant.cell, false});
    return;
  }
  case NodeKind::flow:
  case NodeKind::nothing: scalar(node); return;
  case NodeKind::number:
  case NodeKind::string: out.push_back({scalar(node), place(node), nullptr, false, true}); return;
  case NodeKind::version:
  case NodeKind::interpolated:
  case NodeKind::regex:
  case NodeKind::array_last:
  case NodeKind::glob_variable:
  case NodeKind::unary:
  case NodeKind::postfix:
  case NodeKind::logical:
  case NodeKind::array_literal:
  case NodeKind::hash_literal:
  case NodeKind::file_test:
  case NodeKind::bareword:
  case NodeKind::anonymous_sub:
  case NodeKind::block:
  case NodeKind::branch:
  case NodeKind::loop:
  case NodeKind::for_each:
  case NodeKind::sub_definition:
  case NodeKind::package: break;
  }
  if (node.kind == NodeKind::logical && node.text != "xor") {  // (a || @b): the right side keeps its context
    const Value left = scalar(*node.kids[0]);
    const bool takes_left = !left.is_unknown() && (node.text == "||"   ? left.truth()
                                                   : node.text == "&&" ? !left.truth()
                                                                       : !left.is_undef());
    if (left.is_unknown() || takes_left) {
      if (left.is_unknown()) {
        run_guarded(*node.kids[1], left.unknown());
      }
      out.push_back({left, place(*node.kids[0]), nullptr, left.is_unknown()});
      return;
    }
    list(*node.kids[1], out);
    return;
  }
  out.push_back(item(node));
}

/// %h{...} and %a[...]: each key with its value.
void Interpreter::Machine::list_of_pairs(const Node& node, List& out)
{
  const NodeKind container = node.kids[0]->kind;
  if (container != NodeKind::hash_variable && container != NodeKind::array_variable) {
    out.push_back({unknown_value(node, "slice of pairs"), place(node), nullptr, true});
    return;
  }
  for (const Item& key : list(*node.kids[1])) {
    Value value;
    if (key.value.is_unknown()) {
      value = key.value;
    } else if (container == NodeKind::hash_variable) {
      const HashPtr hash = hash_variable(node.kids[0]->text);
      const Scalar* const found = hash->find(key.value.text());
      value = found != nullptr ? found->value : hash->unknown != nullptr ? Value{hash->unknown} : Value{};
    } else {
      const ArrayPtr array = array_variable(node.kids[0]->text);
      const auto at = static_cast<std::size_t>(std::max<std::int64_t>(key.value.as_integer(), 0));
      value = array->unknown != nullptr  ? Value{array->unknown}
              : at < array->items.size() ? array->items[at]->value
                                         : Value{};
    }
    out.push_back(key);
    out.push_back({std::move(value), place(node), nullptr, false});
  }
}

void Interpreter::Machine::list_of_conditional(const Node& node, List& out)
{
  const Value test = scalar(*node.kids[0]);
  if (test.is_unknown()) {
    run_guarded(*node.kids[1], test.unknown());
    run_guarded(*node.kids[2], test.unknown());
    out.push_back({test, place(node), nullptr, true});
    return;
  }
  list(*node.kids[test.truth() ? 1 : 2], out);
}

void Interpreter::Machine::list_of_slice(const Node& node, List& out)
{
  const List indices = list(*node.kids[1]);
  List all;
  Meant<Array> array;
  Meant<Hash> hash;
  UnknownPtr why;
  if (node.kind == NodeKind::list_slice) {
    all = list(*node.kids[0]);
    const auto many = std::ranges::find_if(all, &Item::many);
    why = many == all.end() ? nullptr : many->value.unknown();
  } else if (node.kind == NodeKind::array_slice) {
    array = array_of(*node.kids[0]);
    why = array.unknown != nullptr ? array.unknown : array.cell != nullptr ? array.cell->unknown : nullptr;
  } else {
    hash = hash_of(*node.kids[0]);
    why = hash.unknown != nullptr ? hash.unknown : hash.cell != nullptr ? hash.cell->unknown : nullptr;
  }
  for (const Item& index : indices) {
    if (why != nullptr || index.value.is_unknown()) {
      out.push_back({why != nullptr ? why : index.value.unknown(), place(node), nullptr, index.many});
      continue;
    }
    if (node.kind == NodeKind::hash_slice) {
      ScalarPtr found;
      if (hash.cell != nullptr) {
        const auto entry = hash.cell->entries.find(index.value.text());
        found = entry == hash.cell->entries.end() ? nullptr : entry->second.scalar;
        if (found == nullptr && aliasing_ && hash.cell->guard == depth_of_guards()) {
          found = new_scalar({}, place(node));
          hash.cell->entries.emplace(index.value.text(), HashEntry{found, index.place});
        }
      }
      out.push_back({found != nullptr ? found->value : Value{}, found != nullptr ? found->set : place(node),
                     found, false});
      continue;
    }
    const std::size_t size = node.kind == NodeKind::list_slice ? all.size()
                             : array.cell != nullptr           ? array.cell->items.size()
                                                               : 0;
    std::int64_t at = index.value.as_integer();
    at += at < 0 ? static_cast<std::int64_t>(size) : 0;
    constexpr std::int64_t kLargestArray = 1'000'000;
    if (node.kind == NodeKind::array_slice && aliasing_ && array.cell != nullptr && at >= 0 &&
        at < kLargestArray && array.cell->guard == depth_of_guards()) {
      while (static_cast<std::int64_t>(array.cell->items.size()) <= at) {
        array.cell->items.push_back(new_scalar({}, place(node)));
      }
      const ScalarPtr& cell = array.cell->items[static_cast<std::size_t>(at)];
      out.push_back({cell->value, cell->set, cell, false});
      continue;
    }
    if (at < 0 || at >= static_cast<std::int64_t>(size)) {
      if (node.kind == NodeKind::list_slice && all.empty()) {
        continue;  // a slice of an empty list is empty
      }
      out.push_back({Value{}, place(node), nullptr, false});
    } else if (node.kind == NodeKind::list_slice) {
      out.push_back(all[static_cast<std::size_t>(at)]);
    } else {
      const ScalarPtr& cell = array.cell->items[static_cast<std::size_t>(at)];
      out.push_back({cell->value, cell->set, cell, false});
    }
  }
}

Value Interpreter::Machine::scalar_of_unary(const Node& node)
{
  const Node& operand = *node.kids[0];
  if (node.text == "++" || node.text == "--") {
    const Value before = scalar(operand);
    Value after = before.is_unknown() ? before
                  : node.text == "++" ? increment(before)
                                      : *apply_binary("-", before, Value{std::int64_t{1}});
    store_scalar_node(operand, after, place(node));
    return after;
  }
  const Value value = scalar(operand);
  if (value.is_unknown()) {
    return value;
  }
  std::optional<Value> result = apply_unary(node.text, value);
  return result ? *result : unknown_value(node, fmt::format("operator {}", node.text));
}

Value Interpreter::Machine::scalar_of_binary(const Node& node)
{
  const Node& left_node = *node.kids[0];
  const Node& right_node = *node.kids[1];
  if (node.text == "=~" || node.text == "!~") {
    scalar(left_node);
    const bool changes = right_node.kind == NodeKind::match && right_node.text != "m" &&
                         right_node.flags.find('r') == std::string_view::npos;
    const UnknownPtr why = unknown(place(node), changes ? fmt::format("change by {}///", right_node.text)
                                                        : std::string{"match of a regular expression"});
    if (changes) {
      make_unknown(left_node, why);
    }
    return why;
  }
  const Value left = scalar(left_node);
  const Value right = scalar(right_node);
  if (left.is_unknown() || right.is_unknown()) {
    return left.is_unknown() ? left : right;
  }
  const auto address = [](const Value& value) { return value.is_reference() && value.regex() == nullptr; };
  if (address(left) || address(right)) {
    return unknown_value(node, "address of a reference");
  }
  std::optional<Value> result = apply_binary(node.text, left, right);
  if (!result && (node.text == "/" || node.text == "%")) {
    fail(FailureKind::died, place(node), "division by zero");
    return {};
  }
  return result ? *result : unknown_value(node, fmt::format("operator {}", node.text));
}

Value Interpreter::Machine::scalar_of_logical(const Node& node)
{
  const Value left = scalar(*node.kids[0]);
  if (stopped()) {
    return {};
  }
  if (left.is_unknown()) {
    run_guarded(*node.kids[1], left.unknown());
    return left;
  }
  if (node.text == "xor") {
    const Value right = scalar(*node.kids[1]);
    return right.is_unknown() ? right : truth(left.truth() != right.truth());
  }
  const bool takes_left = node.text == "||"   ? left.truth()
                          : node.text == "&&" ? !left.truth()
                                              : !left.is_undef();
  return takes_left ? left : scalar(*node.kids[1]);
}

/// The text of a value that is to be part of a string; nothing, and why, where it cannot be known.
std::optional<std::string> Interpreter::Machine::text_of(const Value& value, UnknownPtr& why,
                                                         const Node& node)
{
  if (value.is_unknown()) {
    why = value.unknown();
    return std::nullopt;
  }
  if (value.is_reference() && value.regex() == nullptr) {
    why = unknown(place(node), "address of a reference");
    return std::nullopt;
  }
  return value.text();
}

Value Interpreter::Machine::interpolated(const Node& node)
{
  std::string out;
  UnknownPtr why;
  const auto separator = globals_.scalars.find("\"");
  const std::string between = separator != globals_.scalars.end() && separator->second->value.is_string()
                                  ? *separator->second->value.string()
                                  : " ";
  for (const Node* const kid : node.kids) {
    const bool array = kid->kind == NodeKind::array_variable || kid->kind == NodeKind::array_slice ||
                       kid->kind == NodeKind::hash_slice ||
                       (kid->kind == NodeKind::dereference && kid->text == "@");
    List parts;
    if (array) {
      list(*kid, parts);
    } else {
      parts.push_back(item(*kid));
    }
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const std::optional<std::string> text = text_of(parts[i].value, why, *kid);
      out += (i > 0 ? between : "") + text.value_or("");
    }
  }
  return why != nullptr ? Value{why} : Value{std::move(out)};
}

Value Interpreter::Machine::regex(const Node& node)
{
  const Node& written = *node.kids[0];
  const bool alone = written.kind == NodeKind::interpolated && written.kids.size() == 1;
  const Value pattern = scalar(alone ? *written.kids[0] : written);
  if (alone && pattern.regex() != nullptr && node.flags.empty()) {
    return pattern;  // qr/$other/ is the other
  }
  if (pattern.is_unknown()) {
    return pattern;
  }
  if (pattern.is_reference() && pattern.regex() == nullptr) {
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
  if (!text.is_unknown() && surroundings_.run_command) {
    if (const std::optional<std::string> output = surroundings_.run_command(text.text())) {
      return Value{*output};
    }
  }
  return unknown_value(node,
                       text.is_unknown() ? std::string{"command"} : fmt::format("command `{}`", text.text()));
}

Value Interpreter::Machine::reference_to_container(const Node& operand, bool hash)
{
  if (hash) {
    const Meant<Hash> meant = hash_of(operand);
    return meant.unknown != nullptr ? Value{meant.unknown} : Value{meant.cell};
  }
  const Meant<Array> meant = array_of(operand);
  return meant.unknown != nullptr ? Value{meant.unknown} : Value{meant.cell};
}

Value Interpreter::Machine::reference(const Node& node)
{
  const Node& operand = *node.kids[0];
  const Node& inner =
      operand.kind == NodeKind::declaration && operand.kids.size() == 1 ? *operand.kids[0] : operand;
  if (operand.kind == NodeKind::declaration) {
    declare(operand);
  }
  const bool dereference = inner.kind == NodeKind::dereference;
  if (inner.kind == NodeKind::array_variable || (dereference && inner.text == "@")) {
    return reference_to_container(inner, false);
  }
  if (inner.kind == NodeKind::hash_variable || (dereference && inner.text == "%")) {
    return reference_to_container(inner, true);
  }
  if (inner.kind == NodeKind::code_variable) {
    return Value{std::make_shared<const Code>(Code{std::string{inner.text}})};
  }
  if (inner.kind == NodeKind::glob_variable) {
    return unknown_value(node, "typeglob");
  }
  const Meant<Scalar> meant = scalar_cell(inner);
  if (meant.unknown != nullptr || meant.cell != nullptr) {
    return meant.unknown != nullptr ? Value{meant.unknown} : Value{meant.cell};
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
  List values;
  for (const Node* const kid : node.kids) {
    list(*kid, values);
  }
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
  List values;
  for (const Node* const kid : node.kids) {
    list(*kid, values);
  }
  store_hash(hash, values, place(node), {});
  aliasing_ = aliasing;
  return hash;
}

Value Interpreter::Machine::element(const Node& node)
{
  const Meant<Scalar> meant = element_cell(node, false);
  return meant.unknown != nullptr ? Value{meant.unknown}
         : meant.cell != nullptr  ? meant.cell->value
                                  : Value{};
}

Value Interpreter::Machine::entry(const Node& node)
{
  const Meant<Scalar> meant = entry_cell(node, false);
  return meant.unknown != nullptr ? Value{meant.unknown}
         : meant.cell != nullptr  ? meant.cell->value
                                  : Value{};
}

Value Interpreter::Machine::scalar_of_dereference(const Node& node)
{
  if (node.text == "$") {
    const Meant<Scalar> meant = dereferenced_scalar(node);
    return meant.unknown != nullptr ? Value{meant.unknown}
           : meant.cell != nullptr  ? meant.cell->value
                                    : Value{};
  }
  if (node.text == "%") {
    const Meant<Hash> meant = hash_of(node, Access::read);
    const UnknownPtr why = meant.unknown != nullptr ? meant.unknown
                           : meant.cell != nullptr  ? meant.cell->unknown
                                                    : nullptr;
    return why != nullptr
               ? Value{why}
               : Value{static_cast<std::int64_t>(meant.cell == nullptr ? 0 : meant.cell->entries.size())};
  }
  if (node.text == "@" || node.text == "$#") {
    const Meant<Array> meant = array_of(node, Access::read);
    const UnknownPtr why = meant.unknown != nullptr ? meant.unknown
                           : meant.cell != nullptr  ? meant.cell->unknown
                                                    : nullptr;
    const auto size = static_cast<std::int64_t>(meant.cell == nullptr ? 0 : meant.cell->items.size());
    return why != nullptr ? Value{why} : Value{node.text == "@" ? size : size - 1};
  }
  return unknown_value(node, "typeglob");
}

}  // namespace dkimctl::perl
