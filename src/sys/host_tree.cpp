#include "sys/host_tree.hpp"

#include "sys/read_file.hpp"
#include "sys/system_error.hpp"

#include <array>
#include <cerrno>
#include <climits>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

namespace dkimctl::sys {

HostTree::HostTree(std::string root) : root_(std::move(root))
{
  root_.resize(root_.find_last_not_of('/') + 1);
}

std::string HostTree::outside(const std::string& path) const
{
  return path.starts_with('/') ? root_ + path : path;
}

Result<std::optional<std::string>> HostTree::read_link(const std::string& path) const
{
  std::array<char, PATH_MAX> target;  // NOLINT(cppcoreguidelines-pro-type-member-init): readlink fills it
  const ssize_t size = ::readlink(outside(path).c_str(), target.data(), target.size());
  if (size < 0 && errno != EINVAL) {
    return system_error(errno);
  }
  return size < 0 ? std::nullopt : std::optional(std::string(target.data(), static_cast<std::size_t>(size)));
}

Result<TreePath> HostTree::follow_each(const std::string& path) const
{
  DKIMCTL_TRY(auto walked, walk_path(path, [&](const std::string& at) { return read_link(at); }));
  return TreePath{std::move(walked.path),
                  std::make_shared<const std::vector<std::string>>(std::move(walked.folders)), std::nullopt};
}

Result<TreePath> HostTree::follow(const std::string& path) const
{
  if (path.find('\0') != std::string::npos) {
    return system_error(ENOENT);
  }
  const std::size_t name_at = path.rfind('/') + 1;  // 0 without a slash
  const std::string name = path.substr(name_at);
  if (name.empty() || name == "." || name == "..") {
    return follow_each(path);
  }
  const std::string folder = path.substr(0, name_at) + ".";
  auto known = folders_.find(folder);
  if (known == folders_.end()) {
    DKIMCTL_TRY(auto followed, follow_each(folder));
    known = folders_.emplace(folder, std::move(followed)).first;
  }
  const std::string& at = known->second.path;
  std::string candidate = at == "." ? name : at.ends_with('/') ? at + name : at + "/" + name;
  struct stat status {};  // rather than readlink(2), which would leave its owner and mode to be asked for
  if (::lstat(outside(candidate).c_str(), &status) != 0) {
    return system_error(errno);
  }
  if (S_ISLNK(status.st_mode)) {
    return follow_each(path);
  }
  return TreePath{std::move(candidate), known->second.folders, file_info(status)};
}

}  // namespace dkimctl::sys
