#include "fake_host.hpp"

#include <doctest/doctest.h>

using dkimctl::Access;
using dkimctl::Errc;
using dkimctl::FakeHost;
using dkimctl::FileType;

TEST_SUITE_BEGIN("FakeHost");

TEST_CASE("reads what was put in, by any spelling of its path and through a link")
{
  FakeHost host;
  host.add_file("/etc/amavis/a.conf", "text", {.mode = 0640, .id = dkimctl::FileId{7, 8}});
  host.add_link("/a", "/etc/amavis/a.conf");
  for (const char* path :
       {"/etc/amavis/a.conf", "etc//./amavis/a.conf", "/../etc/x/../amavis/a.conf", "/a"}) {
    CAPTURE(path);
    const auto file = host.read_text(path, 4);
    REQUIRE(file.has_value());
    CHECK(file->text == "text");
    CHECK(file->info.mode == 0640);
    CHECK(file->info.id == dkimctl::FileId{7, 8});
    CHECK(host.read_secret(path, 4)->content.view() == "text");
  }
  CHECK(host.list_folder("/etc/amavis").value() == std::vector<std::string>{"a.conf"});
  CHECK(host.list_folder("/").value() == std::vector<std::string>{"a", "etc"});
  CHECK(host.info("/etc")->type == FileType::folder);
}

TEST_CASE("refuses as the real one does")
{
  FakeHost host;
  host.add_file("/f", "text");
  host.add_file("/denied", "text", {.error = dkimctl::Error{Errc::denied, "permission denied"}});
  CHECK(host.read_text("/f", 3).error().what == "is larger than 3 bytes");
  CHECK(host.read_text("/", 3).error().what == "is a folder");
  CHECK(host.read_text("/none", 3).error().code == Errc::not_found);
  CHECK(host.read_secret("/denied", 9).error().code == Errc::denied);
  CHECK(host.list_folder("/f").error().what == "not a directory");
  CHECK(host.user("nobody").error().what == "no such user");
  CHECK(host.group("nobody").error().what == "no such group");
}

TEST_CASE("obstacle() goes by the mode bits of each folder and of the file")
{
  FakeHost host;
  host.add_user({"amavis", 110, 115, {8}});
  host.add_group("mail", 8);
  const auto amavis = host.user("amavis").value();
  host.add_file("/var/lib/dkim/k.pem", "key", {.mode = 0040, .gid = 8});
  const auto obstacle = [&](const dkimctl::Identity& who, Access access) {
    const auto found = host.obstacle("/var/lib/dkim/k.pem", who, access).value();
    return found ? found->text : "";
  };
  CHECK(obstacle(amavis, Access::read).empty());
  CHECK(obstacle(amavis, Access::write) == "file /var/lib/dkim/k.pem (root:mail 0040) may not be written");
  host.add_folder("/var/lib/dkim", {.mode = 0700, .uid = 110, .gid = 115});
  CHECK(obstacle(amavis, Access::read).empty());
  host.add_folder("/var", {.mode = 0700});
  CHECK(obstacle(amavis, Access::read) == "folder /var (root:root 0700) may not be entered");
  CHECK(obstacle(host.user("root").value(), Access::write).empty());
}

TEST_SUITE_END();
