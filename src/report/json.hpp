// JSON as every command writes it: ASCII, two blanks a level, a newline at the end. Values are written as
// they come, so that a document of any length needs no tree in memory.
//
// What JSON has no word for: a value that cannot be known without running Perl is
// {"$dynamic":"the construct","file":...,"line":...,"column":...}, an object of amavisd's
// {"$object":"class"}, a regular expression {"$regex":"(?^:...)"}, and bytes that are not UTF-8
// {"$bytes":"base64"}.
#pragma once

#include "base/finding.hpp"
#include "base/source.hpp"
#include "perl/value.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::report {

/// One document. In an object each value comes after its key(); the caller keeps begin and end in step.
///
///     JsonWriter json;
///     json.begin_object();
///     json.key("schema").number(1);
///     json.key("address").string(address);
///     json.end_object();
///     std::string document = std::move(json).finish();
class JsonWriter {
public:
  void begin_object() { begin('{'); }
  void end_object() { end('}'); }
  void begin_array() { begin('['); }
  void end_array() { end(']'); }
  /// A name that is not UTF-8 (a Perl hash may have any) is written "$bytes:" and its base64.
  JsonWriter& key(std::string_view name);

  /// Exactly these bytes: what is not UTF-8 is written as {"$bytes":"base64"}.
  void string(std::string_view bytes);
  /// For people: what is not UTF-8 becomes U+FFFD.
  void text(std::string_view words);
  void number(std::uint64_t value);
  void boolean(bool value);
  void null();

  /// The document, with its final newline.
  std::string finish() &&;

private:
  void begin(char bracket);
  void end(char bracket);
  void start_value();
  void new_line();

  std::string out_;
  std::size_t depth_ = 0;
  bool first_ = true;  // nothing yet in the innermost object or array
  bool after_key_ = false;
};

/// "file", "line" and "column", into the object that is open.
void write_place(JsonWriter& json, const Location& where);

/// An array of {"code","severity","object","text","hint","file","line","column","key","name","server"}; what
/// is absent is left out.
void write_findings(JsonWriter& json, const std::vector<Finding>& findings);

/// {"schema","findings"}: the document of a command that did nothing, and why.
std::string findings_json(const std::vector<Finding>& findings);

using Locate = std::function<Location(const perl::Place&)>;

/// A Perl value: scalars as strings, undef as null, references as what they refer to. A reference to
/// something it lies in is {"$object":"cycle"}. Of a hash that is known in part the known part is in "known",
/// beside "$dynamic".
void write_value(JsonWriter& json, const perl::Value& value, const Locate& locate);

}  // namespace dkimctl::report
