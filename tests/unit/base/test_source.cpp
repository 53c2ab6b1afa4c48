#include "base/source.hpp"

#include <doctest/doctest.h>

using dkimctl::Location;
using dkimctl::ParseError;
using dkimctl::Position;
using dkimctl::render;
using dkimctl::SourceText;

TEST_SUITE_BEGIN("base::SourceText");

TEST_CASE("positions are 1-based, columns in bytes")
{
  const SourceText source("f",
                          "ab\nc\xc3\xbc"
                          "d\n");
  CHECK(source.position(0) == Position{1, 1});
  CHECK(source.position(2) == Position{1, 3});
  CHECK(source.position(3) == Position{2, 1});
  CHECK(source.position(6) == Position{2, 4});
  CHECK(source.position(8) == Position{3, 1});
}

TEST_CASE("render() prints file:line:col, the line and a caret")
{
  const SourceText source("50-user", "# keys\ndkim_key('example.com' 'sel', '/k');\n");
  const ParseError error{{30, 35}, "expected ','", "separate the arguments of dkim_key()"};
  CHECK(render(source, error) ==
        "50-user:2:24: error: expected ','\n"
        "  dkim_key('example.com' 'sel', '/k');\n"
        "                         ^~~~~\n"
        "  hint: separate the arguments of dkim_key()\n");
}

TEST_CASE("a span over several lines is underlined to the end of its first; CRLF is no part of a line")
{
  const SourceText source("f", "x = (\r\n1);\r\n");
  CHECK(source.locate({4, 9}) == Location{"f", 1, 5, "x = (", 1});
}

TEST_CASE("at the end of the file the caret stands behind the last line")
{
  const SourceText source("f", "sub {");
  CHECK(render(source, {{5, 5}, "missing '}'", ""}) == "f:1:6: error: missing '}'\n  sub {\n       ^\n");
  const SourceText ended("f", "sub {\n");
  CHECK(render(ended, {{6, 6}, "missing '}'", ""}) == "f:1:6: error: missing '}'\n  sub {\n       ^\n");
  const SourceText blank("f", "sub {\r\n\r\n");
  CHECK(blank.locate({9, 9}) == Location{"f", 1, 6, "sub {", 1});
}

TEST_CASE("a source line cannot move the terminal's cursor, and a long one is cut around the place")
{
  const SourceText source("f", "\t\x1b[2Jx");
  CHECK(render(source, {{5, 6}, "no", ""}) == "f:1:6: error: no\n   ?[2Jx\n       ^\n");
  const SourceText wide("f", std::string(5000, 'a') + "b" + std::string(5000, 'a'));
  const std::string shown = render(wide, {{5000, 5001}, "no", ""});
  CHECK(shown.size() < 500);
  CHECK(shown.find("\n  " + std::string(100, 'a') + "baaa") != std::string::npos);
  CHECK(shown.find("\n  " + std::string(100, ' ') + "^\n") != std::string::npos);
}

TEST_SUITE_END();
