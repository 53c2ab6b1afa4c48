#include "amavis/sockets.hpp"
#include "values.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace dkimctl::amavis;
using namespace dkimctl::amavis::testing;
using dkimctl::perl::Value;

namespace {

/// "127.0.0.1:10026 ORIGINATING|/path AM.PDP-SOCK".
std::string told(const SocketSettings& settings)
{
  std::string text;
  for (const ListenSocket& socket : listen_sockets(settings)) {
    text += fmt::format("{}{} {}", text.empty() ? "" : "|", socket.address, fmt::join(socket.banks, "/"));
  }
  return text;
}

}  // namespace

TEST_SUITE_BEGIN("amavis::listen_sockets");

TEST_CASE("sockets with the banks of their interface")
{
  const Value policy = hash({{"SOCK", "AM.PDP-SOCK"},
                             {"10026", "ORIGINATING"},
                             {"127.0.0.1:10026", "NEAR"},
                             {"[::1]:10026", "SIX"},
                             {"/run/b", "B"},
                             {"10024", Value{}},
                             {"9998", unknown("x")}});
  CHECK(told({array({}), "/run/a", array({Value{std::int64_t{10024}}, "10026", "9998"}), "127.0.0.1",
              policy}) ==
        "/run/a AM.PDP-SOCK|127.0.0.1:10024 |127.0.0.1:10026 ORIGINATING/NEAR|127.0.0.1:9998 ");
  CHECK(told({array({}), array({"/run/a", "/run/b"}), Value{}, Value{}, policy}) ==
        "/run/a AM.PDP-SOCK|/run/b AM.PDP-SOCK/B");
  CHECK(told({array({}), Value{}, "10026", array({"127.0.0.1", "[::1]"}), policy}) ==
        "127.0.0.1:10026 ORIGINATING/NEAR|[::1]:10026 ORIGINATING/SIX");
}

TEST_CASE("the forms of a socket")
{
  struct Case {
    const char* socket;
    const char* expected;
  };
  const Case cases[]{{"unix:/run/a", "/run/a "},
                     {"/run/a|unix", "/run/a "},
                     {"inet:10.0.0.1:24", "10.0.0.1:24 "},
                     {"inet6:[::1]:24", "[::1]:24 "},
                     {"[::]:24", "[::1]:24 "},
                     {"*:24", "127.0.0.1:24 "},
                     {"0.0.0.0:24/tcp", "127.0.0.1:24 "},
                     {"localhost:24", "127.0.0.1:24 "},
                     {"24", "192.0.2.1:24 "},
                     {"smtp", ""},
                     {"host:smtp", ""}};
  for (const Case& c : cases) {
    CAPTURE(c.socket);
    CHECK(told({array({c.socket}), Value{}, Value{}, "192.0.2.1", Value{}}) == c.expected);
  }
}

TEST_CASE("what cannot be known is left out; every address is reached at the loopback one")
{
  CHECK(told({array({Value{unknown("x")}}), unknown("x"), unknown("x"), Value{}, unknown("x")}).empty());
  CHECK(told({array({}), Value{}, "24", Value{}, Value{}}) == "127.0.0.1:24 ");
  CHECK(told({array({}), Value{}, "24", "::", Value{}}) == "[::1]:24 ");
}

TEST_SUITE_END();
