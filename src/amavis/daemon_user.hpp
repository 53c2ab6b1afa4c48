// The user that amavisd becomes, and what it must and must not be able to do with configuration files.
#pragma once

#include "amavis/configuration.hpp"
#include "base/finding.hpp"
#include "base/host.hpp"
#include "perl/value.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dkimctl::amavis {

/// $daemon_user and what decides its groups.
struct DaemonNames {
  std::string user;                 // a name or a number; empty: amavisd stays who starts it
  std::vector<std::string> groups;  // $daemon_group and @daemon_groups; empty: the groups of the user
};

/// From the values of $daemon_user, $daemon_group and @daemon_groups (null: not set). No user where one of
/// them cannot be known.
DaemonNames daemon_names(const perl::Value& user, const perl::Value& group, const perl::Array* groups);

/// As amavisd becomes it when root starts it: with groups set, those alone; else with the user's own. Nothing
/// where there is no such user or group, with amavis.unknown-user.
std::optional<Identity> daemon_identity(const Host& host, const DaemonNames& names,
                                        std::vector<Finding>& findings);

/// Whether amavisd would refuse a configuration file for its owner or mode: it must be root's, and its own
/// user must be able to read it and not to write it. Files that are not there, and those whose rights the
/// host cannot tell, are passed over. `daemon` null: only the owner is looked at.
std::vector<Finding> config_access_findings(const Host& host, std::span<const ConfigFile> files,
                                            const Identity* daemon);

/// The command that lets somebody enter a folder, by its group.
std::string let_enter(const Host& host, const Identity& who, const std::string& folder);

/// For messages: "amavis:amavis 0640".
std::string owner_and_mode(const Host& host, const FileInfo& info);

}  // namespace dkimctl::amavis
