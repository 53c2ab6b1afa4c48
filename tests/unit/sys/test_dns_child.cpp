#include "sys/dns_child.hpp"
#include "temporary_folder.hpp"

#include <fstream>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <sys/stat.h>

using namespace dkimctl;

namespace {

/// A child that is a shell script.
struct Script {
  explicit Script(const std::string& text) : path(folder / "child")
  {
    std::ofstream(path) << "#!/bin/sh\n" << text;
    ::chmod(path.c_str(), 0755);
  }

  /// What became of one question.
  Result<std::vector<dns::NumberedAnswer>> ask() const
  {
    auto child = sys::DnsChild::start({path, std::nullopt, {}});
    if (!child) {
      return tl::unexpected(child.error());
    }
    (*child)->send({1, dns::Question{}});
    for (int i = 0; i < 200; ++i) {
      auto answers = (*child)->receive(std::chrono::milliseconds{50});
      if (!answers || !answers->empty()) {
        return answers;
      }
    }
    return std::vector<dns::NumberedAnswer>{};
  }

  std::string error() const
  {
    const auto asked = ask();
    REQUIRE_FALSE(asked);
    return asked.error().what;
  }

  TemporaryFolder folder;
  std::string path;
};

/// A message as printf(1) writes it.
std::string octets(const std::string& message)
{
  std::string out = "printf '";
  for (const char octet : message) {
    out += fmt::format("\\{:03o}", static_cast<unsigned char>(octet));
  }
  return out + "'\n";
}

}  // namespace

TEST_SUITE_BEGIN("sys::dns_child");

TEST_CASE("an answer comes through")
{
  const Script script(octets(dns::encode(dns::NumberedAnswer{1, {}})) + "cat >/dev/null\n");
  const auto answers = script.ask();
  REQUIRE(answers);
  REQUIRE(answers->size() == 1);
  CHECK(answers->front().number == 1);
}

TEST_CASE("a child that ends, is killed, talks nonsense or answers what nobody asked is a clean error")
{
  const Script ends("exit 0\n");
  const std::string error = ends.error();
  CHECK(error.starts_with(ends.path + ": it ended before"));
  const Script killed("kill -9 $$\n");
  CHECK(killed.error().starts_with(killed.path + ": it ended before"));
  const Script chatters("echo 'this is no message'; cat >/dev/null\n");
  CHECK(chatters.error() == chatters.path + ": what it says makes no sense: a message of 1952999795 octets");
  const Script wrong(octets({"\0\0\0\1x", 5}) + "cat >/dev/null\n");
  CHECK(wrong.error() == wrong.path + ": what it says makes no sense: no answer");
  const Script other(octets(dns::encode(dns::NumberedAnswer{2, {}})) + "cat >/dev/null\n");
  CHECK(other.error() == other.path + ": it answers question 2, which is not open");
  const Script twice(
      octets(dns::encode(dns::NumberedAnswer{1, {}}) + dns::encode(dns::NumberedAnswer{1, {}})) +
      "cat >/dev/null\n");
  CHECK(twice.error() == twice.path + ": it answers question 1, which is not open");
}

TEST_CASE("a program that is not there, or may not be run, is an error that says what to do")
{
  const auto none = sys::DnsChild::start({"/nonexistent/dkimctl-dns", std::nullopt, {}});
  REQUIRE_FALSE(none);
  CHECK(none.error().what.starts_with("/nonexistent/dkimctl-dns: "));
  CHECK_FALSE(none.error().hint.empty());
}
