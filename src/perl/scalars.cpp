#include "perl/arithmetic.hpp"
#include "perl/machine.hpp"

#include <fmt/format.h>

namespace dkimctl::perl {

Value Interpreter::Machine::scalar_of_variable(const Node& node)
{
  return variable<Scalar>(node.text)->value;
}

Value Interpreter::Machine::scalar_of_element(const Node& node)
{
  return value_of(element_cell(node, Access::read));
}

Value Interpreter::Machine::scalar_of_entry(const Node& node)
{
  return value_of(entry_cell(node, Access::read));
}

Value Interpreter::Machine::scalar_of_dereference(const Node& node)
{
  if (node.text == "$") {
    return value_of(dereferenced_scalar(node));
  }
  if (node.text == "%") {
    return size_of_hash(node);
  }
  return node.text == "@" || node.text == "$#" ? size_of_array(node) : unknown_value(node, "typeglob");
}

/// How many elements, or the index of the last.
Value Interpreter::Machine::size_of_array(const Node& node)
{
  const Meant<Array> array = array_of(node, Access::read);
  if (const UnknownPtr why = why_unknown(array)) {
    return why;
  }
  const auto size = static_cast<std::int64_t>(array.cell == nullptr ? 0 : array.cell->items.size());
  const bool last =
      node.kind == NodeKind::array_last || (node.kind == NodeKind::dereference && node.text == "$#");
  return last ? size - 1 : size;
}

Value Interpreter::Machine::size_of_hash(const Node& node)
{
  const Meant<Hash> hash = hash_of(node, Access::read);
  if (const UnknownPtr why = why_unknown(hash)) {
    return why;
  }
  return static_cast<std::int64_t>(hash.cell == nullptr ? 0 : hash.cell->entries.size());
}

Value Interpreter::Machine::scalar_of_declaration(const Node& node)
{
  declare(node);
  return node.kids.size() == 1 ? scalar(*node.kids[0]) : Value{};
}

Value Interpreter::Machine::scalar_of_unary(const Node& node)
{
  const Node& operand = *node.kids[0];
  Value value = scalar(operand);
  if (node.text == "++" || node.text == "--") {
    const std::optional<Value> next = value.is_unknown()  ? value
                                      : node.text == "++" ? increment(value)
                                                          : apply_binary("-", value, Value{std::int64_t{1}});
    Value after = next ? *next : unknown_value(node, "number beyond 63 bits");
    store_scalar_node(operand, after, place(node));
    return after;
  }
  if (value.is_unknown()) {
    return value;
  }
  std::optional<Value> result = apply_unary(node.text, value);
  return result ? *std::move(result) : unknown_value(node, fmt::format("operator {}", node.text));
}

Value Interpreter::Machine::scalar_of_postfix(const Node& node)
{
  Value before = scalar(*node.kids[0]);
  scalar_of_unary(node);
  return before.is_undef() ? Value{std::int64_t{0}} : before;
}

/// left OP right, or why it cannot be known; nothing where no such value is.
std::optional<Value> Interpreter::Machine::operate(const Node& node, std::string_view op, const Value& left,
                                                   const Value& right)
{
  if (left.is_unknown() || right.is_unknown()) {
    return left.is_unknown() ? left : right;
  }
  if (is_address(left) || is_address(right)) {
    return unknown_value(node, "address of a reference");
  }
  return apply_binary(op, left, right);
}

Value Interpreter::Machine::scalar_of_binary(const Node& node)
{
  if (node.text == "=~" || node.text == "!~") {
    return scalar_of_binding(node);
  }
  const Value left = scalar(*node.kids[0]);
  const Value right = scalar(*node.kids[1]);
  if (std::optional<Value> result = operate(node, node.text, left, right)) {
    return *std::move(result);
  }
  if ((node.text == "/" && right.as_double() == 0) || (node.text == "%" && right.as_integer() == 0)) {
    fail(FailureKind::died, place(node), "division by zero");
    return {};
  }
  return unknown_value(node, fmt::format("operator {}", node.text));
}

/// =~ and !~: what matches is not evaluated.
Value Interpreter::Machine::scalar_of_binding(const Node& node)
{
  const Node& left = *node.kids[0];
  const Node& right = *node.kids[1];
  scalar(left);
  const bool changes =
      right.kind == NodeKind::match && right.text != "m" && right.flags.find('r') == std::string_view::npos;
  if (!changes) {
    return unknown_value(node, "match of a regular expression");
  }
  const UnknownPtr why = unknown(place(node), fmt::format("change by {}///", right.text));
  make_unknown(left, why);
  return why;
}

Value Interpreter::Machine::scalar_of_logical(const Node& node)
{
  Value left = scalar(*node.kids[0]);
  if (stopped()) {
    return {};
  }
  if (left.is_unknown()) {
    run_guarded(*node.kids[1], left.unknown());
    return left;
  }
  if (node.text == "xor") {
    Value right = scalar(*node.kids[1]);
    return right.is_unknown() ? right : truth(left.truth() != right.truth());
  }
  return takes_left(node.text, left) ? left : scalar(*node.kids[1]);
}

Value Interpreter::Machine::scalar_of_conditional(const Node& node)
{
  Value test = scalar(*node.kids[0]);
  if (test.is_unknown()) {
    run_guarded(*node.kids[1], test.unknown());
    run_guarded(*node.kids[2], test.unknown());
    return test;
  }
  return scalar(*node.kids[test.truth() ? 1 : 2]);
}

/// The comma operator: the last one counts.
Value Interpreter::Machine::scalar_of_list(const Node& node)
{
  Value last;
  for (const Node* const kid : node.kids) {
    last = scalar(*kid);
  }
  return last;
}

Value Interpreter::Machine::scalar_of_slice(const Node& node)
{
  List all;
  (this->*behaviour(node.kind).list)(node, all);
  return all.empty() ? Value{} : std::move(all.back().value);
}

Value Interpreter::Machine::scalar_of_call(const Node& node)
{
  List result;
  call_function(node, result);
  return result.empty() ? Value{} : std::move(result.back().value);
}

Value Interpreter::Machine::scalar_of_builtin(const Node& node)
{
  return call_builtin(node, nullptr);
}

Value Interpreter::Machine::scalar_of_assignment(const Node& node)
{
  return node.text == "=" ? assign(node) : assign_operator(node);
}

Value Interpreter::Machine::scalar_of_statement(const Node& node)
{
  run(node);
  return {};
}

/// return, next, last, redo. Under an unknown condition what follows may not be reached.
Value Interpreter::Machine::scalar_of_flow(const Node& node)
{
  if (!node.kids.empty()) {
    list(*node.kids[0]);
  }
  if (guarded()) {
    uncertain_ = guard();
    return {};
  }
  flow_label_ = node.text == "return" ? std::string_view{} : node.flags;
  flow_ = node.text == "next" || node.text == "redo" ? Flow::next_iteration
          : node.text == "last"                      ? Flow::leave_loop
                                                     : Flow::leave_file;
  return {};
}

/// do {...} and eval {...}: run as something that may happen.
Value Interpreter::Machine::scalar_of_block(const Node& node)
{
  const UnknownPtr why = unknown(place(node), node.kind == NodeKind::do_block ? "do block" : "eval block");
  run_guarded(*node.kids[0], why);
  return why;
}

Value Interpreter::Machine::scalar_of_file_test(const Node& node)
{
  scalar(*node.kids[0]);
  return unknown_value(node, fmt::format("file test -{}", node.text));
}

Value Interpreter::Machine::not_evaluated(const Node& node)
{
  return unknown_value(node, node.kind == NodeKind::match           ? "match of a regular expression"
                             : node.kind == NodeKind::glob_variable ? "typeglob"
                             : node.kind == NodeKind::pair_slice    ? "slice of pairs"
                                                                    : "input from a file");
}

/// The text of a value that is to be part of a string; nothing, and why, where it cannot be known.
std::optional<std::string> Interpreter::Machine::text_of(const Value& value, UnknownPtr& why,
                                                         const Node& node)
{
  if (value.is_unknown() || is_address(value)) {
    why = value.is_unknown() ? value.unknown() : unknown(place(node), "address of a reference");
    return std::nullopt;
  }
  return value.text();
}

}  // namespace dkimctl::perl
