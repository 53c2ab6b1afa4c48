#include "perl/machine.hpp"

#include <algorithm>

namespace dkimctl::perl {
namespace {

/// From the end where it is negative; less than 0 where there is no such element.
std::int64_t index_of(const Value& index, std::size_t size)
{
  const std::int64_t at = index.as_integer();
  return at < 0 ? at + static_cast<std::int64_t>(size) : at;
}

}  // namespace

/// Null where there is none; one that a loop may change is made.
ScalarPtr Interpreter::Machine::element_for_slice(Array& array, std::int64_t at, Place where)
{
  if (at < 0) {
    return nullptr;
  }
  const auto index = static_cast<std::size_t>(at);
  if (aliasing_ && at < kLargestArray && array.guard == depth_of_guards()) {
    grow(array, index + 1, where);
  }
  return index < array.items.size() ? array.items[index] : nullptr;
}

ScalarPtr Interpreter::Machine::entry_for_slice(Hash& hash, const Item& key, Place where) const
{
  const std::string text = key.value.text();
  const auto found = hash.entries.find(text);
  if (found != hash.entries.end()) {
    return found->second.scalar;
  }
  if (!aliasing_ || hash.guard != depth_of_guards()) {
    return nullptr;
  }
  ScalarPtr made = new_scalar({}, where);
  hash.entries.emplace(text, HashEntry{made, key.place});
  return made;
}

void Interpreter::Machine::list_of_array_slice(const Node& node, List& out)
{
  const List indices = list(*node.kids[1]);
  const Meant<Array> array = array_of(*node.kids[0]);
  const UnknownPtr why = why_unknown(array);
  for (const Item& index : indices) {
    if (why != nullptr || index.value.is_unknown()) {
      out.push_back({why != nullptr ? why : index.value.unknown(), place(node), nullptr, index.many});
      continue;
    }
    const ScalarPtr cell =
        array.cell == nullptr
            ? nullptr
            : element_for_slice(*array.cell, index_of(index.value, array.cell->items.size()), place(node));
    out.push_back(
        {cell != nullptr ? cell->value : Value{}, cell != nullptr ? cell->set : place(node), cell, false});
  }
}

void Interpreter::Machine::list_of_hash_slice(const Node& node, List& out)
{
  const List keys = list(*node.kids[1]);
  const Meant<Hash> hash = hash_of(*node.kids[0]);
  const UnknownPtr why = why_unknown(hash);
  for (const Item& key : keys) {
    if (why != nullptr || key.value.is_unknown()) {
      out.push_back({why != nullptr ? why : key.value.unknown(), place(node), nullptr, key.many});
      continue;
    }
    const ScalarPtr cell = hash.cell == nullptr ? nullptr : entry_for_slice(*hash.cell, key, place(node));
    out.push_back(
        {cell != nullptr ? cell->value : Value{}, cell != nullptr ? cell->set : place(node), cell, false});
  }
}

/// A slice of an empty list is empty.
void Interpreter::Machine::list_of_list_slice(const Node& node, List& out)
{
  const List indices = list(*node.kids[1]);
  const List all = list(*node.kids[0]);
  const auto many = std::ranges::find_if(all, &Item::many);
  const UnknownPtr why = many == all.end() ? nullptr : many->value.unknown();
  for (const Item& index : indices) {
    if (why != nullptr || index.value.is_unknown()) {
      out.push_back({why != nullptr ? why : index.value.unknown(), place(node), nullptr, index.many});
      continue;
    }
    const std::int64_t at = index_of(index.value, all.size());
    if (at >= 0 && at < static_cast<std::int64_t>(all.size())) {
      out.push_back(all[static_cast<std::size_t>(at)]);
    } else if (!all.empty()) {
      add(out, node, {});
    }
  }
}

/// %h{...} and %a[...]: each key with its value.
void Interpreter::Machine::list_of_pairs(const Node& node, List& out)
{
  const Node& container = *node.kids[0];
  if (container.kind != NodeKind::hash_variable && container.kind != NodeKind::array_variable) {
    add_unknown(out, node, not_evaluated(node));
    return;
  }
  for (const Item& key : list(*node.kids[1])) {
    out.push_back(key);
    add(out, node, value_at(container, key.value));
  }
}

/// What a hash or an array by name holds there.
Value Interpreter::Machine::value_at(const Node& container, const Value& key)
{
  if (key.is_unknown()) {
    return key;
  }
  if (container.kind == NodeKind::hash_variable) {
    const HashPtr hash = variable<Hash>(container.text);
    const Scalar* const found = hash->find(key.text());
    return found != nullptr ? found->value : hash->unknown != nullptr ? Value{hash->unknown} : Value{};
  }
  const ArrayPtr array = variable<Array>(container.text);
  const auto at = static_cast<std::size_t>(std::max<std::int64_t>(key.as_integer(), 0));
  return array->unknown != nullptr  ? Value{array->unknown}
         : at < array->items.size() ? array->items[at]->value
                                    : Value{};
}

}  // namespace dkimctl::perl
