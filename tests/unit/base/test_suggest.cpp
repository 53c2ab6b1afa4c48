#include "base/suggest.hpp"

#include <array>
#include <string>

#include <doctest/doctest.h>

using dkimctl::edit_distance;
using dkimctl::nearest;

TEST_SUITE_BEGIN("base::nearest");

TEST_CASE("edit_distance counts insertions, deletions, substitutions and swaps of neighbours")
{
  struct Case {
    const char* a;
    const char* b;
    std::size_t distance;
  };
  const Case cases[]{
      {"", "", 0},       {"abc", "abc", 0},        {"", "abc", 3},     {"abc", "", 3},
      {"abc", "acb", 1}, {"abc", "ab", 1},         {"abc", "abxc", 1}, {"abc", "axc", 1},
      {"ca", "abc", 3},  {"kitten", "sitting", 3}, {"ab", "ba", 1},    {"abcd", "badc", 2},
  };
  for (const Case& c : cases) {
    CAPTURE(c.a);
    CAPTURE(c.b);
    CHECK(edit_distance(c.a, c.b) == c.distance);
    CHECK(edit_distance(c.b, c.a) == c.distance);
  }
}

TEST_CASE("a slip is recognised, something else is not")
{
  constexpr std::array<std::string_view, 5> words{"showkeys", "txt", "config", "explain", "help"};
  struct Case {
    const char* word;
    const char* meant;
  };
  const Case cases[]{
      {"showkesy", "showkeys"},
      {"shwkeys", "showkeys"},
      {"SHOWKYES", "showkeys"},
      {"tx", "txt"},
      {"tzt", "txt"},
      {"conf", "config"},
      {"configs", "config"},
      {"show", "showkeys"},
      {"halp", "help"},
      {"genrsa", ""},
      {"x", ""},
      {"e", "explain"},
      {"", ""},
      {"qq", ""},
      {"keys", ""},
      {"hulk", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.word);
    CHECK(nearest(c.word, words) == c.meant);
  }
  CHECK(nearest(std::string(100'000, 'x'), words).empty());
  CHECK(nearest("x", {}).empty());
}

TEST_CASE("of several that are as near, the first; of several that begin so, none")
{
  constexpr std::array<std::string_view, 3> words{"rotate", "rollback", "remove"};
  CHECK(nearest("ro", words).empty());
  CHECK(nearest("remov", words) == "remove");
  constexpr std::array<std::string_view, 2> twins{"abcd", "abce"};
  CHECK(nearest("abcf", twins) == "abcd");
}

TEST_SUITE_END();
