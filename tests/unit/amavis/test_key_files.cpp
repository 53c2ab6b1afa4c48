#include "amavis/daemon_user.hpp"
#include "amavis/key_files.hpp"
#include "fake_host.hpp"

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/ranges.h>

template<>
struct doctest::StringMaker<std::vector<std::string>> {
  static String convert(const std::vector<std::string>& lines)
  {
    return fmt::format("{}", fmt::join(lines, "\n")).c_str();
  }
};

using namespace dkimctl;
using amavis::DkimKey;
using amavis::KeyFiles;

namespace {

std::string test_key(const std::string& name)
{
  std::ifstream in(DKIMCTL_TEST_DATA "/keys/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

const Identity kAmavis{"amavis", 110, 115, {}};

/// Key files as iRedMail leaves them, one for each test key that is named.
struct World {
  explicit World(std::initializer_list<const char*> names)
  {
    host.add_user(kAmavis);
    host.add_user({"clamav", 120, 125, {}});
    host.add_folder("/var/lib/dkim", {.mode = 0700, .uid = 110, .gid = 115});
    for (const char* const name : names) {
      host.add_file(path(name), test_key(name), {.mode = 0400, .uid = 110, .gid = 115});
    }
  }

  static std::string path(const std::string& name) { return "/var/lib/dkim/" + name; }

  /// One dkim_key a path; the n-th stands in line n.
  KeyFiles read(const std::vector<std::string>& paths, const Identity* daemon = &kAmavis)
  {
    keys.clear();
    for (const std::string& file : paths) {
      DkimKey key;
      key.number = static_cast<std::uint32_t>(keys.size() + 1);
      key.file = file;
      key.declared = {key.number, {0, 40}};
      key.file_argument.place = {key.number, {20, 30}};
      keys.push_back(key);
    }
    return KeyFiles::read(host, keys, daemon, [](const perl::Place& place) {
      return Location{"50-user", place.source, place.span.begin + 1, "", 1};
    });
  }

  FakeHost host;
  amavis::DkimKeys keys;  // of the last read(), which what it gives refers to
};

/// "LINE:COLUMN key SEVERITY CODE: TEXT (HINT)"
std::string line_of(const Finding& finding)
{
  return fmt::format("{}:{} {} {} {}: {} ({})", finding.where ? finding.where->line : 0,
                     finding.where ? finding.where->column : 0, finding.key.value_or(0),
                     to_string(finding.severity), finding.code, finding.text, finding.hint);
}

std::vector<std::string> lines_of(const std::vector<Finding>& findings)
{
  std::vector<std::string> lines;
  for (const Finding& finding : findings) {
    if (finding.code == "dkim.weak") {  // of most test keys, which has a test of its own
      continue;
    }
    lines.push_back(line_of(finding));
  }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_SUITE_BEGIN("amavis::KeyFiles");

TEST_CASE("a key has its bits as amavisd counts them, and its SubjectPublicKeyInfo")
{
  World world{"rsa1024.pem", "rsa2047.pem"};
  const KeyFiles files = world.read({World::path("rsa1024.pem"), World::path("rsa2047.pem")});
  CHECK(lines_of(files.findings()) == Lines{});
  REQUIRE(files.of(0) != nullptr);
  CHECK(files.of(0)->bits == crypto::Bits{1024});
  CHECK(files.of(0)->path == "/var/lib/dkim/rsa1024.pem");
  CHECK(files.of(0)->public_key.substr(0, 40) == "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDQ");
  REQUIRE(files.of(1) != nullptr);
  CHECK(files.of(1)->bits == crypto::Bits{2048});
}

TEST_CASE("one file under several names has the name it was declared with first")
{
  World world{"rsa1024.pem"};
  const FileId id{9, 9};
  world.host.add_file("/a/k.pem", test_key("rsa1024.pem"), {.mode = 0400, .uid = 110, .gid = 115, .id = id});
  world.host.add_file("/b/k.pem", test_key("rsa1024.pem"), {.mode = 0400, .uid = 110, .gid = 115, .id = id});
  const KeyFiles files =
      world.read({"/b/k.pem", "/a/k.pem", "/a/../b/k.pem", World::path("rsa1024.pem"), "/a/k.pem"});
  REQUIRE(files.of(0) != nullptr);
  CHECK(files.of(0)->path == "/b/k.pem");
  CHECK(files.of(1) == files.of(0));
  CHECK(files.of(2) == files.of(0));
  CHECK(files.of(3) != files.of(0));
  CHECK(files.of(4) == files.of(0));
}

TEST_CASE("every file is reported, with the place of the argument, and the good ones are there")
{
  World world{"empty.pem", "ed25519.pem", "rsa1024.pem"};
  world.host.add_folder("/var/lib/dkim/folder", {.mode = 0700, .uid = 110});
  world.host.add_file("/secret.pem", "", {.error = Error{Errc::denied, "permission denied"}});
  const KeyFiles files =
      world.read({"/none.pem", World::path("empty.pem"), World::path("rsa1024.pem"),
                  World::path("ed25519.pem"), World::path("folder"), "/secret.pem", "/none.pem"});
  CHECK(lines_of(files.findings()) ==
        Lines{
            std::string{
                "1:21 1 error amavis.unreadable-key: key file /none.pem cannot be read: no such file or "
                "directory (amavisd does not start until the file is there, or the dkim_key is taken out)"},
            std::string{"2:21 2 error amavis.unreadable-key: key file /var/lib/dkim/empty.pem is empty "
                        "(restore the file from a backup, or make a new key: openssl genrsa -out NEW 2048)"},
            std::string{"4:21 4 error amavis.unreadable-key: key file /var/lib/dkim/ed25519.pem is a private "
                        "key of type ED25519, and amavisd signs with RSA keys only (make an RSA key: openssl "
                        "genrsa -out NEW 2048)"},
            std::string{"5:21 5 error amavis.unreadable-key: key file /var/lib/dkim/folder cannot be read: "
                        "is a folder (name the file that holds the private key)"},
            std::string{"6:21 6 error amavis.no-access: key file /secret.pem cannot be read: permission "
                        "denied (run dkimctl as root)"},
            std::string{
                "7:21 7 error amavis.unreadable-key: key file /none.pem cannot be read: no such file or "
                "directory (amavisd does not start until the file is there, or the dkim_key is taken out)"},
        });
  CHECK(files.of(0) == nullptr);
  CHECK(files.of(1) == nullptr);
  CHECK(files.of(2) != nullptr);
  CHECK(files.of(3) == nullptr);
}

TEST_CASE("a key that no file is named for is an error; one whose file cannot be known is not")
{
  World world{};
  amavis::DkimKeys keys(3);
  keys[0].number = 1;
  keys[1].number = 2;
  keys[1].unknown = {"file"};
  keys[2].number = 3;
  keys[2].file_argument.other = std::make_shared<perl::Value>(std::make_shared<perl::Hash>());
  const KeyFiles files = KeyFiles::read(world.host, keys, nullptr, {});
  CHECK(
      lines_of(files.findings()) ==
      Lines{"0:0 1 error amavis.unreadable-key: the key file has no name (give the path of a private key as "
            "the third argument)"});
  CHECK(files.of(2) == nullptr);
}

TEST_CASE("amavisd's user must get at the file, through every folder")
{
  World world{};
  const auto add = [&](const char* path, std::uint32_t mode) {
    world.host.add_file(path, test_key("rsa1024.pem"), {.mode = mode, .uid = 0, .gid = 0});
  };
  add("/keys/closed.pem", 0600);
  add("/private/k.pem", 0400);
  world.host.add_folder("/private", {.mode = 0700});
  const KeyFiles files = world.read({"/keys/closed.pem", "/private/k.pem"});
  CHECK(lines_of(files.findings()) ==
        Lines{
            "1:21 1 error amavis.unreadable-key: key file /keys/closed.pem cannot be read by amavisd's user "
            "amavis: file /keys/closed.pem (root:root 0600) may not be read (chown amavis /keys/closed.pem; "
            "chmod 0400 /keys/closed.pem)",
            "2:21 2 error amavis.unreadable-key: key file /private/k.pem cannot be read by amavisd's user "
            "amavis: folder /private (root:root 0700) may not be entered (chgrp amavis /private && chmod g+x "
            "/private)",
        });
  CHECK(files.of(0) != nullptr);  // what it would be is known all the same
  CHECK(lines_of(world.read({"/keys/closed.pem"}, nullptr).findings()) == Lines{});
}

TEST_CASE("others than root and amavisd's user have no business with a key, said once a file")
{
  struct Case {
    std::uint32_t mode;
    std::uint32_t uid;
    std::uint32_t gid;
    std::string said;
  };
  const Case cases[]{
      {0400, 110, 115, ""},
      {0640, 0, 115, ""},
      {0640, 110, 0, ""},
      {0620, 110, 0, ""},
      {0604, 110, 115, "amavis:amavis 0604) can be read by everybody"},
      {0644, 110, 125, "amavis:clamav 0644) can be read by everybody"},
      {0666, 0, 0, "root:root 0666) can be read and written by everybody"},
      {0602, 110, 115, "amavis:amavis 0602) can be written by everybody"},
      {0660, 0, 115, "root:amavis 0660) can be written by group amavis"},
      {0640, 110, 125, "amavis:clamav 0640) can be read by group clamav"},
      {0664, 110, 125, "amavis:clamav 0664) can be written by group clamav, can be read by everybody"},
      {0644, 120, 115, "clamav:amavis 0644) belongs to clamav, can be read by everybody"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.said);
    World world{};
    world.host.add_file("/k.pem", test_key("rsa1024.pem"), {.mode = c.mode, .uid = c.uid, .gid = c.gid});
    const Lines lines = lines_of(world.read({"/k.pem", "/k.pem"}).findings());
    if (c.said.empty()) {
      CHECK(lines == Lines{});
    } else {
      CHECK(lines == Lines{"1:21 1 warning amavis.key-mode: key file /k.pem (" + c.said +
                           " (chown amavis /k.pem; chmod 0400 /k.pem)"});
    }
  }
}

TEST_CASE("where amavisd's user is not known, only what everybody may do counts")
{
  World world{};
  world.host.add_file("/k.pem", test_key("rsa1024.pem"), {.mode = 0644, .uid = 120, .gid = 125});
  CHECK(lines_of(world.read({"/k.pem"}, nullptr).findings()) ==
        Lines{"1:21 1 warning amavis.key-mode: key file /k.pem (clamav:clamav 0644) can be read by everybody "
              "(let amavisd's user own it, then chmod 0400 /k.pem)"});
}

TEST_CASE("short keys and RSA-PSS keys are listed, and said")
{
  World world{"rsa512.pem", "pss.pem"};
  const KeyFiles files = world.read(
      {World::path("rsa512.pem"), World::path("pss.pem"), World::path("rsa512.pem"), World::path("pss.pem")});
  CHECK(
      lines_of(files.findings()) ==
      Lines{
          "1:21 1 warning dkim.short: the key in /var/lib/dkim/rsa512.pem has 512 bits; verifiers must "
          "refuse "
          "one of less than 1024 (make one of 2048 bits, under a new selector)",
          "2:21 2 error dkim.rsa-pss: key file /var/lib/dkim/pss.pem holds an RSA-PSS key, whose signatures "
          "verifiers refuse (make an RSA key: openssl genrsa -out NEW 2048)",
          "4:21 4 error dkim.rsa-pss: key file /var/lib/dkim/pss.pem holds an RSA-PSS key, whose signatures "
          "verifiers refuse (make an RSA key: openssl genrsa -out NEW 2048)",
      });
  CHECK(files.of(0) != nullptr);
  CHECK(files.of(1) != nullptr);
}

TEST_CASE("a key of less than 2048 bits is a note, once a file")
{
  World world{"rsa1024.pem", "rsa2047.pem", "rsa2048.pem"};
  const KeyFiles files = world.read({World::path("rsa1024.pem"), World::path("rsa2047.pem"),
                                     World::path("rsa2048.pem"), World::path("rsa1024.pem")});
  std::vector<std::string> lines;
  for (const Finding& finding : files.findings()) {
    lines.push_back(line_of(finding));
  }
  CHECK(lines == Lines{
                     "1:21 1 note dkim.weak: the key in /var/lib/dkim/rsa1024.pem has 1024 bits; 2048 are "
                     "recommended (make one of 2048 bits, under a new selector)",
                     "2:21 2 note dkim.weak: the key in /var/lib/dkim/rsa2047.pem has 2047 bits; 2048 are "
                     "recommended (make one of 2048 bits, under a new selector)",
                 });
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("amavis::daemon_user");

TEST_CASE("$daemon_user, $daemon_group and @daemon_groups name it, if they are known")
{
  const auto names = [](const perl::Value& user, const perl::Value& group, const perl::Array* groups) {
    const auto found = amavis::daemon_names(user, group, groups);
    return fmt::format("{}:{}", found.user, fmt::join(found.groups, "+"));
  };
  const perl::UnknownPtr unknown = std::make_shared<perl::Unknown>();
  perl::Array more;
  more.items = {std::make_shared<perl::Scalar>(perl::Scalar{"clamav", {}, 0}), nullptr};
  CHECK(names({}, {}, nullptr) == ":");
  CHECK(names("amavis", {}, nullptr) == "amavis:");
  CHECK(names("amavis", std::int64_t{115}, &more) == "amavis:115+clamav");
  CHECK(names(unknown, "amavis", &more) == ":");
  CHECK(names("amavis", unknown, &more) == ":clamav");
  more.unknown = unknown;
  CHECK(names("amavis", {}, &more) == ":");
}

TEST_CASE("the groups of amavisd's user are those that are set, else its own")
{
  FakeHost host;
  host.add_user({"amavis", 110, 115, {200}});
  host.add_group("dkim", 300);
  std::vector<Finding> findings;
  const auto own = amavis::daemon_identity(host, {"amavis", {}}, findings);
  REQUIRE(own.has_value());
  CHECK(own->gid == 115);
  CHECK(own->groups == std::vector<std::uint32_t>{200});
  const auto set = amavis::daemon_identity(host, {"amavis", {"dkim, 115", "7"}}, findings);
  REQUIRE(set.has_value());
  CHECK(set->uid == 110);
  CHECK(set->gid == 300);
  CHECK(set->groups == std::vector<std::uint32_t>{115, 7});
  const auto number = amavis::daemon_identity(host, {"110", {}}, findings);
  REQUIRE(number.has_value());
  CHECK(number->uid == 110);
  CHECK(number->gid == 0);
  CHECK_FALSE(amavis::daemon_identity(host, {}, findings).has_value());
  CHECK(lines_of(findings) == Lines{});
}

TEST_CASE("a user or group that is not there is said")
{
  FakeHost host;
  host.add_user({"amavis", 110, 115, {}});
  std::vector<Finding> findings;
  CHECK_FALSE(amavis::daemon_identity(host, {"vscan", {}}, findings).has_value());
  CHECK_FALSE(amavis::daemon_identity(host, {"amavis", {"dkim"}}, findings).has_value());
  CHECK(
      lines_of(findings) ==
      Lines{
          "0:0 0 warning amavis.unknown-user: amavisd cannot become vscan: user vscan: no such user (mend "
          "$daemon_user and $daemon_group; what that user may read was not looked at)",
          "0:0 0 warning amavis.unknown-user: amavisd cannot become amavis: group dkim: no such group (mend "
          "$daemon_user and $daemon_group; what that user may read was not looked at)"});
}

TEST_CASE("a configuration file must be root's, and amavisd's user may read it and not write it")
{
  struct Case {
    std::uint32_t mode;
    std::uint32_t uid;
    std::uint32_t gid;
    std::string said;
  };
  const Case cases[]{
      {0644, 0, 0, ""},
      {0640, 0, 115, ""},
      {0666, 0, 0,
       "/f (root:root 0666) can be written by amavisd's user amavis: amavisd refuses it (chmod go-w /f)"},
      {0660, 0, 115,
       "/f (root:amavis 0660) can be written by amavisd's user amavis: amavisd refuses it (chmod go-w /f)"},
      {0600, 0, 0,
       "/f (root:root 0600) cannot be read by amavisd's user amavis: file /f (root:root 0600) may not be "
       "read (chown root:amavis /f && chmod 0640 /f)"},
      {0644, 110, 115,
       "/f (amavis:amavis 0644) is not owned by root: amavisd refuses it (chown root:amavis /f && chmod 0640 "
       "/f)"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.said);
    FakeHost host;
    host.add_user(kAmavis);
    host.add_file("/f", "1;", {.mode = c.mode, .uid = c.uid, .gid = c.gid});
    const std::vector<amavis::ConfigFile> files{{"/none", ""}, {"/f", ""}};
    const Lines lines = lines_of(amavis::config_access_findings(host, files, &kAmavis));
    CHECK(lines == (c.said.empty() ? Lines{} : Lines{"0:0 0 error amavis.config-access: " + c.said}));
  }
}

TEST_CASE("as long as amavisd stays root, only the owner of a configuration file counts")
{
  FakeHost host;
  host.add_file("/f", "1;", {.mode = 0600});
  host.add_file("/g", "1;", {.mode = 0644, .uid = 5});
  const auto findings =
      amavis::config_access_findings(host, std::vector<amavis::ConfigFile>{{"/f", ""}, {"/g", ""}}, nullptr);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].object == "/g");
}

TEST_SUITE_END();
