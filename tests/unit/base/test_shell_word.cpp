#include "base/shell_word.hpp"

#include <doctest/doctest.h>

using dkimctl::shell_word;

TEST_SUITE_BEGIN("base::shell_word");

TEST_CASE("a word is quoted only where a shell would read it otherwise")
{
  struct Case {
    const char* text;
    const char* word;
  };
  const Case cases[]{
      {"/var/lib/dkim/example.com.pem", "/var/lib/dkim/example.com.pem"},
      {"amavis", "amavis"},
      {"", "''"},
      {"/k/a b.pem", "'/k/a b.pem'"},
      {"/k;touch x", "'/k;touch x'"},
      {"/k/$(id)`id`", "'/k/$(id)`id`'"},
      {"/k/it's", "'/k/it'\\''s'"},
      {"~root/k", "'~root/k'"},
      {"/k/*", "'/k/*'"},
      {"-R", "./-R"},
      {"-R x", "'./-R x'"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(shell_word(c.text) == c.word);
  }
}

TEST_SUITE_END();
