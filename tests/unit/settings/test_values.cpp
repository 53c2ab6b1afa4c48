#include "settings/values.hpp"

#include <array>
#include <chrono>
#include <string>

#include <doctest/doctest.h>

using namespace dkimctl;
using namespace dkimctl::settings;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

constexpr Limits kDays{86400, 365 * 86400};

/// "BEGIN-END WHAT (HINT)" of what is wrong.
template<class T>
std::string wrong(const Parsed<T>& value)
{
  if (value) {
    return "nothing";
  }
  const ParseError& error = value.error();
  return std::to_string(error.where.begin) + "-" + std::to_string(error.where.end) + " " + error.what +
         (error.hint.empty() ? "" : " (" + error.hint + ")");
}

}  // namespace

TEST_SUITE_BEGIN("settings::values");

TEST_CASE("a duration is a number with its unit")
{
  const Limits any{0, 1'000'000'000};
  CHECK(read_duration("90m", any) == minutes{90});
  CHECK(read_duration("36h", any) == hours{36});
  CHECK(read_duration("30d", any) == hours{720});
  CHECK(read_duration("26w", any) == hours{26 * 168});
  CHECK(read_duration("0", any) == seconds{0});
  CHECK(read_duration("0d", any) == seconds{0});
  CHECK(wrong(read_duration("180", any)) ==
        "0-3 '180' has no unit (a number and m, h, d or w: 90m, 36h, 30d, 26w)");
  for (const char* bad : {"d", "-1d", "+1d", "1.5d", "1 d", "1D", "1s", "1d12h", "12345678901d", "x"}) {
    CAPTURE(bad);
    CHECK(wrong(read_duration(bad, any)) ==
          "0-" + std::to_string(std::string{bad}.size()) + " '" + bad +
              "' is no duration (a number and m, h, d or w: 90m, 36h, 30d, 26w)");
  }
}

TEST_CASE("a duration is held to its bounds, which are in it")
{
  CHECK(read_duration("1d", kDays) == hours{24});
  CHECK(read_duration("365d", kDays) == hours{365 * 24});
  CHECK(wrong(read_duration("23h", kDays)) == "0-3 23h is too short (from 24h to 365d)");
  CHECK(wrong(read_duration("53w", kDays)) == "0-3 53w is too long (from 24h to 365d)");
  CHECK(wrong(read_duration("999999999w", kDays)) == "0-10 999999999w is too long (from 24h to 365d)");
}

TEST_CASE("a duration is written in one way, and is read back")
{
  struct Case {
    seconds duration;
    const char* text;
  };
  const Case cases[]{{seconds{0}, "0"},  {minutes{5}, "5m"},       {minutes{90}, "90m"}, {hours{1}, "1h"},
                     {hours{24}, "24h"}, {hours{36}, "36h"},       {hours{48}, "2d"},    {hours{49}, "49h"},
                     {hours{168}, "7d"}, {hours{26 * 168}, "182d"}};
  for (const Case& c : cases) {
    CHECK(duration_text(c.duration) == c.text);
    CHECK(read_duration(c.text, {0, 1'000'000'000}) == c.duration);
  }
}

TEST_CASE("a number is held to its bounds or choices")
{
  constexpr std::array<std::string_view, 2> kChoices{"0", "3"};
  CHECK(read_count("1024", {1024, 4096}) == 1024U);
  CHECK(read_count("4096", {1024, 4096}) == 4096U);
  CHECK(wrong(read_count("1023", {1024, 4096})) == "0-4 1023 is too small (from 1024 to 4096)");
  CHECK(wrong(read_count("4097", {1024, 4096})) == "0-4 4097 is too large (from 1024 to 4096)");
  CHECK(wrong(read_count("-1", {0, 9})) == "0-2 '-1' is no number (from 0 to 9)");
  CHECK(wrong(read_count("99999999999", {0, 9})) == "0-11 '99999999999' is no number (from 0 to 9)");
  CHECK(read_count("3", {0, 3, kChoices}) == 3U);
  CHECK(wrong(read_count("2", {0, 3, kChoices})) == "0-1 '2' is none of 0, 3");
}

TEST_CASE("a word is one of a few")
{
  CHECK(read_yes_no("yes") == true);
  CHECK(read_yes_no("no") == false);
  CHECK(wrong(read_yes_no("Yes")) == "0-3 'Yes' is none of yes, no (did you mean 'yes'?)");
  CHECK(wrong(read_yes_no("1")) == "0-1 '1' is none of yes, no");
  CHECK(read_choice("ed25519", kKeyTypes) == 1U);
  CHECK(wrong(read_choice("nsupdate", kPublishings)) ==
        "0-8 'nsupdate' is not 'manual', and there is nothing else yet");
  constexpr std::array<std::string_view, 2> kModes{"0400", "0640"};
  CHECK(read_mode("0640", kModes) == 0640U);
  CHECK(wrong(read_mode("0644", kModes)) == "0-4 '0644' is none of 0400, 0640 (did you mean '0640'?)");
}

TEST_CASE("paths are absolute, and a list of them has commas")
{
  CHECK(read_path("/a b") == "/a b");
  CHECK(wrong(read_path("a")) == "0-1 'a' is no absolute path (begin it with '/')");
  CHECK(read_paths("/a , /b,/c") == std::vector<std::string>{"/a", "/b", "/c"});
  CHECK(wrong(read_paths("/a, b")) == "4-5 'b' is no absolute path (begin it with '/')");
  CHECK(wrong(read_paths("/a,,/b")) == "3-4 there is nothing between two commas");
  CHECK(wrong(read_paths("/a, ")) == "4-5 there is nothing between two commas");
}

TEST_CASE("resolvers are addresses, with a port or without")
{
  const auto servers = read_servers("192.0.2.1, [2001:db8::1]:5353");
  REQUIRE(servers);
  REQUIRE(servers->size() == 2);
  CHECK(servers->at(0).text() == "192.0.2.1");
  CHECK(servers->at(1).text() == "[2001:db8::1]:5353");
  CHECK(wrong(read_servers("::1, localhost")) ==
        "5-14 'localhost' is no address of a name server (give it as 192.0.2.1, 192.0.2.1:5353 or "
        "[2001:db8::1]:5353)");
  CHECK(wrong(read_servers("::1, 192.0.2.1:0")) ==
        "5-16 '192.0.2.1:0' has no port from 1 to 65535 (give it as 192.0.2.1, 192.0.2.1:5353 or "
        "[2001:db8::1]:5353)");
}

TEST_CASE("a user has a name")
{
  for (const char* good : {"nobody", "_dns", "Debian-exim", "a.b", "systemd-network"}) {
    CHECK(read_user(good) == good);
  }
  for (const char* bad : {"0", "-x", "a b", "root:root", "\xc3\xa4", "abcdefghijklmnopqrstuvwxyz0123456"}) {
    CAPTURE(bad);
    CHECK(wrong(read_user(bad)) ==
          "0-" + std::to_string(std::string{bad}.size()) + " '" + bad + "' is no name of a user");
  }
}

TEST_CASE("a window is two times of the day")
{
  CHECK_FALSE(read_window("always").value().has_value());
  CHECK(*read_window("22:00-05:30").value() == DayWindow{hours{22}, minutes{330}});
  CHECK(*read_window("00:00-24:00").value() == DayWindow{minutes{0}, hours{24}});
  CHECK(wrong(read_window("05:00-05:00")) ==
        "0-11 '05:00-05:00' ends when it begins (write it as 22:00-05:00, or always)");
  for (const char* bad : {"5:00-06:00", "05:00", "05:60-06:00", "24:01-03:00", "24:00-03:00",
                          "05:00-06:00-07:00", "05.00-06:00", "-", "night", "05:00 - 06:00"}) {
    CAPTURE(bad);
    CHECK(wrong(read_window(bad)) ==
          "0-" + std::to_string(std::string{bad}.size()) + " '" + bad +
              "' is no time of the day until another (write it as 22:00-05:00, or always)");
  }
}

TEST_CASE("a template has a selector's letters, and placeholders")
{
  for (const char* good : {"dkim", "{yyyy}{mm}{letter}", "a-b_c.d", "dkim{slot}"}) {
    CHECK(read_template(good) == good);
  }
  CHECK(wrong(read_template("dk im")) ==
        "2-3 this may not be in a selector (letters, digits, '-', '_', '.' and {placeholders})");
  struct Case {
    const char* text;
    const char* where;
  };
  const Case cases[]{{"a{yyyy", "1-2"}, {"a}", "1-2"},  {"{}", "0-1"},
                     {"{a{b}}", "0-1"}, {"{1}", "0-1"}, {"{a}}", "3-4"}};
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(wrong(read_template(c.text)) ==
          std::string{c.where} + " this brace has no counterpart (write a placeholder as {yyyy})");
  }
}

TEST_SUITE_END();
