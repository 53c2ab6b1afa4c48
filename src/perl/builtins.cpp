#include "perl/machine.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace dkimctl::perl {
namespace {

/// They change nothing they are given, a block's own changes aside.
constexpr std::array<std::string_view, 7> kChangeNothing{"each", "grep", "localtime", "map",
                                                         "stat", "time", "wantarray"};

bool is_code(const Node& node)
{
  return node.kind == NodeKind::code_variable || node.kind == NodeKind::code_call;
}

}  // namespace

const Interpreter::Machine::Builtin* Interpreter::Machine::builtin(std::string_view name)
{
  using M = Machine;
  static constexpr std::array rows{
      Builtin{"__FILE__", &M::do_place},    Builtin{"__LINE__", &M::do_place},
      Builtin{"__PACKAGE__", &M::do_place}, Builtin{"abs", &M::do_number},
      Builtin{"chomp", &M::do_chomp},       Builtin{"chop", &M::do_chomp},
      Builtin{"chr", &M::do_number},        Builtin{"constant", &M::do_constant},
      Builtin{"defined", &M::do_defined},   Builtin{"delete", &M::do_delete},
      Builtin{"die", &M::do_die},           Builtin{"do", &M::do_include},
      Builtin{"eval", &M::do_eval},         Builtin{"exists", &M::do_exists},
      Builtin{"exit", &M::do_die},          Builtin{"fc", &M::do_text},
      Builtin{"hex", &M::do_number},        Builtin{"index", &M::do_index},
      Builtin{"int", &M::do_number},        Builtin{"join", &M::do_join},
      Builtin{"keys", &M::do_keys, true},   Builtin{"lc", &M::do_text},
      Builtin{"lcfirst", &M::do_text},      Builtin{"length", &M::do_text},
      Builtin{"oct", &M::do_number},        Builtin{"ord", &M::do_number},
      Builtin{"pop", &M::do_pop},           Builtin{"print", &M::do_print},
      Builtin{"printf", &M::do_print},      Builtin{"push", &M::do_push},
      Builtin{"quotemeta", &M::do_text},    Builtin{"ref", &M::do_ref},
      Builtin{"require", &M::do_include},   Builtin{"reverse", &M::do_reverse, true},
      Builtin{"rindex", &M::do_index},      Builtin{"say", &M::do_print},
      Builtin{"scalar", &M::do_scalar},     Builtin{"shift", &M::do_pop},
      Builtin{"sort", &M::do_sort, true},   Builtin{"splice", &M::do_splice, true},
      Builtin{"split", &M::do_split, true}, Builtin{"sprintf", &M::do_sprintf},
      Builtin{"sqrt", &M::do_number},       Builtin{"substr", &M::do_substring},
      Builtin{"tie", &M::do_tie},           Builtin{"uc", &M::do_text},
      Builtin{"ucfirst", &M::do_text},      Builtin{"undef", &M::do_undef},
      Builtin{"unshift", &M::do_push},      Builtin{"use", &M::do_include},
      Builtin{"values", &M::do_keys, true}, Builtin{"warn", &M::do_print},
  };
  static_assert(std::ranges::is_sorted(rows, {}, &Builtin::name));
  const auto* const found = std::ranges::lower_bound(rows, name, {}, &Builtin::name);
  return found != rows.end() && found->name == name ? found : nullptr;
}

Value Interpreter::Machine::call_builtin(const Node& node, List* out)
{
  if (stopped()) {
    return {};
  }
  const bool aliasing = std::exchange(aliasing_, aliasing_ && node.text == "values");
  const Builtin* const found = builtin(node.text);
  Value result = found != nullptr ? call_builtin(node, out, *found) : call_unknown_builtin(node, out);
  aliasing_ = aliasing;
  return result;
}

Value Interpreter::Machine::call_builtin(const Node& node, List* out, const Builtin& builtin)
{
  const std::size_t before = out == nullptr ? 0 : out->size();
  Value value = (this->*builtin.function)(node, out);
  if (out != nullptr && !builtin.returns_list && out->size() == before && !stopped()) {
    add(*out, node, value);
  }
  return value;
}

Value Interpreter::Machine::call_unknown_builtin(const Node& node, List* out)
{
  const bool word = node.text.find(' ') == std::string_view::npos;
  const UnknownPtr why =
      unknown(place(node), word ? fmt::format("function {}", node.text) : std::string{node.text});
  const bool changes = std::ranges::find(kChangeNothing, node.text) == kChangeNothing.end();
  for (const Node* const kid : node.kids) {
    if (kid->kind == NodeKind::block) {
      run_guarded(*kid, why);
      continue;
    }
    const List arguments = list(*kid);
    if (changes) {
      make_given_unknown(arguments, why);
      make_unknown(*kid, why);
    }
  }
  return unknown_result(node, out, why);
}

Value Interpreter::Machine::operand_or_topic(const Node& node)
{
  return node.kids.empty() ? variable<Scalar>("_")->value : scalar(*node.kids[0]);
}

Value Interpreter::Machine::do_defined(const Node& node, List* /*out*/)
{
  const Node* const operand = node.kids.empty() ? nullptr : node.kids[0];
  if (operand != nullptr && is_code(*operand)) {
    const std::string_view name = surroundings_.vocabulary.local_name(operand->text);
    const bool known = surroundings_.functions.contains(name) || subs_.contains(name);
    return known ? truth(true) : unknown_value(node, "whether a function is defined");
  }
  Value value = operand_or_topic(node);
  if (value.is_unknown()) {
    return value;
  }
  const bool container = operand != nullptr && (operand->kind == NodeKind::array_variable ||
                                                operand->kind == NodeKind::hash_variable);
  return truth(container ? value.truth() : !value.is_undef());
}

Value Interpreter::Machine::do_undef(const Node& node, List* /*out*/)
{
  if (node.kids.empty()) {
    return {};
  }
  const Node& target = *node.kids[0];
  if (is_list_assignment(target)) {
    store_container(target, {}, place(node));
  } else {
    store_scalar_node(target, {}, place(node));
  }
  return {};
}

Value Interpreter::Machine::do_scalar(const Node& node, List* /*out*/)
{
  return node.kids.empty() ? Value{} : scalar(*node.kids[0]);
}

/// Where it may not be reached, all goes on as if it were not there.
Value Interpreter::Machine::do_die(const Node& node, List* /*out*/)
{
  const List values = list(node.kids);
  if (guarded() || stopped()) {
    return {};
  }
  std::string text;
  for (const Item& each : values) {
    text += each.value.is_unknown() ? "..." : each.value.text();
  }
  while (text.ends_with('\n')) {
    text.pop_back();
  }
  fail(FailureKind::died, place(node),
       node.text == "exit" ? "this ends amavisd"
                           : fmt::format("the configuration dies here: {}", text.empty() ? "Died" : text));
  return {};
}

Value Interpreter::Machine::do_print(const Node& node, List* /*out*/)
{
  for (const Node* const kid : node.kids) {
    if (kid->kind != NodeKind::block && kid->kind != NodeKind::bareword) {
      list(*kid);
    }
  }
  return std::int64_t{1};
}

Value Interpreter::Machine::do_ref(const Node& node, List* /*out*/)
{
  Value value = operand_or_topic(node);
  if (value.is_unknown()) {
    return value;
  }
  if (value.object() != nullptr) {
    return Value{value.object()->class_name};
  }
  if (value.scalar() != nullptr) {
    return Value{value.scalar()->value.is_reference() ? "REF" : "SCALAR"};
  }
  return Value{value.array() != nullptr   ? "ARRAY"
               : value.hash() != nullptr  ? "HASH"
               : value.regex() != nullptr ? "Regexp"
               : value.code() != nullptr  ? "CODE"
                                          : ""};
}

// NOLINTNEXTLINE(readability-make-member-function-const): it stands in the table with the others
Value Interpreter::Machine::do_place(const Node& node, List* /*out*/)
{
  if (node.text == "__PACKAGE__") {
    return Value{package_};
  }
  const Location where = locate(place(node));
  if (node.text == "__LINE__") {
    return static_cast<std::int64_t>(where.line);
  }
  return Value{has_folder(where.file) ? where.file : "./" + where.file};
}

/// use constant NAME => values; use constant {NAME => value, ...}.
Value Interpreter::Machine::do_constant(const Node& node, List* /*out*/)
{
  const auto name_of_constant = [&](const Node& written) {
    const Value name = scalar(written);
    return name.is_unknown() ? std::string{} : name.text();
  };
  const Nodes kids = node.kids;
  if (node.parenthesised) {
    for (std::size_t i = 0; i + 1 < kids.size(); i += 2) {
      std::string name = name_of_constant(*kids[i]);
      constants_[std::move(name)] = {item(*kids[i + 1])};
    }
    return {};
  }
  if (kids.empty()) {
    return {};
  }
  List values = list(kids.subspan(1));
  constants_[name_of_constant(*kids[0])] = std::move(values);
  return {};
}

Value Interpreter::Machine::do_tie(const Node& node, List* /*out*/)
{
  const UnknownPtr why = unknown(place(node), "tied variable");
  make_kids_unknown(node, why);
  const ScalarPtr cell = node.kids.empty() ? nullptr : scalar_cell(*node.kids[0]).cell;
  if (cell != nullptr) {
    cell->tied = why;
  }
  return why;
}

}  // namespace dkimctl::perl
