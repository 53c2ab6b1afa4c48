#include "perl/arithmetic.hpp"
#include "perl/lexer.hpp"
#include "perl/machine.hpp"
#include "perl/parser.hpp"
#include "perl/regex.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include <fmt/format.h>

namespace dkimctl::perl {
namespace {

char to_lower(char c)
{
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 0x20) : c;
}
char to_upper(char c)
{
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 0x20) : c;
}

std::string change_case(std::string text, std::string_view function)
{
  if (function == "lc" || function == "fc") {
    std::ranges::transform(text, text.begin(), to_lower);
  } else if (function == "uc") {
    std::ranges::transform(text, text.begin(), to_upper);
  } else if (!text.empty()) {
    text[0] = function == "lcfirst" ? to_lower(text[0]) : to_upper(text[0]);
  }
  return text;
}

std::string quote_meta(std::string_view text)
{
  std::string out;
  for (const char c : text) {
    if (!is_word_char(c)) {
      out += '\\';
    }
    out += c;
  }
  return out;
}

/// split on white space, as split(' ') does.
std::vector<std::string> words_of(std::string_view text)
{
  std::vector<std::string> out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t begin = i;
    while (i < text.size() && !is_blank(text[i])) {
      ++i;
    }
    if (i > begin) {
      out.emplace_back(text.substr(begin, i - begin));
    } else {
      ++i;
    }
  }
  return out;
}

}  // namespace

// ---- functions that are not built in

void Interpreter::Machine::call_function(const Node& node, List& out)
{
  if (stopped()) {
    return;
  }
  const bool aliasing = std::exchange(aliasing_, false);
  call_function_plainly(node, out);
  aliasing_ = aliasing;
}

void Interpreter::Machine::call_function_plainly(const Node& node, List& out)
{
  const bool named = node.kind == NodeKind::call || node.kind == NodeKind::code_variable ||
                     (node.kind == NodeKind::code_call && node.kids[0]->kind == NodeKind::code_variable);
  const std::string_view text = node.kind == NodeKind::code_call && named ? node.kids[0]->text : node.text;
  Value code = named ? Value{} : code_of(node);
  const bool through_reference = code.code() != nullptr && !code.code()->name.empty();
  const std::string name = named || through_reference
                               ? std::string{surroundings_.vocabulary.local_name(
                                     named ? text : std::string_view{code.code()->name})}
                               : std::string{};
  if (named && call_constant(name, out)) {
    return;
  }
  if ((named || through_reference) && subs_.contains(name)) {
    call_unknown(node, fmt::format("call of {}()", name), out);
    return;
  }
  const auto native = surroundings_.functions.find(name);
  if ((named || through_reference) && native != surroundings_.functions.end()) {
    call_native(node, name, native->second, out);
    return;
  }
  if (named && is_undefined(node, name)) {
    return;
  }
  call_unknown(node,
               named                           ? fmt::format("call of {}()", name)
               : node.kind == NodeKind::method ? fmt::format("call of method {}", node.text)
                                               : std::string{"call through a reference"},
               out);
}

/// What $code->(...) calls; undef where it is no reference to code.
Value Interpreter::Machine::code_of(const Node& node)
{
  if (node.kind != NodeKind::code_call) {
    return {};
  }
  return scalar(*node.kids[0]);
}

bool Interpreter::Machine::call_constant(const std::string& name, List& out)
{
  const auto found = constants_.find(name);
  if (found == constants_.end()) {
    return false;
  }
  out.insert(out.end(), found->second.begin(), found->second.end());
  return true;
}

/// Says so, where Perl would die: a plain name that neither amavisd nor the files nor a module can have
/// defined.
bool Interpreter::Machine::is_undefined(const Node& node, const std::string& name)
{
  const bool elsewhere =
      name.find(':') != std::string::npos || surroundings_.vocabulary.functions.contains(name) ||
      units_[source_].syntax.imports_unknown || symbols_unknown_ != nullptr ||
      everything_unknown_ != nullptr || guard() != nullptr || package_ != surroundings_.vocabulary.package;
  if (elsewhere) {
    return false;
  }
  const bool near = name.starts_with("dkim");
  fail(FailureKind::died, place(node), fmt::format("there is no function {}()", name),
       near ? "did you mean dkim_key()?" : "check its spelling");
  return true;
}

void Interpreter::Machine::call_native(const Node& node, const std::string& name, const Native& native,
                                       List& out)
{
  const bool ampersand = node.kind != NodeKind::call;  // &f(...) knows no prototype
  const auto known = surroundings_.vocabulary.functions.find(name);
  const std::string prototype = ampersand || known == surroundings_.vocabulary.functions.end()
                                    ? std::string{}
                                    : known->second.value_or("");
  const Nodes arguments = !ampersand                                                 ? node.kids
                          : node.kind == NodeKind::code_call && node.kids.size() > 1 ? node.kids[1]->kids
                                                                                     : Nodes{};
  Call call{name, place(node), {}, guard() != nullptr ? guard() : symbols_unknown_};
  std::size_t slot = 0;
  for (const Node* const argument : arguments) {
    while (slot < prototype.size() && prototype[slot] == ';') {
      ++slot;
    }
    if (slot < prototype.size() && prototype[slot] == '$') {
      call.arguments.push_back(item(*argument));
      ++slot;
    } else {
      list(*argument, call.arguments);
    }
  }
  if (stopped()) {
    return;
  }
  const std::uint32_t source = source_;
  Outcome outcome = native(interpreter_, call);
  source_ = source;
  if (outcome.died) {
    if (guard() == nullptr) {
      fail(FailureKind::died, call.place, *outcome.died);
    }
    return;
  }
  for (Item& each : outcome.result) {
    if (!each.place.known()) {
      each.place = call.place;
    }
    out.push_back(std::move(each));
  }
}

/// A function that is not known here: its result is not either, nor is whatever it was given to change.
void Interpreter::Machine::call_unknown(const Node& node, const std::string& what, List& out)
{
  const UnknownPtr why = unknown(place(node), what);
  List arguments;
  for (const Node* const kid : node.kids) {
    if (kid->kind != NodeKind::code_variable && kid->kind != NodeKind::bareword) {
      list(*kid, arguments);
    }
  }
  for (const Item& each : arguments) {
    make_unknown(each.value, why);
    if (each.cell != nullptr) {
      each.cell->value = why;
    }
  }
  const std::string_view text = node.kind == NodeKind::code_call ? node.kids[0]->text : node.text;
  const std::string name{surroundings_.vocabulary.local_name(text)};
  const auto sub = subs_.find(name);
  const bool running = std::ranges::find(running_subs_, std::string_view{name}) != running_subs_.end();
  if (node.kind != NodeKind::method && sub != subs_.end() && !running) {
    running_subs_.push_back(sub->first);
    const std::uint32_t source = std::exchange(source_, sub_sources_[sub->first]);
    run_sub_unknown(*sub->second, why);
    source_ = source;
    running_subs_.pop_back();
  }
  out.push_back({why, place(node), nullptr, true});
}

// ---- functions that are

Interpreter::Machine::BuiltinFunction Interpreter::Machine::builtin_function(std::string_view name)
{
  using M = Machine;
  struct Row {
    std::string_view name;
    BuiltinFunction function;
  };
  static constexpr std::array kFunctions{
      Row{"__FILE__", &M::do_place},   Row{"__LINE__", &M::do_place},    Row{"__PACKAGE__", &M::do_place},
      Row{"abs", &M::do_number},       Row{"chomp", &M::do_chomp},       Row{"chop", &M::do_chomp},
      Row{"chr", &M::do_number},       Row{"constant", &M::do_constant}, Row{"eval", &M::do_eval},
      Row{"tie", &M::do_tie},          Row{"splice", &M::do_splice},     Row{"use", &M::do_include},
      Row{"defined", &M::do_defined},  Row{"delete", &M::do_delete},     Row{"die", &M::do_die},
      Row{"do", &M::do_include},       Row{"exists", &M::do_exists},     Row{"exit", &M::do_die},
      Row{"fc", &M::do_text},          Row{"hex", &M::do_number},        Row{"index", &M::do_index},
      Row{"int", &M::do_number},       Row{"join", &M::do_join},         Row{"keys", &M::do_keys},
      Row{"lc", &M::do_text},          Row{"lcfirst", &M::do_text},      Row{"length", &M::do_text},
      Row{"oct", &M::do_number},       Row{"ord", &M::do_number},        Row{"pop", &M::do_pop},
      Row{"print", &M::do_print},      Row{"printf", &M::do_print},      Row{"push", &M::do_push},
      Row{"quotemeta", &M::do_text},   Row{"ref", &M::do_ref},           Row{"require", &M::do_include},
      Row{"reverse", &M::do_reverse},  Row{"rindex", &M::do_index},      Row{"say", &M::do_print},
      Row{"scalar", &M::do_scalar},    Row{"shift", &M::do_pop},         Row{"sort", &M::do_sort},
      Row{"split", &M::do_split},      Row{"sprintf", &M::do_sprintf},   Row{"sqrt", &M::do_number},
      Row{"substr", &M::do_substring}, Row{"uc", &M::do_text},           Row{"ucfirst", &M::do_text},
      Row{"undef", &M::do_undef},      Row{"unshift", &M::do_push},      Row{"values", &M::do_keys},
      Row{"warn", &M::do_print},
  };
  const auto* const found = std::ranges::find(kFunctions, name, &Row::name);
  return found == kFunctions.end() ? nullptr : found->function;
}

/// In list context (`out` given) the results go there; the value returned is that of scalar context.
Value Interpreter::Machine::call_builtin(const Node& node, List* out)
{
  if (stopped()) {
    return {};
  }
  const BuiltinFunction function = builtin_function(node.text);
  const bool aliasing = std::exchange(aliasing_, aliasing_ && node.text == "values");
  Value result = call_builtin_plainly(node, out, function);
  aliasing_ = aliasing;
  return result;
}

Value Interpreter::Machine::call_builtin_plainly(const Node& node, List* out, BuiltinFunction function)
{
  if (function != nullptr) {
    const std::size_t before = out == nullptr ? 0 : out->size();
    Value value = (this->*function)(node, out);
    const bool returns_list = node.text == "reverse" || node.text == "splice" || node.text == "split" ||
                              node.text == "keys" || node.text == "values" || node.text == "sort";
    if (out != nullptr && !returns_list && out->size() == before && !stopped()) {
      out->push_back({value, place(node), nullptr, false});
    }
    return value;
  }
  const bool word = node.text.find(' ') == std::string_view::npos;
  const UnknownPtr why =
      unknown(place(node), word ? fmt::format("function {}", node.text) : std::string{node.text});
  for (const Node* const kid : node.kids) {
    if (kid->kind == NodeKind::block) {
      run_guarded(*kid, why);
      continue;
    }
    List arguments;
    list(*kid, arguments);
    if (node.text == "map" || node.text == "grep" || node.text == "stat" || node.text == "localtime" ||
        node.text == "wantarray" || node.text == "time" || node.text == "each") {
      continue;  // changes nothing it is given (a block's own changes aside)
    }
    for (const Item& each : arguments) {  // open(my $fh, ...), splice(@x, ...), read($fh, $buffer, ...)
      make_unknown(each.value, why);
      if (each.cell != nullptr) {
        each.cell->value = why;
      }
    }
    make_unknown(*kid, why);
  }
  if (out != nullptr) {
    out->push_back({why, place(node), nullptr, true});
  }
  return why;
}

Value Interpreter::Machine::do_defined(const Node& node, List* /*out*/)
{
  if (node.kids.empty()) {
    const Value topic = scalar_variable("_")->value;
    return topic.is_unknown() ? topic : truth(!topic.is_undef());
  }
  const Node& operand = *node.kids[0];
  if (operand.kind == NodeKind::code_variable || operand.kind == NodeKind::code_call) {
    const std::string name{surroundings_.vocabulary.local_name(operand.text)};
    const bool known = surroundings_.functions.contains(name) || subs_.contains(name);
    return known ? truth(true) : unknown_value(node, "whether a function is defined");
  }
  const Value value = scalar(operand);
  if (value.is_unknown()) {
    return value;
  }
  const bool container = operand.kind == NodeKind::array_variable || operand.kind == NodeKind::hash_variable;
  return truth(container ? value.truth() : !value.is_undef());
}

Value Interpreter::Machine::do_undef(const Node& node, List* /*out*/)
{
  if (node.kids.empty()) {
    return {};
  }
  const Node& target = *node.kids[0];
  if (is_list_assignment(target)) {
    const bool hash = target.kind == NodeKind::hash_variable || target.text == "%";
    if (hash) {
      if (const HashPtr cell = hash_of(target).cell) {
        store_hash(cell, {}, place(node), name_of(target));
      }
    } else if (const ArrayPtr cell = array_of(target).cell) {
      store_array(cell, {}, place(node), name_of(target));
    }
  } else {
    store_scalar_node(target, {}, place(node));
  }
  return {};
}

Value Interpreter::Machine::do_delete(const Node& node, List* out)
{
  if (node.kids.empty()) {
    return {};
  }
  const Node& target = *node.kids[0];
  if (target.kind != NodeKind::entry && target.kind != NodeKind::hash_slice) {
    const UnknownPtr why = unknown(place(node), "delete of an array's element");
    make_unknown(target, why);
    return why;
  }
  const Meant<Hash> hash = hash_of(*target.kids[0]);
  const List keys = target.kind == NodeKind::entry ? List{item(*target.kids[1])} : list(*target.kids[1]);
  Value last;
  for (const Item& key : keys) {
    if (hash.cell == nullptr) {
      continue;
    }
    if (key.value.is_unknown() || hash.cell->guard < depth_of_guards()) {
      make_unknown(*hash.cell, key.value.is_unknown() ? key.value.unknown() : guard(), name_of(target));
      continue;
    }
    const auto found = hash.cell->entries.find(key.value.text());
    last = found == hash.cell->entries.end() ? Value{} : found->second.scalar->value;
    if (found != hash.cell->entries.end()) {
      hash.cell->entries.erase(found);
    }
    if (out != nullptr) {
      out->push_back({last, place(node), nullptr, false});
    }
  }
  return hash.unknown != nullptr ? Value{hash.unknown} : last;
}

Value Interpreter::Machine::do_exists(const Node& node, List* /*out*/)
{
  const Node* const target = node.kids.empty() ? nullptr : node.kids[0];
  if (target != nullptr && target->kind == NodeKind::entry) {
    const Meant<Hash> hash = hash_of(*target->kids[0]);
    const Value key = scalar(*target->kids[1]);
    if (hash.unknown != nullptr || key.is_unknown()) {
      return hash.unknown != nullptr ? hash.unknown : key.unknown();
    }
    const bool found = hash.cell != nullptr && hash.cell->find(key.text()) != nullptr;
    return !found && hash.cell != nullptr && hash.cell->unknown != nullptr ? Value{hash.cell->unknown}
                                                                           : truth(found);
  }
  if (target != nullptr && target->kind == NodeKind::element) {
    const Meant<Scalar> cell = element_cell(*target, false);
    return cell.unknown != nullptr ? Value{cell.unknown} : truth(cell.cell != nullptr);
  }
  return unknown_value(node, "whether something exists");
}

Value Interpreter::Machine::do_scalar(const Node& node, List* /*out*/)
{
  return node.kids.empty() ? Value{} : scalar(*node.kids[0]);
}

Value Interpreter::Machine::do_push(const Node& node, List* /*out*/)
{
  if (node.kids.empty()) {
    return {};
  }
  const Meant<Array> array = array_of(*node.kids[0]);
  List values;
  for (std::size_t i = 1; i < node.kids.size(); ++i) {
    list(*node.kids[i], values);
  }
  if (stopped() || array.cell == nullptr) {
    return array.unknown != nullptr ? Value{array.unknown} : Value{};
  }
  append(array.cell, values, node.text == "unshift", place(node), name_of(*node.kids[0]));
  return array.cell->unknown != nullptr ? Value{array.cell->unknown}
                                        : Value{static_cast<std::int64_t>(array.cell->items.size())};
}

Value Interpreter::Machine::do_pop(const Node& node, List* /*out*/)
{
  if (node.kids.empty()) {
    return unknown_value(node, fmt::format("{} of the arguments", node.text));
  }
  const Meant<Array> array = array_of(*node.kids[0]);
  if (array.cell == nullptr) {
    return array.unknown != nullptr ? Value{array.unknown} : Value{};
  }
  if (array.cell->guard < depth_of_guards()) {
    make_unknown(*array.cell, guard(), name_of(*node.kids[0]));
  }
  if (array.cell->unknown != nullptr) {
    return array.cell->unknown;
  }
  if (array.cell->items.empty()) {
    return {};
  }
  const auto which = node.text == "shift" ? array.cell->items.begin() : array.cell->items.end() - 1;
  Value value = (*which)->value;
  array.cell->items.erase(which);
  return value;
}

/// splice(@array, offset, length, list).
Value Interpreter::Machine::do_splice(const Node& node, List* out)
{
  const Meant<Array> array = node.kids.empty() ? Meant<Array>{} : array_of(*node.kids[0]);
  List arguments;
  for (std::size_t i = 1; i < node.kids.size(); ++i) {
    list(*node.kids[i], arguments);
  }
  const bool known = array.cell != nullptr && array.cell->unknown == nullptr &&
                     array.cell->guard == depth_of_guards() &&
                     std::ranges::none_of(arguments, [](const Item& each) { return each.many; }) &&
                     (arguments.empty() || !arguments[0].value.is_unknown()) &&
                     (arguments.size() < 2 || !arguments[1].value.is_unknown());
  if (!known) {
    const UnknownPtr why = unknown(place(node), "splice");
    if (array.cell != nullptr) {
      make_unknown(*array.cell, why, name_of(*node.kids[0]));
    }
    if (out != nullptr) {
      out->push_back({why, place(node), nullptr, true});
    }
    return why;
  }
  std::vector<ScalarPtr>& items = array.cell->items;
  const auto size = static_cast<std::int64_t>(items.size());
  std::int64_t begin = arguments.empty() ? 0 : arguments[0].value.as_integer();
  begin = std::clamp<std::int64_t>(begin < 0 ? begin + size : begin, 0, size);
  std::int64_t length =
      arguments.size() < 2 || arguments[1].value.is_undef() ? size : arguments[1].value.as_integer();
  length = std::clamp<std::int64_t>(length < 0 ? size - begin + length : length, 0, size - begin);
  const auto first = items.begin() + begin;
  Value last;
  for (auto each = first; each != first + length; ++each) {
    last = (*each)->value;
    if (out != nullptr) {
      out->push_back({last, (*each)->set, nullptr, false});
    }
  }
  items.erase(first, first + length);
  for (std::size_t i = 2; i < arguments.size(); ++i) {
    append_item(*array.cell, arguments[i], static_cast<std::size_t>(begin) + i - 2);
  }
  return last;
}

Value Interpreter::Machine::do_reverse(const Node& node, List* out)
{
  List values;
  for (const Node* const kid : node.kids) {
    list(*kid, values);
  }
  if (out != nullptr) {
    out->insert(out->end(), values.rbegin(), values.rend());
    return {};
  }
  std::string text;
  for (const Item& each : values) {
    if (each.value.is_unknown()) {
      return each.value;
    }
    text += each.value.text();
  }
  std::ranges::reverse(text);
  return Value{std::move(text)};
}

Value Interpreter::Machine::do_join(const Node& node, List* /*out*/)
{
  List values;
  for (const Node* const kid : node.kids) {
    list(*kid, values);
  }
  std::string text;
  UnknownPtr why;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::optional<std::string> part = text_of(values[i].value, why, node);
    if (!part) {
      return why;
    }
    if (i > 1) {
      text += values[0].value.text();
    }
    text += i > 0 ? *part : "";
  }
  return Value{std::move(text)};
}

/// split on ' ' or on a pattern, with or without a limit; nothing else is evaluated.
Value Interpreter::Machine::do_split(const Node& node, List* out)
{
  const auto cannot = [&](const UnknownPtr& why) {
    if (out != nullptr) {
      out->push_back({why, place(node), nullptr, true});
    }
    return Value{why};
  };
  const Node* const pattern_node = node.kids.empty() ? nullptr : node.kids[0];
  const Value subject = node.kids.size() > 1 ? scalar(*node.kids[1]) : scalar_variable("_")->value;
  const bool match = pattern_node != nullptr && pattern_node->kind == NodeKind::match;
  const Value pattern =
      pattern_node == nullptr ? Value{" "} : scalar(match ? *pattern_node->kids[0] : *pattern_node);
  if (subject.is_unknown() || pattern.is_unknown()) {
    return cannot(subject.is_unknown() ? subject.unknown() : pattern.unknown());
  }
  const Value limit_value = node.kids.size() > 2 ? scalar(*node.kids[2]) : Value{std::int64_t{0}};
  if (limit_value.is_unknown() || (subject.is_reference() && subject.regex() == nullptr)) {
    return cannot(limit_value.is_unknown() ? limit_value.unknown()
                                           : unknown(place(node), "address of a reference"));
  }
  const std::int64_t limit = limit_value.as_integer();
  std::vector<std::string> parts;
  const std::string text = subject.text();
  if (!match && pattern.is_string() && *pattern.string() == " ") {
    if (limit != 0) {
      return cannot(unknown(place(node), "split of words with a limit"));
    }
    parts = words_of(text);
  } else {
    const Regex regex = pattern.regex() != nullptr ? *pattern.regex()
                                                   : Regex{pattern.text() == "^" ? "(?m:^)" : pattern.text(),
                                                           match ? std::string{pattern_node->flags} : ""};
    const auto compiled = CompiledRegex::compile(regex);
    const auto split = compiled ? compiled->split(text, limit > 0 ? static_cast<std::size_t>(limit) : 0)
                                : tl::unexpected(compiled.error());
    if (!split) {
      return cannot(unknown(place(node), "split by a pattern"));
    }
    parts = *split;
  }
  while (limit == 0 && !parts.empty() && parts.back().empty()) {
    parts.pop_back();
  }
  if (out == nullptr) {
    return static_cast<std::int64_t>(parts.size());
  }
  for (std::string& part : parts) {
    out->push_back({Value{std::move(part)}, place(node), nullptr, false});
  }
  return {};
}

Value Interpreter::Machine::do_sprintf(const Node& node, List* /*out*/)
{
  List values;
  for (const Node* const kid : node.kids) {
    list(*kid, values);
  }
  std::vector<Value> arguments;
  for (const Item& each : values) {
    if (each.value.is_unknown()) {
      return each.value;
    }
    if (each.value.is_reference() && each.value.regex() == nullptr) {
      return unknown_value(node, "address of a reference");
    }
    arguments.push_back(each.value);
  }
  if (arguments.empty()) {
    return Value{""};
  }
  const std::string pattern = arguments.front().text();
  arguments.erase(arguments.begin());
  const std::optional<std::string> text = format(pattern, arguments);
  return text ? Value{*text} : unknown_value(node, "format of sprintf");
}

Value Interpreter::Machine::do_keys(const Node& node, List* out)
{
  const Node* const target = node.kids.empty() ? nullptr : node.kids[0];
  const bool is_hash = target != nullptr && (target->kind == NodeKind::hash_variable ||
                                             (target->kind == NodeKind::dereference && target->text == "%"));
  const bool temporary = target != nullptr && target->kind == NodeKind::dereference &&
                         target->kids[0]->kind == NodeKind::hash_literal;
  const Meant<Hash> hash = temporary ? Meant<Hash>{scalar(*target->kids[0]).hash_ptr(), nullptr}
                           : is_hash ? hash_of(*target)
                                     : Meant<Hash>{};
  // Perl's order of keys is random: only their number, or a single one, can be told.
  const bool counted = hash.cell != nullptr && hash.cell->unknown == nullptr;
  if (counted && out == nullptr) {
    return static_cast<std::int64_t>(hash.cell->entries.size());
  }
  if (counted && (hash.cell->entries.size() < 2 || keys_are_sorted_)) {
    for (const auto& [key, entry] : hash.cell->entries) {
      const bool value = node.text == "values";
      out->push_back({value ? entry.scalar->value : Value{key}, value ? entry.scalar->set : entry.key,
                      value ? entry.scalar : nullptr, false});
    }
    return {};
  }
  const UnknownPtr why = hash.unknown != nullptr ? hash.unknown
                         : hash.cell != nullptr && hash.cell->unknown != nullptr
                             ? hash.cell->unknown
                             : unknown(place(node), fmt::format("order of {}", node.text));
  if (aliasing_ && node.text == "values" && hash.cell != nullptr) {  // the loop may change each of them
    make_unknown(*hash.cell, why, target == nullptr ? std::string{} : name_of(*target));
  }
  if (out != nullptr) {
    out->push_back({why, place(node), nullptr, true});
  }
  return why;
}

Value Interpreter::Machine::do_text(const Node& node, List* /*out*/)
{
  const Value value = node.kids.empty() ? scalar_variable("_")->value : scalar(*node.kids[0]);
  UnknownPtr why;
  if (node.text == "length" && value.is_undef()) {
    return {};
  }
  const std::optional<std::string> text = text_of(value, why, node);
  if (!text) {
    return why;
  }
  if (node.text == "length") {
    return static_cast<std::int64_t>(text->size());
  }
  return Value{node.text == "quotemeta" ? quote_meta(*text) : change_case(*text, node.text)};
}

Value Interpreter::Machine::do_substring(const Node& node, List* /*out*/)
{
  List arguments;
  for (const Node* const kid : node.kids) {
    arguments.push_back(item(*kid));
  }
  for (const Item& each : arguments) {
    if (each.value.is_unknown()) {
      return each.value;
    }
  }
  if (arguments.size() < 2 || arguments.size() > 3) {
    const UnknownPtr why = unknown(place(node), "substr that changes its argument");
    if (!node.kids.empty()) {
      make_unknown(*node.kids[0], why);
    }
    return why;
  }
  const std::string text = arguments[0].value.text();
  const auto size = static_cast<std::int64_t>(text.size());
  std::int64_t begin = arguments[1].value.as_integer();
  begin += begin < 0 ? size : 0;
  if (begin < 0 || begin > size) {
    return unknown_value(node, "substr beyond its string");
  }
  std::int64_t end = size;
  if (arguments.size() == 3 && !arguments[2].value.is_undef()) {
    const std::int64_t length = arguments[2].value.as_integer();
    end = length < 0 ? size + length : length > size - begin ? size : begin + length;
  }
  return Value{text.substr(static_cast<std::size_t>(begin),
                           static_cast<std::size_t>(std::max<std::int64_t>(end - begin, 0)))};
}

Value Interpreter::Machine::do_index(const Node& node, List* /*out*/)
{
  List arguments;
  for (const Node* const kid : node.kids) {
    arguments.push_back(item(*kid));
  }
  for (const Item& each : arguments) {
    if (each.value.is_unknown()) {
      return each.value;
    }
  }
  if (arguments.size() != 2) {
    return unknown_value(node, fmt::format("{} with a start", node.text));
  }
  const std::string text = arguments[0].value.text();
  const std::string part = arguments[1].value.text();
  const std::size_t found = node.text == "index" ? text.find(part) : text.rfind(part);
  return found == std::string::npos ? std::int64_t{-1} : static_cast<std::int64_t>(found);
}

Value Interpreter::Machine::do_number(const Node& node, List* /*out*/)
{
  const Value value = node.kids.empty() ? scalar_variable("_")->value : scalar(*node.kids[0]);
  if (value.is_unknown()) {
    return value;
  }
  if (value.is_reference()) {
    return unknown_value(node, "address of a reference");
  }
  if (node.text == "hex") {
    const std::string text = value.text();
    return number_in_base(
        text.starts_with("0x") || text.starts_with("0X") ? std::string_view{text}.substr(2) : text, 16);
  }
  if (node.text == "oct") {
    return octal(value.text());
  }
  if (node.text == "ord") {
    const std::string text = value.text();
    return static_cast<std::int64_t>(text.empty() ? 0 : static_cast<unsigned char>(text[0]));
  }
  if (node.text == "chr") {
    const std::int64_t code = value.as_integer();
    return code >= 0 && code < 256 ? Value{std::string(1, static_cast<char>(code))}
                                   : unknown_value(node, "wide character");
  }
  const double number = value.as_double();
  if (node.text == "sqrt") {
    return number >= 0 ? Value{std::sqrt(number)} : unknown_value(node, "root of a negative number");
  }
  const Value exact = value.number();
  if (exact.integer() != nullptr) {
    return node.text == "abs" && *exact.integer() < 0 ? *apply_unary("-", exact) : exact;
  }
  const double result = node.text == "abs" ? std::fabs(number) : std::trunc(number);
  return std::fabs(result) < 1e15 && result == std::trunc(result) ? Value{static_cast<std::int64_t>(result)}
                                                                  : Value{result};
}

Value Interpreter::Machine::do_chomp(const Node& node, List* /*out*/)
{
  std::vector<ScalarPtr> cells;
  if (node.kids.empty()) {
    cells.push_back(scalar_variable("_"));
  } else {
    const Meant<Scalar> one = scalar_cell(*node.kids[0]);
    if (one.cell != nullptr) {
      cells.push_back(one.cell);
    } else if (one.unknown != nullptr) {
      return one.unknown;
    } else {
      for (const Item& each : list(*node.kids[0])) {
        if (each.cell != nullptr) {
          cells.push_back(each.cell);
        }
      }
    }
  }
  std::int64_t removed = 0;
  for (const ScalarPtr& cell : cells) {
    if (cell->value.is_unknown() || cell->value.is_undef() || cell->value.is_reference()) {
      continue;
    }
    std::string text = cell->value.text();
    if (!text.empty() && (node.text == "chop" || text.back() == '\n')) {
      text.pop_back();
      ++removed;
      const Place set = cell->set;
      store(*cell, Value{std::move(text)}, set, {});
    }
  }
  return removed;
}

Value Interpreter::Machine::do_die(const Node& node, List* /*out*/)
{
  List values;
  for (const Node* const kid : node.kids) {
    list(*kid, values);
  }
  if (guard() != nullptr || stopped()) {
    return {};  // where it does not die, all goes on as if it were not there
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

Value Interpreter::Machine::do_sort(const Node& node, List* out)
{
  List values;
  const bool plain =
      !node.kids.empty() && node.kids[0]->kind != NodeKind::block && node.kids[0]->kind != NodeKind::bareword;
  const bool sorted_before = std::exchange(keys_are_sorted_, plain);
  for (const Node* const kid : node.kids) {
    if (kid->kind != NodeKind::block && kid->kind != NodeKind::bareword) {
      list(*kid, values);
    }
  }
  keys_are_sorted_ = sorted_before;
  const bool known = std::ranges::none_of(values, [](const Item& each) {
    return each.value.is_unknown() || (each.value.is_reference() && each.value.regex() == nullptr);
  });
  if (!plain || !known || out == nullptr) {
    const UnknownPtr why = unknown(place(node), "sort");
    if (out != nullptr) {
      out->push_back({why, place(node), nullptr, true});
    }
    return why;
  }
  std::ranges::stable_sort(values, {}, [](const Item& each) { return each.value.text(); });
  for (Item& each : values) {
    out->push_back(std::move(each));
  }
  return {};
}

Value Interpreter::Machine::do_ref(const Node& node, List* /*out*/)
{
  const Value value = node.kids.empty() ? scalar_variable("_")->value : scalar(*node.kids[0]);
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

Value Interpreter::Machine::do_place(const Node& node, List* /*out*/)
{
  if (node.text == "__PACKAGE__") {
    return Value{package_};
  }
  const Location where = locate(place(node));
  if (node.text == "__FILE__") {
    const bool bare =
        !where.file.starts_with('/') && !where.file.starts_with("./") && !where.file.starts_with("../");
    return Value{bare ? "./" + where.file : where.file};
  }
  return node.text == "__LINE__" ? Value{static_cast<std::int64_t>(where.line)}
                                 : unknown_value(node, "path of this file");
}

/// use constant NAME => values; use constant {NAME => value, ...}.
Value Interpreter::Machine::do_constant(const Node& node, List* /*out*/)
{
  if (node.parenthesised) {
    for (std::size_t i = 0; i + 1 < node.kids.size(); i += 2) {
      const Value name = scalar(*node.kids[i]);
      constants_[name.is_unknown() ? std::string{} : name.text()] = {item(*node.kids[i + 1])};
    }
    return {};
  }
  List values;
  for (std::size_t i = 1; i < node.kids.size(); ++i) {
    list(*node.kids[i], values);
  }
  const Value name = scalar(*node.kids[0]);
  constants_[name.is_unknown() ? std::string{} : name.text()] = std::move(values);
  return {};
}

Value Interpreter::Machine::do_tie(const Node& node, List* /*out*/)
{
  const UnknownPtr why = unknown(place(node), "tied variable");
  for (const Node* const kid : node.kids) {
    make_unknown(*kid, why);
  }
  const Meant<Scalar> cell = node.kids.empty() ? Meant<Scalar>{} : scalar_cell(*node.kids[0]);
  if (cell.cell != nullptr) {
    cell.cell->tied = why;
  }
  return why;
}

/// eval STRING: a text that is known is run as something that may happen; any other may change everything.
Value Interpreter::Machine::do_eval(const Node& node, List* /*out*/)
{
  const Value text = node.kids.empty() ? Value{} : scalar(*node.kids[0]);
  const UnknownPtr why = unknown(place(node), "eval of a string");
  if (text.is_unknown() || !text.is_plain()) {
    taint(why, "dkim_key");
    make_everything_unknown(why);
    return why;
  }
  run_string(text.text(), why);
  return why;
}

void Interpreter::Machine::run_string(std::string text, const UnknownPtr& why)
{
  const Location where = locate(why->where);
  const auto source = static_cast<std::uint32_t>(files_.size());
  const auto kept = std::make_shared<const SourceText>(fmt::format("eval at {}:{}", where.file, where.line),
                                                       std::move(text));
  files_.push_back({kept, {}, why->where, true});
  units_.emplace_back();
  ParseResult parsed = parse(kept->text(), surroundings_.vocabulary);
  if (!parsed.errors.empty() || file_depth_ > 50) {
    return;  // eval goes on, whatever the text is
  }
  units_[source] = Unit{kept, std::move(parsed.syntax)};
  const std::uint32_t outer = std::exchange(source_, source);
  ++file_depth_;
  run_guarded(*units_[source].syntax.root, why);
  --file_depth_;
  source_ = outer;
}

/// do FILE and require FILE.
Value Interpreter::Machine::do_include(const Node& node, List* /*out*/)
{
  const Node* const operand = node.kids.empty() ? nullptr : node.kids[0];
  if (operand != nullptr && operand->kind == NodeKind::bareword) {
    unknown(place(*operand),
            fmt::format("module {}", operand->text));  // whether it is installed, what it changes
    return std::int64_t{1};
  }
  if (operand == nullptr || operand->kind == NodeKind::number || operand->kind == NodeKind::version) {
    return std::int64_t{1};
  }
  const Value path = scalar(*operand);
  if (stopped()) {
    return {};
  }
  if (path.is_unknown()) {
    taint(path.unknown(), "files that are included");
    make_everything_unknown(path.unknown());
    return path;
  }
  return include(node, path.text());
}

Value Interpreter::Machine::include(const Node& node, std::string_view path)
{
  const bool require = node.text == "require";
  if (!included_.insert(std::string{path}).second && require) {
    return std::int64_t{1};
  }
  const bool searched = !path.starts_with('/') && !path.starts_with("./") && !path.starts_with("../");
  if (searched) {  // in @INC, which has no "."
    if (require && guard() == nullptr) {
      fail(FailureKind::died, place(node), fmt::format("require does not look for {} in this folder", path),
           fmt::format("write ./{}, or the whole path", path));
    }
    return unknown_value(node, fmt::format("value of {}", node.text));
  }
  if (guard() != nullptr) {
    const UnknownPtr why = unknown(guard()->where, guard()->construct, "files that are included");
  }
  const std::size_t failures = failures_.size();
  const bool good = run_file(std::string{path}, require ? Missing::fails : Missing::is_skipped, place(node));
  if (!good && !require) {
    failures_.resize(failures);  // do FILE goes on whatever is wrong with the file
    unknown(place(node), fmt::format("file {}, which does not run to its end", path),
            "files that are included");
  }
  return unknown_value(node, fmt::format("value of {}", node.text));
}

}  // namespace dkimctl::perl
