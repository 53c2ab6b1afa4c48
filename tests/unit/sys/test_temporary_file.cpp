#include "sys/temporary_file.hpp"
#include "temporary_folder.hpp"

#include <iterator>
#include <utility>

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

using dkimctl::Errc;
using dkimctl::TemporaryFolder;
using dkimctl::sys::FileOwner;
using dkimctl::sys::TemporaryFile;

namespace {

bool exists(const std::string& path)
{
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}

}  // namespace

TEST_SUITE_BEGIN("sys::TemporaryFile");

TEST_CASE("is there, readable by all, as long as the object is")
{
  const TemporaryFolder folder;
  std::string path;
  {
    const mode_t umask_before = ::umask(077);
    const auto file = TemporaryFile::create(folder.path(), "From: <a@b>\n");
    ::umask(umask_before);
    REQUIRE(file.has_value());
    path = file->path();
    CHECK(path.starts_with(folder / "dkimctl-"));
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0644);
    std::ifstream in(path);
    CHECK(std::string{std::istreambuf_iterator<char>(in), {}} == "From: <a@b>\n");
  }
  CHECK_FALSE(exists(path));
}

TEST_CASE("becomes its reader's, where the folder is that user's; else everybody may read it")
{
  const TemporaryFolder folder;
  const FileOwner self{::geteuid(), ::getegid()};
  struct stat status {};
  const auto own = TemporaryFile::create(folder.path(), "1", self);
  REQUIRE(own.has_value());
  REQUIRE(::stat(own->path().c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
  CHECK(status.st_uid == self.uid);
  CHECK(status.st_gid == self.gid);

  const auto other = TemporaryFile::create(folder.path(), "1", FileOwner{self.uid + 1, self.gid});
  REQUIRE(other.has_value());
  REQUIRE(::stat(other->path().c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0644);
  CHECK(status.st_uid == self.uid);
}

TEST_CASE("moves with its owner")
{
  const TemporaryFolder folder;
  auto first = TemporaryFile::create(folder.path(), "1");
  auto second = TemporaryFile::create(folder.path(), "2");
  REQUIRE(first.has_value());
  REQUIRE(second.has_value());
  const std::string one = first->path();
  const std::string two = second->path();
  {
    TemporaryFile holder = std::move(*first);
    CHECK(holder.path() == one);
    holder = std::move(*second);
    CHECK(holder.path() == two);
    CHECK(exists(two));
    CHECK_FALSE(exists(one));
  }
  CHECK_FALSE(exists(two));
}

TEST_CASE("says where it could not be created")
{
  const TemporaryFolder folder;
  const auto file = TemporaryFile::create(folder / "none", "");
  REQUIRE_FALSE(file.has_value());
  CHECK(file.error().code == Errc::not_found);
  CHECK(file.error().what == "cannot create a file in " + (folder / "none") + ": no such file or directory");
}

TEST_SUITE_END();
