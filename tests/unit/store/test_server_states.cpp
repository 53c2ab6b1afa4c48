#include "store/server_states.hpp"

#include <string>

#include <doctest/doctest.h>

namespace {

using namespace dkimctl;
using rollover::LastAnswer;
using rollover::Time;
using store::decode_server_states;
using store::encode;
using store::ServerStates;

constexpr Time kTime{std::chrono::seconds(1'800'000'000)};

TEST_CASE("states of servers are lines of text")
{
  const ServerStates states{
      {"ns1.example.com/192.0.2.1", {LastAnswer::absent, std::nullopt, 0}},
      {"ns2.example.com/2001:db8::1", {LastAnswer::right, kTime, 12}},
  };
  CHECK(encode(states) ==
        "ns1.example.com/192.0.2.1 absent - 0\n"
        "ns2.example.com/2001:db8::1 right 1800000000 12\n");
  CHECK(decode_server_states(*encode(states)) == states);
  CHECK(encode({}) == "");
  CHECK(decode_server_states("") == ServerStates{});
}

TEST_CASE("every name of a server comes back as it was")
{
  std::string octets;
  for (int c = 0; c < 256; ++c) {
    octets += static_cast<char>(c);
  }
  for (const std::string& name : {octets, std::string(), std::string("%20"), std::string("a b\nc")}) {
    const ServerStates states{{name, {LastAnswer::other, Time(std::chrono::seconds(-1)), -3}}};
    CHECK(decode_server_states(*encode(states)) == states);
  }
}

TEST_CASE("what encode() does not write is not read")
{
  for (const char* text : {
           "ns1 right - 0",      // cut
           "ns1 right -\n",      // a word is missing
           "ns1 rightly - 0\n",  // an unknown answer
           "ns1 right + 0\n",    // no time
           "ns1 right 99999999999999999999 0\n",
           "ns1 right - 0 \n",                // a blank too many
           "ns1 right - 0x\n",                //
           "ns%4 right - 0\n",                // an octet cut short
           "ns%zz right - 0\n",               //
           "\n",                              //
           "ns1 right - 0\nns1 other - 0\n",  // twice
       }) {
    CAPTURE(text);
    CHECK_FALSE(decode_server_states(text).has_value());
  }
}

TEST_CASE("what is too long is neither written nor read")
{
  ServerStates states;
  const std::string name(1000, 'n');
  for (int i = 0; i < 1100; ++i) {
    states[name + std::to_string(i)] = {};
  }
  CHECK_FALSE(encode(states).has_value());
  std::string text = std::string(store::kServerStatesLimit, 'n') + " right - 0\n";
  CHECK_FALSE(decode_server_states(text).has_value());
}

}  // namespace
