#include "perl/machine.hpp"

#include <algorithm>
#include <array>

namespace dkimctl::perl {
namespace {

using K = NodeKind;

template<class Rows>
constexpr bool each_is_at_its_kind(const Rows& rows)
{
  std::size_t at = 0;
  return std::ranges::all_of(rows, [&](const auto& row) { return row.kind == static_cast<NodeKind>(at++); });
}

}  // namespace

// clang-format off
constexpr std::array<Interpreter::Machine::Behaviour, kNodeKinds> Interpreter::Machine::kBehaviours{{
    // kind             in scalar context                 in list context                  as a statement
    {K::number,          &Machine::number,                 &Machine::list_of_literal,       &Machine::run_expression},
    {K::string,          &Machine::text,                   &Machine::list_of_literal,       &Machine::run_expression},
    {K::interpolated,    &Machine::interpolated,           &Machine::list_of_one,           &Machine::run_expression},
    {K::version,         &Machine::version,                &Machine::list_of_one,           &Machine::run_expression},
    {K::words,           &Machine::scalar_of_list,         &Machine::list_of_kids,          &Machine::run_expression},
    {K::regex,           &Machine::regex,                  &Machine::list_of_one,           &Machine::run_expression},
    {K::match,           &Machine::not_evaluated,          &Machine::list_of_many,          &Machine::run_expression},
    {K::command,         &Machine::command,                &Machine::list_of_lines,         &Machine::run_expression},
    {K::scalar_variable, &Machine::scalar_of_variable,     &Machine::list_of_variable,      &Machine::run_expression},
    {K::array_variable,  &Machine::size_of_array,          &Machine::list_of_array,         &Machine::run_expression},
    {K::hash_variable,   &Machine::size_of_hash,           &Machine::list_of_hash,          &Machine::run_expression},
    {K::array_last,      &Machine::size_of_array,          &Machine::list_of_one,           &Machine::run_expression},
    {K::code_variable,   &Machine::scalar_of_call,         &Machine::call_function,         &Machine::run_expression},
    {K::glob_variable,   &Machine::not_evaluated,          &Machine::list_of_one,           &Machine::run_expression},
    {K::declaration,     &Machine::scalar_of_declaration,  &Machine::list_of_declaration,   &Machine::run_expression},
    {K::element,         &Machine::scalar_of_element,      &Machine::list_of_part,          &Machine::run_expression},
    {K::entry,           &Machine::scalar_of_entry,        &Machine::list_of_part,          &Machine::run_expression},
    {K::array_slice,     &Machine::scalar_of_slice,        &Machine::list_of_array_slice,   &Machine::run_expression},
    {K::hash_slice,      &Machine::scalar_of_slice,        &Machine::list_of_hash_slice,    &Machine::run_expression},
    {K::pair_slice,      &Machine::not_evaluated,          &Machine::list_of_pairs,         &Machine::run_expression},
    {K::list_slice,      &Machine::scalar_of_slice,        &Machine::list_of_list_slice,    &Machine::run_expression},
    {K::dereference,     &Machine::scalar_of_dereference,  &Machine::list_of_dereference,   &Machine::run_expression},
    {K::unary,           &Machine::scalar_of_unary,        &Machine::list_of_one,           &Machine::run_expression},
    {K::postfix,         &Machine::scalar_of_postfix,      &Machine::list_of_one,           &Machine::run_expression},
    {K::binary,          &Machine::scalar_of_binary,       &Machine::list_of_binary,        &Machine::run_expression},
    {K::logical,         &Machine::scalar_of_logical,      &Machine::list_of_logical,       &Machine::run_expression},
    {K::conditional,     &Machine::scalar_of_conditional,  &Machine::list_of_conditional,   &Machine::run_expression},
    {K::assignment,      &Machine::scalar_of_assignment,   &Machine::list_of_assignment,    &Machine::run_assignment},
    {K::list,            &Machine::scalar_of_list,         &Machine::list_of_kids,          &Machine::run_list},
    {K::reference,       &Machine::reference,              &Machine::list_of_references,    &Machine::run_expression},
    {K::array_literal,   &Machine::array_literal,          &Machine::list_of_one,           &Machine::run_expression},
    {K::hash_literal,    &Machine::hash_literal,           &Machine::list_of_one,           &Machine::run_expression},
    {K::builtin,         &Machine::scalar_of_builtin,      &Machine::list_of_builtin,       &Machine::run_expression},
    {K::call,            &Machine::scalar_of_call,         &Machine::call_function,         &Machine::run_call},
    {K::code_call,       &Machine::scalar_of_call,         &Machine::call_function,         &Machine::run_call},
    {K::method,          &Machine::scalar_of_call,         &Machine::call_function,         &Machine::run_call},
    {K::file_test,       &Machine::scalar_of_file_test,    &Machine::list_of_one,           &Machine::run_expression},
    {K::read_line,       &Machine::not_evaluated,          &Machine::list_of_many,          &Machine::run_expression},
    {K::bareword,        &Machine::text,                   &Machine::list_of_one,           &Machine::run_expression},
    {K::anonymous_sub,   &Machine::code,                   &Machine::list_of_one,           &Machine::run_expression},
    {K::do_block,        &Machine::scalar_of_block,        &Machine::list_of_many,          &Machine::run_expression},
    {K::eval_block,      &Machine::scalar_of_block,        &Machine::list_of_many,          &Machine::run_expression},
    {K::flow,            &Machine::scalar_of_flow,         &Machine::list_of_none,          &Machine::run_expression},
    {K::block,           &Machine::scalar_of_statement,    &Machine::list_of_one,           &Machine::run_bare_block},
    {K::branch,          &Machine::scalar_of_statement,    &Machine::list_of_one,           &Machine::run_branch},
    {K::loop,            &Machine::scalar_of_statement,    &Machine::list_of_one,           &Machine::run_loop},
    {K::for_each,        &Machine::scalar_of_statement,    &Machine::list_of_one,           &Machine::run_for_each},
    {K::sub_definition,  &Machine::scalar_of_statement,    &Machine::list_of_one,           &Machine::run_nothing},
    {K::package,         &Machine::scalar_of_statement,    &Machine::list_of_one,           &Machine::run_package},
    {K::nothing,         &Machine::scalar_of_statement,    &Machine::list_of_none,          &Machine::run_nothing},
}};
// clang-format on

const Interpreter::Machine::Behaviour& Interpreter::Machine::behaviour(NodeKind kind)
{
  static_assert(each_is_at_its_kind(kBehaviours));
  return kBehaviours[static_cast<std::size_t>(kind)];
}

Value Interpreter::Machine::scalar(const Node& node)
{
  const Nested nested{*this};
  if (stopped()) {
    return {};
  }
  Value value = (this->*behaviour(node.kind).scalar)(node);
  step_for(value);
  return value;
}

void Interpreter::Machine::list(const Node& node, List& out)
{
  const Nested nested{*this};
  if (!stopped() && step()) {
    (this->*behaviour(node.kind).list)(node, out);
  }
}

List Interpreter::Machine::list(const Node& node)
{
  List out;
  list(node, out);
  return out;
}

List Interpreter::Machine::list(Nodes nodes)
{
  List out;
  for (const Node* const node : nodes) {
    list(*node, out);
  }
  return out;
}

void Interpreter::Machine::run(const Node& statement)
{
  const Nested nested{*this};
  if (!stopped() && step()) {
    (this->*behaviour(statement.kind).run)(statement);
  }
}

}  // namespace dkimctl::perl
