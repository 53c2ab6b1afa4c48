#include "app/configured_keys.hpp"
#include "state_folder.hpp"

#include <doctest/doctest.h>

using namespace dkimctl;
using namespace dkimctl::test;
using namespace std::chrono_literals;

namespace {

rollover::KeyLife key(std::string selector, std::string file, std::string public_key = {})
{
  return rollover::fold(
      {selector, "example.com", selector, 0, "rsa", 2048, std::move(file), std::move(public_key), ""}, {});
}

rollover::SignerView view(const FakeHost& host, const std::vector<rollover::KeyLife>& keys)
{
  const app::Facts facts = app::gather_facts(host, {});
  return app::ConfiguredSigner(host, facts).view_of("example.com", keys);
}

}  // namespace

TEST_SUITE_BEGIN("app::configured_keys");

TEST_CASE("a key signs, is named by device and inode, and is there for amavisd to read")
{
  FakeHost host;
  add_configuration(host);
  host.add_link("/other-name.pem", "/com.pem");
  host.add_file("/root.pem", "x", {.mode = 0400});
  const auto seen = view(host, {key("dkim", "/com.pem"), key("alias", "/other-name.pem"),
                                key("root", "/root.pem"), key("gone", "/gone.pem")});
  CHECK(seen.is_known);
  CHECK_FALSE(seen.was_asked);
  CHECK(seen.configured == std::vector<std::string>{"dkim"});
  CHECK(seen.named == std::vector<std::string>{"dkim", "alias"});
  CHECK(seen.present == std::vector<std::string>{"dkim", "alias"});
  CHECK(seen.expiry == 30 * 24h);
  CHECK(seen.read_only.empty());
}

TEST_CASE("another key under the selector that signs is not the one that does")
{
  FakeHost host;
  add_configuration(host);
  CHECK(view(host, {key("dkim", "/com.pem", "MIIBother")}).configured.empty());
}

TEST_CASE("a key that no sender has does not sign")
{
  FakeHost host;
  add_configuration(host);
  host.add_file("/etc/amavisd/amavisd.conf",
                "$policy_bank{'ORIGINATING'} = { originating => 1, enable_dkim_signing => 1 };\n"
                "$interface_policy{'10026'} = 'ORIGINATING'; $inet_socket_port = [10026];\n"
                "dkim_key('example.com', 'first', '/com.pem');\n"
                "dkim_key('example.com', 'second', '/org.pem');\n1;\n");
  const auto seen = view(host, {key("first", "/com.pem"), key("second", "/org.pem")});
  CHECK(seen.configured == std::vector<std::string>{"first"});
  CHECK(seen.named == std::vector<std::string>{"first", "second"});
}

TEST_CASE("what cannot be told of the domain's keys, or of the whole, is not known")
{
  FakeHost host;
  add_configuration(host);
  const std::string rest = "dkim_key('example.com', 'dkim', '/com.pem');\n1;\n";
  const auto is_known = [&](const std::string& before) {
    host.add_file("/etc/amavisd/amavisd.conf", before + rest);
    return view(host, {key("dkim", "/com.pem")}).is_known;
  };
  CHECK(is_known(""));
  CHECK(is_known("dkim_key('example.org', $ENV{S}, '/org.pem');\n"));
  CHECK_FALSE(is_known("dkim_key('example.com', $ENV{S}, '/org.pem');\n"));
  CHECK_FALSE(is_known("dkim_key($ENV{D}, 'dkim', '/org.pem');\n"));
  CHECK_FALSE(is_known("$originating = 1; $enable_dkim_signing = $ENV{E};\n"));
  CHECK_FALSE(is_known("this is no Perl;\n"));
}

TEST_CASE("where another program signs nothing is to be changed")
{
  FakeHost host;
  add_configuration(host);
  host.add_file("/etc/amavisd/amavisd.conf",
                "$dkim_signing_service = 'inet:127.0.0.1:20010';\n"
                "$policy_bank{'MYNETS'} = { originating => 1, enable_dkim_signing => 1 };\n"
                "dkim_key('example.com', 'dkim', '/com.pem');\n1;\n");
  CHECK(view(host, {key("dkim", "/com.pem")}).read_only == "another program signs: inet:127.0.0.1:20010");
}

TEST_SUITE_END();
