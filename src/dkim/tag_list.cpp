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

/// From the first octet of `first` through the last of `last`, both of them parts of `text`.
Span span_in(std::string_view text, std::string_view first, std::string_view last)
{
  const auto begin = static_cast<std::uint32_t>(first.data() - text.data());
  return {begin, static_cast<std::uint32_t>(last.data() + last.size() - text.data())};
}

}  // namespace

Parsed<std::vector<Tag>> parse_tag_list(std::string_view text)
{
  const auto fail = [&](std::string_view at, std::string what, std::string hint = {}) {
    return tl::unexpected(ParseError{span_in(text, at, at), std::move(what), std::move(hint)});
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
    tags.push_back({name, value, span_in(text, name, value)});
  }
  return tags;
}

std::vector<Tag> split_tags(std::string_view text)
{
  std::vector<Tag> tags;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::string_view spec = text.substr(begin, text.find(';', begin) - begin);
    if (const std::size_t equals = spec.find('='); equals != std::string_view::npos) {
      const std::string_view name = trim(spec.substr(0, equals));
      const std::string_view value = trim(spec.substr(equals + 1));
      tags.push_back({name, value, span_in(text, name, value)});
    }
    begin += spec.size() + 1;
  }
  return tags;
}

bool lists_word(std::string_view list, std::string_view word)
{
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::string_view item = list.substr(begin, list.find(':', begin) - begin);
    if (trim(item) == word) {
      return true;
    }
    begin += item.size() + 1;
  }
  return false;
}

std::string without_blanks(std::string_view value)
{
  std::string out{value};
  std::erase_if(out, [](char c) { return kFws.find(c) != std::string_view::npos; });
  return out;
}

}  // namespace dkimctl::dkim
