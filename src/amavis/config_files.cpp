#include "amavis/configuration.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

namespace dkimctl::amavis {
namespace {

// Debian and Ubuntu: amavisd reads what run-parts lists in these, in this order.
constexpr std::array<std::string_view, 2> kFolders{"/usr/share/amavis/conf.d", "/etc/amavis/conf.d"};

struct Place {
  std::string_view path;
  std::string_view system;
};

// Elsewhere one file; the first that is there. On RHEL /etc/amavisd.conf is a link to the first.
constexpr std::array kFiles{
    Place{"/etc/amavisd/amavisd.conf", "RHEL and Fedora"},
    Place{"/usr/local/etc/amavisd.conf", "FreeBSD"},
    Place{"/etc/amavisd.conf", "OpenBSD, and amavisd's own default"},
};

/// Names that run-parts takes: letters, digits, "_" and "-" only.
bool is_run_parts_name(std::string_view name)
{
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

}  // namespace

std::vector<ConfigFile> default_files(const Host& host)
{
  std::vector<ConfigFile> files;
  for (const std::string_view folder : kFolders) {
    const Result<std::vector<std::string>> names = host.list_folder(std::string{folder});
    if (!names && names.error().code != Errc::not_found) {
      files.push_back(
          {std::string{folder}, "which amavisd on Debian reads"});  // whoever reads it says why not
    }
    for (const std::string& name : names.value_or(std::vector<std::string>{})) {
      const std::string path = fmt::format("{}/{}", folder, name);
      // run-parts passes over folders, pipes, devices and links that lead nowhere.
      const Result<FileInfo> info = host.info(path);
      const bool taken = info ? info->type == FileType::regular : info.error().code == Errc::denied;
      if (is_run_parts_name(name) && taken) {
        files.push_back({path, fmt::format("in {}, which amavisd on Debian reads", folder)});
      }
    }
  }
  if (!files.empty()) {
    return files;
  }
  for (const Place& place : kFiles) {
    if (host.info(std::string{place.path}).has_value()) {
      return {{std::string{place.path}, fmt::format("where amavisd looks on {}", place.system)}};
    }
  }
  return {};
}

}  // namespace dkimctl::amavis
