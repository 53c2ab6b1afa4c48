#include "cli/output.hpp"

#include <doctest/doctest.h>

using dkimctl::cli::Color;
using dkimctl::cli::Stream;
using dkimctl::cli::use_color;

TEST_CASE("cli::use_color: only on a terminal that can, unless forbidden, or when asked")
{
  struct Case {
    Stream stream;
    Color wish;
    bool color;
  };
  const Case cases[]{
      {{true, {}, "xterm"}, Color::automatic, true},   {{false, {}, "xterm"}, Color::automatic, false},
      {{true, "1", "xterm"}, Color::automatic, false}, {{true, "", "xterm"}, Color::automatic, true},
      {{true, {}, "dumb"}, Color::automatic, false},   {{true, {}, ""}, Color::automatic, false},
      {{false, "1", "dumb"}, Color::always, true},     {{true, {}, "xterm"}, Color::never, false},
  };
  for (const Case& c : cases) {
    CAPTURE(static_cast<int>(&c - cases));
    CHECK(use_color(c.wish, c.stream) == c.color);
  }
}
