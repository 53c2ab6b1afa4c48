#include "report/json.hpp"

#include <memory>
#include <string>
#include <utility>

#include <doctest/doctest.h>

using namespace dkimctl;
using report::JsonWriter;

namespace {

const report::Locate kLocate = [](const perl::Place& place) {
  return Location{"50-user", 7, place.span.begin + 1, "", 1};
};

std::string json_of(const perl::Value& value)
{
  JsonWriter json;
  report::write_value(json, value, kLocate);
  return std::move(json).finish();
}

std::string json_of_string(std::string_view bytes)
{
  JsonWriter json;
  json.string(bytes);
  return std::move(json).finish();
}

perl::ScalarPtr cell(perl::Value value)
{
  return std::make_shared<perl::Scalar>(perl::Scalar{std::move(value), {}, 0});
}

perl::UnknownPtr unknown(const char* construct)
{
  return std::make_shared<perl::Unknown>(perl::Unknown{construct, perl::Place{0, {4, 9}}});
}

}  // namespace

TEST_SUITE_BEGIN("report::json");

TEST_CASE("a document has two blanks a level and a final newline")
{
  JsonWriter json;
  json.begin_object();
  json.key("schema").number(1);
  json.key("keys").begin_array();
  json.begin_object();
  json.key("number").number(18446744073709551615U);
  json.key("pattern").boolean(false);
  json.end_object();
  json.null();
  json.end_array();
  json.key("none").begin_array();
  json.end_array();
  json.key("empty").begin_object();
  json.end_object();
  json.end_object();
  CHECK(std::move(json).finish() ==
        "{\n"
        "  \"schema\": 1,\n"
        "  \"keys\": [\n"
        "    {\n"
        "      \"number\": 18446744073709551615,\n"
        "      \"pattern\": false\n"
        "    },\n"
        "    null\n"
        "  ],\n"
        "  \"none\": [],\n"
        "  \"empty\": {}\n"
        "}\n");
}

TEST_CASE("strings are escaped; what is not UTF-8 is base64, and U+FFFD where people read it")
{
  struct Case {
    std::string bytes;
    std::string json;
  };
  const Case cases[]{
      {"", "\"\"\n"},
      {"a\"b\\c/", "\"a\\\"b\\\\c/\"\n"},
      {std::string("\n\x1b\0\x7f", 4), "\"\\n\\u001b\\u0000\\u007f\"\n"},
      {"b\xc3\xbc", "\"b\\u00fc\"\n"},
      {"\xff", "{\n  \"$bytes\": \"/w==\"\n}\n"},
      {"b\xfc", "{\n  \"$bytes\": \"Yvw=\"\n}\n"},
      {"b\xfc"
       "c",
       "{\n  \"$bytes\": \"Yvxj\"\n}\n"},
      {"\xc0\x80", "{\n  \"$bytes\": \"wIA=\"\n}\n"},      // overlong
      {"\xed\xa0\x80", "{\n  \"$bytes\": \"7aCA\"\n}\n"},  // half a surrogate pair
      {"abcd\xff"
       "efg",
       "{\n  \"$bytes\": \"YWJjZP9lZmc=\"\n}\n"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.json);
    CHECK(json_of_string(c.bytes) == c.json);
  }
  JsonWriter json;
  json.text("b\xfc \"x\"");
  CHECK(std::move(json).finish() == "\"b\\ufffd \\\"x\\\"\"\n");
}

TEST_CASE("a key that is not UTF-8 still is a key")
{
  JsonWriter json;
  json.begin_object();
  json.key("b\xfc").number(1);
  json.key("a\"").number(2);
  json.end_object();
  CHECK(std::move(json).finish() == "{\n  \"$bytes:Yvw=\": 1,\n  \"a\\\"\": 2\n}\n");
}

TEST_CASE("scalars are strings, undef is null, and the rest is marked")
{
  CHECK(json_of({}) == "null\n");
  CHECK(json_of(std::int64_t{86400}) == "\"86400\"\n");
  CHECK(json_of(0.1) == "\"0.1\"\n");
  CHECK(json_of("x") == "\"x\"\n");
  CHECK(json_of(std::make_shared<const perl::Regex>(perl::Regex{"^x", "i"})) ==
        "{\n  \"$regex\": \"(?^i:^x)\"\n}\n");
  CHECK(json_of(std::make_shared<const perl::Object>(perl::Object{"Amavis::Lookup::RE", "new_RE", {}, {}})) ==
        "{\n  \"$object\": \"Amavis::Lookup::RE\"\n}\n");
  CHECK(json_of(std::make_shared<const perl::Code>()) == "{\n  \"$object\": \"CODE\"\n}\n");
  CHECK(json_of(unknown("command `uname -n`")) ==
        "{\n  \"$dynamic\": \"command `uname -n`\",\n  \"file\": \"50-user\",\n  \"line\": 7,\n  \"column\": "
        "5\n}\n");
}

TEST_CASE("references are what they refer to, as deep as they go")
{
  const auto hash = std::make_shared<perl::Hash>();
  hash->entries["s"].scalar = cell("dkim");
  hash->entries["d"].scalar = cell({});
  const auto array = std::make_shared<perl::Array>();
  array->items = {cell(hash), cell(cell("x")), nullptr};
  CHECK(json_of(array) ==
        "[\n"
        "  {\n"
        "    \"d\": null,\n"
        "    \"s\": \"dkim\"\n"
        "  },\n"
        "  \"x\",\n"
        "  null\n"
        "]\n");
}

TEST_CASE("a reference to what it lies in ends there; one that is met twice does not")
{
  const auto array = std::make_shared<perl::Array>();
  const auto shared = std::make_shared<perl::Array>();
  array->items = {cell(shared), cell(shared), cell(array)};
  CHECK(json_of(array) == "[\n  [],\n  [],\n  {\n    \"$object\": \"cycle\"\n  }\n]\n");
  array->items.clear();

  const auto self = cell({});
  self->value = self;
  CHECK(json_of(self) == "{\n  \"$object\": \"cycle\"\n}\n");
  self->value = {};
}

TEST_CASE("what is known of a hash that is not wholly known is beside what is not")
{
  const auto hash = std::make_shared<perl::Hash>();
  hash->unknown = unknown("map BLOCK");
  CHECK(json_of(hash) ==
        "{\n  \"$dynamic\": \"map BLOCK\",\n  \"file\": \"50-user\",\n  \"line\": 7,\n  \"column\": 5\n}\n");
  hash->entries["a"].scalar = cell("b");
  CHECK(json_of(hash) ==
        "{\n  \"$dynamic\": \"map BLOCK\",\n  \"file\": \"50-user\",\n  \"line\": 7,\n  \"column\": 5,\n"
        "  \"known\": {\n    \"a\": \"b\"\n  }\n}\n");
  const auto array = std::make_shared<perl::Array>();
  array->unknown = std::make_shared<perl::Unknown>(perl::Unknown{"glob", {}});
  CHECK(json_of(array) == "{\n  \"$dynamic\": \"glob\"\n}\n");
}

TEST_CASE("a finding leaves out what it does not have")
{
  Finding bare{"amavis.dynamic", Severity::note, "", "x", "", {}, {}};
  Finding full{"amavis.unreadable-key",
               Severity::error,
               "/k.pem",
               "is \"empty\"",
               "make a new one",
               Location{"50-user", 3, 24, "excerpt", 4},
               12};
  JsonWriter json;
  report::write_findings(json, {bare, full});
  CHECK(std::move(json).finish() ==
        "[\n"
        "  {\n"
        "    \"code\": \"amavis.dynamic\",\n"
        "    \"severity\": \"note\",\n"
        "    \"text\": \"x\"\n"
        "  },\n"
        "  {\n"
        "    \"code\": \"amavis.unreadable-key\",\n"
        "    \"severity\": \"error\",\n"
        "    \"object\": \"/k.pem\",\n"
        "    \"text\": \"is \\\"empty\\\"\",\n"
        "    \"hint\": \"make a new one\",\n"
        "    \"file\": \"50-user\",\n"
        "    \"line\": 3,\n"
        "    \"column\": 24,\n"
        "    \"key\": 12\n"
        "  }\n"
        "]\n");
}

TEST_SUITE_END();
