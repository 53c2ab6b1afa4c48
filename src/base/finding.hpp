// A finding: one thing that is wrong, or worth knowing, with a code that programs can rely on.
#pragma once

#include "base/source.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dkimctl {

enum class Severity { note, warning, error };

/// "note", "warning" or "error".
std::string_view to_string(Severity severity);

/// A row of a layer's table of codes. Codes are part of the interface: they are never renamed.
struct FindingCode {
  std::string_view code;  // "amavis.duplicate-key"
  Severity severity;
  std::string_view title;  // what it means, in a line, as in dkimctl-findings(7)
};

/// Whether each code stands there once, has a title, and begins with `prefix`.
constexpr bool is_table_of_codes(std::span<const FindingCode> codes, std::string_view prefix)
{
  for (std::size_t i = 0; i < codes.size(); ++i) {
    for (std::size_t j = i + 1; j < codes.size(); ++j) {
      if (codes[i].code == codes[j].code) {
        return false;
      }
    }
    if (codes[i].title.empty() || !codes[i].code.starts_with(prefix)) {
      return false;
    }
  }
  return true;
}

struct Finding {
  std::string_view code;  // from a FindingCode, hence with static lifetime
  Severity severity = Severity::note;
  std::string object;  // what it is about: a file, a key's owner name, an address
  std::string text;    // what is wrong; lower case, no full stop
  std::string hint;    // what to do; may be empty
  std::optional<Location> where;
  std::optional<std::uint32_t> key;  // declaration number, 1-based, of the key it is about
  std::string name = {};             // of what was asked of DNS: an owner name; may be empty
  std::string server = {};           // the one that answered so; may be empty
};

/// A finding with its code's own severity.
Finding make_finding(const FindingCode& code, std::string object, std::string text, std::string hint = {});

}  // namespace dkimctl
