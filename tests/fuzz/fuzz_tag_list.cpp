// A tag list from anybody: spans stay inside the text, names are unique, and what was taken apart is in it.
#include "dkim/tag_list.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto tags = dkimctl::dkim::parse_tag_list(text);
  const auto inside = [&](dkimctl::Span span) { return span.begin <= span.end && span.end <= size; };
  const auto require = [](bool holds) {
    if (!holds) {
      std::abort();
    }
  };
  if (!tags) {
    require(inside(tags.error().where) && !tags.error().what.empty());
    return 0;
  }
  std::set<std::string_view> names;
  for (const auto& tag : *tags) {
    require(inside(tag.span) && names.insert(tag.name).second);
    const std::string_view whole = text.substr(tag.span.begin, tag.span.end - tag.span.begin);
    require(whole.starts_with(tag.name) && whole.ends_with(tag.value));
  }
  return 0;
}
