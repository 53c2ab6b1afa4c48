#include "dns/server_address.hpp"

#include <array>
#include <string>

#include <doctest/doctest.h>

#include <arpa/inet.h>

using namespace dkimctl;

namespace {

/// What the system makes of it: the octets, or nothing.
std::string by_the_system(const char* text)
{
  std::array<char, 16> octets{};
  if (::inet_pton(AF_INET, text, octets.data()) == 1) {
    return {octets.data(), 4};
  }
  return ::inet_pton(AF_INET6, text, octets.data()) == 1 ? std::string{octets.data(), 16} : std::string{};
}

}  // namespace

TEST_SUITE_BEGIN("dns::server_address");

TEST_CASE("an address is what inet_pton takes")
{
  const char* const texts[]{"192.0.2.1",
                            "0.0.0.0",
                            "255.255.255.255",
                            "256.0.0.1",
                            "192.0.2",
                            "192.0.2.1.5",
                            "192.0.2.01",
                            "192.0.2.",
                            ".192.0.2.1",
                            "192..2.1",
                            "+1.2.3.4",
                            "1.2.3.4 ",
                            "::",
                            "::1",
                            "1::",
                            "2001:db8::1",
                            "2001:DB8::1",
                            "1:2:3:4:5:6:7:8",
                            "1:2:3:4:5:6:7",
                            "1:2:3:4:5:6:7:8:9",
                            "1:2:3:4:5:6:7::",
                            "::2:3:4:5:6:7:8",
                            "1:2:3:4::5:6:7:8",
                            ":::1",
                            "::1::",
                            "1:::2",
                            ":1",
                            "1:",
                            ":",
                            "",
                            "g::",
                            "12345::",
                            "00001::",
                            "0001::",
                            "::ffff:192.0.2.1",
                            "::192.0.2.1",
                            "1:2:3:4:5:6:192.0.2.1",
                            "1:2:3:4:5:6:7:192.0.2.1",
                            "192.0.2.1::",
                            "::192.0.2.256",
                            "::192.0.2.1:1",
                            "fe80::1%eth0",
                            "[::1]",
                            "0x1::",
                            "-1::"};
  for (const char* text : texts) {
    CAPTURE(text);
    const auto address = dns::parse_address(text);
    CHECK((address ? address->octets : std::string{}) == by_the_system(text));
  }
  CHECK_FALSE(dns::parse_address({"::1\0", 4}));
}

TEST_CASE("a server is an address, with a port or without")
{
  struct Case {
    const char* text;
    const char* read;
  };
  const Case cases[]{
      {"192.0.2.1", "192.0.2.1"},           {"192.0.2.1:53", "192.0.2.1"},
      {"192.0.2.1:5353", "192.0.2.1:5353"}, {"2001:db8::1", "2001:db8::1"},
      {"[2001:db8::1]", "2001:db8::1"},     {"[2001:db8::1]:5353", "[2001:db8::1]:5353"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto server = dns::parse_server(c.text);
    REQUIRE(server);
    CHECK(server->text() == c.read);
  }
  for (const char* bad : {"", "localhost", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:5x",
                          "[192.0.2.1", "[::1]53", "[]", "[]:53", "192.0.2.256"}) {
    CAPTURE(bad);
    const auto server = dns::parse_server(bad);
    REQUIRE_FALSE(server);
    CHECK(server.error().code == Errc::usage);
  }
}

TEST_SUITE_END();
