#include "perl/machine.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

namespace dkimctl::perl {
namespace {

bool is_letter(char c)
{
  return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

bool is_one_of(std::string_view name, auto... names)
{
  return ((name == names) || ...);
}

char sigil_of(const Node& variable)
{
  return variable.kind == NodeKind::scalar_variable  ? '$'
         : variable.kind == NodeKind::array_variable ? '@'
                                                     : '%';
}

/// What scalars, arrays and hashes differ in, as variables.
template<class T>
struct Sort;

template<>
struct Sort<Scalar> {
  static constexpr char kSigil = '$';
  static auto& variables(auto& globals) { return globals.scalars; }
  static bool is_perls(std::string_view name)
  {
    return !name.empty() && !is_letter(name[0]) && name[0] != '_';
  }
  static void make_unknown(Scalar& cell, const UnknownPtr& why) { cell.value = why; }
  static void start_with(ScalarPtr& cell, const Value& value) { cell->value = value; }
};

template<>
struct Sort<Array> {
  static constexpr char kSigil = '@';
  static auto& variables(auto& globals) { return globals.arrays; }
  static bool is_perls(std::string_view name) { return is_one_of(name, "ARGV", "INC", "_"); }
  static void make_unknown(Array& array, const UnknownPtr& why) { array.unknown = why; }
  static void start_with(ArrayPtr& array, const Value& value)
  {
    array = value.array() != nullptr ? value.array_ptr() : array;
  }
};

template<>
struct Sort<Hash> {
  static constexpr char kSigil = '%';
  static auto& variables(auto& globals) { return globals.hashes; }
  static bool is_perls(std::string_view name) { return is_one_of(name, "ENV", "INC", "SIG", "+", "-", "!"); }
  static void make_unknown(Hash& hash, const UnknownPtr& why) { hash.unknown = why; }
  static void start_with(HashPtr& hash, const Value& value)
  {
    hash = value.hash() != nullptr ? value.hash_ptr() : hash;
  }
};

}  // namespace

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

/// To at least so many elements; false where that would be too much.
bool Interpreter::Machine::grow(Array& array, std::size_t size, Place where)
{
  while (array.items.size() < size) {
    if (!step()) {
      return false;
    }
    array.items.push_back(new_scalar({}, where));
  }
  return true;
}

/// The innermost that the file declared; null where there is none.
template<class T>
std::shared_ptr<T> Interpreter::Machine::lexical(std::string_view name) const
{
  const auto found = std::find_if(lexicals_.rbegin(), lexicals_.rend(), [&](const Lexical& each) {
    return std::holds_alternative<std::shared_ptr<T>>(each.cell) && each.name == name;
  });
  if (found == lexicals_.rend()) {
    return nullptr;
  }
  return found->ours.empty() ? std::get<std::shared_ptr<T>>(found->cell)
                             : Sort<T>::variables(globals_).at(found->ours);
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
  const bool qualified = whole.find(':') != std::string::npos;
  whole = surroundings_.vocabulary.local_name(whole);
  if (package_ == surroundings_.vocabulary.package || whole.empty() || qualified) {
    return whole;
  }
  const bool word = whole[0] == '_' ? whole.size() > 1 : is_letter(whole[0]);
  return word && !is_one_of(whole, "ENV", "INC", "ARGV") ? package_ + "::" + whole : whole;
}

/// The package's, made with what it has before any file sets it.
template<class T>
std::shared_ptr<T> Interpreter::Machine::global(std::string_view name)
{
  const std::string whole = global_name(name);
  std::shared_ptr<T>& cell = Sort<T>::variables(globals_)[whole];
  if (cell == nullptr) {
    cell = std::make_shared<T>();
    initialise(cell, whole);
  }
  return cell;
}

template<class T>
void Interpreter::Machine::initialise(std::shared_ptr<T>& cell, const std::string& name)
{
  const std::string variable = Sort<T>::kSigil + name;
  if (everything_unknown_ != nullptr) {
    Sort<T>::make_unknown(*cell, everything_unknown_);
  } else if (surroundings_.vocabulary.has_variable(variable) && surroundings_.initial_value) {
    if (const std::optional<Value> initial = surroundings_.initial_value(variable)) {
      Sort<T>::start_with(cell, *initial);
    } else {
      Sort<T>::make_unknown(*cell, unknown({}, fmt::format("amavisd's own default of {}", variable)));
    }
  } else if (Sort<T>::is_perls(name)) {
    Sort<T>::make_unknown(*cell, unknown({}, fmt::format("Perl's own variable {}", variable)));
  }
}

template<class T>
std::shared_ptr<T> Interpreter::Machine::variable(std::string_view name)
{
  std::shared_ptr<T> declared = lexical<T>(name);
  return declared != nullptr ? declared : global<T>(name);
}

template ScalarPtr Interpreter::Machine::lexical<Scalar>(std::string_view name) const;
template ScalarPtr Interpreter::Machine::global<Scalar>(std::string_view name);
template ArrayPtr Interpreter::Machine::global<Array>(std::string_view name);
template HashPtr Interpreter::Machine::global<Hash>(std::string_view name);
template ScalarPtr Interpreter::Machine::variable<Scalar>(std::string_view name);
template ArrayPtr Interpreter::Machine::variable<Array>(std::string_view name);
template HashPtr Interpreter::Machine::variable<Hash>(std::string_view name);

void Interpreter::Machine::declare(const Node& declaration)
{
  for (const Node* const kid : declaration.kids) {
    if (declaration.text == "local") {
      localize(*kid);
    } else {
      declare_variable(*kid, declaration.text == "our");
    }
  }
}

void Interpreter::Machine::declare_variable(const Node& variable, bool ours)
{
  const std::string_view name = variable.text;
  const std::string of_package = ours ? global_name(name) : std::string{};
  if (variable.kind == NodeKind::scalar_variable) {
    lexicals_.push_back({name, ours ? global<Scalar>(name) : new_scalar({}, place(variable)), of_package});
  } else if (variable.kind == NodeKind::array_variable) {
    lexicals_.push_back({name, ours ? global<Array>(name) : new_array(), of_package});
  } else if (variable.kind == NodeKind::hash_variable) {
    lexicals_.push_back({name, ours ? global<Hash>(name) : new_hash(), of_package});
  }
  const auto& seen_early = units_[source_].syntax.seen_early;
  if (!ours && !seen_early.empty() && seen_early.contains(sigil_of(variable) + std::string{name})) {
    forget(lexicals_.back(), variable.span);
  }
}

/// A BEGIN block may have left something in it.
void Interpreter::Machine::forget(const Lexical& lexical, Span span) const
{
  // Not noted before it reaches something: it may be assigned to at once.
  const auto why = std::make_shared<const Unknown>(
      Unknown{fmt::format("variable {} in a BEGIN block", lexical.name), {source_, span}});
  if (const auto* const scalar = std::get_if<ScalarPtr>(&lexical.cell)) {
    (*scalar)->value = Value{why};
  } else if (const auto* const array = std::get_if<ArrayPtr>(&lexical.cell)) {
    (*array)->unknown = why;
  } else {
    std::get<HashPtr>(lexical.cell)->unknown = why;
  }
}

/// `local`: a new value until the block ends, then the old one again.
void Interpreter::Machine::localize(const Node& target)
{
  if (target.kind == NodeKind::list) {
    for (const Node* const kid : target.kids) {
      localize(*kid);
    }
  } else if (target.kind == NodeKind::scalar_variable) {
    localize_variable(global_name(target.text), new_scalar({}, place(target)));
  } else if (target.kind == NodeKind::array_variable) {
    localize_variable(global_name(target.text), new_array());
  } else if (target.kind == NodeKind::hash_variable) {
    localize_variable(global_name(target.text), new_hash());
  } else if (target.kind == NodeKind::entry) {
    localize_entry(target);
  } else if (target.kind == NodeKind::element) {
    localize_element(target);
  } else {
    make_unknown(target, unknown(place(target), "local of a part"));
  }
}

template<class T>
void Interpreter::Machine::localize_variable(const std::string& name, std::shared_ptr<T> fresh)
{
  if (guarded()) {  // it may be the old one
    Sort<T>::make_unknown(*fresh, guard());
    fresh->guard = 0;
  }
  locals_.emplace_back([this, name, saved = global<T>(name)] { Sort<T>::variables(globals_)[name] = saved; });
  Sort<T>::variables(globals_)[name] = std::move(fresh);
}

void Interpreter::Machine::localize_entry(const Node& target)
{
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
  hash.cell->entries.insert_or_assign(text, HashEntry{new_local(target), place(*target.kids[1])});
}

void Interpreter::Machine::localize_element(const Node& target)
{
  const Meant<Array> array = array_of(*target.kids[0]);
  const Value index = scalar(*target.kids[1]);
  if (array.cell == nullptr || index.is_unknown()) {
    return;
  }
  const auto size = static_cast<std::int64_t>(array.cell->items.size());
  const std::int64_t at = index.as_integer() + (index.as_integer() < 0 ? size : 0);
  if (at < 0 || at >= size) {
    make_unknown(target, unknown(place(target), "local of an element that is not there"));
    return;
  }
  ScalarPtr& element = array.cell->items[static_cast<std::size_t>(at)];
  locals_.emplace_back([cell = array.cell, at = static_cast<std::size_t>(at), saved = element] {
    if (at < cell->items.size()) {
      cell->items[at] = saved;
    }
  });
  element = new_local(target);
}

/// A part's new value, which may be the old one where it is not certain that it is made.
ScalarPtr Interpreter::Machine::new_local(const Node& target) const
{
  ScalarPtr made = new_scalar({}, place(target));
  if (guarded()) {
    made->value = guard();
    made->guard = 0;
  }
  return made;
}

/// What a target is called in messages: "$mydomain", "$policy_bank{...}"; empty for what the file declared
/// itself.
std::string Interpreter::Machine::name_of(const Node& target) const
{
  using K = NodeKind;
  if (target.kind == K::scalar_variable) {
    return lexical<Scalar>(target.text) == nullptr ? '$' + global_name(target.text) : std::string{};
  }
  if (target.kind == K::array_variable || target.kind == K::array_last) {
    return lexical<Array>(target.text) == nullptr ? '@' + global_name(target.text) : std::string{};
  }
  if (target.kind == K::hash_variable) {
    return lexical<Hash>(target.text) == nullptr ? '%' + global_name(target.text) : std::string{};
  }
  constexpr std::array parts{K::element, K::entry, K::array_slice, K::hash_slice, K::dereference};
  const bool part = std::ranges::find(parts, target.kind) != parts.end() ||
                    (target.kind == K::declaration && target.text == "local");
  return part && !target.kids.empty() ? name_of(*target.kids[0]) : std::string{};
}

}  // namespace dkimctl::perl
