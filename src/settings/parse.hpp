// dkimctl.conf: from its text to the settings, or to everything that is wrong with it.
#pragma once

#include "base/finding.hpp"
#include "base/source.hpp"
#include "settings/settings.hpp"
#include "settings/table.hpp"

#include <vector>

namespace dkimctl::settings {

struct Reading {
  Settings settings;              // what is wrong has its default
  std::vector<Finding> findings;  // in the order of the lines

  /// Whether there is no error among the findings.
  bool usable() const;
};

/// Reads a whole file of lines as read_ini() has them. What stands before the first section is the host's;
///
///     [domain "example.com"]
///
/// begins what is otherwise for mail of that domain, whose other settings are the host's.
Reading parse(const SourceText& source, const Table& table = settings::table());

}  // namespace dkimctl::settings
