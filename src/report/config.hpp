// What was read of amavisd's configuration, for a person and as JSON.
#pragma once

#include "amavis/configuration.hpp"
#include "amavis/key_files.hpp"
#include "amavis/sockets.hpp"
#include "base/finding.hpp"
#include "report/showkeys.hpp"

#include <string>
#include <vector>

namespace dkimctl::report {

struct ConfigView {
  std::vector<amavis::ConfigFile> files;  // in the order in which they were read
  std::vector<amavis::Variable> variables;
  std::vector<amavis::PolicyBank> banks;
  std::vector<amavis::ListenSocket> sockets;
  std::vector<ShownKey> keys;
  perl::UnknownPtr banks_unknown;  // set: there may be other policy banks than these
};

/// Files, variables, signing maps, policy banks, sockets and keys, each with the place that set it. Of the
/// policy banks those that bear on signing, or that a socket loads.
std::string config_text(const ConfigView& view, const amavis::Locate& locate);

/// {"schema":1,"files":[{"file","why"}],"variables":{"$mydomain":...},"set_by":{"$mydomain":{"file","line","column"}},
/// "banks":{"NAME":{...}},"sockets":[{"address","banks":[...]}],"keys":[...],"findings":[...]}. All policy
/// banks are there, with those of their settings that bear on signing.
std::string config_json(const ConfigView& view, const std::vector<Finding>& findings,
                        const amavis::Locate& locate);

}  // namespace dkimctl::report
