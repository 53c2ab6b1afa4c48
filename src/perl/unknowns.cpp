#include "perl/machine.hpp"

namespace dkimctl::perl {
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
void Interpreter::Machine::make_unknown(const Value& value, const UnknownPtr& why)
{
  std::vector<Value> waiting{value};
  while (!waiting.empty() && step()) {
    const Value each = std::move(waiting.back());
    waiting.pop_back();
    if (const ArrayPtr array = each.array_ptr()) {
      array->unknown = why;
      for (const ScalarPtr& item : std::exchange(array->items, {})) {
        waiting.push_back(std::exchange(item->value, Value{why}));
      }
    } else if (const HashPtr hash = each.hash_ptr()) {
      hash->unknown = why;
      for (const auto& [key, entry] : std::exchange(hash->entries, {})) {
        waiting.push_back(std::exchange(entry.scalar->value, Value{why}));
      }
    } else if (const ScalarPtr scalar = each.scalar_ptr()) {
      waiting.push_back(std::exchange(scalar->value, Value{why}));
    }
  }
}

/// Arguments of what may change them: open(my $fh, ...), read($fh, $buffer, ...).
void Interpreter::Machine::make_given_unknown(const List& arguments, const UnknownPtr& why)
{
  for (const Item& each : arguments) {
    make_unknown(each.value, why);
    if (each.cell != nullptr) {
      each.cell->value = why;
    }
  }
}

/// A container that could not be found, since a key or an index on the way to it is unknown: all of them may
/// be it.
void Interpreter::Machine::make_reachable_unknown(const Node& reference, const UnknownPtr& why)
{
  const Node& inner = reference.kind == NodeKind::dereference ? *reference.kids[0] : reference;
  Value container;
  if (inner.kind == NodeKind::entry) {
    const HashPtr hash = hash_of(*inner.kids[0]).cell;
    container = hash != nullptr ? Value{hash} : Value{};
  } else if (inner.kind == NodeKind::element) {
    const ArrayPtr array = array_of(*inner.kids[0]).cell;
    container = array != nullptr ? Value{array} : Value{};
  } else {
    return;
  }
  if (container.is_undef()) {
    make_reachable_unknown(*inner.kids[0], why);
    return;
  }
  make_unknown(container, why);
  taint(why, name_of(inner));
}

/// Code that is not known has run: it may have changed any variable.
void Interpreter::Machine::make_everything_unknown(const UnknownPtr& why)
{
  everything_unknown_ = why;
  taint(why, "everything set before it");
  for (const auto& [name, cell] : globals_.scalars) {
    make_unknown(Value{cell}, why);
  }
  for (const auto& [name, array] : globals_.arrays) {
    make_unknown(Value{array}, why);
  }
  for (const auto& [name, hash] : globals_.hashes) {
    make_unknown(Value{hash}, why);
  }
  for (const Lexical& each : lexicals_) {
    make_unknown(each, why);
  }
}

void Interpreter::Machine::make_unknown(const Lexical& variable, const UnknownPtr& why)
{
  make_unknown(std::visit([](const auto& cell) { return Value{cell}; }, variable.cell), why);
}

void Interpreter::Machine::make_unknown(const Node& target, const UnknownPtr& why)
{
  using K = NodeKind;
  const bool last_index =
      target.kind == K::array_last || (target.kind == K::dereference && target.text == "$#");
  if (is_array(target) || last_index || target.kind == K::element || target.kind == K::array_slice) {
    make_array_unknown(target, why);
  } else if (is_hash(target) || target.kind == K::entry || target.kind == K::hash_slice) {
    make_hash_unknown(target, why);
  } else if (target.kind == K::scalar_variable || target.kind == K::dereference) {
    make_scalar_unknown(target, why);
  } else if (target.kind == K::declaration) {
    if (target.text != "local") {
      declare(target);
    }
    make_kids_unknown(target, why);
  } else if (target.kind == K::list) {
    make_kids_unknown(target, why);
  } else if (target.kind == K::assignment) {
    make_unknown(*target.kids[0], why);
  } else if (target.kind == K::conditional) {
    make_unknown(*target.kids[1], why);
    make_unknown(*target.kids[2], why);
  }
}

void Interpreter::Machine::make_kids_unknown(const Node& target, const UnknownPtr& why)
{
  for (const Node* const kid : target.kids) {
    make_unknown(*kid, why);
  }
}

/// The whole array, whatever part of it is meant.
void Interpreter::Machine::make_array_unknown(const Node& target, const UnknownPtr& why)
{
  const std::string name = name_of(target);
  const bool part = target.kind == NodeKind::element || target.kind == NodeKind::array_slice;
  const ArrayPtr array = array_of(part ? *target.kids[0] : target).cell;
  if (array != nullptr) {
    make_unknown(*array, why, name);
  } else if (part) {
    make_reachable_unknown(*target.kids[0], why);
  }
}

void Interpreter::Machine::make_hash_unknown(const Node& target, const UnknownPtr& why)
{
  const std::string name = name_of(target);
  const bool part = target.kind == NodeKind::entry || target.kind == NodeKind::hash_slice;
  const HashPtr hash = hash_of(part ? *target.kids[0] : target).cell;
  if (hash != nullptr) {
    make_unknown(*hash, why, name);
  } else if (part) {
    make_reachable_unknown(*target.kids[0], why);
  }
}

void Interpreter::Machine::make_scalar_unknown(const Node& target, const UnknownPtr& why)
{
  const std::string name = name_of(target);
  const ScalarPtr cell = scalar_cell(target).cell;
  if (cell != nullptr) {
    cell->value = why;
    cell->set = why->where;
    taint(why, name);
  }
}

}  // namespace dkimctl::perl
