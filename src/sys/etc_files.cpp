#include "sys/etc_files.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace dkimctl::sys {
namespace {

constexpr std::string_view kBlanks = " \t\r\v\f";

/// Takes the text up to `separator`, and the separator, off `rest`.
std::string_view take(std::string_view& rest, char separator)
{
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view field = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return field;
}

std::vector<std::string_view> split(std::string_view text, char separator)
{
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  for (std::size_t end = 0; end != std::string_view::npos; begin = end + 1) {
    end = text.find(separator, begin);
    parts.push_back(text.substr(begin, end == std::string_view::npos ? end : end - begin));
  }
  return parts;
}

std::string_view trim(std::string_view text)
{
  const std::size_t first = std::min(text.find_first_not_of(kBlanks), text.size());
  text.remove_prefix(first);
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

/// A uid or gid; the largest number means "none" to the kernel.
std::optional<std::uint32_t> parse_id(std::string_view text)
{
  std::uint32_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc{} || end != text.data() + text.size() ||
      id == std::numeric_limits<std::uint32_t>::max()) {
    return std::nullopt;
  }
  return id;
}

/// The fields of a line of passwd(5) or group(5), if it has so many and a name of this host's own.
std::vector<std::string_view> fields(std::string_view line, std::size_t at_least)
{
  std::vector<std::string_view> parts = split(line, ':');
  const std::string_view name = parts.front();
  if (parts.size() < at_least || name.empty() || name.front() == '#' || name.front() == '+' ||
      name.front() == '-') {
    parts.clear();
  }
  return parts;
}

std::vector<std::string_view> words(std::string_view text)
{
  std::vector<std::string_view> out;
  for (text = trim(text); !text.empty(); text = trim(text)) {
    const std::size_t end = std::min(text.find_first_of(kBlanks), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return out;
}

}  // namespace

std::vector<PasswdEntry> parse_passwd(std::string_view text)
{
  std::vector<PasswdEntry> entries;
  while (!text.empty()) {
    const auto parts = fields(take(text, '\n'), 4);
    const auto uid = parts.empty() ? std::nullopt : parse_id(parts[2]);
    const auto gid = parts.empty() ? std::nullopt : parse_id(parts[3]);
    if (uid && gid) {
      entries.push_back({std::string{parts[0]}, *uid, *gid});
    }
  }
  return entries;
}

std::vector<GroupEntry> parse_group(std::string_view text)
{
  std::vector<GroupEntry> entries;
  while (!text.empty()) {
    const auto parts = fields(take(text, '\n'), 3);
    const auto gid = parts.empty() ? std::nullopt : parse_id(parts[2]);
    if (!gid) {
      continue;
    }
    GroupEntry& entry = entries.emplace_back(GroupEntry{std::string{parts[0]}, *gid, {}});
    for (std::string_view members = parts.size() > 3 ? parts[3] : ""; !members.empty();) {
      const std::string_view member = trim(take(members, ','));
      if (!member.empty()) {
        entry.members.emplace_back(member);
      }
    }
  }
  return entries;
}

std::vector<std::uint32_t> groups_of(const std::vector<GroupEntry>& groups, std::string_view user)
{
  std::vector<std::uint32_t> out;
  for (const GroupEntry& group : groups) {
    const bool member = std::find(group.members.begin(), group.members.end(), user) != group.members.end();
    if (member && std::find(out.begin(), out.end(), group.gid) == out.end()) {
      out.push_back(group.gid);
    }
  }
  return out;
}

std::optional<std::string> canonical_host_name(std::string_view hosts, std::string_view name)
{
  while (!hosts.empty()) {
    std::string_view line = take(hosts, '\n');
    const auto parts = words(line.substr(0, line.find('#')));
    const auto is_name = [&](std::string_view part) { return ascii::same_word(part, name); };
    if (parts.size() > 1 && std::any_of(parts.begin() + 1, parts.end(), is_name)) {
      return std::string{parts[1]};
    }
  }
  return std::nullopt;
}

std::string parse_hostname(std::string_view text)
{
  while (!text.empty()) {
    const std::string_view line = trim(take(text, '\n'));
    if (!line.empty() && line.front() != '#') {
      return std::string{line};
    }
  }
  return {};
}

}  // namespace dkimctl::sys
