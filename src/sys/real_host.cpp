#include "sys/real_host.hpp"

#include "sys/accounts.hpp"
#include "sys/acl.hpp"
#include "sys/permission.hpp"
#include "sys/read_file.hpp"
#include "sys/resolver.hpp"
#include "sys/system_error.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <boost/filesystem/operations.hpp>
#include <fmt/format.h>

#include <sys/stat.h>
#include <sys/utsname.h>

namespace dkimctl::sys {
namespace {

constexpr std::size_t kTableLimit = 16 << 20;  // bytes of a file in /etc

/// Where a host keeps its name: Linux; OpenBSD.
constexpr std::array kHostnameFiles{"/etc/hostname", "/etc/myname"};

Result<FileInfo> stat_path(const std::string& path)
{
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return system_error(errno);
  }
  return file_info(status);
}

/// The first entry whose `member` is `key`.
template<class Entry, class Key>
const Entry* find_entry(const std::vector<Entry>& entries, Key Entry::*member, const Key& key)
{
  const auto found =
      std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.*member == key; });
  return found == entries.end() ? nullptr : &*found;
}

/// The name of `id`, found out by `look_up` the first time; the number where it has none.
template<class LookUp>
std::string remembered(std::map<std::uint32_t, std::string>& names, std::uint32_t id, LookUp look_up)
{
  const auto known = names.find(id);
  return known != names.end() ? known->second
                              : names.emplace(id, look_up().value_or(std::to_string(id))).first->second;
}

/// What `who` is refused is said with this word.
std::string_view done_to(std::uint32_t wanted)
{
  return wanted == kMayRead ? "read" : wanted == kMayWrite ? "written" : "entered";
}

}  // namespace

RealHost::RealHost(std::string root) : tree_(std::move(root)) {}

Result<std::string> RealHost::opened_path(const std::string& path) const
{
  if (path.find('\0') != std::string::npos) {
    return system_error(ENOENT);
  }
  if (tree_.is_host()) {
    return path;
  }
  DKIMCTL_TRY(const auto followed, tree_.follow(path));
  return tree_.outside(followed.path);
}

Result<TextFile> RealHost::read_text(const std::string& path, std::size_t limit) const
{
  DKIMCTL_TRY(const auto file, read_secret(path, limit));
  return TextFile{std::string{file.content.view()}, file.info};
}

Result<SecretFile> RealHost::read_secret(const std::string& path, std::size_t limit) const
{
  if (tree_.is_host()) {
    return read_file(path, limit);
  }
  DKIMCTL_TRY(const auto opened, opened_path(path));
  return read_file(opened, limit);
}

Result<FileInfo> RealHost::info(const std::string& path) const
{
  DKIMCTL_TRY(const auto opened, opened_path(path));
  return stat_path(opened);
}

Result<std::vector<std::string>> RealHost::list_folder(const std::string& path) const
{
  namespace fs = boost::filesystem;
  DKIMCTL_TRY(const auto opened, opened_path(path));
  std::vector<std::string> names;
  boost::system::error_code error;
  for (fs::directory_iterator entry{opened, error}; !error && entry != fs::directory_iterator{};
       entry.increment(error)) {
    names.push_back(entry->path().filename().native());
  }
  if (error) {
    return system_error(error.value());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::optional<Obstacle>> RealHost::obstacle(const std::string& path, const Identity& who,
                                                   Access access) const
{
  remember(who);
  DKIMCTL_TRY(const auto followed, tree_.follow(path));
  DKIMCTL_TRY(auto on_the_way, folders_obstacle(followed.folders, who));
  if (on_the_way) {
    return on_the_way;
  }
  DKIMCTL_TRY(const auto info,
              followed.info ? Result<FileInfo>{*followed.info} : stat_path(tree_.outside(followed.path)));
  return judge(followed.path, info, who, access == Access::read ? kMayRead : kMayWrite);
}

/// Answers for somebody else are forgotten: the caller asks about one user after the other.
void RealHost::remember(const Identity& who) const
{
  if (who.uid != asked_for_.uid || who.gid != asked_for_.gid || who.groups != asked_for_.groups) {
    asked_for_ = who;
    folder_obstacles_.clear();
    last_folders_ = {};
  }
}

Result<RealHost::MaybeObstacle> RealHost::folders_obstacle(const Folders& folders, const Identity& who) const
{
  if (folders == last_folders_.first) {
    return last_folders_.second;
  }
  MaybeObstacle found;
  for (auto folder = folders->begin(); folder != folders->end() && !found; ++folder) {
    DKIMCTL_TRY(found, folder_obstacle(*folder, who));
  }
  last_folders_ = {folders, found};
  return found;
}

Result<RealHost::MaybeObstacle> RealHost::folder_obstacle(const std::string& folder,
                                                          const Identity& who) const
{
  const auto known = folder_obstacles_.find(folder);
  if (known != folder_obstacles_.end()) {
    return known->second;
  }
  DKIMCTL_TRY(const auto info, stat_path(tree_.outside(folder)));
  DKIMCTL_TRY(auto found, judge(folder, info, who, kMayEnter));
  return folder_obstacles_.emplace(folder, std::move(found)).first->second;
}

/// What Host::obstacle() says about this one file or folder.
Result<RealHost::MaybeObstacle> RealHost::judge(const std::string& path, const FileInfo& info,
                                                const Identity& who, std::uint32_t wanted) const
{
  Acl acl;
  if (acl_matters(info, who)) {
    DKIMCTL_TRY(acl, read_acl(tree_.outside(path)));
  }
  if (permits(info, acl, who, wanted)) {
    return MaybeObstacle{};
  }
  return Obstacle{info.type, path,
                  fmt::format("{} {} ({}:{} {:04o}{}) may not be {}",
                              info.type == FileType::folder ? "folder" : "file", path, user_name(info.uid),
                              group_name(info.gid), info.mode, acl.empty() ? "" : "+", done_to(wanted))};
}

Result<const RealHost::Accounts*> RealHost::accounts() const
{
  if (!accounts_) {
    const auto table = [&](const char* path) {
      return read_text(path, kTableLimit).map_error([&](Error&& error) {
        return Error{Errc::io, fmt::format("cannot read {}: {}", path, error.what)};  // else: no such user
      });
    };
    DKIMCTL_TRY(const auto users, table("/etc/passwd"));
    DKIMCTL_TRY(const auto groups, table("/etc/group"));
    accounts_ = Accounts{parse_passwd(users.text), parse_group(groups.text)};
  }
  return &*accounts_;
}

Result<Identity> RealHost::user(const std::string& name) const
{
  if (tree_.is_host()) {
    return system_user(name);
  }
  DKIMCTL_TRY(const Accounts* known, accounts());
  const PasswdEntry* found = find_entry(known->users, &PasswdEntry::name, name);
  if (found == nullptr) {
    return tl::unexpected(Error{Errc::not_found, "no such user"});
  }
  return Identity{name, found->uid, found->gid, groups_of(known->groups, name)};
}

Result<std::uint32_t> RealHost::group(const std::string& name) const
{
  if (tree_.is_host()) {
    return system_group(name);
  }
  DKIMCTL_TRY(const Accounts* known, accounts());
  const GroupEntry* found = find_entry(known->groups, &GroupEntry::name, name);
  if (found == nullptr) {
    return tl::unexpected(Error{Errc::not_found, "no such group"});
  }
  return found->gid;
}

std::string RealHost::user_name(std::uint32_t uid) const
{
  return remembered(user_names_, uid, [&]() -> std::optional<std::string> {
    if (tree_.is_host()) {
      return system_user_name(uid);
    }
    const auto known = accounts();
    const PasswdEntry* entry = known ? find_entry((*known)->users, &PasswdEntry::uid, uid) : nullptr;
    return entry == nullptr ? std::nullopt : std::optional(entry->name);
  });
}

std::string RealHost::group_name(std::uint32_t gid) const
{
  return remembered(group_names_, gid, [&]() -> std::optional<std::string> {
    if (tree_.is_host()) {
      return system_group_name(gid);
    }
    const auto known = accounts();
    const GroupEntry* entry = known ? find_entry((*known)->groups, &GroupEntry::gid, gid) : nullptr;
    return entry == nullptr ? std::nullopt : std::optional(entry->name);
  });
}

std::string RealHost::node_name() const
{
  if (tree_.is_host()) {
    struct utsname name {};
    return ::uname(&name) == 0 ? name.nodename : "localhost";
  }
  for (const char* path : kHostnameFiles) {
    const auto file = read_text(path, kTableLimit);
    std::string name = file ? parse_hostname(file->text) : "";
    if (!name.empty()) {
      return name;
    }
  }
  return "localhost";
}

std::optional<std::string> RealHost::qualified_host_name() const
{
  if (tree_.is_host()) {
    return canonical_name(node_name());
  }
  const auto hosts = read_text("/etc/hosts", kTableLimit);
  return hosts ? canonical_host_name(hosts->text, node_name()) : std::nullopt;
}

}  // namespace dkimctl::sys
