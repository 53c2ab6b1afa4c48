#include "perl/machine.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dkimctl::perl {

ScalarPtr Interpreter::Machine::new_scalar(Value value, Place set) const
{
  return std::make_shared<Scalar>(Scalar{std::move(value), set, depth_of_guards()});
}

ArrayPtr Interpreter::Machine::new_array() const
{
  ArrayPtr array = std::make_shared<Array>();
  array->guard = depth_of_guards();
  return array;
}

HashPtr Interpreter::Machine::new_hash() const
{
  HashPtr hash = std::make_shared<Hash>();
  hash->guard = depth_of_guards();
  return hash;
}

const Interpreter::Machine::Lexical* Interpreter::Machine::lexical(char sigil, std::string_view name) const
{
  for (auto found = lexicals_.rbegin(); found != lexicals_.rend(); ++found) {
    if (found->name.size() == name.size() + 1 && found->name[0] == sigil &&
        std::string_view{found->name}.substr(1) == name) {
      return &*found;
    }
  }
  return nullptr;
}

/// A package variable's name as Globals has it: without the own package, with any other.
std::string Interpreter::Machine::global_name(std::string_view name) const
{
  std::string whole{name};
  for (std::size_t at = whole.find('\''); at != std::string::npos && at > 0 && at + 1 < whole.size();
       at = whole.find('\'')) {
    whole.replace(at, 1, "::");
  }
  if (whole.starts_with("::")) {
    whole.insert(0, "main");
  }
  whole = surroundings_.vocabulary.local_name(whole);
  const bool word =
      !whole.empty() &&
      (whole[0] == '_' ? whole.size() > 1 : std::isalpha(static_cast<unsigned char>(whole[0])) != 0);
  const bool foreign = package_ != surroundings_.vocabulary.package && whole.find(':') == std::string::npos &&
                       word && whole != "ENV" && whole != "INC" && whole != "ARGV";
  return foreign ? package_ + "::" + whole : whole;
}

ScalarPtr Interpreter::Machine::global_scalar(std::string_view name)
{
  const std::string whole = global_name(name);
  ScalarPtr& cell = globals_.scalars[whole];
  if (cell == nullptr) {
    cell = std::make_shared<Scalar>();
    if (everything_unknown_ != nullptr) {
      cell->value = everything_unknown_;
    } else if (surroundings_.vocabulary.variables.contains("$" + whole) && surroundings_.initial_value) {
      const std::optional<Value> initial = surroundings_.initial_value("$" + whole);
      cell->value =
          initial ? *initial : Value{unknown({}, fmt::format("amavisd's own default of ${}", whole))};
    } else if (!whole.empty() && !std::isalpha(static_cast<unsigned char>(whole[0])) && whole[0] != '_') {
      cell->value = unknown({}, fmt::format("Perl's own variable ${}", whole));
    }
  }
  return cell;
}

ArrayPtr Interpreter::Machine::global_array(std::string_view name)
{
  const std::string whole = global_name(name);
  ArrayPtr& array = globals_.arrays[whole];
  if (array == nullptr) {
    array = std::make_shared<Array>();
    if (everything_unknown_ != nullptr) {
      array->unknown = everything_unknown_;
    } else if (surroundings_.vocabulary.variables.contains("@" + whole) && surroundings_.initial_value) {
      const std::optional<Value> initial = surroundings_.initial_value("@" + whole);
      if (initial && initial->array() != nullptr) {
        array = initial->array_ptr();
      } else if (!initial) {
        array->unknown = unknown({}, fmt::format("amavisd's own default of @{}", whole));
      }
    } else if (whole == "ARGV" || whole == "INC" || whole == "_") {
      array->unknown = unknown({}, fmt::format("Perl's own variable @{}", whole));
    }
  }
  return array;
}

HashPtr Interpreter::Machine::global_hash(std::string_view name)
{
  const std::string whole = global_name(name);
  HashPtr& hash = globals_.hashes[whole];
  if (hash == nullptr) {
    hash = std::make_shared<Hash>();
    if (everything_unknown_ != nullptr) {
      hash->unknown = everything_unknown_;
    } else if (surroundings_.vocabulary.variables.contains("%" + whole) && surroundings_.initial_value) {
      const std::optional<Value> initial = surroundings_.initial_value("%" + whole);
      if (initial && initial->hash() != nullptr) {
        hash = initial->hash_ptr();
      } else if (!initial) {
        hash->unknown = unknown({}, fmt::format("amavisd's own default of %{}", whole));
      }
    } else if (whole == "ENV" || whole == "INC" || whole == "SIG" || whole == "+" || whole == "-" ||
               whole == "!") {
      hash->unknown = unknown({}, fmt::format("Perl's own variable %{}", whole));
    }
  }
  return hash;
}

ScalarPtr Interpreter::Machine::scalar_variable(std::string_view name)
{
  const Lexical* const found = lexical('$', name);
  return found != nullptr ? found->scalar : global_scalar(name);
}

ArrayPtr Interpreter::Machine::array_variable(std::string_view name)
{
  const Lexical* const found = lexical('@', name);
  return found != nullptr ? found->array : global_array(name);
}

HashPtr Interpreter::Machine::hash_variable(std::string_view name)
{
  const Lexical* const found = lexical('%', name);
  return found != nullptr ? found->hash : global_hash(name);
}

/// The array that a container node means: @name, or what a reference leads to, made where there was nothing.
Meant<Array> Interpreter::Machine::array_of(const Node& node, Access access)
{
  if (node.kind == NodeKind::array_variable || node.kind == NodeKind::array_last) {
    return {array_variable(node.text), nullptr};
  }
  if (node.kind == NodeKind::declaration) {
    declare(node);
    return {array_variable(node.kids[0]->text), nullptr};
  }
  const Node& reference = *node.kids[0];
  const Meant<Scalar> cell = scalar_cell(reference);
  const Value value = cell.unknown != nullptr ? Value{cell.unknown}
                      : cell.cell != nullptr  ? cell.cell->value
                                              : scalar(reference);
  if (value.is_unknown()) {
    return {nullptr, value.unknown()};
  }
  if (value.array() != nullptr) {
    return {value.array_ptr(), nullptr};
  }
  if (value.is_undef() && access == Access::read) {
    if (node.flags == "strict" && guard() == nullptr) {
      fail(FailureKind::died, place(node), "this is undefined, and no reference to an array");
    }
    return {};
  }
  if (value.is_undef() && cell.cell != nullptr) {
    const ArrayPtr made = new_array();
    store(*cell.cell, Value{made}, place(node), {});
    return cell.cell->value.is_unknown() ? Meant<Array>{nullptr, cell.cell->value.unknown()}
                                         : Meant<Array>{made, nullptr};
  }
  if (value.object() != nullptr || value.is_undef()) {
    return {nullptr, unknown(place(node), "inside of an object")};
  }
  if (value.is_plain() && node.flags != "strict") {
    return {global_array(value.text()), nullptr};  // a symbolic reference
  }
  if (guard() != nullptr) {
    return {nullptr, guard()};
  }
  fail(FailureKind::died, place(node), "this is no reference to an array");
  return {};
}

Meant<Hash> Interpreter::Machine::hash_of(const Node& node, Access access)
{
  if (node.kind == NodeKind::hash_variable) {
    return {hash_variable(node.text), nullptr};
  }
  if (node.kind == NodeKind::declaration) {
    declare(node);
    return {hash_variable(node.kids[0]->text), nullptr};
  }
  if (node.kind == NodeKind::glob_variable) {
    return {nullptr, unknown(place(node), "typeglob")};
  }
  const Node& reference = *node.kids[0];
  const Meant<Scalar> cell = scalar_cell(reference);
  const Value value = cell.unknown != nullptr ? Value{cell.unknown}
                      : cell.cell != nullptr  ? cell.cell->value
                                              : scalar(reference);
  if (value.is_unknown()) {
    return {nullptr, value.unknown()};
  }
  if (value.hash() != nullptr) {
    return {value.hash_ptr(), nullptr};
  }
  if (value.is_undef() && access == Access::read) {
    if (node.flags == "strict" && guard() == nullptr) {
      fail(FailureKind::died, place(node), "this is undefined, and no reference to a hash");
    }
    return {};
  }
  if (value.is_undef() && cell.cell != nullptr) {
    const HashPtr made = new_hash();
    store(*cell.cell, Value{made}, place(node), {});
    return cell.cell->value.is_unknown() ? Meant<Hash>{nullptr, cell.cell->value.unknown()}
                                         : Meant<Hash>{made, nullptr};
  }
  if (value.object() != nullptr || value.is_undef()) {
    return {nullptr, unknown(place(node), "inside of an object")};
  }
  if (value.is_plain() && node.flags != "strict") {
    return {global_hash(value.text()), nullptr};  // a symbolic reference
  }
  if (guard() != nullptr) {
    return {nullptr, guard()};
  }
  fail(FailureKind::died, place(node), "this is no reference to a hash");
  return {};
}

/// The cell that a node names, made where there was none; null for what is only a value.
Meant<Scalar> Interpreter::Machine::scalar_cell(const Node& node)
{
  if (node.kind == NodeKind::scalar_variable) {
    return {scalar_variable(node.text), nullptr};
  }
  if (node.kind == NodeKind::element) {
    return element_cell(node, true);
  }
  if (node.kind == NodeKind::entry) {
    return entry_cell(node, true);
  }
  if (node.kind == NodeKind::dereference && node.text == "$") {
    return dereferenced_scalar(node);
  }
  if (node.kind == NodeKind::declaration) {
    declare(node);
    return node.kids.size() == 1 ? scalar_cell(*node.kids[0]) : Meant<Scalar>{};
  }
  if (node.kind == NodeKind::list) {
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
  return {};  // a value, not a place
}

/// The cell of an assignment's target, which has been evaluated already: `my $x` is not declared twice.
Meant<Scalar> Interpreter::Machine::cell_of_target(const Node& target)
{
  const bool declared = target.kind == NodeKind::declaration && !target.kids.empty();
  return scalar_cell(declared ? *target.kids[0] : target);
}

Meant<Scalar> Interpreter::Machine::element_cell(const Node& node, bool create)
{
  const Meant<Array> array = array_of(*node.kids[0]);
  const Value index = scalar(*node.kids[1]);
  if (array.unknown != nullptr || index.is_unknown()) {
    return {nullptr, array.unknown != nullptr ? array.unknown : index.unknown()};
  }
  if (array.cell == nullptr) {
    return {};
  }
  if (array.cell->unknown != nullptr) {
    return {nullptr, array.cell->unknown};
  }
  std::vector<ScalarPtr>& items = array.cell->items;
  std::int64_t at = index.as_integer();
  at += at < 0 ? static_cast<std::int64_t>(items.size()) : 0;
  if (at >= 0 && at < static_cast<std::int64_t>(items.size())) {
    return {items[static_cast<std::size_t>(at)], nullptr};
  }
  constexpr std::int64_t kLargestArray = 1'000'000;
  if (!create || at < 0) {
    return {};
  }
  if (at > kLargestArray || array.cell->guard < depth_of_guards()) {
    array.cell->unknown =
        guard() != nullptr ? guard() : unknown(place(node), "array of a size beyond reason");
    return {nullptr, array.cell->unknown};
  }
  while (static_cast<std::int64_t>(items.size()) <= at) {
    items.push_back(new_scalar({}, place(node)));
  }
  return {items.back(), nullptr};
}

Meant<Scalar> Interpreter::Machine::entry_cell(const Node& node, bool create)
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
  if (!create) {
    const bool environment = node.kids[0]->kind == NodeKind::hash_variable && node.kids[0]->text == "ENV";
    return {nullptr, hash.cell->unknown != nullptr && environment ? unknown(place(node), "element of %ENV")
                                                                  : hash.cell->unknown};
  }
  if (hash.cell->guard < depth_of_guards()) {
    hash.cell->unknown = guard();
    taint(guard(), name_of(node));
    return {nullptr, guard()};
  }
  const ScalarPtr made = new_scalar({}, place(node));
  hash.cell->entries.emplace(key.text(), HashEntry{made, place(*node.kids[1])});
  if (!hash.cell->set.known()) {
    hash.cell->set = place(node);
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
    return {global_scalar(value.text()), nullptr};  // a symbolic reference
  }
  if (guard() != nullptr) {
    return {nullptr, guard()};
  }
  if (value.object() != nullptr || value.regex() != nullptr) {
    return {nullptr, unknown(place(node), "inside of an object")};
  }
  fail(FailureKind::died, place(node), "this is no reference to a scalar");
  return {};
}

void Interpreter::Machine::declare(const Node& declaration)
{
  if (declaration.text == "local") {
    for (const Node* const kid : declaration.kids) {
      localize(*kid);
    }
    return;
  }
  for (const Node* const kid : declaration.kids) {
    const bool ours = declaration.text == "our";
    const std::string name{kid->text};
    if (kid->kind == NodeKind::scalar_variable) {
      lexicals_.push_back(
          {"$" + name, ours ? global_scalar(name) : new_scalar({}, place(*kid)), nullptr, nullptr});
    } else if (kid->kind == NodeKind::array_variable) {
      lexicals_.push_back({"@" + name, nullptr, ours ? global_array(name) : new_array(), nullptr});
    } else if (kid->kind == NodeKind::hash_variable) {
      lexicals_.push_back({"%" + name, nullptr, nullptr, ours ? global_hash(name) : new_hash()});
    }
  }
}

/// `local`: a new value until the block ends, then the old one again.
void Interpreter::Machine::localize(const Node& target)
{
  if (target.kind == NodeKind::list) {
    for (const Node* const kid : target.kids) {
      localize(*kid);
    }
    return;
  }
  const std::string name = global_name(target.text);
  if (target.kind == NodeKind::scalar_variable) {
    locals_.emplace_back([this, name, saved = global_scalar(name)] { globals_.scalars[name] = saved; });
    globals_.scalars[name] = new_scalar({}, place(target));
  } else if (target.kind == NodeKind::array_variable) {
    locals_.emplace_back([this, name, saved = global_array(name)] { globals_.arrays[name] = saved; });
    globals_.arrays[name] = new_array();
  } else if (target.kind == NodeKind::hash_variable) {
    locals_.emplace_back([this, name, saved = global_hash(name)] { globals_.hashes[name] = saved; });
    globals_.hashes[name] = new_hash();
  } else if (target.kind == NodeKind::entry) {
    const Meant<Hash> hash = hash_of(*target.kids[0]);
    const Value key = scalar(*target.kids[1]);
    if (hash.cell == nullptr || key.is_unknown()) {
      return;
    }
    const std::string text = key.text();
    const auto found = hash.cell->entries.find(text);
    const HashEntry saved = found == hash.cell->entries.end() ? HashEntry{} : found->second;
    locals_.emplace_back([cell = hash.cell, text, saved] {
      cell->entries.erase(text);
      if (saved.scalar != nullptr) {
        cell->entries.emplace(text, saved);
      }
    });
    hash.cell->entries.insert_or_assign(text,
                                        HashEntry{new_scalar({}, place(target)), place(*target.kids[1])});
  }
}

}  // namespace dkimctl::perl
