#include "app/genkey.hpp"
#include "crypto/private_key.hpp"
#include "fake_host.hpp"
#include "settings/parse.hpp"
#include "temporary_folder.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include <boost/filesystem.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <sys/stat.h>
#include <unistd.h>

using namespace dkimctl;
using app::genkey;
using app::GenkeyQuery;

namespace {

/// A host whose amavisd runs as whoever runs the test, and a folder that is its tree.
struct World {
  explicit World(const std::string& conf = "")
  {
    host.add_user({"amavis", ::geteuid(), ::getegid(), {}});
    host.add_file("/etc/amavisd.conf", "$daemon_user = 'amavis';\n" + conf + "\n1;\n");
    tree.make_folder("var/lib");
    query.root = tree.path();
    query.ask_dns = false;
    using namespace std::chrono;
    query.today = year{2026} / November / 28;
    query.wishes.bits = "1024";  // they are made sooner
    query.wishes.selector_template = "{yyyy}{mm}{letter}-{random}";
  }

  report::NewKeys make(std::vector<std::string> domains)
  {
    query.domains = std::move(domains);
    auto made = genkey(host, query);
    REQUIRE(made);
    return *std::move(made);
  }

  std::vector<app::WishError> refused(std::vector<std::string> domains)
  {
    query.domains = std::move(domains);
    auto made = genkey(host, query);
    REQUIRE_FALSE(made);
    return made.error();
  }

  std::string text(const std::string& path) const
  {
    std::ifstream in(tree.path() + path);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  FakeHost host;
  TemporaryFolder tree;
  GenkeyQuery query;
};

std::vector<std::string> codes(const std::vector<Finding>& findings)
{
  std::vector<std::string> all;
  all.reserve(findings.size());
  for (const Finding& finding : findings) {
    all.push_back(fmt::format("{} {}", to_string(finding.severity), finding.code));
  }
  return all;
}

}  // namespace

TEST_SUITE_BEGIN("app::genkey");

TEST_CASE("a key for each domain, in a folder of amavisd's user")
{
  World world;
  const auto made = world.make({"Example.com.", "bücher.example", "example.com"});
  CHECK(made.failed.empty());
  REQUIRE(made.keys.size() == 2);
  const report::NewKey& key = made.keys[0];
  CHECK(key.domain == "example.com");
  CHECK(key.selector.starts_with("202611a-"));
  CHECK(key.file == fmt::format("/var/lib/dkim/example.com.{}.pem", key.selector));
  CHECK(key.owner.text() == fmt::format("{}._domainkey.example.com.", key.selector));
  CHECK(made.keys[1].domain == "xn--bcher-kva.example");
  struct stat status {};
  REQUIRE(::stat((world.tree.path() + key.file).c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0400);
  REQUIRE(::stat((world.tree / "var/lib/dkim").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0700);
  ::chmod((world.tree.path() + key.file).c_str(), 0600);
  const auto read = crypto::public_key_of(world.text(key.file));
  REQUIRE(read);
  CHECK(read->modulus == key.bits);
  CHECK(key.record.starts_with("v=DKIM1; p=MIG"));
  CHECK(codes(made.findings) == std::vector<std::string>{"note dkim.selector-unproven", "warning dkim.weak"});
}

TEST_CASE("Ed25519 is for other signers")
{
  World world;
  world.query.wishes.type = app::NewKeyType::ed25519;
  world.query.wishes.bits.clear();
  const auto errors = world.refused({"example.com"});
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].error.what ==
        "--type ed25519: amavisd, up to 2.15, loads and signs with RSA keys only, and does not start with "
        "this one");
  CHECK(errors[0].error.hint == "for another signer: --for other");
  world.query.wishes.signer = app::Signer::other;
  const auto made = world.make({"example.com"});
  REQUIRE(made.keys.size() == 1);
  CHECK(made.keys[0].record.starts_with("v=DKIM1; k=ed25519; p="));
  CHECK(world.text(made.keys[0].file).starts_with("-----BEGIN PRIVATE KEY-----\n"));
}

TEST_CASE("a selector that is declared, or whose file is there, is not taken again")
{
  World world("dkim_key('example.com', 'one', '/k.pem'); dkim_key('*.example.org', 'two', '/k.pem');");
  world.query.wishes.selector_template.clear();
  const auto refusal = [&](const char* selector, const char* domain) {
    world.query.wishes.selector = selector;
    const auto made = world.make({domain});
    CHECK(made.keys.empty());
    REQUIRE(made.failed.size() == 1);
    return made.failed[0].reason;
  };
  CHECK(refusal("ONE", "example.com") ==
        "example.com: selector one is or was in use: it is declared in /etc/amavisd.conf:2:1");
  CHECK(refusal("two", "a.example.org") ==
        "a.example.org: selector two is or was in use: it is declared in /etc/amavisd.conf:2:43");
  // iRedMail's file for example.com.au
  world.tree.write("var/lib/dkim/example.com.au.pem", "iRedMail's");
  CHECK(refusal("au", "example.com") ==
        "example.com: selector au is or was in use: /var/lib/dkim/example.com.au.pem is there");
  CHECK(world.text("/var/lib/dkim/example.com.au.pem") == "iRedMail's");
  world.query.seen_before = [](const dkim::Sdid&, const dkim::Selector& selector) {
    return selector.text() == "old";
  };
  CHECK(refusal("old", "example.com") ==
        "example.com: selector old is or was in use: a key of it was made before");
}

TEST_CASE("one domain without a selector, and no key is made")
{
  World world("dkim_key('example.com', 'one', '/k.pem');");
  world.query.wishes.selector_template.clear();
  world.query.wishes.selector = "one";
  const auto made = world.make({"example.org", "example.com"});
  CHECK(made.keys.empty());
  CHECK(made.failed.size() == 1);
  CHECK_FALSE(boost::filesystem::exists(world.tree / "var/lib/dkim"));
}

TEST_CASE("where a key of the configuration cannot be known, no selector is sure to be new")
{
  World world("dkim_key('example.com', $ENV{SELECTOR}, '/k.pem');");
  world.query.wishes.selector_template = "{yyyy}{mm}{letter}";
  const auto made = world.make({"example.com"});
  REQUIRE(made.keys.size() == 1);
  CHECK(made.keys[0].selector.size() == std::string{"202611a-abcdef"}.size());
  REQUIRE(made.findings.size() == 3);
  CHECK(made.findings[1].text ==
        "whether a selector is new is not known: a key's selector in the configuration cannot be known; it "
        "has a random part");
}

TEST_CASE("a configuration that amavisd does not take, or that does not tell its user, stops it")
{
  World broken("dkim_key('example.com' 'one');");
  const auto made = broken.make({"example.com"});
  CHECK(made.keys.empty());
  CHECK(codes(made.findings) == std::vector<std::string>{"error amavis.syntax"});

  World nobody("$daemon_user = $ENV{USER};");
  const auto errors = nobody.refused({"example.com"});
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].error.what == "--owner is missing: the configuration does not tell amavisd's user");
  nobody.query.wishes.owner = fmt::format("{}:{}", ::geteuid(), ::getegid());
  CHECK(nobody.make({"example.com"}).keys.size() == 1);
}

TEST_CASE("every wish that makes no sense is told")
{
  World world;
  world.query.wishes = {app::Signer::amavisd, app::NewKeyType::rsa, "512", "-", "x{letter", "",
                        "amavis:nogroup1"};
  const auto errors = world.refused({"localhost"});
  std::vector<std::string> what;
  what.reserve(errors.size());
  for (const app::WishError& error : errors) {
    what.push_back(error.error.what);
  }
  CHECK(what == std::vector<std::string>{"domain 'localhost': has no dot in it",
                                         "--bits '512': is no number from 1024 to 4096", "'}' is missing",
                                         "--selector and --template cannot both be given",
                                         "selector '-': '-' begins or ends with a hyphen",
                                         "--owner 'amavis:nogroup1': no such group"});
  REQUIRE(errors[2].where);
  CHECK(errors[2].where->file == "--template");
  CHECK(errors[2].where->column == 2);
}

TEST_CASE("the number that chown takes for no change is nobody's")
{
  World world;
  world.query.wishes.owner = "4294967295:4294967295";
  const auto errors = world.refused({"example.com"});
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].error.what == "--owner '4294967295:4294967295': no such user or group");
}

TEST_CASE("a folder that cannot be had, and a file that cannot be made")
{
  World world;
  world.tree.write("var/lib/dkim", "a file");
  const auto made = world.make({"example.com"});
  CHECK(made.keys.empty());
  REQUIRE(made.failed.size() == 1);
  CHECK(made.failed[0].reason == "folder /var/lib/dkim: not a directory");
}

TEST_CASE("each domain has its key as the settings want it, and an option goes before them")
{
  World world;
  world.query.wishes.bits.clear();
  world.query.wishes.selector_template.clear();
  const settings::Reading read = settings::parse(SourceText{"dkimctl.conf",
                                                            "key_bits = 1024\nselector = all-{random}\n"
                                                            "[domain \"b.example\"]\n"
                                                            "key_directory = /keys\nselector = own-{random}\n"
                                                            "key_mode = 0440\n"});
  REQUIRE(read.usable());
  world.query.domains = {"a.example", "b.example", "c.example"};
  auto made = genkey(world.host, world.query, read.settings);
  REQUIRE(made);
  REQUIRE(made->keys.size() == 3);
  std::ranges::sort(made->keys, {}, &report::NewKey::domain);
  CHECK(made->keys[0].file.starts_with("/var/lib/dkim/a.example.all-"));
  CHECK(made->keys[1].file.starts_with("/keys/b.example.own-"));
  CHECK(made->keys[2].selector.starts_with("all-"));
  CHECK(made->keys[1].bits.count == 1024);
  CHECK(boost::filesystem::status(world.tree.path() + made->keys[1].file).permissions() == 0440);
  world.query.wishes.folder = "/given";
  made = genkey(world.host, world.query, read.settings);
  REQUIRE(made);
  CHECK(made->keys[1].file.starts_with("/given/"));
}

TEST_CASE("a wish that makes no sense is said once, and no domain gets a key")
{
  World world;
  const settings::Reading read =
      settings::parse(SourceText{"dkimctl.conf", "[domain \"b.example\"]\nkey_directory = /keys\n"});
  world.query.wishes.bits = "512";
  world.query.domains = {"a.example", "b.example"};
  const auto made = genkey(world.host, world.query, read.settings);
  REQUIRE_FALSE(made);
  CHECK(made.error().size() == 1);
  CHECK_FALSE(boost::filesystem::exists(world.tree.path() + "/var/lib/dkim"));
}

TEST_SUITE_END();
