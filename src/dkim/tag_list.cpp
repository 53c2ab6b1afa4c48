#include "dkim/tag_list.hpp"

#include "dns/escape.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dkimctl::dkim {
namespace {

constexpr std::string_view kFws = " \t\r\n";

bool is_tag_name(std::string_view s)
{
  const auto alpha = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto alnumpunc = [&](char c) { return alpha(c) || (c >= '0' && c <= '9') || c == '_'; };
  return !s.empty() && alpha(s.front()) && std::ranges::all_of(s, alnumpunc);
}

std::string_view trim(std::string_view s)
{
  const std::size_t first = s.find_first_not_of(kFws);
  return first == std::string_view::npos ? s.substr(s.size())
                                         : s.substr(first, s.find_last_not_of(kFws) - first + 1);
}

}  // namespace

Parsed<std::vector<Tag>> parse_tag_list(std::string_view text)
{
  const auto span_of = [&](std::string_view part) {
    const auto begin = static_cast<std::uint32_t>(part.data() - text.data());
    return Span{begin, begin + static_cast<std::uint32_t>(part.size())};
  };
  const auto fail = [&](std::string_view at, std::string what, std::string hint = {}) {
    return tl::unexpected(ParseError{span_of(at), std::move(what), std::move(hint)});
  };

  if (text.empty()) {
    return fail(text, "expected 'tag=value'");
  }
  std::vector<Tag> tags;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view spec = rest.substr(0, rest.find(';'));
    const bool last = spec.size() == rest.size();
    rest.remove_prefix(std::min(spec.size() + 1, rest.size()));

    const std::size_t equals = spec.find('=');
    if (equals == std::string_view::npos) {
      if (last && !tags.empty() && trim(spec).empty()) {
        break;  // the optional final ";"
      }
      return fail(trim(spec), "expected 'tag=value'");
    }
    const std::string_view name = trim(spec.substr(0, equals));
    const std::string_view value = trim(spec.substr(equals + 1));
    if (!is_tag_name(name)) {
      return fail(name, fmt::format("'{}' is not a tag name", dns::printable(name)));
    }
    if (std::ranges::find(tags, name, &Tag::name) != tags.end()) {
      return fail(name, fmt::format("tag '{}' occurs twice", name), "keep one; verifiers reject the record");
    }
    tags.push_back({name, value, {span_of(name).begin, span_of(value).end}});
  }
  return tags;
}

}  // namespace dkimctl::dkim
