// The interpreter's inside, shared by the .cpp files that implement it:
//   interpreter.cpp     what the outside sees; failures, what cannot be known
//   sources.cpp         files: reading, compiling, running them
//   evaluate.cpp        the table of what each kind of syntax does
//   statements.cpp      blocks, branches, loops
//   scalars.cpp         operators and the rest in scalar context
//   literals.cpp        what is written: strings, numbers, [...], {...}, references
//   lists.cpp           values in list context
//   slices.cpp          @a[...], @h{...}, (...)[...]
//   variables.cpp       names: what the file declares, what the package has
//   cells.cpp           which cell a piece of syntax means
//   assignments.cpp     what an assignment does
//   stores.cpp          values put into cells
//   unknowns.cpp        what something unknown may have changed
//   calls.cpp           functions that are not built in
//   builtins.cpp        the table of those that are, and the small ones
//   builtins_*.cpp      those on lists and hashes, on text and numbers, on files and code
//   arithmetic.cpp      operators on known values; sprintf.cpp: formats
#pragma once

#include "perl/interpreter.hpp"
#include "perl/syntax.hpp"

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

namespace dkimctl::perl {

/// What ended the statement before its time.
enum class Flow { none, next_iteration, leave_loop, leave_file, dead };

inline constexpr std::size_t kNodeKinds = static_cast<std::size_t>(NodeKind::nothing) + 1;

/// Assigning beyond it makes the array unknown, not the machine slow.
inline constexpr std::int64_t kLargestArray = 1'000'000;
/// Elements that make room for another, or move up when one goes.
inline constexpr std::size_t kMovedAStep = 32;

/// An array, a hash or a scalar that some syntax means; or nothing, when `unknown` says why. Both null: there
/// is none, and nothing was to be made.
template<class T>
struct Meant {
  std::shared_ptr<T> cell;
  UnknownPtr unknown;
};

/// A map that is asked with a view of a name.
struct NameHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
};
template<class T>
using ByName = std::unordered_map<std::string, T, NameHash, std::equal_to<>>;

/// Whether a container that is not there is made, as Perl does for what may be changed, or must be there.
enum class Access { read, change };

/// A variable that the file declares: where, as the variant says, a scalar, an array or a hash.
struct Lexical {
  std::string_view name;  // without sigil
  std::variant<ScalarPtr, ArrayPtr, HashPtr> cell;
  std::string ours = {};  // of `our`: the package's variable that it names, whatever `local` makes of it
};

/// What is at hand without looking into any cell: the value itself, why it cannot be known, or undef.
inline Value value_of(const Meant<Scalar>& meant)
{
  return meant.unknown != nullptr ? Value{meant.unknown}
         : meant.cell != nullptr  ? meant.cell->value
                                  : Value{};
}

/// Why the elements cannot be known; null where they can, or where there is no container.
template<class Container>
UnknownPtr why_unknown(const Meant<Container>& meant)
{
  return meant.unknown != nullptr ? meant.unknown : meant.cell != nullptr ? meant.cell->unknown : nullptr;
}

/// What prints as an address, which differs from run to run.
inline bool is_address(const Value& value)
{
  return value.is_reference() && value.regex() == nullptr;
}

/// Whether require and do take a path as it is; any other they look for in @INC, which has no ".".
inline bool has_folder(std::string_view path)
{
  return path.starts_with('/') || path.starts_with("./") || path.starts_with("../");
}

/// @x and @$x, or %x and %$x: a whole array or hash.
inline bool is_array(const Node& node)
{
  return node.kind == NodeKind::array_variable || (node.kind == NodeKind::dereference && node.text == "@");
}
inline bool is_hash(const Node& node)
{
  return node.kind == NodeKind::hash_variable || (node.kind == NodeKind::dereference && node.text == "%");
}

class Interpreter::Machine {
public:
  Machine(Interpreter& interpreter, const Host& host, Surroundings surroundings);

  // interpreter.cpp
  void fail(FailureKind kind, Place where, std::string what, std::string hint = {});
  UnknownPtr unknown(Place where, std::string construct, std::string_view taints = {});
  Value unknown_value(const Node& node, std::string construct);
  void taint(const UnknownPtr& unknown, std::string_view what);
  UnknownPtr guard() const { return guards_.empty() ? nullptr : guards_.back(); }
  bool guarded() const { return !guards_.empty(); }
  std::uint16_t depth_of_guards() const { return static_cast<std::uint16_t>(guards_.size()); }
  bool stopped() const { return flow_ != Flow::none; }
  Place place(const Node& node) const { return {source_, node.span}; }
  Location locate(Place place) const;
  /// Counts, so that every evaluation ends; false where it was too much, and nothing is evaluated any more.
  bool step(std::uint64_t cost = 1);
  bool step_for(const Value& value);
  void note_read(const std::string& path, std::size_t bytes);

  /// One level of syntax that is evaluated inside of another: there are not too many, or the evaluation ends.
  class Nested {
  public:
    explicit Nested(Machine& machine);
    ~Nested() { --machine_.nesting_; }
    Nested(const Nested&) = delete;
    Nested& operator=(const Nested&) = delete;

  private:
    Machine& machine_;
  };

  // sources.cpp
  bool run_file(const std::string& path, Missing missing, Place included_by);
  bool cannot_read(const std::string& path, const Error& error, Missing missing, Place included_by);
  std::uint32_t add_source(ReadFile file);
  bool compile(std::uint32_t source);
  void run_text(std::uint32_t source, const Node& root);
  void run_early(const Syntax& syntax);

  // evaluate.cpp
  /// What a kind of syntax does in each context.
  struct Behaviour {
    NodeKind kind;
    Value (Machine::*scalar)(const Node&);
    void (Machine::*list)(const Node&, List&);
    void (Machine::*run)(const Node&);
  };
  static const std::array<Behaviour, kNodeKinds> kBehaviours;
  static const Behaviour& behaviour(NodeKind kind);
  Value scalar(const Node& node);
  void list(const Node& node, List& out);
  List list(const Node& node);
  List list(Nodes nodes);
  void run(const Node& statement);

  // statements.cpp
  void run_block(const Node& block);
  void run_statements(const Node& block);
  void run_body(const Node& body);
  void run_guarded(const Node& statement, const UnknownPtr& why);
  void rehearse(const std::function<void()>& rounds);
  void run_bare_block(const Node& block);
  void run_branch(const Node& branch);
  void run_for_each(const Node& loop);
  void run_loop(const Node& loop);
  void run_package(const Node& node);
  void run_list(const Node& statement);
  void run_assignment(const Node& statement);
  void run_call(const Node& statement);
  void run_expression(const Node& statement);
  void run_nothing(const Node& /*node*/) {}
  bool leaves_loop(std::string_view label);
  bool goes_round(const Item& each, const Node& loop);
  void run_sub_unknown(const Node& body, const UnknownPtr& why);
  void settle_uncertainty(std::size_t guards_at_start);

  // scalars.cpp
  Value scalar_of_variable(const Node& node);
  Value scalar_of_element(const Node& node);
  Value scalar_of_entry(const Node& node);
  Value scalar_of_dereference(const Node& node);
  Value size_of_array(const Node& node);
  Value size_of_hash(const Node& node);
  Value scalar_of_declaration(const Node& node);
  Value scalar_of_unary(const Node& node);
  Value scalar_of_postfix(const Node& node);
  Value scalar_of_binary(const Node& node);
  Value scalar_of_binding(const Node& node);
  Value scalar_of_logical(const Node& node);
  Value scalar_of_conditional(const Node& node);
  Value scalar_of_list(const Node& node);
  Value scalar_of_slice(const Node& node);
  Value scalar_of_call(const Node& node);
  Value scalar_of_builtin(const Node& node);
  Value scalar_of_assignment(const Node& node);
  Value scalar_of_statement(const Node& node);
  Value scalar_of_flow(const Node& node);
  Value scalar_of_block(const Node& node);
  Value scalar_of_file_test(const Node& node);
  Value not_evaluated(const Node& node);
  std::optional<Value> operate(const Node& node, std::string_view op, const Value& left, const Value& right);
  std::optional<std::string> text_of(const Value& value, UnknownPtr& why, const Node& node);

  // literals.cpp
  Value text(const Node& node);
  Value number(const Node& node);
  Value version(const Node& node);
  Value interpolated(const Node& node);
  Value regex(const Node& node);
  Value command(const Node& node);
  Value code(const Node& node);
  Value reference(const Node& node);
  Value array_literal(const Node& node);
  Value hash_literal(const Node& node);

  // lists.cpp
  Item item(const Node& node);
  List items(Nodes nodes);
  void add(List& out, const Node& node, Value value, ScalarPtr cell = nullptr) const;
  void add_unknown(List& out, const Node& node, const Value& why) const;
  Value unknown_result(const Node& node, List* out, const UnknownPtr& why) const;
  void list_of_one(const Node& node, List& out);
  void list_of_many(const Node& node, List& out);
  void list_of_none(const Node& node, List& out);
  void list_of_literal(const Node& node, List& out);
  void list_of_kids(const Node& node, List& out);
  void list_of_array(const Node& node, List& out);
  void list_of_hash(const Node& node, List& out);
  void list_of_dereference(const Node& node, List& out);
  void list_of_declaration(const Node& node, List& out);
  void list_of_variable(const Node& node, List& out);
  void list_of_part(const Node& node, List& out);
  void list_of_conditional(const Node& node, List& out);
  void list_of_assignment(const Node& node, List& out);
  void list_of_binary(const Node& node, List& out);
  void list_of_range(const Node& node, List& out);
  void list_of_repetition(const Node& node, List& out);
  void list_of_logical(const Node& node, List& out);
  void list_of_references(const Node& node, List& out);
  void list_of_lines(const Node& node, List& out);
  void list_of_builtin(const Node& node, List& out);

  // slices.cpp
  void list_of_array_slice(const Node& node, List& out);
  void list_of_hash_slice(const Node& node, List& out);
  void list_of_list_slice(const Node& node, List& out);
  void list_of_pairs(const Node& node, List& out);
  Value value_at(const Node& container, const Value& key);
  ScalarPtr element_for_slice(Array& array, std::int64_t at, Place where);
  ScalarPtr entry_for_slice(Hash& hash, const Item& key, Place where) const;

  // variables.cpp; T is Scalar, Array or Hash
  template<class T>
  std::shared_ptr<T> lexical(std::string_view name) const;
  std::string global_name(std::string_view name) const;
  template<class T>
  std::shared_ptr<T> global(std::string_view name);
  template<class T>
  void initialise(std::shared_ptr<T>& cell, const std::string& name);
  template<class T>
  std::shared_ptr<T> variable(std::string_view name);
  template<class T>
  void localize_variable(const std::string& name, std::shared_ptr<T> fresh);
  void declare(const Node& declaration);
  void declare_variable(const Node& variable, bool ours);
  void forget(const Lexical& lexical, Span span) const;
  void localize(const Node& target);
  void localize_entry(const Node& target);
  void localize_element(const Node& target);
  ScalarPtr new_local(const Node& target) const;
  std::string name_of(const Node& target) const;
  ScalarPtr new_scalar(Value value, Place set) const;
  ArrayPtr new_array() const;
  HashPtr new_hash() const;
  bool grow(Array& array, std::size_t size, Place where);

  // cells.cpp
  template<class Container>
  Meant<Container> container(const Node& node, Access access);
  template<class Container>
  Meant<Container> container_of_undef(const Node& node, Scalar* cell, Access access);
  Meant<Array> array_of(const Node& node, Access access = Access::change);
  Meant<Hash> hash_of(const Node& node, Access access = Access::change);
  Meant<Scalar> scalar_cell(const Node& node);
  Meant<Scalar> cell_of_target(const Node& target);
  Meant<Scalar> element_cell(const Node& node, Access access);
  Meant<Scalar> new_element(Array& array, std::int64_t at, const Node& node);
  Meant<Scalar> entry_cell(const Node& node, Access access);
  Meant<Scalar> missing_entry(const Hash& hash, const Node& node);
  Meant<Scalar> new_entry(Hash& hash, const Value& key, const Node& node);
  Meant<Scalar> dereferenced_scalar(const Node& node);

  // assignments.cpp
  bool is_list_assignment(const Node& target) const;
  Value assign(const Node& node);
  void assign_list(const Node& node, List* out);
  void list_of_assigned(const Node& target, const List& values, List& out);
  Value assign_operator(const Node& node);
  Value change_assigned(const Node& node, const Node& target, std::string_view op);
  Value assign_logical(const Node& node, const Node& target, std::string_view op, const Value& before);

  // stores.cpp
  void store(Scalar& cell, Value value, Place set, std::string_view name);
  void store_array(Array& array, std::span<const Item> values, Place set, std::string_view name);
  void store_hash(Hash& hash, std::span<const Item> values, Place set, std::string_view name);
  UnknownPtr why_no_entry(const Item& key, const Item* value);
  void store_list(const Node& target, std::span<const Item> values, Place set);
  void store_container(const Node& target, std::span<const Item> values, Place set);
  void store_slice(const Node& target, std::span<const Item> values, Place set);
  void store_slice_entry(Hash& hash, const Item& key, const Item& value, std::string_view name);
  void store_slice_element(const Node& target, Array& array, std::int64_t at, const Item& value, Place set);
  void store_in_list(Nodes targets, std::span<const Item> values, Place set);
  std::size_t store_next(const Node& target, std::span<const Item> values, Place set, const UnknownPtr& many);
  void store_scalar_node(const Node& target, Value value, Place set);
  void store_last_index(const Node& target, const Value& value, Place set);
  void store_glob(const Node& target, const Value& value, Place set);
  void append(Array& array, const List& values, std::size_t at, Place set, std::string_view name);
  void append_item(Array& array, const Item& item, std::size_t at) const;

  // unknowns.cpp
  void make_unknown(const Node& target, const UnknownPtr& why);
  void make_kids_unknown(const Node& target, const UnknownPtr& why);
  void make_array_unknown(const Node& target, const UnknownPtr& why);
  void make_hash_unknown(const Node& target, const UnknownPtr& why);
  void make_scalar_unknown(const Node& target, const UnknownPtr& why);
  void make_given_unknown(const List& arguments, const UnknownPtr& why);
  void make_reachable_unknown(const Node& reference, const UnknownPtr& why);
  void make_unknown(const Lexical& variable, const UnknownPtr& why);
  void make_everything_unknown(const UnknownPtr& why);
  void make_unknown(const Value& value, const UnknownPtr& why);
  void make_unknown(Array& array, const UnknownPtr& why, std::string_view name);
  void make_unknown(Hash& hash, const UnknownPtr& why, std::string_view name);

  // calls.cpp
  struct Sub {
    const Node* body = nullptr;
    std::uint32_t source = 0;
  };
  void call_function(const Node& node, List& out);
  void call_by_name(const Node& node, std::string_view name, List& out);
  void call_by_value(const Node& node, List& out);
  bool call_known(const Node& node, std::string_view name, List& out);
  void call_native(const Node& node, std::string_view name, const Native& native, List& out);
  void add_arguments(Nodes arguments, std::string_view prototype, List& out);
  bool is_undefined(const Node& node, std::string_view name);
  void call_unknown(const Node& node, std::string what, List& out, std::string_view sub = {});
  void run_called_sub(std::string_view name, const UnknownPtr& why);

  // builtins.cpp; in list context (`out` given) the results go there
  using BuiltinFunction = Value (Machine::*)(const Node&, List*);
  struct Builtin {
    std::string_view name;
    BuiltinFunction function;
    bool returns_list = false;
  };
  static const Builtin* builtin(std::string_view name);
  Value call_builtin(const Node& node, List* out);
  Value call_builtin(const Node& node, List* out, const Builtin& builtin);
  Value call_unknown_builtin(const Node& node, List* out);
  Value operand_or_topic(const Node& node);
  Value do_constant(const Node& node, List* out);
  Value do_defined(const Node& node, List* out);
  Value do_die(const Node& node, List* out);
  Value do_place(const Node& node, List* out);
  Value do_print(const Node& node, List* out);
  Value do_ref(const Node& node, List* out);
  Value do_scalar(const Node& node, List* out);
  Value do_tie(const Node& node, List* out);
  Value do_undef(const Node& node, List* out);

  // builtins_lists.cpp
  Value do_delete(const Node& node, List* out);
  Value delete_entry(Hash& hash, const Value& key, const Node& target);
  Value do_exists(const Node& node, List* out);
  Value exists_entry(const Node& entry);
  Value do_keys(const Node& node, List* out);
  Meant<Hash> hash_of_keys(const Node& node);
  Value do_pop(const Node& node, List* out);
  Value do_push(const Node& node, List* out);
  Value do_reverse(const Node& node, List* out);
  Value do_sort(const Node& node, List* out);
  Value do_splice(const Node& node, List* out);

  // builtins_text.cpp
  Value do_chomp(const Node& node, List* out);
  Value do_index(const Node& node, List* out);
  Value do_join(const Node& node, List* out);
  Value do_number(const Node& node, List* out);
  Value do_split(const Node& node, List* out);
  Value do_sprintf(const Node& node, List* out);
  Value do_substring(const Node& node, List* out);
  Value do_text(const Node& node, List* out);
  std::vector<ScalarPtr> cells_to_chomp(const Node& node, UnknownPtr& why);

  // builtins_files.cpp
  Value do_eval(const Node& node, List* out);
  Value do_include(const Node& node, List* out);
  void pass_over(const Node& node, const std::string& path, std::size_t first_failure);
  Value include(const Node& node, const std::string& path);
  void run_string(std::string text, const UnknownPtr& why);

  struct Unit {
    std::shared_ptr<const SourceText> source;
    Syntax syntax;
  };

  Interpreter& interpreter_;
  const Host& host_;
  Surroundings surroundings_;
  Globals globals_;
  std::deque<Unit> units_;  // one a source that compiled, by its number; nodes stay where they are
  std::vector<ReadFile> files_;
  std::vector<Failure> failures_;
  std::vector<Dynamic> dynamics_;
  std::unordered_map<std::string, std::size_t> dynamic_at_;  // place -> index
  std::vector<Lexical> lexicals_;
  std::vector<std::function<void()>> locals_;       // what `local` put away, to be put back
  std::vector<UnknownPtr> guards_;                  // unknown conditions around the current statement
  std::unordered_map<std::string_view, Sub> subs_;  // of the files read so far
  std::vector<std::string_view> running_subs_;
  UnknownPtr uncertain_;  // a flow under an unknown condition: what follows may not be reached
  std::string package_;
  std::uint32_t source_ = Place::kNowhere;
  std::uint64_t steps_ = 0;
  std::uint64_t most_steps_ = 0;
  std::unordered_set<std::string> read_;  // files that were counted in most_steps_
  int nesting_ = 0;
  bool includes_too_deep_ = false;
  int file_depth_ = 0;
  int depth_ = 0;
  ByName<List> constants_;                    // of `use constant`
  std::unordered_set<std::string> included_;  // by do and require, which does it only once
  UnknownPtr symbols_unknown_;                // what functions are called may have been changed
  UnknownPtr everything_unknown_;             // code that is not known has run
  std::string_view flow_label_;               // the loop that `next LABEL` means
  Value last_value_;
  bool errno_set_ = false;        // by an include that found nothing
  bool rehearsing_ = false;       // what is run is run again
  bool aliasing_ = false;         // inside the list of a foreach
  bool keys_are_sorted_ = false;  // inside sort(...): the order of keys does not matter
  Flow flow_ = Flow::none;
};

}  // namespace dkimctl::perl
