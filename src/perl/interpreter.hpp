// Runs configuration files as Perl would, as far as that can be known without running Perl.
#pragma once

#include "base/host.hpp"
#include "perl/value.hpp"
#include "perl/vocabulary.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dkimctl::perl {

/// An argument, or an element of any list: a value and the expression that gave it.
struct Item {
  Value value;
  Place place;
  ScalarPtr cell;         // what an assignment through an alias would change; null for a temporary
  bool many = false;      // an unknown value that stands for any number of elements
  bool constant = false;  // written in the program: an alias of it cannot be changed
};
using List = std::vector<Item>;

/// A call of a function that is not the file's own.
struct Call {
  std::string_view name;
  Place place;  // the whole call: "dkim_key('a', 'b', 'c')"
  List arguments;
  UnknownPtr condition;  // set: whether it is reached at all cannot be known
};

class Interpreter;

/// What a native function gives back.
struct Outcome {
  List result;
  std::optional<std::string> died;  // set: dies with this text
};
using Native = std::function<Outcome(Interpreter&, const Call&)>;

/// What the files find around them.
struct Surroundings {
  Vocabulary vocabulary;
  std::map<std::string, Native, std::less<>> functions;
  /// What `command` would print; nothing: it cannot be known.
  std::function<std::optional<std::string>(std::string_view command)> run_command;
  /// What a variable of the vocabulary holds before any file sets it; nothing: it cannot be known. `name` has
  /// its sigil; for an array or hash the value is a reference to it.
  std::function<std::optional<Value>(std::string_view name)> initial_value;
  /// How much may be evaluated, in statements, expressions and elements of lists; more where much is read.
  std::uint64_t most_steps = 1'000'000;
};

/// One thing that could not be evaluated, and what it reached.
struct Dynamic {
  UnknownPtr unknown;
  std::set<std::string> taints;  // "$mydomain", "dkim_key"
};

/// Why the files cannot be used: a text that does not compile, perhaps for a template's placeholder that
/// nobody filled in; a `die`; a file that is not there, that may not be read, or that is none.
enum class FailureKind { syntax, placeholder, died, missing, denied, unreadable, too_deep };
struct Failure {
  FailureKind kind = FailureKind::syntax;
  std::string file;
  std::string what;
  std::string hint;
  Place where;               // may be nowhere
  bool passed_over = false;  // by `do FILE`: amavisd goes on behind it
};

/// A file that was read, in the order of reading.
struct ReadFile {
  std::shared_ptr<const SourceText> source;
  FileInfo info;
  Place included_by;     // nowhere for a file that was named from outside
  bool made_up = false;  // no file: a text that a file evaluates
  bool by_do = false;    // by do or require: amavisd looks at neither its owner nor its mode
};

/// Variables of the package, by name without sigil. What a file does not mention need not be there.
struct Globals {
  std::unordered_map<std::string, ScalarPtr> scalars;
  std::unordered_map<std::string, ArrayPtr> arrays;
  std::unordered_map<std::string, HashPtr> hashes;

  ScalarPtr& scalar(std::string_view name);  // made where there is none
  ArrayPtr& array(std::string_view name);
  HashPtr& hash(std::string_view name);
};

/// What a file that is not there means.
enum class Missing { fails, is_skipped };

class Interpreter {
public:
  /// `host` must outlive it.
  Interpreter(const Host& host, Surroundings surroundings);
  ~Interpreter();
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  Globals& globals();
  const Globals& globals() const;
  /// A variable of the package, by name without sigil; one that no file mentioned has what it had before.
  ScalarPtr scalar(std::string_view name) const;
  ArrayPtr array(std::string_view name) const;
  HashPtr hash(std::string_view name) const;

  /// Reads and runs one file to its end, or to what stops it; each failure is kept. False if it failed.
  bool run_file(const std::string& path, Missing missing, Place included_by = {});

  const std::vector<ReadFile>& files() const;
  const std::vector<Failure>& failures() const;
  /// In the order they were met, one a place.
  const std::vector<Dynamic>& dynamics() const;

  /// The condition that the current statement depends on and that cannot be known; null: it is certainly
  /// reached.
  UnknownPtr condition() const;
  /// Notes something that cannot be known and what it reaches (may be empty).
  UnknownPtr note_unknown(Place where, std::string construct, std::string_view taints = {});
  void taint(const UnknownPtr& unknown, std::string_view what);

  /// A native function has read a file that the configuration may go through: evaluating it may take longer.
  void note_read(const std::string& path, std::size_t bytes);

  const Host& host() const;
  Location locate(Place place) const;

private:
  class Machine;
  std::unique_ptr<Machine> machine_;
};

}  // namespace dkimctl::perl
