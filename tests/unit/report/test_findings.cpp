#include "report/findings.hpp"
#include "report/printable.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace dkimctl;
using report::render;
using report::Verdict;

namespace {

Finding finding(std::string_view code, Severity severity)
{
  return {code, severity, "object", "text", "", {}, {}};
}

}  // namespace

TEST_SUITE_BEGIN("report::findings");

TEST_CASE("with a place a finding looks as a compiler's error does, with its code")
{
  Finding found{"amavis.unreadable-key",
                Severity::error,
                "/k.pem",
                "key file /k.pem is empty",
                "make a new one",
                Location{"50-user", 3, 10, "dkim_key('example.com');", 13},
                1};
  CHECK(render(found) ==
        "50-user:3:10: error: key file /k.pem is empty [amavis.unreadable-key]\n"
        "  dkim_key('example.com');\n"
        "           ^~~~~~~~~~~~~\n"
        "  hint: make a new one\n");
  found.object = "dkim._domainkey.example.com";
  found.text = "is declared twice";
  found.hint.clear();
  found.where->excerpt.clear();
  CHECK(render(found) ==
        "50-user:3:10: error: dkim._domainkey.example.com: is declared twice [amavis.unreadable-key]\n");
  found.object = "50-user";
  CHECK(render(found) == "50-user:3:10: error: is declared twice [amavis.unreadable-key]\n");
}

TEST_CASE("without a place it has the program's name and the object")
{
  Finding found = finding("amavis.no-keys", Severity::note);
  CHECK(render(found) == "dkimctl: object: note: text [amavis.no-keys]\n");
  found.hint = "do this";
  found.text = "the object is wrong";
  CHECK(render(found) == "dkimctl: note: the object is wrong [amavis.no-keys]\n  hint: do this\n");
}

TEST_CASE("what came from a file cannot move the terminal")
{
  Finding found{"amavis.syntax", Severity::error, "a\x1b", "b\n\x7f", "c\xc2\x9b", {}, {}};
  CHECK(render(found) == "dkimctl: a\\x1b: error: b\\x0a\\x7f [amavis.syntax]\n  hint: c\\xc2\\x9b\n");
  found.where = Location{"f\x1b", 1, 3, "\xc2\x9b\tx", 1};
  CHECK(render(found) ==
        "f\\x1b:1:3: error: a\\x1b: b\\x0a\\x7f [amavis.syntax]\n  ?? x\n    ^\n  hint: c\\xc2\\x9b\n");
}

TEST_CASE("printable text is UTF-8 without controls")
{
  struct Case {
    std::string text, printable, masked;
  };
  const Case cases[]{
      {"plain", "plain", "plain"},
      {"b\xc3\xbc\xe2\x82\xac\xf0\x9f\x93\xa7", "b\xc3\xbc\xe2\x82\xac\xf0\x9f\x93\xa7",
       "b\xc3\xbc\xe2\x82\xac\xf0\x9f\x93\xa7"},
      {"\t", "\\x09", "\t"},
      {"b\xfc.", "b\\xfc.", "b?."},
      {"\xc3", "\\xc3", "?"},
      {"\xc0\x80", "\\xc0\\x80", "??"},
      {"\xed\xa0\x80", R"(\xed\xa0\x80)", "???"},
      {"\xe2\x82x", "\\xe2\\x82x", "??x"},
      {"\xf4\x90\x80\x80", R"(\xf4\x90\x80\x80)", "????"},
      {"\xc2\x85\xc2\xa0", "\\xc2\\x85\xc2\xa0", "??\xc2\xa0"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.printable);
    CHECK(report::printable(c.text) == c.printable);
    CHECK(report::masked(c.text) == c.masked);
  }
}

TEST_CASE("colour is the severity's, and what is not severe enough is left out")
{
  const std::vector<Finding> findings{finding("a.a", Severity::note), finding("b.b", Severity::warning),
                                      finding("c.c", Severity::error)};
  CHECK(render(findings, {.color = true, .least = Severity::note}) ==
        "dkimctl: object: \x1b[1;36mnote\x1b[0m: text [a.a]\n"
        "dkimctl: object: \x1b[1;35mwarning\x1b[0m: text [b.b]\n"
        "dkimctl: object: \x1b[1;31merror\x1b[0m: text [c.c]\n");
  CHECK(render(findings, {.color = false, .least = Severity::error}) ==
        "dkimctl: object: error: text [c.c]\n");
}

TEST_CASE("the verdict is the worst that applies")
{
  CHECK(report::verdict({}) == Verdict::in_order);
  CHECK(report::verdict({finding("amavis.no-keys", Severity::note)}) == Verdict::in_order);
  CHECK(report::verdict({finding("amavis.dynamic", Severity::note)}) == Verdict::in_order);
  CHECK(report::verdict({finding("amavis.key-mode", Severity::warning)}) == Verdict::problems);
  CHECK(report::verdict({finding("amavis.not-loaded", Severity::error)}) == Verdict::problems);
  CHECK(report::verdict({finding("settings.deprecated", Severity::warning)}) == Verdict::problems);
  CHECK(report::verdict({finding("settings.value", Severity::error)}) == Verdict::unreadable);
  CHECK(report::verdict({finding("amavis.key-mode", Severity::warning),
                         finding("dkim.rsa-pss", Severity::error)}) == Verdict::unreadable);
  CHECK(report::verdict({finding("amavis.dynamic", Severity::error),
                         finding("amavis.no-keys", Severity::note)}) == Verdict::unreadable);
}

TEST_CASE("the codes of all layers are in one table")
{
  const auto codes = report::all_codes();
  const auto has = [&](std::string_view code) {
    return std::find_if(codes.begin(), codes.end(),
                        [&](const FindingCode& row) { return row.code == code; }) != codes.end();
  };
  CHECK(has("amavis.duplicate-key"));
  CHECK(has("dkim.rsa-pss"));
  CHECK_FALSE(has("dkim.nonsense"));
}

TEST_CASE("of another host's tree the hints are for there, unless they hold everywhere")
{
  const auto hint_of = [](std::string_view code) {
    Finding found = finding(code, Severity::error);
    found.hint = "do this";
    return render(found, {false, Severity::note, true});
  };
  CHECK(hint_of("amavis.key-mode").ends_with("hint: on that host: do this\n"));
  CHECK(hint_of("dns.no-root").ends_with("hint: do this\n"));
  CHECK(hint_of("settings.value").ends_with("hint: do this\n"));
}

TEST_SUITE_END();
