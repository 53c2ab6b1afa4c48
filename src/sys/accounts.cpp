#include "sys/accounts.hpp"

#include "sys/system_error.hpp"

#include <cerrno>
#include <vector>

#include <grp.h>
#include <pwd.h>

namespace dkimctl::sys {
namespace {

constexpr std::size_t kFirstBuffer = 4096;        // bytes
constexpr std::size_t kLargestBuffer = 16 << 20;  // a group of a great many members
constexpr int kMostGroups = 1 << 16;              // Linux: NGROUPS_MAX

/// An entry of the passwd or group database, with the memory its strings are in.
template<class Entry>
struct Record {
  Entry entry{};
  std::vector<char> strings;
  bool found = false;
};

/// Calls one of the get...r functions, `ask(entry, buffer, size, found)`, with as much memory as it wants.
template<class Entry, class Ask>
Result<Record<Entry>> look_up(Ask ask)
{
  Record<Entry> record;
  for (std::size_t size = kFirstBuffer; size <= kLargestBuffer; size *= 4) {
    record.strings.resize(size);
    Entry* found = nullptr;
    const int error = ask(&record.entry, record.strings.data(), size, &found);
    record.found = found != nullptr;
    // POSIX says 0 for an entry that is not there; getpwnam(3) lists what else is said.
    if (error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM) {
      return record;
    }
    if (error != ERANGE && error != EINTR) {
      return system_error(error);
    }
  }
  return system_error(ERANGE);
}

Result<Record<passwd>> look_up_user(const std::string& name)
{
  return look_up<passwd>([&](passwd* entry, char* buffer, std::size_t size, passwd** found) {
    return ::getpwnam_r(name.c_str(), entry, buffer, size, found);
  });
}

Result<Record<group>> look_up_group(const std::string& name)
{
  return look_up<group>([&](group* entry, char* buffer, std::size_t size, group** found) {
    return ::getgrnam_r(name.c_str(), entry, buffer, size, found);
  });
}

Result<std::vector<std::uint32_t>> groups_of(const std::string& name, gid_t gid)
{
  std::vector<gid_t> groups(64);
  for (;;) {
    int count = static_cast<int>(groups.size());
    if (::getgrouplist(name.c_str(), gid, groups.data(), &count) >= 0) {
      return std::vector<std::uint32_t>(groups.begin(), groups.begin() + count);
    }
    if (groups.size() >= kMostGroups) {
      return system_error(E2BIG, "cannot list its groups: ");
    }
    groups.resize(groups.size() * 4);
  }
}

}  // namespace

Result<Identity> system_user(const std::string& name)
{
  DKIMCTL_TRY(const auto record, look_up_user(name));
  if (!record.found) {
    return tl::unexpected(Error{Errc::not_found, "no such user"});
  }
  DKIMCTL_TRY(auto groups, groups_of(name, record.entry.pw_gid));
  return Identity{name, record.entry.pw_uid, record.entry.pw_gid, std::move(groups)};
}

Result<std::uint32_t> system_group(const std::string& name)
{
  DKIMCTL_TRY(const auto record, look_up_group(name));
  if (!record.found) {
    return tl::unexpected(Error{Errc::not_found, "no such group"});
  }
  return record.entry.gr_gid;
}

std::optional<std::string> system_user_name(std::uint32_t uid)
{
  const auto record = look_up<passwd>([&](passwd* entry, char* buffer, std::size_t size, passwd** found) {
    return ::getpwuid_r(uid, entry, buffer, size, found);
  });
  return record && record->found ? std::optional<std::string>(record->entry.pw_name) : std::nullopt;
}

std::optional<std::string> system_group_name(std::uint32_t gid)
{
  const auto record = look_up<group>([&](group* entry, char* buffer, std::size_t size, group** found) {
    return ::getgrgid_r(gid, entry, buffer, size, found);
  });
  return record && record->found ? std::optional<std::string>(record->entry.gr_name) : std::nullopt;
}

}  // namespace dkimctl::sys
