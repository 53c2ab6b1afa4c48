// The settings there are. One row each feeds the parser, the defaults, the suggestions, and the comparison
// with dkimctl.conf(5) and the commented conf/dkimctl.conf.
#pragma once

#include "base/result.hpp"
#include "settings/settings.hpp"
#include "settings/values.hpp"

#include <span>
#include <string_view>

namespace dkimctl::settings {

enum class Scope { host, domain };

/// "host" or "domain".
std::string_view to_string(Scope scope);

enum class Type { yes_no, count, duration, choice, mode, path, paths, servers, user, window, selector };

/// As the manual names it: "yes or no", "duration".
std::string_view to_string(Type type);

/// Where a value goes.
struct Target {
  HostSettings& host;
  DomainSettings& domain;
};

struct Setting {
  std::string_view name;
  std::string_view standard;  // the default, as the file would have it; empty: what `purpose` says
  std::string_view purpose;   // in a line, as in the commented file
  Scope scope;                // domain: a domain's section may have it otherwise
  Type type;
  Limits limits;
  Parsed<void> (*store)(Target, std::string_view text, const Limits&);  // an empty text: none
};

/// A name that a setting had before. It is understood, with a warning, until that version.
struct OldName {
  std::string_view old_name;
  std::string_view name;
  std::string_view gone_in;  // a version: "2.0"
};

struct Table {
  std::span<const Setting> settings;
  std::span<const OldName> old_names;
};

const Table& table();

/// The row of that name, or null.
const Setting* find_setting(const Table& table, std::string_view name);

/// What an empty file says.
Settings defaults(const Table& table);

}  // namespace dkimctl::settings
