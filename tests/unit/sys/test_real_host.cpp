#include "sys/real_host.hpp"
#include "temporary_folder.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

using namespace dkimctl;
using sys::RealHost;
using Strings = std::vector<std::string>;

namespace {

constexpr std::size_t kLimit = 1 << 20;

/// "alice:staff", as messages show whom the tests' own files belong to.
std::string owners()
{
  const RealHost host;
  return host.user_name(::geteuid()) + ":" + host.group_name(::getegid());
}

/// Somebody who owns nothing here and is in no group.
const Identity kStranger{"stranger", 54321, 54321, {}};

std::optional<std::string> obstacle(const Host& host, const std::string& path,
                                    const Identity& who = kStranger, Access access = Access::read)
{
  const auto found = host.obstacle(path, who, access);
  REQUIRE(found.has_value());
  return *found ? std::optional{(*found)->text} : std::nullopt;
}

}  // namespace

TEST_SUITE_BEGIN("sys::RealHost");

TEST_CASE("this host: files, folders and links")
{
  const TemporaryFolder folder;
  const std::string path = folder.write("file", "text");
  folder.make_link(path, "link");
  const RealHost host;
  CHECK(host.read_text(path, kLimit).value().text == "text");
  CHECK(host.read_secret(folder / "link", kLimit).value().content.view() == "text");
  CHECK(host.info(folder / "link").value().id == host.info(path).value().id);
  CHECK(host.info(folder.path()).value().type == FileType::folder);
  CHECK(host.info(folder / "none").error().code == Errc::not_found);
  CHECK(host.info(path + "/x").error().what == "not a directory");
  CHECK(host.read_text(folder.path(), kLimit).error().what == "is a folder");
  CHECK(host.info(path + std::string("\0x", 2)).error().code == Errc::not_found);
}

TEST_CASE("a folder's names in byte order")
{
  const TemporaryFolder folder;
  for (const char* name : {"b", "B", "a b", ".hidden", "\xff", "05-x"}) {
    folder.write(name, "");
  }
  folder.make_link("nowhere", "link");
  const RealHost host;
  CHECK(host.list_folder(folder.path()).value() ==
        Strings{".hidden", "05-x", "B", "a b", "b", "link", "\xff"});
  CHECK(host.list_folder(folder / "none").error().code == Errc::not_found);
  CHECK(host.list_folder(folder / "b").error().what == "not a directory");
}

TEST_CASE("users and groups of this host")
{
  const RealHost host;
  const auto root = host.user("root");
  REQUIRE(root.has_value());
  CHECK(root->uid == 0);
  CHECK(host.user_name(0) == "root");
  CHECK(host.group_name(root->gid) == host.group_name(0));
  CHECK(host.user("no such user").error().what == "no such user");
  CHECK(host.group("no such group").error().what == "no such group");
  CHECK(host.user_name(4000000001) == "4000000001");
  CHECK(host.group_name(4000000001) == "4000000001");
  CHECK_FALSE(host.node_name().empty());
}

TEST_CASE("a tree keeps absolute paths, absolute links and .. inside")
{
  const TemporaryFolder folder;
  folder.write("root/etc/real", "inside");
  folder.make_link("/etc/real", "root/etc/absolute");
  folder.make_link("../../../etc/real", "root/etc/up");
  folder.make_link("/etc", "root/e");
  folder.make_link("/no/such/file", "root/etc/dangling");
  const RealHost host(folder / "root//");
  for (const char* path : {"/etc/real", "/etc/absolute", "/etc/up", "/e/absolute", "/../../e/../etc/real",
                           "/e/./real", "//etc//real"}) {
    CAPTURE(std::string{path});
    CHECK(host.read_text(path, kLimit).value().text == "inside");
    CHECK(host.read_secret(path, kLimit).value().content.view() == "inside");
    CHECK(host.info(path).value().size == 6);
  }
  CHECK(host.list_folder("/e/").value() == Strings{"absolute", "dangling", "real", "up"});
  CHECK(host.list_folder("/..").value() == Strings{"e", "etc"});
  CHECK(host.read_text("/etc/dangling", kLimit).error().what == "no such file or directory");
  CHECK(host.read_text("/etc/real/", kLimit).error().what == "not a directory");
  CHECK(host.read_text(folder / "root/etc/real", kLimit).error().code == Errc::not_found);
}

TEST_CASE("with a root a relative path means the working folder, an absolute link in it the root")
{
  const TemporaryFolder folder;
  folder.write("root/etc/real", "inside");
  folder.write("here/real", "outside");
  folder.make_link("/etc/real", "here/absolute");
  const auto before = boost::filesystem::current_path();
  boost::filesystem::current_path(folder.path());
  const RealHost host("root");
  const auto outside = host.read_text("here/../here/real", kLimit);
  const auto inside = host.read_text("here/absolute", kLimit);
  boost::filesystem::current_path(before);
  CHECK(outside.value().text == "outside");
  CHECK(inside.value().text == "inside");
}

TEST_CASE("a tree's users, groups and names are its own")
{
  const TemporaryFolder folder;
  folder.write("etc/passwd", "root:x:0:0::/:/bin/sh\namavis:x:7001:7002::/:/bin/sh\n");
  folder.write("etc/group", "root:x:0:\namavis:x:7002:\nkeys:x:7003:clamav,amavis\n");
  folder.write("etc/hostname", "mx\n");
  folder.write("etc/hosts", "127.0.1.1 mx.example.com mx\n");
  const RealHost host(folder.path());
  const auto amavis = host.user("amavis");
  REQUIRE(amavis.has_value());
  CHECK(amavis->name == "amavis");
  CHECK(amavis->uid == 7001);
  CHECK(amavis->gid == 7002);
  CHECK(amavis->groups == std::vector<std::uint32_t>{7003});
  CHECK(host.group("keys").value() == 7003);
  CHECK(host.user("clamav").error().what == "no such user");
  CHECK(host.group("clamav").error().what == "no such group");
  CHECK(host.user_name(7001) == "amavis");
  CHECK(host.group_name(7003) == "keys");
  CHECK(host.user_name(7003) == "7003");
  CHECK(host.node_name() == "mx");
  CHECK(host.qualified_host_name() == "mx.example.com");
}

TEST_CASE("a tree that says nothing about itself")
{
  const TemporaryFolder folder;
  const RealHost host(folder.path());
  CHECK(host.user("root").error().what == "cannot read /etc/passwd: no such file or directory");
  CHECK(host.user("root").error().code == Errc::io);
  CHECK(host.user_name(0) == "0");
  CHECK(host.node_name() == "localhost");
  CHECK(host.qualified_host_name() == std::nullopt);
}

TEST_CASE("obstacle: the first thing in the way, in the tree's own words")
{
  const TemporaryFolder folder;
  folder.write("etc/passwd", "");
  folder.write("etc/group", "");
  folder.write("keys/deep/k.pem", "key");
  folder.make_link("/keys/deep/k.pem", "etc/k.pem");
  REQUIRE(::chmod(folder.path().c_str(), 0755) == 0);
  const std::string by = std::to_string(::geteuid()) + ":" + std::to_string(::getegid());
  const auto refused = [&](mode_t keys, mode_t deep, mode_t file, const char* path) {
    ::chmod((folder / "keys").c_str(), keys);
    ::chmod((folder / "keys/deep").c_str(), deep);
    ::chmod((folder / "keys/deep/k.pem").c_str(), file);
    return obstacle(RealHost{folder.path()}, path);
  };
  for (const char* path : {"/keys/deep/k.pem", "/etc/k.pem"}) {
    CAPTURE(std::string{path});
    CHECK(refused(0711, 0701, 0604, path) == std::nullopt);
    CHECK(refused(0711, 0701, 0640, path) == "file /keys/deep/k.pem (" + by + " 0640) may not be read");
    CHECK(refused(0711, 0770, 0600, path) == "folder /keys/deep (" + by + " 0770) may not be entered");
    CHECK(refused(0766, 0770, 0600, path) == "folder /keys (" + by + " 0766) may not be entered");
  }
  CHECK(refused(0711, 0770, 0600, "/keys/deep") == "folder /keys/deep (" + by + " 0770) may not be read");
  CHECK(RealHost{folder.path()}.obstacle("/keys/none", kStranger, Access::read).error().code ==
        Errc::not_found);
}

TEST_CASE("obstacle: on this host, with names, and for writing")
{
  const TemporaryFolder folder;
  const std::string path = folder.write("file", "");
  REQUIRE(::chmod(path.c_str(), 0644) == 0);
  REQUIRE(::chmod(folder.path().c_str(), 0700) == 0);
  CHECK(obstacle(RealHost{}, path) ==
        "folder " + folder.path() + " (" + owners() + " 0700) may not be entered");
  REQUIRE(::chmod(folder.path().c_str(), 0711) == 0);
  CHECK(obstacle(RealHost{}, path) == std::nullopt);
  CHECK(obstacle(RealHost{}, path, kStranger, Access::write) ==
        "file " + path + " (" + owners() + " 0644) may not be written");
}

TEST_CASE("obstacle: a file with an access control list is marked as ls does")
{
  const TemporaryFolder folder;
  const std::string path = folder.write("file", "");
  REQUIRE(::chmod(folder.path().c_str(), 0711) == 0);
  REQUIRE(::chmod(path.c_str(), 0640) == 0);
  if (std::system(("setfacl -m u:54322:r " + path + " 2>/dev/null").c_str()) != 0) {
    MESSAGE("no setfacl, or a file system without access control lists");
    return;
  }
  CHECK(obstacle(RealHost{}, path, {"named", 54322, 54322, {}}) == std::nullopt);
  CHECK(obstacle(RealHost{}, path) == "file " + path + " (" + owners() + " 0640+) may not be read");
}

TEST_CASE("obstacle: answers for one user are none for another")
{
  const TemporaryFolder folder;
  const std::string path = folder.write("keys/file", "");
  REQUIRE(::chmod(folder.path().c_str(), 0711) == 0);
  REQUIRE(::chmod((folder / "keys").c_str(), 0710) == 0);
  REQUIRE(::chmod(path.c_str(), 0644) == 0);
  const Identity member{"member", 54321, 54321, {::getegid()}};
  const RealHost host;
  for (int i = 0; i < 2; ++i) {
    CHECK(obstacle(host, path) ==
          "folder " + (folder / "keys") + " (" + owners() + " 0710) may not be entered");
    CHECK(obstacle(host, path, member) == std::nullopt);
    CHECK(obstacle(host, path, {"root", 0, 0, {}}, Access::write) == std::nullopt);
  }
}

TEST_SUITE_END();
