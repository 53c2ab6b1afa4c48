#include "amavis/lookup.hpp"
#include "values.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace dkimctl::amavis;
using namespace dkimctl::amavis::testing;
using dkimctl::perl::Value;

namespace {

std::string keys(const char* address, const LookupOptions& options = {})
{
  return fmt::format("{}", fmt::join(query_keys(address, options), " "));
}

/// The keys that matched, a "?" before those that cannot be known, or "fails: ...".
std::string matches(const Value& maps, const char* address, const LookupOptions& options = {})
{
  const auto found = AddressMaps{maps}.find(address, options);
  if (!found) {
    return "fails: " + found.error().what;
  }
  std::vector<std::string> out;
  for (const Match& match : *found) {
    out.push_back(match.unknown       ? fmt::format("?{}", match.unknown->construct)
                  : match.key.empty() ? "*"
                                      : match.key);
  }
  return fmt::format("{}", fmt::join(out, " "));
}

Value options(const char* d)
{
  return hash({{"d", d}});
}

}  // namespace

TEST_SUITE_BEGIN("amavis::lookup");

TEST_CASE("an address is split at the @ that begins a domain")
{
  struct Case {
    const char* address;
    const char* localpart;
    const char* domain;
  };
  const Case cases[]{
      {"u@example.com", "u", "@example.com"},
      {"a@b@example.com", "a@b", "@example.com"},
      {"u@[1.2.3.4]", "u", "@[1.2.3.4]"},
      {"u@[a@b]", "u", "@[a@b]"},
      {"u@[a\\]@b]", "u", "@[a\\]@b]"},
      {"u@[a\\", "u@[a\\", ""},
      {"u@[open", "u", "@[open"},
      {"u@", "u", "@"},
      {"nobody", "nobody", ""},
      {"", "", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.address);
    CHECK(split_address(c.address).localpart == c.localpart);
    CHECK(split_address(c.address).domain == c.domain);
  }
}

TEST_CASE("an address is looked up from special to general")
{
  CHECK(keys("U@Sub.Example.COM") ==
        "U@Sub.Example.COM u@sub.example.com u@ sub.example.com .sub.example.com .example.com .com .");
  CHECK(keys("u@example.com") == "u@example.com u@ example.com .example.com .com .");
  CHECK(keys("u@example.com..") == "u@example.com.. u@example.com u@ example.com .example.com .com .");
  CHECK(keys("u@bücher.example")
            .ends_with("u@xn--bcher-kva.example u@ xn--bcher-kva.example .xn--bcher-kva.example .example ."));
  CHECK(keys("u@[1.2.3.4]") == "u@[1.2.3.4] u@ [1.2.3.4] .");
  CHECK(keys("U@example.com", {"", true}) == "U@example.com U@ example.com .example.com .com .");
}

TEST_CASE("with a recipient delimiter the extension is tried first, then without it")
{
  const LookupOptions plus{"+", false};
  CHECK(keys("u+List@x.org", plus) == "u+List@x.org u+list@x.org u@x.org u+list@ u@ x.org .x.org .org .");
  CHECK(keys("u+a+b@x.org", plus) == "u+a+b@x.org u@x.org u+a+b@ u@ x.org .x.org .org .");
  CHECK(keys("+a@x.org", plus) == "+a@x.org +a@ x.org .x.org .org .");
  CHECK(keys("u+list@x.org") == "u+list@x.org u+list@ x.org .x.org .org .");
  CHECK(keys("u-a@x.org", {"+-", false}) == "u-a@x.org u@x.org u-a@ u@ x.org .x.org .org .");
}

TEST_CASE("postmaster and its like, owner-list and list-request have no extension")
{
  CHECK(keys("Postmaster@x.org", {"m", false}) ==
        "Postmaster@x.org postmaster@x.org postmaster@ x.org .x.org .org .");
  CHECK(keys("owner-list@x.org", {"-", false}) == "owner-list@x.org owner-list@ x.org .x.org .org .");
  CHECK(keys("list-request@x.org", {"-", false}) == "list-request@x.org list-request@ x.org .x.org .org .");
  CHECK(keys("owner-@x.org", {"-", false}) == "owner-@x.org owner@x.org owner-@ owner@ x.org .x.org .org .");
  CHECK(keys("owner-list@x.org", {"w", false}).starts_with("owner-list@x.org o@x.org owner-list@ o@"));
}

TEST_CASE("of a long domain the twenty most general keys are tried")
{
  std::string domain;
  for (int i = 30; i > 0; --i) {
    domain += fmt::format("{}{}", i, i == 1 ? "" : ".");
  }
  const auto all = query_keys("u@" + domain, {});
  CHECK(all.size() == 3 + 20);
  CHECK(all[3] == ".19.18.17.16.15.14.13.12.11.10.9.8.7.6.5.4.3.2.1");
  CHECK(all.back() == ".");
}

TEST_CASE("hashes give all their matches, map after map")
{
  const Value maps = array({hash({{".", options("a")}, {"example.com", options("b")}, {"u@", options("c")}}),
                            hash({{"u@example.com", options("d")}, {"Example.COM", options("never")}})});
  CHECK(matches(maps, "u@example.com") == "u@ example.com . u@example.com");
  CHECK(matches(maps, "x@sub.example.com") == ".");
  CHECK(matches(array({}), "u@example.com").empty());
  CHECK(matches(Value{}, "u@example.com").empty());
}

TEST_CASE("a match knows where it is written")
{
  const auto table = hash({{".", options("a")}});
  const auto found = AddressMaps{array({table})}.find("u@x.org", {});
  REQUIRE(found.has_value());
  REQUIRE(found->size() == 1);
  CHECK(found->front().key_place == table->entries["."].key);
  CHECK(found->front().options->find("d")->value.text() == "a");
}

TEST_CASE("what gives no hash of options is left out")
{
  const Value maps =
      array({hash({{"u@x.org", Value{}}, {"x.org", "1"}, {".org", array({})}, {".", options("a")}}),
             Value{std::int64_t{1}}, Value{"text"}, Value{}, array({"x.org"}), reference("text"),
             object("new_RE", {regex("^u"), array({regex("x"), "1"}), array({regex("x")})})});
  CHECK(matches(maps, "u@x.org") == ".");
}

TEST_CASE("new_RE sees the address as it is, pattern after pattern")
{
  const Value table = object(
      "new_RE", {array({regex("@example\\.com$", "i"), options("a")}), array({regex("^u@"), options("b")}),
                 array({"EXAMPLE", options("c")}), array({Value{}, options("d")})});
  const Value maps = array({hash({{".", options("e")}}), table});
  CHECK(matches(maps, "u@Example.com") == ". (?^i:@example\\.com$) (?^:^u@) *");
  CHECK(matches(maps, "U@EXAMPLE.com") == ". (?^i:@example\\.com$) EXAMPLE *");
}

TEST_CASE("one reference to a reference is followed; Opaque fits every address")
{
  const auto table = hash({{".", options("a")}});
  CHECK(matches(array({reference(table)}), "u@x.org") == ".");
  CHECK(matches(array({object("Opaque", {options("a")})}), "u@x.org") == "*");
  CHECK(matches(array({object("OpaqueRef", {reference(options("a"))})}), "u@x.org") == "*");
  CHECK(matches(array({object("Opaque", {"text"})}), "u@x.org").empty());
}

TEST_CASE("what only Perl can tell is a match that cannot be known, in its place")
{
  auto hidden = hash({});
  hidden->unknown = unknown("read_hash");
  auto list = array({});
  list->unknown = unknown("map");
  const auto code = std::make_shared<const dkimctl::perl::Code>();
  CHECK(matches(array({hash({{"x.org", options("a")}}), hidden, hash({{".", options("b")}})}), "u@x.org") ==
        "x.org ?read_hash .");
  CHECK(matches(array({object("q_sql_s", {"dkim"})}), "u@x.org") == "?q_sql_s(...)");
  CHECK(matches(array({Value{code}}), "u@x.org") == "?code that gives a map");
  CHECK(matches(array({hash({{"x.org", unknown("element of %ENV")}})}), "u@x.org") == "?element of %ENV");
  CHECK(matches(array({hash({{"other.org", unknown("element of %ENV")}})}), "u@x.org").empty());
  CHECK(matches(array({Value{unknown("command")}}), "u@x.org") == "?command");
  CHECK(matches(list, "u@x.org") == "?map");
  CHECK(matches(unknown("sub"), "u@x.org") == "?sub");
  CHECK(matches(array({object("new_RE", {array({unknown("join"), options("a")})})}), "u@x.org") == "?join");
  CHECK(matches(array({object("new_RE", {array({unknown("join"), "1"})})}), "u@x.org").empty());
  CHECK(matches(array({object("new_RE", {array({regex("("), options("a")})})}), "u@x.org") ==
        "?regular expression (?^:() (at offset 1: missing closing parenthesis)");
}

TEST_CASE("amavisd gives up on what is no list, and on a bare pattern in one")
{
  CHECK(matches(hash({{".", options("a")}}), "u@x.org") ==
        "fails: dkim_signature_options_bysender_maps is not a list of maps");
  CHECK(matches(array({regex("x")}), "u@x.org") ==
        "fails: (?^:x) is no map by itself; new_RE makes one of it");
}

TEST_SUITE_END();
