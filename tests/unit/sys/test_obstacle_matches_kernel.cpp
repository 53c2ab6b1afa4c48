// RealHost::obstacle() against what the kernel lets a process of that user do, over random trees. Only root
// can become all those users; it is skipped for anybody else.
#include "sys/real_host.hpp"
#include "temporary_folder.hpp"

#include <array>
#include <random>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <fcntl.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace dkimctl;

namespace {

constexpr int kTrees = 150;
constexpr int kFirstId = 61000;  // uids and gids that nobody has
constexpr int kIds = 4;

class Dice {
public:
  int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(engine_); }
  std::uint32_t id() { return static_cast<std::uint32_t>(kFirstId + below(kIds)); }
  /// Often generous, so that the walk gets somewhere.
  mode_t mode() { return static_cast<mode_t>(below(2) == 0 ? 0711 | below(01000) : below(01000)); }

private:
  std::mt19937 engine_{20240229};
};

// The C library's setgroups() is for every thread; the system call is for the one that makes it.
#ifdef SYS_setgroups32
constexpr long kSetGroups = SYS_setgroups32;
#else
constexpr long kSetGroups = SYS_setgroups;
#endif

void set_groups(const std::vector<gid_t>& groups)
{
  REQUIRE(::syscall(kSetGroups, groups.size(), groups.data()) == 0);
}

/// While it lives, this thread opens files as `who`: without a capability that overrides permissions, unless
/// that is root (setfsuid(2)).
class Guise {
public:
  explicit Guise(const Identity& who) : before_(static_cast<std::size_t>(::getgroups(0, nullptr)))
  {
    REQUIRE(::getgroups(static_cast<int>(before_.size()), before_.data()) >= 0);
    set_groups({who.groups.begin(), who.groups.end()});
    ::setfsgid(who.gid);
    ::setfsuid(who.uid);
    REQUIRE(static_cast<std::uint32_t>(::setfsuid(who.uid)) == who.uid);  // it returns the one before
  }
  Guise(const Guise&) = delete;
  Guise& operator=(const Guise&) = delete;
  ~Guise()
  {
    ::setfsuid(0);
    ::setfsgid(0);
    ::syscall(kSetGroups, before_.size(), before_.data());
  }

private:
  std::vector<gid_t> before_;
};

/// 0 or errno.
int open_as(const Identity& who, const std::string& path, Access access)
{
  const Guise guise{who};
  const int fd = ::open(path.c_str(), (access == Access::read ? O_RDONLY : O_WRONLY) | O_CLOEXEC);
  const int error = fd < 0 ? errno : 0;
  ::close(fd);
  return error;
}

/// Gives `path` an owner, a mode and, if there is a setfacl(1), often an access control list.
void randomise(Dice& dice, const std::string& path, bool with_acl)
{
  REQUIRE(::chown(path.c_str(), dice.id(), dice.id()) == 0);
  REQUIRE(::chmod(path.c_str(), dice.mode()) == 0);
  if (!with_acl || dice.below(2) == 0) {
    return;
  }
  std::string entries;
  for (int i = dice.below(3); i >= 0; --i) {
    const bool user = dice.below(2) == 0;
    entries += fmt::format("{}:{}:{},", user ? "u" : "g", dice.id(), dice.below(8));
  }
  entries += fmt::format("m::{}", dice.below(3) == 0 ? dice.below(8) : 7);
  REQUIRE(std::system(fmt::format("setfacl -n -m {} {}", entries, path).c_str()) == 0);
}

Identity random_identity(Dice& dice)
{
  Identity who{"somebody", dice.id(), dice.id(), {}};
  for (int i = dice.below(3); i > 0; --i) {
    who.groups.push_back(dice.id());
  }
  if (dice.below(20) == 0) {
    who.uid = 0;
  }
  return who;
}

}  // namespace

TEST_SUITE_BEGIN("sys::RealHost against the kernel");

TEST_CASE("obstacle() is there exactly when the kernel refuses" * doctest::skip(::geteuid() != 0))
{
  const TemporaryFolder folder;
  REQUIRE(::chmod(folder.path().c_str(), 0755) == 0);
  const std::string probe = folder.write("probe", "");
  const bool with_acl = std::system(fmt::format("setfacl -m u:1:r {} 2>/dev/null", probe).c_str()) == 0;
  if (!with_acl) {
    MESSAGE("no setfacl, or a file system without access control lists: modes only");
  }
  Dice dice;
  std::array<int, 2> seen{};  // how often the kernel said yes, and no
  for (int i = 0; i < kTrees; ++i) {
    const std::string top = fmt::format("{}", i);
    folder.write(top + "/a/b/file", "text");
    folder.make_folder(top + "/c");
    folder.make_link("../c/../a/b/file", top + "/c/relative");
    folder.make_link(folder / (top + "/a/b"), top + "/c/absolute");
    for (const char* name : {"/a", "/a/b", "/a/b/file", "/c"}) {
      randomise(dice, folder / (top + name), with_acl);
    }
    const sys::RealHost host;
    for (const char* name :
         {"/a/b/file", "/c/relative", "/c/absolute/file", "/a/b/../../a/b/file", "/c/../a/b"}) {
      const std::string path = folder / (top + name);
      const Identity who = random_identity(dice);
      const bool writes = dice.below(3) == 0 && !path.ends_with("/b");
      const Access access = writes ? Access::write : Access::read;
      const int error = open_as(who, path, access);
      const auto obstacle = host.obstacle(path, who, access);
      REQUIRE(obstacle.has_value());
      INFO(fmt::format("{} for {}:{} + {}, writing {}: {}", path, who.uid, who.gid,
                       fmt::join(who.groups, ","), writes, *obstacle ? (*obstacle)->text : "no obstacle"));
      INFO(fmt::format("errno {}", error));
      CHECK((error == 0 || error == EACCES));
      CHECK(obstacle->has_value() == (error == EACCES));
      ++seen.at(error == 0 ? 0 : 1);
    }
  }
  CHECK(seen.at(0) > kTrees);  // of 5 * kTrees
  CHECK(seen.at(1) > kTrees);
}

TEST_SUITE_END();
