#include "app/showkeys.hpp"
#include "fake_host.hpp"
#include "written.hpp"

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace dkimctl;
using test::written;

namespace {

std::string test_key(const std::string& name)
{
  std::ifstream in(DKIMCTL_TEST_DATA "/keys/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A Debian host with amavisd's user and two keys, whose 50-user is `text`.
struct World {
  explicit World(const std::string& text)
  {
    host.add_user({"amavis", 110, 115, {}});
    host.add_file("/etc/amavis/conf.d/20-defaults",
                  "$daemon_user = 'amavis'; $daemon_group = 'amavis'; 1;\n");
    host.add_file("/etc/amavis/conf.d/50-user", text);
    host.add_folder("/k", {.mode = 0700, .uid = 110, .gid = 115});
    for (const char* const name : {"rsa1024.pem", "rsa2048.pem", "empty.pem"}) {
      host.add_file(fmt::format("/k/{}", name), test_key(name), {.mode = 0400, .uid = 110, .gid = 115});
    }
  }

  app::ShowKeys show(const std::vector<std::string>& domains = {}) const
  {
    return app::show_keys(host, {{}, domains});
  }

  FakeHost host;
};

/// "SEVERITY CODE FILE:LINE:COLUMN key", but for the size of the test keys.
std::vector<std::string> said(const std::vector<Finding>& findings)
{
  std::vector<std::string> lines;
  for (const Finding& finding : findings) {
    if (finding.code == "dkim.weak") {
      continue;
    }
    const std::string place =
        finding.where ? fmt::format("{}:{}", finding.where->line, finding.where->column) : "-";
    lines.push_back(fmt::format("{} {} {} {}", to_string(finding.severity), finding.code, place,
                                finding.key.value_or(0)));
  }
  return lines;
}

using Lines = std::vector<std::string>;

std::vector<std::uint32_t> numbers(const app::ShowKeys& shown)
{
  std::vector<std::uint32_t> out;
  for (const report::ShownKey& key : shown.listing.keys) {
    out.push_back(key.key->number);
  }
  return out;
}

}  // namespace

TEST_SUITE_BEGIN("app::show_keys");

TEST_CASE("the keys of the host's own configuration are listed, and nothing is wrong with them")
{
  const World world(
      "dkim_key('b.example', 'dkim', '/k/rsa2048.pem');\n"
      "dkim_key('a.example', 'dkim', '/k/rsa1024.pem');\n1;\n");
  const auto all = world.show();
  CHECK(said(all.findings) == Lines{});
  CHECK(numbers(all) == std::vector<std::uint32_t>{1, 2});
  CHECK(all.listing.keys[0].stored->bits == crypto::Bits{2048});
  CHECK(written(report::write_amavisd, all.listing)
            .starts_with("; key#1 2048 bits, s=dkim, d=b.example, /k/rsa2048.pem\n"));
  CHECK(numbers(world.show({"."})) == std::vector<std::uint32_t>{2, 1});
  CHECK(numbers(world.show({"a.example"})) == std::vector<std::uint32_t>{2});
}

TEST_CASE("one bad key hides no other, and every problem is said at its place")
{
  World world(
      "dkim_key('a.example', 'dkim', '/k/empty.pem');\n"
      "dkim_key('b.example', 'dkim', '/k/none.pem');\n"
      "dkim_key('c.example', 'dkim', '/k/rsa1024.pem', t => 'y', n => 'a\\\\b');\n"
      "dkim_key('d.example', 'dkim', '/k/rsa1024.pem') if -e '/x';\n"
      "dkim_key('c.example', 'DKIM', '/k/rsa2048.pem');\n1;\n");
  world.host.add_file("/etc/amavis/conf.d/50-user",
                      world.host.read_text("/etc/amavis/conf.d/50-user", 9999)->text, {.mode = 0666});
  const auto shown = world.show();
  CHECK(said(shown.findings) == Lines{
                                    "error amavis.duplicate-key 5:1 0",
                                    "note amavis.dynamic 4:52 0",
                                    "error amavis.config-access - 0",
                                    "error amavis.unreadable-key 1:31 1",
                                    "error amavis.unreadable-key 2:31 2",
                                    "note dkim.testing 3:1 3",
                                    "note amavis.zone-text 3:1 3",
                                    "error amavis.dynamic 4:1 4",
                                });
  CHECK(numbers(shown) == std::vector<std::uint32_t>{1, 2, 3, 4});
  const std::string text = written(report::write_amavisd, shown.listing);
  CHECK(text.starts_with("; key#3 1024 bits"));
  CHECK(text.find("key#4") == std::string::npos);
}

TEST_CASE("of keys that were not asked for only the errors count")
{
  World world(
      "dkim_key('a.example', 'dkim', '/k/rsa1024.pem', t => 'y');\n"
      "dkim_key('b.example', 'dkim', '/k/rsa2048.pem', t => 'y');\n"
      "dkim_key('c.example', 'dkim', '/k/empty.pem');\n1;\n");
  world.host.add_file("/k/rsa1024.pem", test_key("rsa1024.pem"), {.mode = 0444, .uid = 110, .gid = 115});
  CHECK(said(world.show({"b.example"}).findings) ==
        Lines{"error amavis.unreadable-key 3:31 3", "note dkim.testing 2:1 2"});
}

TEST_CASE("that no key is there, or asked for, is a note; for txt it is a warning")
{
  const World none("1;\n");
  CHECK(said(none.show().findings) == Lines{"note amavis.no-keys - 0"});
  const World some("dkim_key('a.example', 'dkim', '/k/rsa1024.pem'); 1;\n");
  const auto missed = some.show({"x.example"});
  CHECK(said(missed.findings) == Lines{"note amavis.no-keys - 0"});
  CHECK(missed.findings[0].object == "x.example");
  CHECK(missed.findings[0].hint == "did you mean a.example?");
  const std::pair<const char*, const char*> meant[]{
      {"u@a.example", "did you mean a.example?"},
      {"Dkim._domainkey.A.example", "did you mean a.example?"},
      {"nothing.like-it.test", "keys are declared for a.example"},
  };
  for (const auto& [word, hint] : meant) {
    CHECK(some.show({word}).findings[0].hint == hint);
  }
  CHECK(some.show({"x.example", "u@x.test"}).findings.size() == 2);
  CHECK(said(app::show_records(some.host, {{}, {"x.example"}}).findings) ==
        Lines{"warning amavis.no-keys - 0"});
  CHECK(said(app::show_records(some.host, {{}, {"a.example"}}).findings) == Lines{});
}

TEST_CASE("a configuration that does not compile, or is not there, says nothing of keys")
{
  const World broken("dkim_key('a.example'\n1;\n");
  const auto shown = broken.show();
  REQUIRE(shown.findings.size() == 1);
  CHECK(shown.findings[0].code == "amavis.syntax");
  CHECK(written(report::write_amavisd, shown.listing).empty());

  const FakeHost empty;
  const auto nothing = app::show_keys(empty, {});
  CHECK(said(nothing.findings) == Lines{"error amavis.missing-file - 0"});
  CHECK(written(report::write_amavisd, nothing.listing).empty());
  const auto missing = app::show_keys(empty, {{{"/none.conf"}}, {}});
  CHECK(said(missing.findings) == Lines{"error amavis.missing-file - 0"});
  CHECK(written(report::write_amavisd, missing.listing).empty());
}

TEST_CASE("in a tree that is not root's own the owners of files say nothing")
{
  World world("dkim_key('a.example', 'dkim', '/k/rsa1024.pem'); 1;\n");
  world.host.add_file("/etc/amavis/conf.d/50-user", "dkim_key('a.example', 'dkim', '/k/rsa1024.pem'); 1;\n",
                      {.mode = 0644, .uid = 1000, .gid = 1000});
  CHECK(said(world.show().findings) == Lines{"error amavis.config-access - 0"});
  world.host.add_folder("/", {.mode = 0755, .uid = 1000, .gid = 1000});
  CHECK(said(world.show().findings) == Lines{});
}

TEST_SUITE_END();
