#include "sys/key_folder.hpp"
#include "temporary_folder.hpp"

#include <csignal>
#include <iterator>
#include <string>

#include <doctest/doctest.h>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using dkimctl::Errc;
using dkimctl::TemporaryFolder;
using dkimctl::sys::FileOwner;
using dkimctl::sys::FileRights;
using dkimctl::sys::HostTree;
using dkimctl::sys::KeyFolder;

namespace {

constexpr std::uint32_t kSomebody = 4711;  // needs no name

struct stat status_of(const std::string& path)
{
  struct stat status {};
  REQUIRE_MESSAGE(::lstat(path.c_str(), &status) == 0, path);
  return status;
}

std::string text_of(const std::string& path)
{
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

KeyFolder open(const std::string& path)
{
  return KeyFolder::open(HostTree{"/"}, path).value();
}

bool is_root()
{
  return ::geteuid() == 0;
}

}  // namespace

TEST_SUITE_BEGIN("sys::KeyFolder");

TEST_CASE("a file has its contents, mode and owner from the start, whatever the umask")
{
  const TemporaryFolder folder;
  const FileOwner owner = is_root() ? FileOwner{kSomebody, kSomebody} : FileOwner{::geteuid(), ::getegid()};
  const mode_t umask_before = ::umask(0777);
  const auto made = open(folder.path()).create("k.pem", "secret\n", {0400, owner});
  ::umask(umask_before);
  REQUIRE(made);
  const auto status = status_of(folder / "k.pem");
  CHECK((status.st_mode & 07777) == 0400);
  CHECK(status.st_uid == owner.uid);
  CHECK(status.st_gid == owner.gid);
  CHECK(status.st_nlink == 1);
  ::chmod((folder / "k.pem").c_str(), 0600);
  CHECK(text_of(folder / "k.pem") == "secret\n");
}

TEST_CASE("what is there is never replaced, be it a link that leads nowhere")
{
  const TemporaryFolder folder;
  folder.write("file", "old");
  folder.make_folder("folder");
  folder.make_link(folder / "nowhere", "link");
  const KeyFolder keys = open(folder.path());
  for (const char* name : {"file", "folder", "link"}) {
    CAPTURE(name);
    CHECK(keys.has(name));
    const auto made = keys.create(name, "new", {});
    REQUIRE_FALSE(made);
    CHECK(made.error().what == "file exists");
  }
  CHECK(text_of(folder / "file") == "old");
  CHECK(::access((folder / "nowhere").c_str(), F_OK) != 0);
  CHECK_FALSE(keys.has("other"));
}

TEST_CASE("what fails leaves no name, and can be done again")
{
  const TemporaryFolder folder;
  const KeyFolder keys = open(folder.path());
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit none{3, before.rlim_max};
  std::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &none);
  const auto made = keys.create("k.pem", "secret\n", {});
  ::setrlimit(RLIMIT_FSIZE, &before);
  REQUIRE_FALSE(made);
  CHECK(made.error().what == "file too large");
  CHECK(boost::filesystem::is_empty(folder.path()));
  CHECK(keys.create("k.pem", "secret\n", {}));
  CHECK(text_of(folder / "k.pem") == "secret\n");
}

TEST_CASE("a folder that is missing is made, with those above it")
{
  const TemporaryFolder folder;
  const FileOwner owner = is_root() ? FileOwner{kSomebody, kSomebody} : FileOwner{::geteuid(), ::getegid()};
  const HostTree tree(folder.path());
  const mode_t umask_before = ::umask(027);
  REQUIRE(KeyFolder::open_or_make(tree, "/var/lib/dkim/", {0700, owner}));
  ::umask(umask_before);
  CHECK((status_of(folder / "var/lib").st_mode & 07777) == 0755);
  CHECK(status_of(folder / "var/lib").st_uid == ::geteuid());
  CHECK((status_of(folder / "var/lib/dkim").st_mode & 07777) == 0700);
  CHECK(status_of(folder / "var/lib/dkim").st_uid == owner.uid);

  ::chmod((folder / "var/lib/dkim").c_str(), 0750);
  REQUIRE(KeyFolder::open_or_make(tree, "/var/lib/dkim", {0700, owner}));
  CHECK((status_of(folder / "var/lib/dkim").st_mode & 07777) == 0750);  // what is there stays as it is
}

TEST_CASE("a folder that was made and not given away is given away by the next run")
{
  if (!is_root()) {
    return;
  }
  const TemporaryFolder folder;
  const HostTree tree(folder.path());
  const FileRights rights{0700, FileOwner{kSomebody, kSomebody}};
  REQUIRE(::mkdir((folder / "left").c_str(), 0700) == 0);
  REQUIRE(KeyFolder::open_or_make(tree, "/left", rights));
  CHECK(status_of(folder / "left").st_uid == kSomebody);

  REQUIRE(::mkdir((folder / "used").c_str(), 0700) == 0);
  folder.write("used/other.pem", "");
  REQUIRE(KeyFolder::open_or_make(tree, "/used", rights));
  CHECK(status_of(folder / "used").st_uid == 0);
}

TEST_CASE("links are followed inside the tree, and only those that root or we made")
{
  const TemporaryFolder folder;
  const HostTree tree(folder.path());
  folder.make_folder("srv/keys");
  folder.make_folder("var/lib");
  folder.make_link("/srv/keys", "var/lib/dkim");
  REQUIRE(KeyFolder::open(tree, "/var/lib/dkim").value().create("k.pem", "1", {}));
  CHECK(text_of(folder / "srv/keys/k.pem") == "1");
  if (!is_root()) {
    return;
  }
  const auto refused = [&](const char* path) {
    const auto opened = KeyFolder::open_or_make(tree, path, {});
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == Errc::refused);
    return opened.error().what;
  };
  REQUIRE(::lchown((folder / "var/lib/dkim").c_str(), kSomebody, kSomebody) == 0);
  CHECK(refused("/var/lib/dkim") == "/var/lib/dkim is a symbolic link of another user");
  REQUIRE(::lchown((folder / "var/lib/dkim").c_str(), 0, 0) == 0);
  REQUIRE(::chown((folder / "var/lib").c_str(), kSomebody, kSomebody) == 0);
  CHECK(refused("/var/lib/dkim") == "/var/lib/dkim is a symbolic link of another user");
}

TEST_CASE("says why a folder cannot be had")
{
  const TemporaryFolder folder;
  folder.write("file", "");
  folder.make_link(folder / "nowhere", "dangling");
  const HostTree host("/");
  CHECK(KeyFolder::open(host, folder / "none").error().what == "no such file or directory");
  CHECK(KeyFolder::open(host, folder / "file").error().what == "not a directory");
  CHECK(KeyFolder::open_or_make(host, folder / "file/below", {}).error().what == "not a directory");
  CHECK(KeyFolder::open_or_make(host, folder / "dangling", {}).error().what == "file exists");
}

TEST_SUITE_END();
