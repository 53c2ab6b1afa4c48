#include "perl/placeholder.hpp"

#include <string_view>

#include <doctest/doctest.h>

using dkimctl::perl::placeholder_near;

TEST_SUITE_BEGIN("perl::placeholder_near");

TEST_CASE("of several in a line, the one that the place is in, else the last before it")
{
  constexpr std::string_view kLine = "key({{ domain }}, PH_SELECTOR, 'x');";
  CHECK(placeholder_near(kLine, 5) == "{{ domain }}");
  CHECK(placeholder_near(kLine, 16) == "{{ domain }}");
  CHECK(placeholder_near(kLine, 19) == "PH_SELECTOR");
  CHECK(placeholder_near(kLine, 34) == "PH_SELECTOR");
  CHECK(placeholder_near(kLine, 1) == "{{ domain }}");
  CHECK(placeholder_near("key('a');", 3).empty());
}

TEST_SUITE_END();
