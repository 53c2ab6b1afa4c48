#include "report/json.hpp"

#include "crypto/base64.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace dkimctl::report {
namespace {

constexpr std::size_t kIndent = 2;
constexpr std::size_t kDeepest = 200;  // references in references; a configuration has five

/// Needs no escape: printable ASCII without quote and backslash, as nearly every string is.
bool is_plain(std::string_view text)
{
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

using OnBadUtf8 = nlohmann::json::error_handler_t;

/// In quotes, in ASCII alone, so that no terminal is moved by it; nothing where it is not UTF-8 and the
/// handler is strict.
std::optional<std::string> quoted(std::string_view text, OnBadUtf8 on_bad_utf8)
{
  if (is_plain(text)) {
    return fmt::format("\"{}\"", text);
  }
  try {
    return nlohmann::json(text).dump(-1, ' ', true, on_bad_utf8);
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

/// Walks a value; `path_` are the references it is inside of.
class ValueWriter {
public:
  ValueWriter(JsonWriter& json, const Locate& locate) : json_(json), locate_(locate) {}

  void write(const perl::Value& value)
  {
    if (const perl::UnknownPtr unknown = value.unknown()) {
      write_unknown(*unknown);
    } else if (value.is_undef()) {
      json_.null();
    } else if (value.is_plain()) {
      json_.string(value.text());
    } else if (const perl::Regex* const regex = value.regex()) {
      write_marked("$regex", regex->text());
    } else if (const perl::Object* const object = value.object()) {
      write_marked("$object", object->class_name);
    } else if (value.code() != nullptr) {
      write_marked("$object", "CODE");
    } else {
      write_reference(value);
    }
  }

private:
  void write_marked(std::string_view mark, std::string_view value)
  {
    json_.begin_object();
    json_.key(mark).string(value);
    json_.end_object();
  }

  void write_dynamic_members(const perl::Unknown& unknown)
  {
    json_.key("$dynamic").string(unknown.construct);
    if (unknown.where.known()) {
      write_place(json_, locate_(unknown.where));
    }
  }

  void write_unknown(const perl::Unknown& unknown)
  {
    json_.begin_object();
    write_dynamic_members(unknown);
    json_.end_object();
  }

  void write_reference(const perl::Value& value)
  {
    const void* const target = value.array() != nullptr  ? static_cast<const void*>(value.array())
                               : value.hash() != nullptr ? static_cast<const void*>(value.hash())
                                                         : static_cast<const void*>(value.scalar());
    if (path_.size() >= kDeepest || std::find(path_.begin(), path_.end(), target) != path_.end()) {
      return write_marked("$object", "cycle");
    }
    path_.push_back(target);
    if (const perl::Array* const array = value.array()) {
      write_array(*array);
    } else if (const perl::Hash* const hash = value.hash()) {
      write_hash(*hash);
    } else {
      write(value.scalar()->value);
    }
    path_.pop_back();
  }

  void write_array(const perl::Array& array)
  {
    if (array.unknown) {
      return write_unknown(*array.unknown);
    }
    json_.begin_array();
    for (const perl::ScalarPtr& item : array.items) {
      write_cell(item);
    }
    json_.end_array();
  }

  void write_hash(const perl::Hash& hash)
  {
    json_.begin_object();
    if (!hash.unknown) {
      write_entries(hash);
    } else {
      write_dynamic_members(*hash.unknown);
      if (!hash.entries.empty()) {
        json_.key("known").begin_object();
        write_entries(hash);
        json_.end_object();
      }
    }
    json_.end_object();
  }

  void write_entries(const perl::Hash& hash)
  {
    for (const auto& [name, entry] : hash.entries) {
      json_.key(name);
      write_cell(entry.scalar);
    }
  }

  /// An element that was never assigned has no cell.
  void write_cell(const perl::ScalarPtr& cell)
  {
    if (cell) {
      write(cell->value);
    } else {
      json_.null();
    }
  }

  JsonWriter& json_;
  const Locate& locate_;
  std::vector<const void*> path_;
};

void write_finding(JsonWriter& json, const Finding& finding)
{
  json.begin_object();
  json.key("code").string(finding.code);
  json.key("severity").string(to_string(finding.severity));
  if (!finding.object.empty()) {
    json.key("object").string(finding.object);
  }
  json.key("text").text(finding.text);
  if (!finding.hint.empty()) {
    json.key("hint").text(finding.hint);
  }
  if (finding.where) {
    write_place(json, *finding.where);
  }
  if (finding.key) {
    json.key("key").number(*finding.key);
  }
  if (!finding.name.empty()) {
    json.key("name").string(finding.name);
  }
  if (!finding.server.empty()) {
    json.key("server").string(finding.server);
  }
  json.end_object();
}

}  // namespace

void JsonWriter::new_line()
{
  out_ += '\n';
  out_.append(depth_ * kIndent, ' ');
}

void JsonWriter::start_value()
{
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (!first_) {
    out_ += ',';
  }
  if (depth_ > 0) {
    new_line();
  }
  first_ = false;
}

void JsonWriter::begin(char bracket)
{
  start_value();
  out_ += bracket;
  ++depth_;
  first_ = true;
}

void JsonWriter::end(char bracket)
{
  --depth_;
  if (!first_) {
    new_line();
  }
  out_ += bracket;
  first_ = false;
}

JsonWriter& JsonWriter::key(std::string_view name)
{
  start_value();
  const auto text = quoted(name, OnBadUtf8::strict);
  out_ += text ? *text : fmt::format("\"$bytes:{}\"", crypto::base64(name));
  out_ += ": ";
  after_key_ = true;
  return *this;
}

void JsonWriter::string(std::string_view bytes)
{
  if (const auto text = quoted(bytes, OnBadUtf8::strict)) {
    start_value();
    out_ += *text;
    return;
  }
  begin_object();
  key("$bytes").string(crypto::base64(bytes));
  end_object();
}

void JsonWriter::text(std::string_view words)
{
  start_value();
  out_ += quoted(words, OnBadUtf8::replace).value_or("\"\"");
}

void JsonWriter::number(std::uint64_t value)
{
  start_value();
  fmt::format_to(std::back_inserter(out_), "{}", value);
}

void JsonWriter::boolean(bool value)
{
  start_value();
  out_ += value ? "true" : "false";
}

void JsonWriter::null()
{
  start_value();
  out_ += "null";
}

std::string JsonWriter::finish() &&
{
  out_ += '\n';
  return std::move(out_);
}

void write_place(JsonWriter& json, const Location& where)
{
  json.key("file").string(where.file);
  json.key("line").number(where.line);
  json.key("column").number(where.column);
}

void write_findings(JsonWriter& json, const std::vector<Finding>& findings)
{
  json.begin_array();
  for (const Finding& finding : findings) {
    write_finding(json, finding);
  }
  json.end_array();
}

std::string findings_json(const std::vector<Finding>& findings)
{
  JsonWriter json;
  json.begin_object();
  json.key("schema").number(1);
  json.key("findings");
  write_findings(json, findings);
  json.end_object();
  return std::move(json).finish();
}

void write_value(JsonWriter& json, const perl::Value& value, const Locate& locate)
{
  ValueWriter(json, locate).write(value);
}

}  // namespace dkimctl::report
