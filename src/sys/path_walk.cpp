#include "sys/path_walk.hpp"

#include "sys/system_error.hpp"

#include <algorithm>
#include <cerrno>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::sys {
namespace {

constexpr int kMaxLinks = 40;           // Linux: MAXSYMLINKS
constexpr std::size_t kMaxPath = 4095;  // bytes, as PATH_MAX has it

/// Takes the first component, and the slashes after it, off `rest`. A slash at the very end leaves ".": what
/// is before it has to be a folder.
std::string take_component(std::string& rest)
{
  const std::size_t end = std::min(rest.find('/'), rest.size());
  std::string component = rest.substr(0, end);
  const std::size_t next = rest.find_first_not_of('/', end);
  if (next != std::string::npos) {
    rest.erase(0, next);
  } else {
    rest = end < rest.size() ? "." : "";
  }
  return component;
}

class Walk {
public:
  explicit Walk(const ReadLink& read_link) : read_link_(read_link) {}

  /// `rest` follows from where the walk stands, or, if absolute, from "/".
  Result<void> follow(std::string rest)
  {
    for (start(rest); !rest.empty();) {
      const std::string component = take_component(rest);
      enter();
      if (component == "." || component == "..") {
        if (auto folder = read_link_(below(".")); !folder) {  // refuses what is no folder
          return tl::unexpected(std::move(folder).error());
        }
        if (component == "..") {
          go_up();
        }
        continue;
      }
      std::string next = below(component);
      DKIMCTL_TRY(const auto target, read_link_(next));
      if (!target) {
        at_ = std::move(next);
        continue;
      }
      if (++links_ > kMaxLinks) {
        return system_error(ELOOP);
      }
      rest = fmt::format("{}{}{}", *target, rest.empty() ? "" : "/", rest);
      start(rest);
    }
    return {};
  }

  WalkedPath result() && { return {at_.empty() ? "." : std::move(at_), std::move(folders_)}; }

private:
  void start(std::string& rest)
  {
    const std::size_t first = std::min(rest.find_first_not_of('/'), rest.size());
    if (first > 0) {
      at_ = "/";
      rest.erase(0, first);
    }
  }

  /// A name is about to be looked up where the walk stands.
  void enter()
  {
    const std::string here = at_.empty() ? "." : at_;
    if (seen_.insert(here).second) {
      folders_.push_back(here);
    }
  }

  std::string below(const std::string& name) const
  {
    return at_.empty() ? name : at_ == "/" ? "/" + name : at_ + "/" + name;
  }

  /// What the walk has passed holds no link, so that cutting the text is what ".." means.
  void go_up()
  {
    if (at_ == "/") {
      return;
    }
    const std::size_t slash = at_.rfind('/');
    const std::string_view last = std::string_view{at_}.substr(slash == std::string::npos ? 0 : slash + 1);
    if (at_.empty() || last == "..") {
      at_ = below("..");
    } else if (slash == std::string::npos) {
      at_.clear();
    } else {
      at_.resize(std::max<std::size_t>(slash, 1));
    }
  }

  const ReadLink& read_link_;
  std::string at_;  // "" is the working folder
  std::vector<std::string> folders_;
  std::unordered_set<std::string> seen_;  // the same
  int links_ = 0;
};

}  // namespace

Result<WalkedPath> walk_path(std::string_view path, const ReadLink& read_link)
{
  if (path.empty()) {
    return system_error(ENOENT);
  }
  if (path.size() > kMaxPath) {
    return system_error(ENAMETOOLONG);
  }
  Walk walk(read_link);
  if (auto followed = walk.follow(std::string{path}); !followed) {
    return tl::unexpected(std::move(followed).error());
  }
  return std::move(walk).result();
}

}  // namespace dkimctl::sys
