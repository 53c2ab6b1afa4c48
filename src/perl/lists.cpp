#include "perl/arithmetic.hpp"
#include "perl/machine.hpp"

#include <algorithm>

namespace dkimctl::perl {
namespace {

constexpr std::int64_t kMostRepetitions = 100'000;

bool is_in_brackets(const Node& node)
{
  return node.kind == NodeKind::words || (node.kind == NodeKind::list && node.parenthesised);
}

}  // namespace

Item Interpreter::Machine::item(const Node& node)
{
  return {scalar(node), place(node), nullptr, false};
}

/// Each in scalar context.
List Interpreter::Machine::items(Nodes nodes)
{
  List out;
  out.reserve(nodes.size());
  for (const Node* const node : nodes) {
    out.push_back(item(*node));
  }
  return out;
}

void Interpreter::Machine::add(List& out, const Node& node, Value value, ScalarPtr cell) const
{
  out.push_back({std::move(value), place(node), std::move(cell), false});
}

/// Any number of elements.
void Interpreter::Machine::add_unknown(List& out, const Node& node, const Value& why) const
{
  out.push_back({why, place(node), nullptr, true});
}

/// What a built-in function gives, whatever its context, that cannot tell how much it gives.
Value Interpreter::Machine::unknown_result(const Node& node, List* out, const UnknownPtr& why) const
{
  if (out != nullptr) {
    add_unknown(*out, node, why);
  }
  return why;
}

void Interpreter::Machine::list_of_one(const Node& node, List& out)
{
  out.push_back(item(node));
}

void Interpreter::Machine::list_of_many(const Node& node, List& out)
{
  add_unknown(out, node, scalar(node));
}

void Interpreter::Machine::list_of_none(const Node& node, List& /*out*/)
{
  scalar(node);
}

void Interpreter::Machine::list_of_literal(const Node& node, List& out)
{
  out.push_back({scalar(node), place(node), nullptr, false, true});
}

void Interpreter::Machine::list_of_kids(const Node& node, List& out)
{
  for (const Node* const kid : node.kids) {
    list(*kid, out);
  }
}

void Interpreter::Machine::list_of_array(const Node& node, List& out)
{
  const Meant<Array> array = array_of(node, aliasing_ ? Access::change : Access::read);
  if (const UnknownPtr why = why_unknown(array)) {
    add_unknown(out, node, why);
  } else if (array.cell != nullptr) {
    if (out.empty()) {
      out.reserve(array.cell->items.size());
    }
    for (const ScalarPtr& cell : array.cell->items) {
      if (!step_for(cell->value)) {
        return;
      }
      out.push_back({cell->value, cell->set.known() ? cell->set : place(node), cell, false});
    }
  }
}

void Interpreter::Machine::list_of_hash(const Node& node, List& out)
{
  const Meant<Hash> hash = hash_of(node, aliasing_ ? Access::change : Access::read);
  if (const UnknownPtr why = why_unknown(hash)) {
    add_unknown(out, node, why);
  } else if (hash.cell != nullptr) {
    for (const auto& [key, entry] : hash.cell->entries) {
      if (!step_for(entry.scalar->value)) {
        return;
      }
      out.push_back({Value{key}, entry.key, nullptr, false});
      out.push_back({entry.scalar->value, entry.scalar->set, entry.scalar, false});
    }
  }
}

void Interpreter::Machine::list_of_dereference(const Node& node, List& out)
{
  if (is_array(node)) {
    list_of_array(node, out);
  } else if (is_hash(node)) {
    list_of_hash(node, out);
  } else {
    list_of_one(node, out);
  }
}

void Interpreter::Machine::list_of_declaration(const Node& node, List& out)
{
  declare(node);
  list_of_kids(node, out);
}

void Interpreter::Machine::list_of_variable(const Node& node, List& out)
{
  const ScalarPtr cell = variable<Scalar>(node.text);
  step_for(cell->value);
  add(out, node, cell->value, cell);
}

/// An element or an entry: not made for being looked at, but for a loop that may change it.
void Interpreter::Machine::list_of_part(const Node& node, List& out)
{
  const Access access = aliasing_ ? Access::change : Access::read;
  const Meant<Scalar> meant =
      node.kind == NodeKind::element ? element_cell(node, access) : entry_cell(node, access);
  const Value value = value_of(meant);
  step_for(value);
  add(out, node, value, meant.cell);
}

void Interpreter::Machine::list_of_conditional(const Node& node, List& out)
{
  const Value test = scalar(*node.kids[0]);
  if (test.is_unknown()) {
    run_guarded(*node.kids[1], test.unknown());
    run_guarded(*node.kids[2], test.unknown());
    add_unknown(out, node, test);
    return;
  }
  list(*node.kids[test.truth() ? 1 : 2], out);
}

void Interpreter::Machine::list_of_assignment(const Node& node, List& out)
{
  if (node.text == "=" && is_list_assignment(*node.kids[0])) {
    assign_list(node, &out);
  } else {
    list_of_one(node, out);
  }
}

void Interpreter::Machine::list_of_binary(const Node& node, List& out)
{
  if (node.text == ".." || node.text == "...") {
    list_of_range(node, out);
  } else if (node.text == "x" && is_in_brackets(*node.kids[0])) {
    list_of_repetition(node, out);
  } else {
    list_of_one(node, out);
  }
}

void Interpreter::Machine::list_of_range(const Node& node, List& out)
{
  const Value from = scalar(*node.kids[0]);
  const Value to = scalar(*node.kids[1]);
  if (from.is_unknown() || to.is_unknown()) {
    add_unknown(out, node, from.is_unknown() ? from : to);
    return;
  }
  std::optional<std::vector<Value>> values = range(from, to);
  if (!values) {
    step(kLongestStringRange);  // strings were made before it was too many
    add_unknown(out, node, unknown_value(node, "range"));
    return;
  }
  if (!step(values->size())) {
    return;
  }
  for (Value& value : *values) {
    add(out, node, std::move(value));
  }
}

/// (...) x 3
void Interpreter::Machine::list_of_repetition(const Node& node, List& out)
{
  const List once = list(*node.kids[0]);
  const Value count = scalar(*node.kids[1]);
  if (count.is_unknown() || count.as_integer() > kMostRepetitions) {
    add_unknown(out, node, count.is_unknown() ? count : unknown_value(node, "repetition"));
    return;
  }
  for (std::int64_t i = 0; i < count.as_integer(); ++i) {
    for (Item each : once) {
      if (!step_for(each.value)) {
        return;
      }
      each.cell = nullptr;
      out.push_back(std::move(each));
    }
  }
}

/// (a || @b): the right side keeps its context.
void Interpreter::Machine::list_of_logical(const Node& node, List& out)
{
  if (node.text == "xor") {
    list_of_one(node, out);
    return;
  }
  const Value left = scalar(*node.kids[0]);
  if (left.is_unknown()) {
    run_guarded(*node.kids[1], left.unknown());
    add_unknown(out, *node.kids[0], left);
  } else if (takes_left(node.text, left)) {
    add(out, *node.kids[0], left);
  } else {
    list(*node.kids[1], out);
  }
}

/// \(@x) is a reference to each.
void Interpreter::Machine::list_of_references(const Node& node, List& out)
{
  const Node& operand = *node.kids[0];
  if (operand.kind != NodeKind::list || !operand.parenthesised) {
    list_of_one(node, out);
    return;
  }
  for (const Item& each : list(operand)) {
    const ScalarPtr cell = each.cell != nullptr ? each.cell : new_scalar(each.value, each.place);
    out.push_back({each.many ? each.value : Value{cell}, each.place, nullptr, each.many});
  }
}

/// `...` gives its output line by line.
void Interpreter::Machine::list_of_lines(const Node& node, List& out)
{
  const Value output = scalar(node);
  if (output.is_unknown()) {
    add_unknown(out, node, output);
    return;
  }
  std::string_view rest = *output.string();
  while (!rest.empty()) {
    const std::size_t newline = std::min(rest.find('\n'), rest.size() - 1);
    add(out, node, std::string{rest.substr(0, newline + 1)});
    rest.remove_prefix(newline + 1);
  }
}

void Interpreter::Machine::list_of_builtin(const Node& node, List& out)
{
  call_builtin(node, &out);
}

}  // namespace dkimctl::perl
