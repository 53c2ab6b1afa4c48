#include "report/perl_text.hpp"

#include <memory>
#include <string>
#include <utility>

#include <doctest/doctest.h>

using namespace dkimctl;
using report::perl_text;

namespace {

perl::ScalarPtr cell(perl::Value value)
{
  return std::make_shared<perl::Scalar>(perl::Scalar{std::move(value), {}, 0});
}

}  // namespace

TEST_SUITE_BEGIN("report::perl_text");

TEST_CASE("values look as a configuration would write them")
{
  const auto hash = std::make_shared<perl::Hash>();
  hash->entries["d"].scalar = cell("example.com");
  hash->entries[".x-y"].scalar = cell({});
  const auto array = std::make_shared<perl::Array>();
  array->items = {cell(std::int64_t{1}), nullptr, cell(hash)};
  CHECK(perl_text({}) == "undef");
  CHECK(perl_text("") == "''");
  CHECK(perl_text(1.5) == "1.5");
  CHECK(perl_text("it's a \\") == "'it\\'s a \\\\'");
  CHECK(perl_text("\x1b\xfc") == "'\\x1b\\xfc'");
  CHECK(perl_text(array) == "[ 1, undef, { '.x-y' => undef, d => 'example.com' } ]");
  CHECK(perl_text(cell("x")) == "\\'x'");
  CHECK(perl_text(std::make_shared<perl::Array>()) == "[]");
  CHECK(perl_text(std::make_shared<const perl::Regex>(perl::Regex{"^a\n", "i"})) == "qr/^a\\x0a/i");
  CHECK(perl_text(
            std::make_shared<const perl::Object>(perl::Object{"Amavis::X", "new_RE", {"a", array}, {}})) ==
        "new_RE( 'a', [ 1, undef, { '.x-y' => undef, d => 'example.com' } ] )");
  CHECK(perl_text(std::make_shared<const perl::Code>(perl::Code{"f"})) == "\\&f");
  CHECK(perl_text(std::make_shared<const perl::Code>()) == "sub { ... }");
}

TEST_CASE("what cannot be known says so, beside what can")
{
  const perl::UnknownPtr unknown = std::make_shared<perl::Unknown>(perl::Unknown{"command `uname`", {}});
  CHECK(perl_text(unknown) == "dynamic: command `uname`");
  const auto hash = std::make_shared<perl::Hash>();
  hash->unknown = unknown;
  hash->entries["a"].scalar = cell("b");
  CHECK(perl_text(hash) == "{ a => 'b' } and more, dynamic: command `uname`");
  const auto array = std::make_shared<perl::Array>();
  array->unknown = unknown;
  CHECK(perl_text(array) == "dynamic: command `uname`");
}

TEST_CASE("long lists are cut, and what holds itself ends")
{
  const auto array = std::make_shared<perl::Array>();
  for (int i = 0; i < 25; ++i) {
    array->items.push_back(cell(std::int64_t{0}));
  }
  CHECK(perl_text(array).ends_with("0, 0, ... 5 more ]"));
  array->items = {cell(array)};
  CHECK(perl_text(array) == "[ [ [ [ [ [ [ ... ] ] ] ] ] ] ]");
  array->items.clear();
}

TEST_SUITE_END();
