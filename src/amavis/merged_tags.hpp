// What all matches of the signing maps come to: a tag's first value counts.
#pragma once

#include "amavis/lookup.hpp"
#include "perl/value.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::amavis {

class MergedTags {
public:
  struct Tag {
    perl::Value value;
    perl::Place place;       // nowhere: a default
    std::string why;         // "entry '.' of a signing map"
    bool catch_all = false;  // from the entry "."
  };

  /// Takes each tag that no earlier match gave. From a match that cannot be known on, no more is taken.
  void add(const std::vector<Match>& matches);
  /// The same for one tag, unless what is not there cannot be known.
  void add_default(const std::string& name, std::string value, std::string why);

  /// Null where it is not there.
  const Tag* find(std::string_view name) const;
  /// Why the tag cannot be known; null: it can, be it that it is not there.
  perl::UnknownPtr unknown(std::string_view name) const;
  /// Nothing where the tag is not there, undefined or not to be known.
  std::optional<std::string> text(std::string_view name) const;

private:
  std::map<std::string, Tag, std::less<>> tags_;
  perl::UnknownPtr rest_;  // set: what the tags that are not here are
};

}  // namespace dkimctl::amavis
