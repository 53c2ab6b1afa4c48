// dkimctl.conf, from the host that is meant.
#pragma once

#include "base/host.hpp"
#include "settings/parse.hpp"

#include <string>

namespace dkimctl::app {

/// Reads the file that is named, which must be there; without a name the default one, which need not.
settings::Reading read_settings(const Host& host, const std::string& named);

}  // namespace dkimctl::app
