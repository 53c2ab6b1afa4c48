#include "perl/machine.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dkimctl::perl {

void Interpreter::Machine::run_block(const Node& block)
{
  const std::size_t lexicals = lexicals_.size();
  const std::size_t locals = locals_.size();
  run_statements(block);
  while (locals_.size() > locals) {
    const std::function<void()> restore = std::move(locals_.back());
    locals_.pop_back();
    restore();
  }
  lexicals_.resize(lexicals);
}

/// Subs exist before the first statement runs.
void Interpreter::Machine::run_statements(const Node& block)
{
  for (const Node* const kid : block.kids) {
    if (kid->kind == NodeKind::sub_definition) {
      subs_.insert_or_assign(std::string{kid->text}, kid->kids.front());
      sub_sources_.insert_or_assign(std::string{kid->text}, source_);
    }
  }
  for (const Node* const kid : block.kids) {
    if (stopped()) {
      return;
    }
    run(*kid);
    if (uncertain_ != nullptr) {  // a `return` or `last` that may have happened: the rest may not
      guards_.push_back(std::exchange(uncertain_, nullptr));
    }
  }
}

void Interpreter::Machine::run(const Node& statement)
{
  if (!step()) {
    return;
  }
  switch (statement.kind) {
  case NodeKind::block: {  // a loop that goes round once
    const std::size_t guards = guards_.size();
    run_block(statement);
    settle_uncertainty(guards);
    if (flow_ == Flow::next_iteration || flow_ == Flow::leave_loop) {
      leaves_loop(statement.flags);
    }
    return;
  }
  case NodeKind::branch: run_branch(statement); return;
  case NodeKind::for_each: run_for_each(statement); return;
  case NodeKind::loop: run_loop(statement); return;
  case NodeKind::sub_definition:
  case NodeKind::nothing: return;
  case NodeKind::package:
    if (!statement.kids.empty()) {
      const std::string outer = std::exchange(package_, std::string{statement.text});
      run_block(*statement.kids.front());
      package_ = outer;
    } else {
      package_ = statement.text;
    }
    return;
  case NodeKind::list: {
    List ignored;
    list(statement, ignored);
    return;
  }
  case NodeKind::assignment:
    if (is_list_assignment(*statement.kids[0]) && statement.text == "=") {
      assign_list(statement, nullptr);
      last_value_ = Value{std::int64_t{1}};
    } else {
      last_value_ = scalar(statement);
    }
    return;
  case NodeKind::call:
  case NodeKind::code_call:
  case NodeKind::method: {
    List ignored;
    call_function(statement, ignored);
    return;
  }
  case NodeKind::number:
  case NodeKind::version:
  case NodeKind::string:
  case NodeKind::interpolated:
  case NodeKind::words:
  case NodeKind::regex:
  case NodeKind::match:
  case NodeKind::command:
  case NodeKind::scalar_variable:
  case NodeKind::array_variable:
  case NodeKind::hash_variable:
  case NodeKind::array_last:
  case NodeKind::code_variable:
  case NodeKind::glob_variable:
  case NodeKind::declaration:
  case NodeKind::element:
  case NodeKind::entry:
  case NodeKind::array_slice:
  case NodeKind::hash_slice:
  case NodeKind::pair_slice:
  case NodeKind::list_slice:
  case NodeKind::dereference:
  case NodeKind::unary:
  case NodeKind::postfix:
  case NodeKind::binary:
  case NodeKind::logical:
  case NodeKind::conditional:
  case NodeKind::reference:
  case NodeKind::array_literal:
  case NodeKind::hash_literal:
  case NodeKind::builtin:
  case NodeKind::file_test:
  case NodeKind::read_line:
  case NodeKind::bareword:
  case NodeKind::anonymous_sub:
  case NodeKind::do_block:
  case NodeKind::eval_block:
  case NodeKind::flow: last_value_ = scalar(statement); return;
  }
}

/// After `next` or `last`: whether it is the loop of this label that is meant. If so, it has been dealt with.
bool Interpreter::Machine::leaves_loop(std::string_view label)
{
  if (!flow_label_.empty() && flow_label_ != label) {
    return false;
  }
  flow_label_ = {};
  flow_ = Flow::none;
  return true;
}

/// A block ended that a `last` may have left: nothing behind it is uncertain for that.
void Interpreter::Machine::settle_uncertainty(std::size_t guards_at_start)
{
  if (guards_.size() > guards_at_start) {
    uncertain_ = guards_.back();
    guards_.resize(guards_at_start);
  }
}

/// Runs what may or may not happen, so that everything it would change becomes unknown.
void Interpreter::Machine::run_guarded(const Node& statement, const UnknownPtr& why)
{
  if (depth_ > 200) {
    return;
  }
  ++depth_;
  const std::size_t guards = guards_.size();
  const Flow flow = flow_;
  guards_.push_back(why);
  run(statement);
  guards_.resize(guards);
  flow_ = flow_ == Flow::dead ? Flow::dead : flow;
  --depth_;
}

void Interpreter::Machine::run_branch(const Node& branch)
{
  const std::size_t lexicals = lexicals_.size();
  const Value test = scalar(*branch.kids[0]);
  if (stopped()) {
    return;
  }
  if (const UnknownPtr why = test.unknown()) {
    for (std::size_t i = 1; i < branch.kids.size(); ++i) {
      run_guarded(*branch.kids[i], why);
    }
  } else if (test.truth() || branch.kids.size() > 2) {
    const Node& taken = *branch.kids[test.truth() ? 1 : 2];
    if (taken.kind == NodeKind::block) {
      run_block(taken);  // no loop, as a block of its own would be
    } else {
      run(taken);
    }
  }
  // "my $x = ... if ..." declares in the block around it.
  if (branch.kids[1]->kind == NodeKind::block) {
    lexicals_.resize(lexicals);
  }
}

void Interpreter::Machine::run_for_each(const Node& loop)
{
  const Node& variable = *loop.kids[0];
  const bool aliasing = std::exchange(aliasing_, true);
  List items = list(*loop.kids[1]);
  aliasing_ = aliasing;
  const bool declared = variable.kind == NodeKind::declaration;
  const std::string name{declared ? variable.kids[0]->text : variable.text};
  const std::size_t lexicals = lexicals_.size();
  const std::size_t guards = guards_.size();
  const bool own = declared || lexical('$', name) != nullptr;
  ScalarPtr saved = own ? nullptr : global_scalar(name);
  const auto bind = [&](const ScalarPtr& cell) {
    lexicals_.resize(lexicals);
    if (own) {
      lexicals_.push_back({"$" + name, cell, nullptr, nullptr});
    } else {
      globals_.scalar(global_name(name)) = cell;
    }
  };
  for (const Item& each : items) {
    if (stopped()) {
      break;
    }
    const ScalarPtr cell = each.cell != nullptr ? each.cell : new_scalar(each.value, each.place);
    cell->constant = cell->constant || each.constant;
    bind(cell);
    const Node& body = *loop.kids[2];
    if (each.many) {
      run_guarded(body, each.value.unknown());
    } else if (body.kind == NodeKind::block) {
      run_block(body);
    } else {
      run(body);
    }
    if (uncertain_ != nullptr) {
      guards_.push_back(std::exchange(uncertain_, nullptr));
    }
    const bool leaves = flow_ == Flow::leave_loop;
    if ((leaves || flow_ == Flow::next_iteration) && (!leaves_loop(loop.flags) || leaves)) {
      break;
    }
  }
  guards_.resize(guards);
  lexicals_.resize(lexicals);
  if (!own) {
    globals_.scalar(global_name(name)) = saved;
  }
}

/// How often a `while` goes round cannot be told: its body is run once, as something that may happen.
void Interpreter::Machine::run_loop(const Node& loop)
{
  const UnknownPtr why = unknown(place(loop), fmt::format("'{}' loop", loop.text));
  for (const Node* const part : loop.kids) {
    run_guarded(*part, why);
  }
  uncertain_ = nullptr;
}

void Interpreter::Machine::run_flow(const Node& node)
{
  if (!node.kids.empty()) {
    list(*node.kids[0]);
  }
  if (UnknownPtr why = guard()) {
    uncertain_ = std::move(why);
    return;
  }
  flow_label_ = node.text == "return" ? std::string_view{} : node.flags;
  flow_ = node.text == "next" || node.text == "redo" ? Flow::next_iteration
          : node.text == "last"                      ? Flow::leave_loop
                                                     : Flow::leave_file;
}

/// The body of a sub that is called: what it would do cannot be told, so all it may change becomes unknown.
void Interpreter::Machine::run_sub_unknown(const Node& body, const UnknownPtr& why)
{
  const UnknownPtr outer = std::exchange(uncertain_, nullptr);
  const std::size_t lexicals = lexicals_.size();
  const ArrayPtr arguments = new_array();
  arguments->unknown = why;
  lexicals_.push_back({"@_", nullptr, arguments, nullptr});
  run_guarded(body, why);
  lexicals_.resize(lexicals);
  uncertain_ = outer;
}

}  // namespace dkimctl::perl
