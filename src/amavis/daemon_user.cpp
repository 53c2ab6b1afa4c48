#include "amavis/daemon_user.hpp"

#include "amavis/findings.hpp"
#include "base/shell_word.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::amavis {
namespace {

std::optional<std::uint32_t> as_number(std::string_view text)
{
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return {};
  }
  return number;
}

/// $daemon_group may name several, as Net::Server takes them.
std::vector<std::string> words(std::string_view text)
{
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find_first_of(", "), text.size());
    if (length > 0) {
      out.emplace_back(text.substr(0, length));
    }
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return out;
}

Result<std::uint32_t> group_number(const Host& host, const std::string& name)
{
  if (const auto number = as_number(name)) {
    return *number;
  }
  return host.group(name).map_error([&](const Error& error) {
    return Error{error.code, fmt::format("group {}: {}", name, error.what)};
  });
}

Result<std::vector<std::uint32_t>> group_numbers(const Host& host, const std::vector<std::string>& groups)
{
  std::vector<std::uint32_t> numbers;
  for (const std::string& item : groups) {
    for (const std::string& name : words(item)) {
      DKIMCTL_TRY(const std::uint32_t number, group_number(host, name));
      numbers.push_back(number);
    }
  }
  return numbers;
}

Result<Identity> user_of(const Host& host, const std::string& name)
{
  const auto number = as_number(name);
  if (number) {
    return Identity{name, *number, 0, {}};  // amavisd finds no groups of a number, and keeps root's
  }
  return host.user(name).map_error([&](const Error& error) {
    return Error{error.code, fmt::format("user {}: {}", name, error.what)};
  });
}

/// The command with which amavisd's user can read a configuration file that stays root's.
std::string let_read(const Host& host, const std::string& path, const Identity& daemon,
                     const Obstacle& obstacle)
{
  const std::string group = shell_word(host.group_name(daemon.gid));
  return obstacle.type == FileType::folder
             ? let_enter(host, daemon, obstacle.path)
             : fmt::format("chown root:{0} {1} && chmod 0640 {1}", group, shell_word(path));
}

void add_access_findings(const Host& host, const std::string& path, const Identity* daemon,
                         std::vector<Finding>& findings)
{
  const auto info = host.info(path);
  if (!info || (info->type != FileType::regular && info->type != FileType::pipe)) {
    return;  // the reader says so
  }
  const auto add = [&](std::string what, std::string hint) {
    findings.push_back(make_finding(findings::kConfigAccess, path,
                                    fmt::format("{} ({}) {}", path, owner_and_mode(host, *info), what),
                                    std::move(hint)));
  };
  if (info->uid != 0) {
    add("is not owned by root: amavisd refuses it",
        fmt::format("chown root:{0} {1} && chmod 0640 {1}",
                    daemon == nullptr ? "root" : host.group_name(daemon->gid), shell_word(path)));
    return;
  }
  if (daemon == nullptr || daemon->uid == 0) {
    return;
  }
  const auto not_written = host.obstacle(path, *daemon, Access::write);
  if (not_written && !*not_written) {
    add(fmt::format("can be written by amavisd's user {}: amavisd refuses it", daemon->name),
        fmt::format("chmod go-w {}", shell_word(path)));
  }
  const auto not_read = host.obstacle(path, *daemon, Access::read);
  if (not_read && *not_read) {
    add(fmt::format("cannot be read by amavisd's user {}: {}", daemon->name, (*not_read)->text),
        let_read(host, path, *daemon, **not_read));
  }
}

}  // namespace

std::string let_enter(const Host& host, const Identity& who, const std::string& folder)
{
  return fmt::format("chgrp {0} {1} && chmod g+x {1}", shell_word(host.group_name(who.gid)),
                     shell_word(folder));
}

std::string owner_and_mode(const Host& host, const FileInfo& info)
{
  return fmt::format("{}:{} {:04o}", host.user_name(info.uid), host.group_name(info.gid), info.mode);
}

DaemonNames daemon_names(const perl::Value& user, const perl::Value& group, const perl::Array* groups)
{
  if (!user.is_plain()) {
    return {};
  }
  DaemonNames names{user.text(), {}};
  const auto add = [&](const perl::Value& name) {
    if (name.is_unknown()) {
      names.user.clear();
    } else if (name.is_plain() && !name.is_undef()) {
      names.groups.push_back(name.text());
    }
  };
  add(group);
  if (groups != nullptr) {
    for (const perl::ScalarPtr& item : groups->items) {
      add(item ? item->value : perl::Value{});
    }
  }
  return groups != nullptr && groups->unknown ? DaemonNames{} : names;
}

std::optional<Identity> daemon_identity(const Host& host, const DaemonNames& names,
                                        std::vector<Finding>& findings)
{
  if (names.user.empty()) {
    return {};
  }
  auto who = user_of(host, names.user);
  if (who) {
    auto groups = group_numbers(host, names.groups);
    if (groups && !groups->empty()) {
      who->gid = groups->front();
      who->groups.assign(groups->begin() + 1, groups->end());
    } else if (!groups) {
      who = tl::unexpected(groups.error());
    }
  }
  if (!who) {
    const bool none = who.error().code == Errc::not_found;
    findings.push_back(make_finding(
        findings::kUnknownUser, names.user,
        none ? fmt::format("amavisd cannot become {}: {}", names.user, who.error().what)
             : fmt::format("what amavisd's user {} may read is not known: {}", names.user, who.error().what),
        none ? "mend $daemon_user and $daemon_group; what that user may read was not looked at"
             : "a tree for --root needs etc/passwd and etc/group for that"));
    return {};
  }
  return *std::move(who);
}

std::vector<Finding> config_access_findings(const Host& host, std::span<const ConfigFile> files,
                                            const Identity* daemon)
{
  std::vector<Finding> findings;
  for (const ConfigFile& file : files) {
    if (file.checked) {
      add_access_findings(host, file.path, daemon, findings);
    }
  }
  return findings;
}

}  // namespace dkimctl::amavis
