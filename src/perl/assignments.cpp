#include "perl/arithmetic.hpp"
#include "perl/machine.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dkimctl::perl {
namespace {

bool is_logical(std::string_view op)
{
  return op == "||" || op == "&&" || op == "//";
}

}  // namespace

bool Interpreter::Machine::is_list_assignment(const Node& target) const
{
  if (target.kind == NodeKind::declaration) {
    return target.parenthesised || (!target.kids.empty() && is_list_assignment(*target.kids[0]));
  }
  return is_array(target) || is_hash(target) || target.kind == NodeKind::list ||
         target.kind == NodeKind::array_slice || target.kind == NodeKind::hash_slice;
}

Value Interpreter::Machine::assign(const Node& node)
{
  const Node& target = *node.kids[0];
  if (is_list_assignment(target)) {
    List assigned;
    assign_list(node, &assigned);
    const auto many = std::ranges::find_if(assigned, &Item::many);
    return many != assigned.end() ? many->value : Value{static_cast<std::int64_t>(assigned.size())};
  }
  Value value = scalar(*node.kids[1]);
  if (stopped()) {
    return {};
  }
  store_scalar_node(target, value, place(node));
  return value;
}

/// `out` gets what was assigned, aliased to where it is now.
void Interpreter::Machine::assign_list(const Node& node, List* out)
{
  const bool aliasing = std::exchange(aliasing_, false);
  const List values = list(*node.kids[1]);
  aliasing_ = aliasing;
  if (stopped()) {
    return;
  }
  const Node& target = *node.kids[0];
  store_list(target, values, place(node));
  if (out != nullptr) {
    list_of_assigned(target, values, *out);
  }
}

/// What a list assignment is as a list: the new elements of an array, else copies of what was assigned.
void Interpreter::Machine::list_of_assigned(const Node& target, const List& values, List& out)
{
  const bool declared = target.kind == NodeKind::declaration && target.kids.size() == 1;
  const Node& inner = declared ? *target.kids[0] : target;
  if (inner.kind == NodeKind::array_variable) {
    list(inner, out);
    return;
  }
  for (Item each : values) {
    each.cell = nullptr;
    out.push_back(std::move(each));
  }
}

/// += and its like.
Value Interpreter::Machine::assign_operator(const Node& node)
{
  const Node& written = *node.kids[0];
  const bool wrapped = written.kind == NodeKind::list && written.kids.size() == 1;
  const Node& target = wrapped ? *written.kids[0] : written;
  const std::string_view op = node.text.substr(0, node.text.size() - 1);
  if (target.kind == NodeKind::assignment && !is_list_assignment(*target.kids[0])) {
    return change_assigned(node, target, op);
  }
  if (is_list_assignment(target)) {  // @x x= 3, @x ||= ...
    const UnknownPtr why = unknown(place(node), fmt::format("operator {} on a list", node.text));
    make_unknown(target, why);
    return why;
  }
  const bool part = target.kind == NodeKind::element || target.kind == NodeKind::entry;
  const Meant<Scalar> made =
      part ? scalar_cell(target) : Meant<Scalar>{};  // it is there before the right side is
  const Value before = made.cell != nullptr ? made.cell->value : scalar(target);
  if (is_logical(op)) {
    return assign_logical(node, target, op, before);
  }
  const Value operand = scalar(*node.kids[1]);
  if (stopped()) {
    return {};
  }
  std::optional<Value> known = operate(node, op, before, operand);
  Value result = known ? *std::move(known) : unknown_value(node, fmt::format("operator {}", node.text));
  store_scalar_node(target, result, place(node));
  return result;
}

/// (my $x = $y) .= 'z'
Value Interpreter::Machine::change_assigned(const Node& node, const Node& target, std::string_view op)
{
  const Meant<Scalar> cell = scalar_cell(target);
  const Value operand = scalar(*node.kids[1]);
  if (cell.cell == nullptr || is_logical(op)) {
    return unknown_value(node, fmt::format("operator {} on an assignment", node.text));
  }
  std::optional<Value> known = cell.cell->value.is_unknown() || operand.is_unknown()
                                   ? std::nullopt
                                   : apply_binary(op, cell.cell->value, operand);
  store(*cell.cell, known ? *std::move(known) : unknown_value(node, fmt::format("operator {}", node.text)),
        place(node), {});
  return cell.cell->value;
}

/// ||=, &&= and //=
Value Interpreter::Machine::assign_logical(const Node& node, const Node& target, std::string_view op,
                                           const Value& before)
{
  if (!before.is_unknown() && takes_left(op, before)) {
    return before;
  }
  const Value right = scalar(*node.kids[1]);
  Value after = before.is_unknown() ? before : right;
  store_scalar_node(target, after, place(node));
  return after;
}

}  // namespace dkimctl::perl
