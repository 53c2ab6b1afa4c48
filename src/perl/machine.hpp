// The interpreter's inside, shared by the .cpp files that implement it:
//   interpreter.cpp  files, failures, what cannot be known
//   statements.cpp   blocks, branches, loops
//   expressions.cpp  values in scalar and list context
//   variables.cpp    which cell a piece of syntax means
//   assignments.cpp  what changes a cell
//   functions.cpp    calls, built in or not
#pragma once

#include "perl/interpreter.hpp"
#include "perl/syntax.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace dkimctl::perl {

/// What ended the statement before its time.
enum class Flow { none, next_iteration, leave_loop, leave_file, dead };

/// An array, a hash or a scalar that some syntax means; or nothing, when `unknown` says why. Both null: there
/// is none, and nothing was to be made.
template<class T>
struct Meant {
  std::shared_ptr<T> cell;
  UnknownPtr unknown;
};

/// Whether a container that is not there is made, as Perl does for what may be changed, or must be there.
enum class Access { read, change };

class Interpreter::Machine {
public:
  Machine(Interpreter& interpreter, const Host& host, Surroundings surroundings);

  // interpreter.cpp
  bool run_file(const std::string& path, Missing missing, Place included_by);
  void run_text(std::uint32_t source, const Node& root);
  void fail(FailureKind kind, Place where, std::string what, std::string hint = {});
  UnknownPtr unknown(Place where, std::string construct, std::string_view taints = {});
  Value unknown_value(const Node& node, std::string construct);
  void taint(const UnknownPtr& unknown, std::string_view what);
  UnknownPtr guard() const { return guards_.empty() ? nullptr : guards_.back(); }
  std::uint16_t depth_of_guards() const { return static_cast<std::uint16_t>(guards_.size()); }
  bool stopped() const { return flow_ != Flow::none; }
  Place place(const Node& node) const { return {source_, node.span}; }
  Place place(Span span) const { return {source_, span}; }
  Location locate(Place place) const;
  bool step();

  // statements.cpp
  void run_block(const Node& block);
  void run_statements(const Node& block);
  void run(const Node& statement);
  void run_guarded(const Node& statement, const UnknownPtr& why);
  void run_branch(const Node& branch);
  void run_for_each(const Node& loop);
  bool leaves_loop(std::string_view label);
  void run_loop(const Node& loop);
  void run_flow(const Node& node);
  void run_sub_unknown(const Node& body, const UnknownPtr& why);
  void settle_uncertainty(std::size_t guards_at_start);

  // expressions.cpp
  Value scalar(const Node& node);
  void list(const Node& node, List& out);
  List list(const Node& node);
  Value number(const Node& node);
  Value version(const Node& node);
  Value scalar_of_unary(const Node& node);
  Value scalar_of_binary(const Node& node);
  Value scalar_of_logical(const Node& node);
  Value scalar_of_dereference(const Node& node);
  Value interpolated(const Node& node);
  Value regex(const Node& node);
  Value reference(const Node& node);
  Value reference_to_container(const Node& operand, bool hash);
  Value element(const Node& node);
  Value entry(const Node& node);
  Value command(const Node& node);
  Value array_literal(const Node& node);
  Value hash_literal(const Node& node);
  void list_of_slice(const Node& node, List& out);
  void list_of_conditional(const Node& node, List& out);
  std::optional<std::string> text_of(const Value& value, UnknownPtr& why, const Node& node);
  Item item(const Node& node);

  // variables.cpp
  struct Lexical {
    std::string name;  // with its sigil
    ScalarPtr scalar;
    ArrayPtr array;
    HashPtr hash;
  };
  const Lexical* lexical(char sigil, std::string_view name) const;
  std::string global_name(std::string_view name) const;
  ScalarPtr global_scalar(std::string_view name);
  ArrayPtr global_array(std::string_view name);
  HashPtr global_hash(std::string_view name);
  ScalarPtr scalar_variable(std::string_view name);
  ArrayPtr array_variable(std::string_view name);
  HashPtr hash_variable(std::string_view name);
  Meant<Scalar> scalar_cell(const Node& node);
  Meant<Scalar> cell_of_target(const Node& target);
  Meant<Array> array_of(const Node& node, Access access = Access::change);
  Meant<Hash> hash_of(const Node& node, Access access = Access::change);
  Meant<Scalar> element_cell(const Node& node, bool create);
  Meant<Scalar> entry_cell(const Node& node, bool create);
  Meant<Scalar> dereferenced_scalar(const Node& node);
  void declare(const Node& declaration);
  void localize(const Node& target);
  ScalarPtr new_scalar(Value value, Place set) const;
  ArrayPtr new_array() const;
  HashPtr new_hash() const;

  // assignments.cpp
  Value assign(const Node& node);
  void assign_list(const Node& node, List* out);
  Value assign_operator(const Node& node);
  void list_of_assigned(const Node& target, const List& values, List& out);
  void store(Scalar& cell, Value value, Place set, std::string_view name);
  void store_array(const ArrayPtr& array, const List& values, Place set, std::string_view name);
  void store_hash(const HashPtr& hash, const List& values, Place set, std::string_view name);
  void store_in_list(Nodes targets, const List& values, Place set);
  void store_scalar_node(const Node& target, Value value, Place set);
  void append(const ArrayPtr& array, const List& values, bool front, Place set, std::string_view name);
  void append_item(Array& array, const Item& item, std::size_t at);
  void make_unknown(const Node& target, const UnknownPtr& why);
  void make_reachable_unknown(const Node& reference, const UnknownPtr& why);
  void make_everything_unknown(const UnknownPtr& why);
  void make_unknown(const Value& value, const UnknownPtr& why, int depth = 0);
  void make_unknown(Array& array, const UnknownPtr& why, std::string_view name);
  void make_unknown(Hash& hash, const UnknownPtr& why, std::string_view name);
  bool is_list_assignment(const Node& target) const;
  std::string name_of(const Node& target) const;

  // functions.cpp
  Value call_builtin(const Node& node, List* out);
  void call_function(const Node& node, List& out);
  void call_function_plainly(const Node& node, List& out);
  void call_native(const Node& node, const std::string& name, const Native& native, List& out);
  Value code_of(const Node& node);
  bool is_undefined(const Node& node, const std::string& name);
  void call_unknown(const Node& node, const std::string& what, List& out);
  Value include(const Node& node, std::string_view path);

  using BuiltinFunction = Value (Machine::*)(const Node&, List*);
  static BuiltinFunction builtin_function(std::string_view name);
  Value call_builtin_plainly(const Node& node, List* out, BuiltinFunction function);
  Value do_defined(const Node& node, List* out);
  Value do_undef(const Node& node, List* out);
  Value do_delete(const Node& node, List* out);
  Value do_exists(const Node& node, List* out);
  Value do_scalar(const Node& node, List* out);
  Value do_push(const Node& node, List* out);
  Value do_pop(const Node& node, List* out);
  Value do_reverse(const Node& node, List* out);
  Value do_join(const Node& node, List* out);
  Value do_split(const Node& node, List* out);
  Value do_sprintf(const Node& node, List* out);
  Value do_keys(const Node& node, List* out);
  Value do_text(const Node& node, List* out);
  Value do_substring(const Node& node, List* out);
  Value do_index(const Node& node, List* out);
  Value do_number(const Node& node, List* out);
  Value do_chomp(const Node& node, List* out);
  Value do_die(const Node& node, List* out);
  Value do_print(const Node& node, List* out);
  Value do_sort(const Node& node, List* out);
  Value do_ref(const Node& node, List* out);
  Value do_place(const Node& node, List* out);
  Value do_include(const Node& node, List* out);
  Value do_constant(const Node& node, List* out);
  Value do_tie(const Node& node, List* out);
  Value do_eval(const Node& node, List* out);
  Value do_splice(const Node& node, List* out);
  void run_string(std::string text, const UnknownPtr& why);
  void list_of_pairs(const Node& node, List& out);
  void store_glob(const Node& target, const Value& value, Place set);
  bool call_constant(const std::string& name, List& out);

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
  std::vector<std::function<void()>> locals_;          // what `local` put away, to be put back
  std::vector<UnknownPtr> guards_;                     // unknown conditions around the current statement
  std::unordered_map<std::string, const Node*> subs_;  // of the files read so far
  std::unordered_map<std::string, std::uint32_t> sub_sources_;
  std::vector<std::string_view> running_subs_;
  UnknownPtr uncertain_;  // a flow under an unknown condition: what follows may not be reached
  std::string package_;
  std::uint32_t source_ = Place::kNowhere;
  std::uint64_t steps_ = 0;
  int file_depth_ = 0;
  int depth_ = 0;
  std::unordered_map<std::string, List> constants_;  // of `use constant`
  std::unordered_set<std::string> included_;         // by do and require, which does it only once
  UnknownPtr symbols_unknown_;                       // what functions are called may have been changed
  UnknownPtr everything_unknown_;                    // code that is not known has run
  std::string_view flow_label_;                      // the loop that `next LABEL` means
  const Node* last_statement_ = nullptr;             // of the file, for its value
  Value last_value_;
  bool errno_set_ = false;        // by an include that found nothing
  bool aliasing_ = false;         // inside the list of a foreach
  bool keys_are_sorted_ = false;  // inside sort(...): the order of keys does not matter
  Flow flow_ = Flow::none;
};

}  // namespace dkimctl::perl
