#include "perl/machine.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace dkimctl::perl {
namespace {

/// &name and &name(...), too, which know no prototype.
bool is_by_name(const Node& node)
{
  return node.kind == NodeKind::call || node.kind == NodeKind::code_variable ||
         (node.kind == NodeKind::code_call && node.kids[0]->kind == NodeKind::code_variable);
}

std::string_view written_name(const Node& node)
{
  return node.kind == NodeKind::code_call ? node.kids[0]->text : node.text;
}

}  // namespace

void Interpreter::Machine::call_function(const Node& node, List& out)
{
  if (stopped()) {
    return;
  }
  const bool aliasing = std::exchange(aliasing_, false);
  if (is_by_name(node)) {
    call_by_name(node, surroundings_.vocabulary.local_name(written_name(node)), out);
  } else {
    call_by_value(node, out);
  }
  aliasing_ = aliasing;
}

void Interpreter::Machine::call_by_name(const Node& node, std::string_view name, List& out)
{
  if (const auto constant = constants_.find(name); constant != constants_.end()) {
    if (step(constant->second.size())) {
      out.insert(out.end(), constant->second.begin(), constant->second.end());
    }
    return;
  }
  if (!call_known(node, name, out) && !is_undefined(node, name)) {
    call_unknown(node, fmt::format("call of {}()", name), out);
  }
}

/// $code->(...) and methods.
void Interpreter::Machine::call_by_value(const Node& node, List& out)
{
  if (node.kind == NodeKind::method) {
    call_unknown(node, fmt::format("call of method {}", node.text), out);
    return;
  }
  const Value called = node.kind == NodeKind::code_call ? scalar(*node.kids[0]) : Value{};
  const Code* const code = called.code();
  const std::string_view name =
      code == nullptr ? std::string_view{} : surroundings_.vocabulary.local_name(code->name);
  if (name.empty() || !call_known(node, name, out)) {
    call_unknown(node, "call through a reference", out);
  }
}

/// Calls the file's own function of that name, or amavisd's; false where there is none.
bool Interpreter::Machine::call_known(const Node& node, std::string_view name, List& out)
{
  if (subs_.contains(name)) {
    call_unknown(node, fmt::format("call of {}()", name), out, name);
    return true;
  }
  const auto known = surroundings_.functions.find(name);
  if (known == surroundings_.functions.end()) {
    return false;
  }
  call_native(node, name, known->second, out);
  return true;
}

/// Says so, where Perl would die: a plain name that neither amavisd nor the files nor a module can have
/// defined.
bool Interpreter::Machine::is_undefined(const Node& node, std::string_view name)
{
  const bool elsewhere =
      name.find(':') != std::string_view::npos || surroundings_.vocabulary.function(name) != nullptr ||
      units_[source_].syntax.imports_unknown || symbols_unknown_ != nullptr ||
      everything_unknown_ != nullptr || guarded() || package_ != surroundings_.vocabulary.package;
  if (elsewhere) {
    return false;
  }
  const bool near = name.starts_with("dkim");
  fail(FailureKind::died, place(node), fmt::format("there is no function {}()", name),
       near ? "did you mean dkim_key()?" : "check its spelling");
  return true;
}

void Interpreter::Machine::call_native(const Node& node, std::string_view name, const Native& native,
                                       List& out)
{
  Call call{name, place(node), {}, guarded() ? guard() : symbols_unknown_};
  if (node.kind == NodeKind::call) {
    const Signature* const signature = surroundings_.vocabulary.function(name);
    const bool any_list = signature == nullptr || !signature->prototype;
    add_arguments(node.kids, any_list ? std::string_view{} : *signature->prototype, call.arguments);
  } else if (node.kind == NodeKind::code_call && node.kids.size() > 1) {
    add_arguments(node.kids[1]->kids, {}, call.arguments);
  }
  if (stopped()) {
    return;
  }
  if (rehearsing_) {
    add_unknown(out, node, guard());
    return;
  }
  const std::uint32_t source = source_;
  Outcome outcome = native(interpreter_, call);
  source_ = source;
  if (outcome.died) {
    if (!guarded()) {
      fail(FailureKind::died, call.place, *std::move(outcome.died));
    }
    return;
  }
  for (Item& each : outcome.result) {
    each.place = each.place.known() ? each.place : call.place;
  }
  if (out.empty()) {
    out = std::move(outcome.result);
  } else {
    std::ranges::move(outcome.result, std::back_inserter(out));
  }
}

/// Each in the context that the prototype gives it.
void Interpreter::Machine::add_arguments(Nodes arguments, std::string_view prototype, List& out)
{
  out.reserve(arguments.size());
  for (const Node* const argument : arguments) {
    prototype.remove_prefix(std::min(prototype.find_first_not_of(';'), prototype.size()));
    if (prototype.starts_with('$')) {
      out.push_back(item(*argument));
      prototype.remove_prefix(1);
    } else {
      list(*argument, out);
    }
  }
}

/// A function that is not known here: its result is not either, nor is whatever it was given to change, nor
/// what the file's own `sub` changes, if it is one.
void Interpreter::Machine::call_unknown(const Node& node, std::string what, List& out, std::string_view sub)
{
  const UnknownPtr why = unknown(place(node), std::move(what));
  List arguments;
  for (const Node* const kid : node.kids) {
    if (kid->kind != NodeKind::code_variable && kid->kind != NodeKind::bareword) {
      list(*kid, arguments);
    }
  }
  make_given_unknown(arguments, why);
  run_called_sub(sub, why);
  add_unknown(out, node, why);
}

/// The file's own function, if that is what is called and it does not run already.
void Interpreter::Machine::run_called_sub(std::string_view name, const UnknownPtr& why)
{
  const auto sub = subs_.find(name);
  if (sub == subs_.end() || std::ranges::find(running_subs_, sub->first) != running_subs_.end()) {
    return;
  }
  running_subs_.push_back(sub->first);
  const std::uint32_t source = std::exchange(source_, sub->second.source);
  const Node& body = *sub->second.body;
  std::vector<Lexical> callers;
  if (source != source_) {  // another file's, which does not see what this one declares
    callers = std::exchange(lexicals_, {});
  }
  run_sub_unknown(body, why);
  if (source != source_) {
    lexicals_ = std::move(callers);
  }
  source_ = source;
  running_subs_.pop_back();
}

}  // namespace dkimctl::perl
