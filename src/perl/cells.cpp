#include "perl/machine.hpp"

#include <fmt/format.h>

namespace dkimctl::perl {
namespace {

/// What arrays and hashes differ in, as what a reference leads to.
template<class Container>
struct Referred;

template<>
struct Referred<Array> {
  static constexpr std::string_view kName = "an array";
  static ArrayPtr from(const Value& value) { return value.array_ptr(); }
};

template<>
struct Referred<Hash> {
  static constexpr std::string_view kName = "a hash";
  static HashPtr from(const Value& value) { return value.hash_ptr(); }
};

bool is_container_variable(const Node& node)
{
  return node.kind == NodeKind::array_variable || node.kind == NodeKind::hash_variable ||
         node.kind == NodeKind::array_last;
}

}  // namespace

/// What a container node means: @name, or what a reference leads to, made where there was nothing.
template<class Container>
Meant<Container> Interpreter::Machine::container(const Node& node, Access access)
{
  const Nested nested{*this};
  if (stopped()) {
    return {};
  }
  if (is_container_variable(node)) {
    return {variable<Container>(node.text), nullptr};
  }
  if (node.kind == NodeKind::declaration) {
    declare(node);
    return {variable<Container>(node.kids[0]->text), nullptr};
  }
  if (node.kind == NodeKind::glob_variable) {
    return {nullptr, unknown(place(node), "typeglob")};
  }
  if (node.kind == NodeKind::list && node.kids.size() == 1) {
    return container<Container>(*node.kids[0], access);
  }
  if (node.kind != NodeKind::dereference) {  // push(... ? @x : @y, 1)
    const UnknownPtr why = unknown(place(node), "choice of a variable");
    make_kids_unknown(node, why);
    return {nullptr, why};
  }
  const Node& reference = *node.kids[0];
  const Meant<Scalar> cell = scalar_cell(reference);
  const bool temporary = cell.cell == nullptr && cell.unknown == nullptr;
  const Value value = temporary ? scalar(reference) : value_of(cell);
  if (value.is_unknown()) {
    return {nullptr, value.unknown()};
  }
  if (const auto found = Referred<Container>::from(value)) {
    return {found, nullptr};
  }
  if (value.is_undef()) {
    return container_of_undef<Container>(node, cell.cell.get(), access);
  }
  if (value.object() != nullptr) {
    return {nullptr, unknown(place(node), "inside of an object")};
  }
  if (value.is_plain() && node.flags != "strict") {
    return {global<Container>(value.text()), nullptr};  // a symbolic reference
  }
  if (guarded()) {
    return {nullptr, guard()};
  }
  fail(FailureKind::died, place(node), fmt::format("this is no reference to {}", Referred<Container>::kName));
  return {};
}

template<class Container>
Meant<Container> Interpreter::Machine::container_of_undef(const Node& node, Scalar* cell, Access access)
{
  if (access == Access::read) {
    if (node.flags == "strict" && !guarded()) {
      fail(FailureKind::died, place(node),
           fmt::format("this is undefined, and no reference to {}", Referred<Container>::kName));
    }
    return {};
  }
  if (cell == nullptr) {
    return {nullptr, unknown(place(node), "inside of an object")};
  }
  const auto made = std::make_shared<Container>();
  made->guard = depth_of_guards();
  store(*cell, Value{made}, place(node), {});
  return cell->value.is_unknown() ? Meant<Container>{nullptr, cell->value.unknown()}
                                  : Meant<Container>{made, nullptr};
}

Meant<Array> Interpreter::Machine::array_of(const Node& node, Access access)
{
  return container<Array>(node, access);
}

Meant<Hash> Interpreter::Machine::hash_of(const Node& node, Access access)
{
  return container<Hash>(node, access);
}

/// The cell that a node names, made where there was none; null for what is only a value.
Meant<Scalar> Interpreter::Machine::scalar_cell(const Node& node)
{
  if (node.kind == NodeKind::scalar_variable) {
    return {variable<Scalar>(node.text), nullptr};
  }
  if (node.kind == NodeKind::element) {
    return element_cell(node, Access::change);
  }
  if (node.kind == NodeKind::entry) {
    return entry_cell(node, Access::change);
  }
  if (node.kind == NodeKind::dereference && node.text == "$") {
    return dereferenced_scalar(node);
  }
  if (node.kind == NodeKind::declaration || node.kind == NodeKind::list) {
    if (node.kind == NodeKind::declaration) {
      declare(node);
    }
    return node.kids.size() == 1 ? scalar_cell(*node.kids[0]) : Meant<Scalar>{};
  }
  if (node.kind == NodeKind::assignment && !is_list_assignment(*node.kids[0])) {
    scalar(node);
    return cell_of_target(*node.kids[0]);
  }
  if (node.kind == NodeKind::conditional) {
    const Value test = scalar(*node.kids[0]);
    return test.is_unknown() ? Meant<Scalar>{nullptr, test.unknown()}
                             : scalar_cell(*node.kids[test.truth() ? 1 : 2]);
  }
  return {};
}

/// The cell of an assignment's target, which has been evaluated already: `my $x` is not declared twice.
Meant<Scalar> Interpreter::Machine::cell_of_target(const Node& target)
{
  const bool declared = target.kind == NodeKind::declaration && !target.kids.empty();
  return scalar_cell(declared ? *target.kids[0] : target);
}

Meant<Scalar> Interpreter::Machine::element_cell(const Node& node, Access access)
{
  const Meant<Array> array = array_of(*node.kids[0]);
  const Value index = scalar(*node.kids[1]);
  if (array.unknown != nullptr || index.is_unknown()) {
    return {nullptr, array.unknown != nullptr ? array.unknown : index.unknown()};
  }
  if (array.cell == nullptr || array.cell->unknown != nullptr) {
    return {nullptr, why_unknown(array)};
  }
  const std::vector<ScalarPtr>& items = array.cell->items;
  std::int64_t at = index.as_integer();
  at += at < 0 ? static_cast<std::int64_t>(items.size()) : 0;
  if (at >= 0 && at < static_cast<std::int64_t>(items.size())) {
    return {items[static_cast<std::size_t>(at)], nullptr};
  }
  return access == Access::read || at < 0 ? Meant<Scalar>{} : new_element(*array.cell, at, node);
}

Meant<Scalar> Interpreter::Machine::new_element(Array& array, std::int64_t at, const Node& node)
{
  if (at > kLargestArray || array.guard < depth_of_guards()) {
    array.unknown = guarded() ? guard() : unknown(place(node), "array of a size beyond reason");
    return {nullptr, array.unknown};
  }
  const bool grown = grow(array, static_cast<std::size_t>(at) + 1, place(node));
  return grown ? Meant<Scalar>{array.items.back(), nullptr} : Meant<Scalar>{};
}

Meant<Scalar> Interpreter::Machine::entry_cell(const Node& node, Access access)
{
  const Meant<Hash> hash = hash_of(*node.kids[0]);
  const Value key = scalar(*node.kids[1]);
  if (hash.unknown != nullptr || key.is_unknown()) {
    return {nullptr, hash.unknown != nullptr ? hash.unknown : key.unknown()};
  }
  if (hash.cell == nullptr) {
    return {};
  }
  const auto found = hash.cell->entries.find(key.text());
  if (found != hash.cell->entries.end()) {
    return {found->second.scalar, nullptr};
  }
  return access == Access::read ? missing_entry(*hash.cell, node) : new_entry(*hash.cell, key, node);
}

Meant<Scalar> Interpreter::Machine::missing_entry(const Hash& hash, const Node& node)
{
  const bool environment = node.kids[0]->kind == NodeKind::hash_variable && node.kids[0]->text == "ENV";
  return {nullptr,
          hash.unknown != nullptr && environment ? unknown(place(node), "element of %ENV") : hash.unknown};
}

Meant<Scalar> Interpreter::Machine::new_entry(Hash& hash, const Value& key, const Node& node)
{
  if (hash.guard < depth_of_guards()) {
    hash.unknown = guard();
    taint(guard(), name_of(node));
    return {nullptr, guard()};
  }
  const ScalarPtr made = new_scalar({}, place(node));
  hash.entries.emplace(key.text(), HashEntry{made, place(*node.kids[1])});
  if (!hash.set.known()) {
    hash.set = place(node);
  }
  return {made, nullptr};
}

Meant<Scalar> Interpreter::Machine::dereferenced_scalar(const Node& node)
{
  const Value value = scalar(*node.kids[0]);
  if (value.is_unknown()) {
    return {nullptr, value.unknown()};
  }
  if (value.scalar() != nullptr) {
    return {value.scalar_ptr(), nullptr};
  }
  if (value.is_plain() && !value.is_undef() && node.flags != "strict") {
    return {global<Scalar>(value.text()), nullptr};  // a symbolic reference
  }
  if (guarded()) {
    return {nullptr, guard()};
  }
  if (value.object() != nullptr || value.regex() != nullptr) {
    return {nullptr, unknown(place(node), "inside of an object")};
  }
  fail(FailureKind::died, place(node), "this is no reference to a scalar");
  return {};
}

}  // namespace dkimctl::perl
