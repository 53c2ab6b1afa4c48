#include "perl/arithmetic.hpp"
#include "perl/machine.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dkimctl::perl {
namespace {

constexpr int kDeepestTaint = 20;

}  // namespace

/// What a target is called in messages: "$mydomain", "$policy_bank{...}"; empty for what the file declared
/// itself.
std::string Interpreter::Machine::name_of(const Node& target) const
{
  const auto global = [&](char sigil) {
    return lexical(sigil, target.text) == nullptr ? sigil + global_name(target.text) : std::string{};
  };
  if (target.kind == NodeKind::scalar_variable) {
    return global('$');
  }
  if (target.kind == NodeKind::array_variable || target.kind == NodeKind::array_last) {
    return global('@');
  }
  if (target.kind == NodeKind::hash_variable) {
    return global('%');
  }
  const bool part = target.kind == NodeKind::element || target.kind == NodeKind::entry ||
                    target.kind == NodeKind::array_slice || target.kind == NodeKind::hash_slice ||
                    target.kind == NodeKind::dereference ||
                    (target.kind == NodeKind::declaration && target.text == "local");
  return part && !target.kids.empty() ? name_of(*target.kids[0]) : std::string{};
}

bool Interpreter::Machine::is_list_assignment(const Node& target) const
{
  if (target.kind == NodeKind::dereference) {
    return target.text == "@" || target.text == "%";
  }
  if (target.kind == NodeKind::declaration) {
    return target.parenthesised || (!target.kids.empty() && is_list_assignment(*target.kids[0]));
  }
  return target.kind == NodeKind::array_variable || target.kind == NodeKind::hash_variable ||
         target.kind == NodeKind::list || target.kind == NodeKind::array_slice ||
         target.kind == NodeKind::hash_slice;
}

void Interpreter::Machine::store(Scalar& cell, Value value, Place set, std::string_view name)
{
  if (cell.constant && guard() == nullptr) {
    fail(FailureKind::died, set, "this changes a constant");
    return;
  }
  if (cell.guard < depth_of_guards() || cell.tied != nullptr) {
    value = cell.tied != nullptr ? cell.tied : guard();
  }
  taint(value.unknown(), name);
  cell.value = std::move(value);
  cell.set = set;
}

void Interpreter::Machine::store_scalar_node(const Node& target, Value value, Place set)
{
  if (target.kind == NodeKind::array_last || (target.kind == NodeKind::dereference && target.text == "$#")) {
    const Meant<Array> array = array_of(target);
    if (array.cell != nullptr) {
      constexpr std::int64_t kLargestArray = 1'000'000;
      const std::int64_t size = value.is_unknown() ? -1 : value.as_integer() + 1;
      if (size < 0 || size > kLargestArray || array.cell->guard < depth_of_guards()) {
        make_unknown(*array.cell,
                     value.is_unknown() ? value.unknown() : unknown(set, "change of an array's size"),
                     name_of(target));
        return;
      }
      while (static_cast<std::int64_t>(array.cell->items.size()) < size) {
        array.cell->items.push_back(new_scalar({}, set));
      }
      array.cell->items.resize(static_cast<std::size_t>(size));
    }
    return;
  }
  if (target.kind == NodeKind::builtin || target.kind == NodeKind::call ||
      target.kind == NodeKind::code_call || target.kind == NodeKind::method ||
      target.kind == NodeKind::glob_variable) {
    if (target.kind == NodeKind::glob_variable) {
      store_glob(target, value, set);
      return;
    }
    const UnknownPtr why = unknown(set, "assignment to the result of a call");
    for (const Node* const kid : target.kids) {
      make_unknown(*kid, why);
    }
    return;
  }
  if (target.kind == NodeKind::dereference && target.text == "*") {
    store_glob(target, value, set);
    return;
  }
  const Meant<Scalar> meant = scalar_cell(target);
  if (meant.cell != nullptr) {
    store(*meant.cell, std::move(value), set, name_of(target));
  } else if (meant.unknown != nullptr) {
    make_unknown(target, meant.unknown);
  }
}

/// *name = ...: another function of that name, or another variable.
void Interpreter::Machine::store_glob(const Node& target, const Value& value, Place set)
{
  const UnknownPtr why = unknown(set, "assignment to a typeglob");
  if (value.code() != nullptr) {
    symbols_unknown_ = why;
    return;
  }
  const Value name =
      target.kind == NodeKind::glob_variable ? Value{std::string{target.text}} : scalar(*target.kids[0]);
  if (!name.is_plain()) {
    make_everything_unknown(why);
    return;
  }
  const std::string text = name.text();
  global_scalar(text)->value = why;
  global_scalar(text)->tied = why;
  make_unknown(*global_array(text), why, "@" + text);
  make_unknown(*global_hash(text), why, "%" + text);
  taint(why, "$" + text);
}

Value Interpreter::Machine::assign(const Node& node)
{
  const Node& target = *node.kids[0];
  if (is_list_assignment(target)) {
    List ignored;
    const std::size_t before = ignored.size();
    assign_list(node, &ignored);
    const auto many = std::ranges::find_if(ignored, &Item::many);
    return many != ignored.end() ? many->value : Value{static_cast<std::int64_t>(ignored.size() - before)};
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
  List values = list(*node.kids[1]);
  aliasing_ = aliasing;
  if (stopped()) {
    return;
  }
  const Node& target = *node.kids[0];
  const Place set = place(node);
  const std::string name = name_of(target);
  if (target.kind == NodeKind::declaration) {
    declare(target);
    const bool inner_list =
        target.kids.size() == 1 && target.kids[0]->kind == NodeKind::list;  // local ($x, $y)
    store_in_list(inner_list ? target.kids[0]->kids : target.kids, values, set);
  } else if (target.kind == NodeKind::list) {
    store_in_list(target.kids, values, set);
  } else if (target.kind == NodeKind::array_slice || target.kind == NodeKind::hash_slice) {
    const Meant<Array> array =
        target.kind == NodeKind::array_slice ? array_of(*target.kids[0]) : Meant<Array>{};
    const Meant<Hash> hash = target.kind == NodeKind::hash_slice ? hash_of(*target.kids[0]) : Meant<Hash>{};
    const List indices = list(*target.kids[1]);
    const bool many = std::ranges::any_of(values, &Item::many) ||
                      std::ranges::any_of(indices, [](const Item& each) { return each.value.is_unknown(); });
    for (std::size_t i = 0; i < indices.size() && !many; ++i) {
      const Item value = i < values.size() ? values[i] : Item{Value{}, set, nullptr, false};
      if (hash.cell != nullptr) {
        HashEntry& entry = hash.cell->entries[indices[i].value.text()];
        if (entry.scalar == nullptr) {
          entry = {new_scalar({}, value.place), indices[i].place};
          entry.scalar->guard = hash.cell->guard;
        }
        store(*entry.scalar, value.value, value.place, name);
      } else if (array.cell != nullptr) {
        const std::int64_t at = indices[i].value.as_integer();
        if (at < 0 || at > 100'000) {
          make_unknown(target, unknown(set, "index of an array"));
          continue;
        }
        while (array.cell->items.size() <= static_cast<std::size_t>(at)) {
          array.cell->items.push_back(new_scalar({}, set));
        }
        store(*array.cell->items[static_cast<std::size_t>(at)], value.value, value.place, name);
      }
    }
    if (many) {
      make_unknown(target, unknown(set, "assignment to a slice"));
    }
  } else if (target.kind == NodeKind::hash_variable ||
             (target.kind == NodeKind::dereference && target.text == "%")) {
    const Meant<Hash> hash = hash_of(target);
    if (hash.cell != nullptr) {
      store_hash(hash.cell, values, set, name);
    }
  } else {
    const Meant<Array> array = array_of(target);
    if (array.cell != nullptr) {
      store_array(array.cell, values, set, name);
    }
  }
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

void Interpreter::Machine::store_in_list(Nodes targets, const List& values, Place set)
{
  std::size_t next = 0;
  UnknownPtr many;  // from here on it is not known which value goes where
  for (const Node* const target : targets) {
    const bool array = target->kind == NodeKind::array_variable ||
                       (target->kind == NodeKind::dereference && target->text == "@");
    const bool hash = target->kind == NodeKind::hash_variable ||
                      (target->kind == NodeKind::dereference && target->text == "%");
    if (many == nullptr && next < values.size() && values[next].many) {
      many = values[next].value.unknown();
    }
    if (target->kind == NodeKind::builtin) {  // (undef, $x) = ...
      ++next;
    } else if (target->kind == NodeKind::declaration) {
      declare(*target);
      store_in_list(
          target->kids,
          {values.begin() + static_cast<std::ptrdiff_t>(std::min(next, values.size())), values.end()}, set);
      next += target->kids.size();
    } else if (many != nullptr) {
      make_unknown(*target, many);
    } else if (array || hash) {
      const List rest{values.begin() + static_cast<std::ptrdiff_t>(std::min(next, values.size())),
                      values.end()};
      if (array) {
        const Meant<Array> meant = array_of(*target);
        if (meant.cell != nullptr) {
          store_array(meant.cell, rest, set, name_of(*target));
        }
      } else {
        const Meant<Hash> meant = hash_of(*target);
        if (meant.cell != nullptr) {
          store_hash(meant.cell, rest, set, name_of(*target));
        }
      }
      next = values.size();
    } else {
      store_scalar_node(*target, next < values.size() ? values[next].value : Value{}, set);
      ++next;
    }
  }
}

void Interpreter::Machine::append_item(Array& array, const Item& item, std::size_t at)
{
  if (item.many) {
    array.unknown = item.value.unknown();
    return;
  }
  const ScalarPtr cell = new_scalar(item.value, item.place);
  cell->guard = array.guard;
  array.items.insert(array.items.begin() + static_cast<std::ptrdiff_t>(at), cell);
}

void Interpreter::Machine::store_array(const ArrayPtr& array, const List& values, Place set,
                                       std::string_view name)
{
  if (array->guard < depth_of_guards()) {
    make_unknown(*array, guard(), name);
    return;
  }
  array->items.clear();
  array->unknown = nullptr;
  array->set = set;
  array->items.reserve(values.size());
  for (const Item& each : values) {
    taint(each.value.unknown(), name);
    append_item(*array, each, array->items.size());
  }
}

void Interpreter::Machine::store_hash(const HashPtr& hash, const List& values, Place set,
                                      std::string_view name)
{
  if (hash->guard < depth_of_guards()) {
    make_unknown(*hash, guard(), name);
    return;
  }
  hash->entries.clear();
  hash->unknown = nullptr;
  hash->set = set;
  for (std::size_t i = 0; i < values.size(); i += 2) {
    const Item& key = values[i];
    if (key.value.is_unknown() || (i + 1 < values.size() && values[i + 1].many) ||
        (key.value.is_reference() && key.value.regex() == nullptr)) {
      hash->unknown = key.value.is_unknown()     ? key.value.unknown()
                      : key.value.is_reference() ? unknown(key.place, "address of a reference")
                                                 : values[i + 1].value.unknown();
      taint(hash->unknown, name);
      hash->entries.clear();  // any of them may have been replaced
      if (key.many || (i + 1 < values.size() && values[i + 1].many)) {
        return;  // which is a key and which a value is not known any more
      }
      continue;
    }
    const Item value = i + 1 < values.size() ? values[i + 1] : Item{Value{}, key.place, nullptr, false};
    taint(value.value.unknown(), name);
    const ScalarPtr cell = new_scalar(value.value, value.place);
    cell->guard = hash->guard;
    hash->entries.insert_or_assign(key.value.text(), HashEntry{cell, key.place});
  }
}

void Interpreter::Machine::append(const ArrayPtr& array, const List& values, bool front, Place set,
                                  std::string_view name)
{
  if (array->guard < depth_of_guards()) {
    make_unknown(*array, guard(), name);
    return;
  }
  std::size_t at = front ? 0 : array->items.size();
  for (const Item& each : values) {
    taint(each.value.unknown(), name);
    append_item(*array, each, at++);
  }
  if (!array->set.known()) {
    array->set = set;
  }
}

Value Interpreter::Machine::assign_operator(const Node& node)
{
  const bool wrapped = node.kids[0]->kind == NodeKind::list && node.kids[0]->kids.size() == 1;
  const Node& target = wrapped ? *node.kids[0]->kids[0] : *node.kids[0];
  const std::string_view op = node.text.substr(0, node.text.size() - 1);
  if (target.kind == NodeKind::assignment && !is_list_assignment(*target.kids[0])) {  // (my $x = $y) .= 'z'
    const Meant<Scalar> cell = scalar_cell(target);
    const Value operand = scalar(*node.kids[1]);
    const std::optional<Value> result =
        cell.cell == nullptr || cell.cell->value.is_unknown() || operand.is_unknown()
            ? std::nullopt
            : apply_binary(op, cell.cell->value, operand);
    if (cell.cell == nullptr || op == "||" || op == "&&" || op == "//") {
      return unknown_value(node, fmt::format("operator {} on an assignment", node.text));
    }
    store(*cell.cell, result ? *result : unknown_value(node, fmt::format("operator {}", node.text)),
          place(node), {});
    return cell.cell->value;
  }
  if (is_list_assignment(target)) {  // @x x= 3, @x ||= ...
    const UnknownPtr why = unknown(place(node), fmt::format("operator {} on a list", node.text));
    make_unknown(target, why);
    return why;
  }
  const bool element = target.kind == NodeKind::element || target.kind == NodeKind::entry;
  const Meant<Scalar> made =
      element ? scalar_cell(target) : Meant<Scalar>{};  // it is there before the right side is
  const Value before = made.cell != nullptr ? made.cell->value : scalar(target);
  if (op == "||" || op == "&&" || op == "//") {
    if (before.is_unknown()) {
      const Value after = scalar(*node.kids[1]);
      store_scalar_node(target, before, place(node));
      (void)after;
      return before;
    }
    const bool keeps = op == "||" ? before.truth() : op == "&&" ? !before.truth() : !before.is_undef();
    if (keeps) {
      return before;
    }
    Value after = scalar(*node.kids[1]);
    store_scalar_node(target, after, place(node));
    return after;
  }
  const Value operand = scalar(*node.kids[1]);
  if (stopped()) {
    return {};
  }
  const auto address = [](const Value& value) { return value.is_reference() && value.regex() == nullptr; };
  Value result;
  if (before.is_unknown() || operand.is_unknown()) {
    result = before.is_unknown() ? before : operand;
  } else if (address(before) || address(operand)) {
    result = unknown_value(node, "address of a reference");
  } else if (std::optional<Value> known = apply_binary(op, before, operand)) {
    result = *std::move(known);
  } else {
    result = unknown_value(node, fmt::format("operator {}", node.text));
  }
  store_scalar_node(target, result, place(node));
  return result;
}

// ---- what something unknown may have changed

void Interpreter::Machine::make_unknown(Array& array, const UnknownPtr& why, std::string_view name)
{
  array.unknown = why;
  taint(why, name);
}

void Interpreter::Machine::make_unknown(Hash& hash, const UnknownPtr& why, std::string_view name)
{
  hash.entries.clear();
  hash.unknown = why;
  taint(why, name);
}

/// Everything that a value given away leads to.
void Interpreter::Machine::make_unknown(const Value& value, const UnknownPtr& why, int depth)
{
  if (depth > kDeepestTaint) {
    return;
  }
  if (const ArrayPtr array = value.array_ptr()) {
    array->unknown = why;
    for (const ScalarPtr& each : array->items) {
      make_unknown(each->value, why, depth + 1);
    }
  } else if (const HashPtr hash = value.hash_ptr()) {
    const auto entries = std::exchange(hash->entries, {});
    hash->unknown = why;
    for (const auto& [key, entry] : entries) {
      make_unknown(entry.scalar->value, why, depth + 1);
    }
  } else if (const ScalarPtr scalar = value.scalar_ptr()) {
    make_unknown(scalar->value, why, depth + 1);
    scalar->value = why;
  }
}

/// A container that could not be found, since a key or an index on the way to it is unknown: all of them may
/// be it.
void Interpreter::Machine::make_reachable_unknown(const Node& reference, const UnknownPtr& why)
{
  const Node& inner = reference.kind == NodeKind::dereference ? *reference.kids[0] : reference;
  if (inner.kind == NodeKind::entry) {
    const Meant<Hash> hash = hash_of(*inner.kids[0]);
    if (hash.cell == nullptr) {
      make_reachable_unknown(*inner.kids[0], why);
      return;
    }
    make_unknown(Value{hash.cell}, why);
    taint(why, name_of(inner));
  } else if (inner.kind == NodeKind::element) {
    const Meant<Array> array = array_of(*inner.kids[0]);
    if (array.cell == nullptr) {
      make_reachable_unknown(*inner.kids[0], why);
      return;
    }
    make_unknown(Value{array.cell}, why);
    taint(why, name_of(inner));
  }
}

/// Code that is not known has run: it may have changed any variable.
void Interpreter::Machine::make_everything_unknown(const UnknownPtr& why)
{
  everything_unknown_ = why;
  taint(why, "everything set before it");
  for (const auto& [name, cell] : globals_.scalars) {
    make_unknown(cell->value, why);
    cell->value = why;
  }
  for (const auto& [name, array] : globals_.arrays) {
    make_unknown(Value{array}, why);
  }
  for (const auto& [name, hash] : globals_.hashes) {
    make_unknown(Value{hash}, why);
  }
  for (const Lexical& each : lexicals_) {
    if (each.scalar != nullptr) {
      each.scalar->value = why;
    }
    make_unknown(each.array != nullptr  ? Value{each.array}
                 : each.hash != nullptr ? Value{each.hash}
                                        : Value{},
                 why);
  }
}

void Interpreter::Machine::make_unknown(const Node& target, const UnknownPtr& why)
{
  const std::string name = name_of(target);
  const bool array = target.kind == NodeKind::array_variable || target.kind == NodeKind::array_last ||
                     (target.kind == NodeKind::dereference && (target.text == "@" || target.text == "$#"));
  const bool hash =
      target.kind == NodeKind::hash_variable || (target.kind == NodeKind::dereference && target.text == "%");
  if (array || target.kind == NodeKind::element || target.kind == NodeKind::array_slice) {
    const Meant<Array> meant = array_of(array ? target : *target.kids[0]);
    if (meant.cell != nullptr) {
      make_unknown(*meant.cell, why, name);
    } else if (!array) {
      make_reachable_unknown(*target.kids[0], why);
    }
  } else if (hash || target.kind == NodeKind::entry || target.kind == NodeKind::hash_slice) {
    const Meant<Hash> meant = hash_of(hash ? target : *target.kids[0]);
    if (meant.cell != nullptr) {
      make_unknown(*meant.cell, why, name);
    } else if (!hash) {
      make_reachable_unknown(*target.kids[0], why);
    }
  } else if (target.kind == NodeKind::scalar_variable || target.kind == NodeKind::dereference) {
    const Meant<Scalar> meant = scalar_cell(target);
    if (meant.cell != nullptr) {
      meant.cell->value = why;
      meant.cell->set = why->where;
      taint(why, name);
    }
  } else if (target.kind == NodeKind::declaration || target.kind == NodeKind::list) {
    if (target.kind == NodeKind::declaration && target.text != "local") {
      declare(target);
    }
    for (const Node* const kid : target.kids) {
      make_unknown(*kid, why);
    }
  } else if (target.kind == NodeKind::assignment) {
    make_unknown(*target.kids[0], why);
  } else if (target.kind == NodeKind::conditional) {
    make_unknown(*target.kids[1], why);
    make_unknown(*target.kids[2], why);
  }
}

}  // namespace dkimctl::perl
