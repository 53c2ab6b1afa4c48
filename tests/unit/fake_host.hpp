// A host that is a map, for the tests of pure code.
//
//     FakeHost host;
//     host.add_user({"amavis", 110, 115, {}});
//     host.add_file("/etc/amavis/conf.d/50-user", "1;");
//     host.add_file("/var/lib/dkim/k.pem", pem, {.mode = 0600, .uid = 110, .gid = 115});
//     host.add_folder("/var/lib/dkim", {.mode = 0700, .uid = 110, .gid = 115});
//     host.add_link("/etc/dkim", "/var/lib/dkim");
//
// Parent folders come into being as root:root 0755. The working folder is "/". There are no ACLs, and only
// whole paths can be links: "/etc/dkim/k.pem" is not found through the link above.
#pragma once

#include "base/host.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace dkimctl {

/// What a file is besides its text.
struct FakeAttributes {
  std::uint32_t mode = 0644;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  FileType type = FileType::regular;
  std::optional<FileId> id{};    // nothing: a file of its own; equal ones: hard links
  std::optional<Error> error{};  // what reading it gives instead of its text
};

class FakeHost final : public Host {
public:
  FakeHost() { add_folder("/"); }

  void add_file(const std::string& path, std::string text, const FakeAttributes& attributes = {})
  {
    add_parents(normal(path));
    nodes_[normal(path)] = make_node(std::move(text), attributes);
  }

  /// Also changes the attributes of a folder that is there; its own `mode` has to be given then.
  void add_folder(const std::string& path, FakeAttributes attributes = {.mode = 0755})
  {
    attributes.type = FileType::folder;
    add_file(path, {}, attributes);
  }

  /// Another name of `target`, which may be added later.
  void add_link(const std::string& path, const std::string& target)
  {
    add_parents(normal(path));
    links_[normal(path)] = normal(target);
  }

  void remove(const std::string& path)
  {
    nodes_.erase(normal(path));
    links_.erase(normal(path));
  }

  /// With the group `gid` of the same name, unless that number has one.
  void add_user(const Identity& user)
  {
    users_[user.name] = user;
    if (group_name(user.gid) == std::to_string(user.gid)) {
      add_group(user.name, user.gid);
    }
  }
  void add_group(const std::string& name, std::uint32_t gid) { groups_[name] = gid; }
  void set_node_name(std::string name) { node_name_ = std::move(name); }
  void set_qualified_host_name(std::optional<std::string> name) { qualified_ = std::move(name); }

  Result<TextFile> read_text(const std::string& path, std::size_t limit) const override
  {
    DKIMCTL_TRY(const Node* node, readable(path, limit));
    return TextFile{node->text, node->info};
  }

  Result<SecretFile> read_secret(const std::string& path, std::size_t limit) const override
  {
    DKIMCTL_TRY(const Node* node, readable(path, limit));
    SecretFile file{SecretBuffer{node->text.size()}, node->info};
    std::copy(node->text.begin(), node->text.end(), file.content.data());
    return file;
  }

  Result<FileInfo> info(const std::string& path) const override
  {
    DKIMCTL_TRY(const Node* node, find(path));
    return node->info;
  }

  Result<std::vector<std::string>> list_folder(const std::string& path) const override
  {
    DKIMCTL_TRY(const Node* node, find(path));
    if (node->info.type != FileType::folder) {
      return tl::unexpected(Error{Errc::io, "not a directory"});
    }
    std::vector<std::string> names;
    const std::string folder = followed(path);
    for (const auto& [name, unused] : nodes_) {
      add_if_within(names, folder, name);
    }
    for (const auto& [name, unused] : links_) {
      add_if_within(names, folder, name);
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<std::optional<Obstacle>> obstacle(const std::string& path, const Identity& who,
                                           Access access) const override
  {
    const std::string file = followed(path);
    for (std::size_t i = 0; i != std::string::npos; i = file.find('/', i + 1)) {
      const std::string folder = i == 0 ? "/" : file.substr(0, i);
      DKIMCTL_TRY(const Node* node, find(folder));
      if (folder != file && !may(node->info, who, 1)) {
        return Obstacle{FileType::folder, folder,
                        fmt::format("folder {} ({}) may not be entered", folder, owner_and_mode(node->info))};
      }
    }
    DKIMCTL_TRY(const Node* node, find(file));
    if (!may(node->info, who, access == Access::read ? 4 : 2)) {
      return Obstacle{
          node->info.type, file,
          fmt::format("{} {} ({}) may not be {}", node->info.type == FileType::folder ? "folder" : "file",
                      file, owner_and_mode(node->info), access == Access::read ? "read" : "written")};
    }
    return std::optional<Obstacle>{};
  }

  Result<Identity> user(const std::string& name) const override
  {
    const auto found = users_.find(name);
    if (found == users_.end()) {
      return tl::unexpected(Error{Errc::not_found, "no such user"});
    }
    return found->second;
  }

  Result<std::uint32_t> group(const std::string& name) const override
  {
    const auto found = groups_.find(name);
    if (found == groups_.end()) {
      return tl::unexpected(Error{Errc::not_found, "no such group"});
    }
    return found->second;
  }

  std::string user_name(std::uint32_t uid) const override
  {
    const auto found =
        std::find_if(users_.begin(), users_.end(), [&](const auto& user) { return user.second.uid == uid; });
    return found == users_.end() ? std::to_string(uid) : found->first;
  }

  std::string group_name(std::uint32_t gid) const override
  {
    const auto found =
        std::find_if(groups_.begin(), groups_.end(), [&](const auto& group) { return group.second == gid; });
    return found == groups_.end() ? std::to_string(gid) : found->first;
  }

  std::string node_name() const override { return node_name_; }
  std::optional<std::string> qualified_host_name() const override { return qualified_; }

private:
  struct Node {
    std::string text;
    FileInfo info;
    std::optional<Error> error;
  };

  /// Absolute, without empty, "." and ".." components.
  static std::string normal(const std::string& path)
  {
    std::string out;
    for (std::size_t begin = 0; begin <= path.size();) {
      const std::size_t end = std::min(path.find('/', begin), path.size());
      const std::string part = path.substr(begin, end - begin);
      if (part == "..") {
        out.resize(out.empty() ? 0 : out.rfind('/'));
      } else if (!part.empty() && part != ".") {
        out += "/" + part;
      }
      begin = end + 1;
    }
    return out.empty() ? "/" : out;
  }

  static std::string parent(const std::string& path) { return normal(path + "/.."); }

  static void add_if_within(std::vector<std::string>& names, const std::string& folder,
                            const std::string& path)
  {
    if (path != "/" && parent(path) == folder) {
      names.push_back(path.substr(path.rfind('/') + 1));
    }
  }

  /// Mode bits of the one class that applies; `bit` is 4, 2 or 1.
  static bool may(const FileInfo& info, const Identity& who, std::uint32_t bit)
  {
    const bool in_group =
        who.gid == info.gid || std::find(who.groups.begin(), who.groups.end(), info.gid) != who.groups.end();
    const unsigned shift = who.uid == info.uid ? 6 : in_group ? 3 : 0;
    return who.uid == 0 || ((info.mode >> shift) & bit) != 0;
  }

  std::string owner_and_mode(const FileInfo& info) const
  {
    return fmt::format("{}:{} {:04o}", user_name(info.uid), group_name(info.gid), info.mode);
  }

  Node make_node(std::string text, const FakeAttributes& attributes)
  {
    const FileId id = attributes.id.value_or(FileId{1, ++last_inode_});
    const FileInfo info{attributes.type, id, attributes.mode, attributes.uid, attributes.gid, text.size()};
    return {std::move(text), info, attributes.error};
  }

  void add_parents(const std::string& path)
  {
    if (path != "/" && nodes_.count(parent(path)) == 0) {
      add_folder(parent(path));
    }
  }

  std::string followed(const std::string& path) const
  {
    const auto link = links_.find(normal(path));
    return link == links_.end() ? normal(path) : link->second;
  }

  Result<const Node*> find(const std::string& path) const
  {
    const auto found = nodes_.find(followed(path));
    if (found == nodes_.end()) {
      return tl::unexpected(Error{Errc::not_found, "no such file or directory"});
    }
    return &found->second;
  }

  Result<const Node*> readable(const std::string& path, std::size_t limit) const
  {
    DKIMCTL_TRY(const Node* node, find(path));
    if (node->error) {
      return tl::unexpected(*node->error);
    }
    if (node->info.type == FileType::folder) {
      return tl::unexpected(Error{Errc::io, "is a folder"});
    }
    if (node->text.size() > limit) {
      return tl::unexpected(Error{Errc::io, fmt::format("is larger than {} bytes", limit)});
    }
    return node;
  }

  std::map<std::string, Node> nodes_;
  std::map<std::string, std::string> links_;
  std::map<std::string, Identity> users_{{"root", {"root", 0, 0, {}}}};
  std::map<std::string, std::uint32_t> groups_{{"root", 0}};
  std::string node_name_ = "mail.example.com";
  std::optional<std::string> qualified_ = "mail.example.com";
  std::uint64_t last_inode_ = 0;
};

}  // namespace dkimctl
