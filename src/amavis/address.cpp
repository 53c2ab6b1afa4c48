#include "amavis/address.hpp"

#include "amavis/lookup.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dkimctl::amavis {
namespace {

bool is_control(char c)
{
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

constexpr std::string_view kSpecial = "!#$%&'*+-/=?^_`{|}~";  // of atext, RFC 5322 section 3.2.3

/// atext, and whatever is not ASCII.
bool is_atext(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) > 0x7f || kSpecial.find(c) != std::string_view::npos;
}

bool is_dot_atom(std::string_view text)
{
  return !text.empty() && text.front() != '.' && text.back() != '.' &&
         text.find("..") == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return c == '.' || is_atext(c); });
}

/// What is between the quotes, with its backslashes resolved; the text itself if it is not quoted.
std::string unquoted(std::string_view localpart)
{
  if (localpart.size() < 2 || localpart.front() != '"' || localpart.back() != '"') {
    return std::string{localpart};
  }
  std::string out;
  for (std::size_t i = 1; i + 1 < localpart.size(); ++i) {
    if (localpart[i] == '\\' && i + 2 < localpart.size()) {
      ++i;
    }
    out += localpart[i];
  }
  return out;
}

}  // namespace

Result<std::string> parse_address(std::string_view text)
{
  if (text.starts_with('<') && text.ends_with('>') && text.size() > 1) {
    text = text.substr(1, text.size() - 2);
  }
  const auto refuse = [&](std::string_view why) {
    return tl::unexpected(Error{Errc::usage, fmt::format("'{}' is no mail address: {}", text, why)});
  };
  if (std::any_of(text.begin(), text.end(), is_control)) {
    return tl::unexpected(Error{Errc::usage, "a mail address has no control characters in it"});
  }
  const AddressParts parts = split_address(text);
  if (parts.domain.size() < 2) {
    return refuse("expected somebody@example.com");
  }
  const std::string localpart = unquoted(parts.localpart);
  if (localpart.empty()) {
    return refuse("there is nothing before the '@'");
  }
  return localpart + std::string{parts.domain};
}

std::string quoted(std::string_view address)
{
  const AddressParts parts = split_address(address);
  if (is_dot_atom(parts.localpart)) {
    return std::string{address};
  }
  std::string out = "\"";
  for (const char c : parts.localpart) {
    if (c == '"' || c == '\\') {
      out += '\\';
    }
    out += c;
  }
  return fmt::format("{}\"{}", out, parts.domain);
}

}  // namespace dkimctl::amavis
