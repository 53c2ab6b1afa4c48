// Perl values as a configuration makes them, each with the place it came from.
#pragma once

#include "base/source.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dkimctl::perl {

/// Bytes of one of the files that were read. `source` is an index into Interpreter::files().
struct Place {
  static constexpr std::uint32_t kNowhere = UINT32_MAX;  // a default that no file set
  std::uint32_t source = kNowhere;
  Span span;
  bool known() const { return source != kNowhere; }
  friend bool operator==(const Place&, const Place&) = default;
};

/// What cannot be known without running Perl: "dynamic" in every message.
struct Unknown {
  std::string construct;  // in words: "command `uname -n`", "element of %ENV"
  Place where;
};

/// qr//. `text` is what Perl would print: "(?^i:^x)".
struct Regex {
  std::string pattern;
  std::string flags;  // of imsxn, in Perl's order
  std::string text() const;
};

struct Scalar;
struct Array;
struct Hash;
class Value;

/// Something amavisd makes and looks into only when it runs: new_RE(...), q_sql_s(...).
struct Object {
  std::string class_name;        // "Amavis::Lookup::RE"
  std::string constructor;       // "new_RE"
  std::vector<Value> arguments;  // as they were given
  Place made;
};

/// \&name or sub {...}.
struct Code {
  std::string name;  // empty for an anonymous one
};

using ScalarPtr = std::shared_ptr<Scalar>;
using ArrayPtr = std::shared_ptr<Array>;
using HashPtr = std::shared_ptr<Hash>;
using RegexPtr = std::shared_ptr<const Regex>;
using ObjectPtr = std::shared_ptr<const Object>;
using CodePtr = std::shared_ptr<const Code>;
using UnknownPtr = std::shared_ptr<const Unknown>;

/// One scalar value. References are live, as Perl's are: two of them see each other's changes.
class Value {
public:
  Value() = default;  // undef
  Value(std::int64_t number) : data_(number) {}
  Value(double number) : data_(number) {}
  Value(std::string text) : data_(std::move(text)) {}
  Value(const char* text) : data_(std::string{text}) {}
  Value(ScalarPtr ref) : data_(std::move(ref)) {}
  Value(ArrayPtr ref) : data_(std::move(ref)) {}
  Value(HashPtr ref) : data_(std::move(ref)) {}
  Value(RegexPtr regex) : data_(std::move(regex)) {}
  Value(ObjectPtr object) : data_(std::move(object)) {}
  Value(CodePtr code) : data_(std::move(code)) {}
  Value(UnknownPtr unknown) : data_(std::move(unknown)) {}
  Value(bool) = delete;  // Perl's truth values: truth()
  Value(const Value&) = default;
  Value(Value&&) noexcept = default;
  Value& operator=(const Value&) = default;
  Value& operator=(Value&&) noexcept = default;
  ~Value()  // NOLINT(bugprone-exception-escape): without memory there is no going on
  {
    if (data_.index() > kLastPlain) {
      let_go();
    }
  }

  bool is_undef() const { return std::holds_alternative<std::monostate>(data_); }
  bool is_unknown() const { return std::holds_alternative<UnknownPtr>(data_); }
  bool is_number() const;
  bool is_string() const { return std::holds_alternative<std::string>(data_); }
  /// undef, a number or a string.
  bool is_plain() const;
  /// Anything Perl's ref() is true for.
  bool is_reference() const { return !is_plain() && !is_unknown(); }

  /// Null where it is not one.
  const std::string* string() const { return std::get_if<std::string>(&data_); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&data_); }
  const double* floating() const { return std::get_if<double>(&data_); }
  const Scalar* scalar() const;
  const Array* array() const;
  const Hash* hash() const;
  ScalarPtr scalar_ptr() const;
  ArrayPtr array_ptr() const;
  HashPtr hash_ptr() const;
  const Regex* regex() const;
  const Object* object() const;
  const Code* code() const;
  UnknownPtr unknown() const;

  /// As Perl prints it: undef as "", 0.1 as "0.1", 1e15 as "1e+15". A reference prints as its type in
  /// brackets ("HASH(...)"), a regex as its text. Not for unknown values.
  std::string text() const;
  /// As Perl counts: leading number of a string, else 0. Not for unknown values.
  Value number() const;
  double as_double() const;
  std::int64_t as_integer() const;  // towards zero, as an index
  /// False are undef, "", "0" and 0. Not for unknown values.
  bool truth() const;

private:
  using Data = std::variant<std::monostate, std::int64_t, double, std::string, ScalarPtr, ArrayPtr, HashPtr,
                            RegexPtr, ObjectPtr, CodePtr, UnknownPtr>;
  static constexpr std::size_t kLastPlain = 3;

  void let_go();

  Data data_;
};

/// A place that holds a value: a variable, an element of an array, a value in a hash.
struct Scalar {
  Value value;
  Place set;                  // the expression that gave the value; for a variable, the assignment
  std::uint16_t guard = 0;    // how many unknown conditions stood around its birth
  bool constant = false;      // a literal, which Perl lets nobody change
  UnknownPtr tied = nullptr;  // set: what it holds is another program's business for ever
};

struct Array {
  std::vector<ScalarPtr> items;
  UnknownPtr unknown;  // set: what it holds, and how much, cannot be known
  Place set;           // the last assignment to the whole
  std::uint16_t guard = 0;
};

struct HashEntry {
  ScalarPtr scalar;
  Place key;  // where the key was written, if it was
};

struct Hash {
  std::map<std::string, HashEntry, std::less<>> entries;
  UnknownPtr unknown;  // set: there may be more entries than `entries`, which are certain
  Place set;
  std::uint16_t guard = 0;

  /// Null where there is none. A hash with `unknown` may still have it.
  const Scalar* find(std::string_view key) const;
};

/// Perl's true (1) and false ("").
Value truth(bool is_true);

}  // namespace dkimctl::perl
