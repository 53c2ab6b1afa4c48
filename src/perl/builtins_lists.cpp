#include "perl/machine.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace dkimctl::perl {
namespace {

bool is_known(const Item& item)
{
  return !item.value.is_unknown();
}

/// What splice takes out.
struct Cut {
  std::int64_t begin = 0;
  std::int64_t length = 0;
};

Cut cut_of(const List& arguments, std::int64_t size)
{
  const std::int64_t offset = arguments.empty() ? 0 : arguments[0].value.as_integer();
  const std::int64_t begin = std::clamp<std::int64_t>(offset < 0 ? offset + size : offset, 0, size);
  const bool to_the_end = arguments.size() < 2 || arguments[1].value.is_undef();
  const std::int64_t length = to_the_end ? size : arguments[1].value.as_integer();
  return {begin, std::clamp<std::int64_t>(length < 0 ? size - begin + length : length, 0, size - begin)};
}

bool is_block_or_name(const Node& node)
{
  return node.kind == NodeKind::block || node.kind == NodeKind::bareword;
}

}  // namespace

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
  if (hash.cell == nullptr) {
    return hash.unknown != nullptr ? Value{hash.unknown} : Value{};
  }
  Value last;
  for (const Item& key : keys) {
    last = delete_entry(*hash.cell, key.value, target);
    if (out != nullptr) {
      add(*out, node, last);
    }
  }
  return last;
}

/// What was there.
Value Interpreter::Machine::delete_entry(Hash& hash, const Value& key, const Node& target)
{
  if (key.is_unknown() || hash.guard < depth_of_guards()) {
    const UnknownPtr why = key.is_unknown() ? key.unknown() : guard();
    make_unknown(hash, why, name_of(target));
    return why;
  }
  const auto found = hash.entries.find(key.text());
  if (found == hash.entries.end()) {
    return hash.unknown != nullptr ? Value{hash.unknown} : Value{};
  }
  Value was = found->second.scalar->value;
  hash.entries.erase(found);
  return was;
}

Value Interpreter::Machine::do_exists(const Node& node, List* /*out*/)
{
  const Node* const target = node.kids.empty() ? nullptr : node.kids[0];
  if (target != nullptr && target->kind == NodeKind::entry) {
    return exists_entry(*target);
  }
  if (target != nullptr && target->kind == NodeKind::element) {
    const Meant<Scalar> cell = element_cell(*target, Access::read);
    return cell.unknown != nullptr ? Value{cell.unknown} : truth(cell.cell != nullptr);
  }
  return unknown_value(node, "whether something exists");
}

Value Interpreter::Machine::exists_entry(const Node& entry)
{
  const Meant<Hash> hash = hash_of(*entry.kids[0]);
  const Value key = scalar(*entry.kids[1]);
  if (hash.unknown != nullptr || key.is_unknown()) {
    return hash.unknown != nullptr ? Value{hash.unknown} : key;
  }
  if (hash.cell != nullptr && hash.cell->find(key.text()) != nullptr) {
    return truth(true);
  }
  const UnknownPtr why = why_unknown(hash);
  return why != nullptr ? Value{why} : truth(false);
}

Value Interpreter::Machine::do_push(const Node& node, List* /*out*/)
{
  if (node.kids.empty()) {
    return {};
  }
  const Nodes kids = node.kids;
  const Meant<Array> array = array_of(*kids[0]);
  const List values = list(kids.subspan(1));
  if (stopped() || array.cell == nullptr) {
    return array.unknown != nullptr ? Value{array.unknown} : Value{};
  }
  const std::size_t at = node.text == "unshift" ? 0 : array.cell->items.size();
  append(*array.cell, values, at, place(node), name_of(*kids[0]));
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
  std::vector<ScalarPtr>& items = array.cell->items;
  if (items.empty()) {
    return {};
  }
  const auto which = node.text == "shift" ? items.begin() : items.end() - 1;
  Value value = (*which)->value;
  step(static_cast<std::size_t>(items.end() - which) / kMovedAStep);
  items.erase(which);
  return value;
}

/// splice(@array, offset, length, list).
Value Interpreter::Machine::do_splice(const Node& node, List* out)
{
  const Nodes kids = node.kids;
  const ArrayPtr array = kids.empty() ? nullptr : array_of(*kids[0]).cell;
  const List arguments = kids.empty() ? List{} : list(kids.subspan(1));
  const bool known = array != nullptr && array->unknown == nullptr && array->guard == depth_of_guards() &&
                     std::ranges::none_of(arguments, &Item::many) &&
                     (arguments.empty() || is_known(arguments[0])) &&
                     (arguments.size() < 2 || is_known(arguments[1]));
  if (!known) {
    const UnknownPtr why = unknown(place(node), "splice");
    if (array != nullptr) {
      make_unknown(*array, why, name_of(*kids[0]));
    }
    return unknown_result(node, out, why);
  }
  const Cut cut = cut_of(arguments, static_cast<std::int64_t>(array->items.size()));
  const auto first = array->items.begin() + cut.begin;
  const auto last = first + cut.length;
  Value result = cut.length > 0 ? (*(last - 1))->value : Value{};
  for (auto each = first; each != last && out != nullptr; ++each) {
    out->push_back({(*each)->value, (*each)->set, nullptr, false});
  }
  step(array->items.size() / kMovedAStep * std::max<std::size_t>(arguments.size(), 1));
  array->items.erase(first, last);
  for (std::size_t i = 2; i < arguments.size(); ++i) {
    append_item(*array, arguments[i], static_cast<std::size_t>(cut.begin) + i - 2);
  }
  return result;
}

Value Interpreter::Machine::do_reverse(const Node& node, List* out)
{
  const List values = list(node.kids);
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

/// The hash whose keys or values are asked for.
Meant<Hash> Interpreter::Machine::hash_of_keys(const Node& node)
{
  if (node.kids.empty()) {
    return {};
  }
  const Node& target = *node.kids[0];
  const bool literal = target.kind == NodeKind::dereference && target.kids[0]->kind == NodeKind::hash_literal;
  if (literal) {
    return {scalar(*target.kids[0]).hash_ptr(), nullptr};
  }
  return is_hash(target) ? hash_of(target) : Meant<Hash>{};
}

/// keys and values. Perl's order of keys is random: only their number, or a single one, can be told.
Value Interpreter::Machine::do_keys(const Node& node, List* out)
{
  const bool values = node.text == "values";
  const Meant<Hash> hash = hash_of_keys(node);
  const bool counted = hash.cell != nullptr && hash.cell->unknown == nullptr;
  if (counted && out == nullptr) {
    return static_cast<std::int64_t>(hash.cell->entries.size());
  }
  if (counted && (hash.cell->entries.size() < 2 || keys_are_sorted_)) {
    for (const auto& [key, entry] : hash.cell->entries) {
      out->push_back(values ? Item{entry.scalar->value, entry.scalar->set, entry.scalar, false}
                            : Item{Value{key}, entry.key, nullptr, false});
    }
    return {};
  }
  UnknownPtr why = why_unknown(hash);
  why = why != nullptr ? why : unknown(place(node), fmt::format("order of {}", node.text));
  if (aliasing_ && values && hash.cell != nullptr) {  // the loop may change each of them
    make_unknown(*hash.cell, why, name_of(*node.kids[0]));
  }
  return unknown_result(node, out, why);
}

/// Without a block or a function of the file's own.
Value Interpreter::Machine::do_sort(const Node& node, List* out)
{
  const bool plain = !node.kids.empty() && !is_block_or_name(*node.kids[0]);
  const bool sorted_before = std::exchange(keys_are_sorted_, plain);
  List values;
  for (const Node* const kid : node.kids) {
    if (!is_block_or_name(*kid)) {
      list(*kid, values);
    }
  }
  keys_are_sorted_ = sorted_before;
  const bool known =
      std::ranges::all_of(values, [](const Item& each) { return is_known(each) && !is_address(each.value); });
  if (!plain || !known || out == nullptr) {
    return unknown_result(node, out, unknown(place(node), "sort"));
  }
  std::ranges::stable_sort(values, {}, [](const Item& each) { return each.value.text(); });
  std::ranges::move(values, std::back_inserter(*out));
  return {};
}

}  // namespace dkimctl::perl
