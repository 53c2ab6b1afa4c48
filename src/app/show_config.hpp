// config: what was read, and what is wrong with it.
#pragma once

#include "app/facts.hpp"
#include "base/finding.hpp"
#include "base/host.hpp"
#include "report/config.hpp"

#include <memory>
#include <string>
#include <vector>

namespace dkimctl::app {

struct ShowConfig {
  std::unique_ptr<Facts> facts;  // what `view` refers to
  report::ConfigView view;
  std::vector<Finding> findings;  // those of signing maps and policy banks too
};

ShowConfig show_config(const Host& host, const NamedFiles& files);

}  // namespace dkimctl::app
