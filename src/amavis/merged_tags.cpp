#include "amavis/merged_tags.hpp"

#include <utility>

#include <fmt/format.h>

namespace dkimctl::amavis {

void MergedTags::add(const std::vector<Match>& matches)
{
  for (const Match& match : matches) {
    if (match.unknown) {
      rest_ = match.unknown;
      return;
    }
    const std::string why = match.key.empty() ? "a signing map that fits every address"
                                              : fmt::format("entry '{}' of a signing map", match.key);
    for (const auto& [name, entry] : match.options->entries) {
      if (entry.scalar) {
        tags_.try_emplace(name, Tag{entry.scalar->value, entry.scalar->set, why, match.key == "."});
      }
    }
  }
}

void MergedTags::add_default(const std::string& name, std::string value, std::string why)
{
  if (!rest_) {
    tags_.try_emplace(name, Tag{perl::Value{std::move(value)}, {}, std::move(why), false});
  }
}

const MergedTags::Tag* MergedTags::find(std::string_view name) const
{
  const auto found = tags_.find(name);
  return found == tags_.end() ? nullptr : &found->second;
}

perl::UnknownPtr MergedTags::unknown(std::string_view name) const
{
  const Tag* const tag = find(name);
  return tag == nullptr ? rest_ : tag->value.unknown();
}

std::optional<std::string> MergedTags::text(std::string_view name) const
{
  const Tag* const tag = find(name);
  const bool readable = tag != nullptr && !tag->value.is_undef() && !tag->value.is_unknown();
  return readable ? std::optional{tag->value.text()} : std::nullopt;
}

}  // namespace dkimctl::amavis
