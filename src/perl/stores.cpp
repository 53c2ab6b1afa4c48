#include "perl/machine.hpp"

#include <algorithm>

namespace dkimctl::perl {
namespace {

constexpr std::int64_t kLargestSliceIndex = 100'000;

bool is_last_index(const Node& target)
{
  return target.kind == NodeKind::array_last || (target.kind == NodeKind::dereference && target.text == "$#");
}

bool is_glob(const Node& target)
{
  return target.kind == NodeKind::glob_variable ||
         (target.kind == NodeKind::dereference && target.text == "*");
}

bool is_call(const Node& target)
{
  return target.kind == NodeKind::builtin || target.kind == NodeKind::call ||
         target.kind == NodeKind::code_call || target.kind == NodeKind::method;
}

}  // namespace

void Interpreter::Machine::store(Scalar& cell, Value value, Place set, std::string_view name)
{
  if (cell.constant && !guarded()) {
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
  if (is_last_index(target)) {
    store_last_index(target, value, set);
    return;
  }
  if (is_glob(target)) {
    store_glob(target, value, set);
    return;
  }
  if (is_call(target)) {
    make_kids_unknown(target, unknown(set, "assignment to the result of a call"));
    return;
  }
  const Meant<Scalar> meant = scalar_cell(target);
  if (meant.cell != nullptr) {
    store(*meant.cell, std::move(value), set, name_of(target));
  } else if (meant.unknown != nullptr) {
    make_unknown(target, meant.unknown);
  }
}

/// $#x = 3
void Interpreter::Machine::store_last_index(const Node& target, const Value& value, Place set)
{
  const Meant<Array> array = array_of(target);
  if (array.cell == nullptr) {
    return;
  }
  const std::int64_t last = value.is_unknown() ? kLargestArray : value.as_integer();
  if (last < -1 || last >= kLargestArray || array.cell->guard < depth_of_guards()) {
    make_unknown(*array.cell,
                 value.is_unknown() ? value.unknown() : unknown(set, "change of an array's size"),
                 name_of(target));
    return;
  }
  const auto size = static_cast<std::size_t>(last + 1);
  if (grow(*array.cell, size, set)) {
    array.cell->items.resize(size);
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
  const ScalarPtr cell = global<Scalar>(text);
  cell->value = why;
  cell->tied = why;
  make_unknown(*global<Array>(text), why, "@" + text);
  make_unknown(*global<Hash>(text), why, "%" + text);
  taint(why, "$" + text);
}

void Interpreter::Machine::store_list(const Node& target, std::span<const Item> values, Place set)
{
  if (target.kind == NodeKind::declaration) {
    declare(target);
    const bool inner_list =
        target.kids.size() == 1 && target.kids[0]->kind == NodeKind::list;  // local ($x, $y)
    store_in_list(inner_list ? target.kids[0]->kids : target.kids, values, set);
  } else if (target.kind == NodeKind::list) {
    store_in_list(target.kids, values, set);
  } else if (target.kind == NodeKind::array_slice || target.kind == NodeKind::hash_slice) {
    store_slice(target, values, set);
  } else {
    store_container(target, values, set);
  }
}

/// A whole array or hash.
void Interpreter::Machine::store_container(const Node& target, std::span<const Item> values, Place set)
{
  if (is_hash(target)) {
    if (const HashPtr hash = hash_of(target).cell) {
      store_hash(*hash, values, set, name_of(target));
    }
  } else if (const ArrayPtr array = array_of(target).cell) {
    store_array(*array, values, set, name_of(target));
  }
}

void Interpreter::Machine::store_slice(const Node& target, std::span<const Item> values, Place set)
{
  const Node& container = *target.kids[0];
  const bool of_array = target.kind == NodeKind::array_slice;
  const ArrayPtr array = of_array ? array_of(container).cell : nullptr;
  const HashPtr hash = of_array ? nullptr : hash_of(container).cell;
  const List indices = list(*target.kids[1]);
  if (std::ranges::any_of(values, &Item::many) ||
      std::ranges::any_of(indices, [](const Item& each) { return each.value.is_unknown(); })) {
    make_unknown(target, unknown(set, "assignment to a slice"));
    return;
  }
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const Item value = i < values.size() ? values[i] : Item{Value{}, set, nullptr, false};
    if (hash != nullptr) {
      store_slice_entry(*hash, indices[i], value, name_of(target));
    } else if (array != nullptr) {
      store_slice_element(target, *array, indices[i].value.as_integer(), value, set);
    }
  }
}

void Interpreter::Machine::store_slice_entry(Hash& hash, const Item& key, const Item& value,
                                             std::string_view name)
{
  if (hash.guard < depth_of_guards()) {
    make_unknown(hash, guard(), name);
    return;
  }
  HashEntry& entry = hash.entries[key.value.text()];
  if (entry.scalar == nullptr) {
    entry = {new_scalar({}, value.place), key.place};
    entry.scalar->guard = hash.guard;
  }
  store(*entry.scalar, value.value, value.place, name);
}

void Interpreter::Machine::store_slice_element(const Node& target, Array& array, std::int64_t at,
                                               const Item& value, Place set)
{
  if (at < 0 || at > kLargestSliceIndex) {
    make_unknown(target, unknown(set, "index of an array"));
    return;
  }
  const auto index = static_cast<std::size_t>(at);
  if (index >= array.items.size() && array.guard < depth_of_guards()) {
    make_unknown(array, guard(), name_of(target));
    return;
  }
  if (!grow(array, index + 1, set)) {
    return;
  }
  store(*array.items[index], value.value, value.place, name_of(target));
}

/// (a, b) = values
void Interpreter::Machine::store_in_list(Nodes targets, std::span<const Item> values, Place set)
{
  UnknownPtr many;  // from here on it is not known which value goes where
  for (const Node* const target : targets) {
    if (many == nullptr && !values.empty() && values.front().many) {
      many = values.front().value.unknown();
    }
    values = values.subspan(std::min(store_next(*target, values, set, many), values.size()));
  }
}

/// How many of the values went into the target; there may not be so many.
std::size_t Interpreter::Machine::store_next(const Node& target, std::span<const Item> values, Place set,
                                             const UnknownPtr& many)
{
  if (target.kind == NodeKind::builtin) {  // (undef, $x) = ...
    return 1;
  }
  if (target.kind == NodeKind::declaration) {
    declare(target);
    store_in_list(target.kids, values, set);
    return target.kids.size();
  }
  if (many != nullptr) {
    make_unknown(target, many);
    return 0;
  }
  if (is_array(target) || is_hash(target)) {
    store_container(target, values, set);
    return values.size();
  }
  store_scalar_node(target, values.empty() ? Value{} : values.front().value, set);
  return 1;
}

void Interpreter::Machine::append_item(Array& array, const Item& item, std::size_t at) const
{
  if (item.many) {
    array.unknown = item.value.unknown();
    return;
  }
  ScalarPtr cell = new_scalar(item.value, item.place);
  cell->guard = array.guard;
  array.items.insert(array.items.begin() + static_cast<std::ptrdiff_t>(at), std::move(cell));
}

void Interpreter::Machine::store_array(Array& array, std::span<const Item> values, Place set,
                                       std::string_view name)
{
  if (array.guard < depth_of_guards()) {
    make_unknown(array, guard(), name);
    return;
  }
  array.items.clear();
  array.unknown = nullptr;
  array.set = set;
  array.items.reserve(values.size());
  for (const Item& each : values) {
    taint(each.value.unknown(), name);
    append_item(array, each, array.items.size());
  }
}

void Interpreter::Machine::store_hash(Hash& hash, std::span<const Item> values, Place set,
                                      std::string_view name)
{
  if (hash.guard < depth_of_guards()) {
    make_unknown(hash, guard(), name);
    return;
  }
  hash.entries.clear();
  hash.unknown = nullptr;
  hash.set = set;
  for (std::size_t i = 0; i < values.size(); i += 2) {
    const Item& key = values[i];
    const Item* const given = i + 1 < values.size() ? &values[i + 1] : nullptr;
    if (UnknownPtr why = why_no_entry(key, given)) {
      hash.entries.clear();  // any of them may have been replaced
      hash.unknown = std::move(why);
      taint(hash.unknown, name);
      if (key.many || (given != nullptr && given->many)) {
        return;  // which is a key and which a value is not known any more
      }
      continue;
    }
    const Value value = given != nullptr ? given->value : Value{};
    taint(value.unknown(), name);
    const ScalarPtr cell = new_scalar(value, given != nullptr ? given->place : key.place);
    cell->guard = hash.guard;
    hash.entries.insert_or_assign(key.value.text(), HashEntry{cell, key.place});
  }
}

/// Why it cannot be told what a key and its value make of a hash; null where it can.
UnknownPtr Interpreter::Machine::why_no_entry(const Item& key, const Item* value)
{
  if (key.value.is_unknown()) {
    return key.value.unknown();
  }
  const bool many = value != nullptr && value->many;
  if (is_address(key.value) || (many && key.value.is_reference())) {
    return unknown(key.place, "address of a reference");
  }
  return many ? value->value.unknown() : nullptr;
}

/// push and unshift.
void Interpreter::Machine::append(Array& array, const List& values, std::size_t at, Place set,
                                  std::string_view name)
{
  if (array.guard < depth_of_guards()) {
    make_unknown(array, guard(), name);
    return;
  }
  for (const Item& each : values) {
    taint(each.value.unknown(), name);
    if (!step(1 + (array.items.size() - std::min(at, array.items.size())) / kMovedAStep)) {
      return;
    }
    append_item(array, each, std::min(at++, array.items.size()));  // an unknown list is no item
  }
  array.set = array.set.known() ? array.set : set;
}

}  // namespace dkimctl::perl
