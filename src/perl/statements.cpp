#include "perl/machine.hpp"

#include <fmt/format.h>

namespace dkimctl::perl {
namespace {

constexpr int kDeepestGuard = 200;

}  // namespace

void Interpreter::Machine::run_block(const Node& block)
{
  const std::size_t lexicals = lexicals_.size();
  const std::size_t locals = locals_.size();
  std::string package = package_;
  run_statements(block);
  while (locals_.size() > locals) {
    const std::function<void()> restore = std::move(locals_.back());
    locals_.pop_back();
    restore();
  }
  lexicals_.resize(lexicals);
  package_ = std::move(package);
}

void Interpreter::Machine::run_statements(const Node& block)
{
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

/// What a branch or a loop runs: its block is no loop, as a block of its own would be.
void Interpreter::Machine::run_body(const Node& body)
{
  if (body.kind == NodeKind::block) {
    run_block(body);
  } else {
    run(body);
  }
}

/// A block of its own is a loop that goes round once.
void Interpreter::Machine::run_bare_block(const Node& block)
{
  const std::size_t guards = guards_.size();
  run_block(block);
  settle_uncertainty(guards);
  if (flow_ == Flow::next_iteration || flow_ == Flow::leave_loop) {
    leaves_loop(block.flags);
  }
}

void Interpreter::Machine::run_package(const Node& node)
{
  if (node.kids.empty()) {
    package_ = node.text;
    return;
  }
  std::string outer = std::exchange(package_, std::string{node.text});
  run_block(*node.kids.front());
  package_ = std::move(outer);
}

void Interpreter::Machine::run_list(const Node& statement)
{
  list(statement);
}

void Interpreter::Machine::run_assignment(const Node& statement)
{
  if (statement.text == "=" && is_list_assignment(*statement.kids[0])) {
    assign_list(statement, nullptr);
    last_value_ = Value{std::int64_t{1}};
  } else {
    run_expression(statement);
  }
}

void Interpreter::Machine::run_call(const Node& statement)
{
  List ignored;
  call_function(statement, ignored);
}

void Interpreter::Machine::run_expression(const Node& statement)
{
  last_value_ = scalar(statement);
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
  if (depth_ > kDeepestGuard) {
    return;
  }
  ++depth_;
  const std::size_t guards = guards_.size();
  const std::size_t lexicals = lexicals_.size();
  const Flow flow = flow_;
  guards_.push_back(why);
  run(statement);
  for (std::size_t i = lexicals; i < lexicals_.size(); ++i) {  // "my $x = ... if ...", seen from here on
    make_unknown(lexicals_[i], why);
  }
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
    run_body(*branch.kids[test.truth() ? 1 : 2]);
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
  const List items = list(*loop.kids[1]);
  aliasing_ = aliasing;
  const bool declared = variable.kind == NodeKind::declaration;
  const std::string_view name = declared ? variable.kids[0]->text : variable.text;
  const std::size_t lexicals = lexicals_.size();
  const std::size_t guards = guards_.size();
  const bool own = declared || lexical<Scalar>(name) != nullptr;
  const ScalarPtr saved = own ? nullptr : global<Scalar>(name);
  for (const Item& each : items) {
    if (stopped()) {
      break;
    }
    const ScalarPtr cell = each.cell != nullptr ? each.cell : new_scalar(each.value, each.place);
    cell->constant = cell->constant || each.constant;
    lexicals_.resize(lexicals);
    if (own) {
      lexicals_.push_back({name, cell});
    } else {
      globals_.scalar(global_name(name)) = cell;
    }
    if (!goes_round(each, loop)) {
      break;
    }
  }
  guards_.resize(guards);
  lexicals_.resize(lexicals);
  if (!own) {
    globals_.scalar(global_name(name)) = saved;
  }
}

/// What goes round an unknown number of times is run twice, so that what it changes is unknown in it from the
/// start. The first time no function of amavisd is called, and no file read: that would be one time too many.
void Interpreter::Machine::rehearse(const std::function<void()>& rounds)
{
  const bool outer = std::exchange(rehearsing_, true);
  const UnknownPtr uncertain = uncertain_;
  rounds();
  uncertain_ = uncertain;
  rehearsing_ = outer;
}

/// One round of a loop; false where it ends the loop.
bool Interpreter::Machine::goes_round(const Item& each, const Node& loop)
{
  const auto run_part = [&](const Node& part) {
    if (each.many) {
      run_guarded(part, each.value.unknown());
    } else {
      run_body(part);
    }
  };
  if (each.many) {
    rehearse([&] { run_part(*loop.kids[2]); });
  }
  run_part(*loop.kids[2]);
  if (uncertain_ != nullptr) {
    guards_.push_back(std::exchange(uncertain_, nullptr));
  }
  const bool leaves = flow_ == Flow::leave_loop;
  if (leaves || flow_ == Flow::next_iteration) {
    if (!leaves_loop(loop.flags) || leaves) {
      return false;
    }
  }
  if (loop.kids.size() > 3 && !stopped()) {
    run_part(*loop.kids[3]);
  }
  return true;
}

/// How often a `while` goes round cannot be told: its body is run once, as something that may happen.
void Interpreter::Machine::run_loop(const Node& loop)
{
  const UnknownPtr why = unknown(place(loop), fmt::format("'{}' loop", loop.text));
  rehearse([&] {
    for (const Node* const part : loop.kids) {
      run_guarded(*part, why);
    }
  });
  for (const Node* const part : loop.kids) {
    run_guarded(*part, why);
  }
  uncertain_ = nullptr;
}

/// The body of a sub that is called: what it would do cannot be told, so all it may change becomes unknown.
void Interpreter::Machine::run_sub_unknown(const Node& body, const UnknownPtr& why)
{
  const UnknownPtr outer = std::exchange(uncertain_, nullptr);
  const std::size_t lexicals = lexicals_.size();
  const ArrayPtr arguments = new_array();
  arguments->unknown = why;
  lexicals_.push_back({"_", arguments});
  run_guarded(body, why);
  lexicals_.resize(lexicals);
  uncertain_ = outer;
}

}  // namespace dkimctl::perl
