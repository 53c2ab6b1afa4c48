#include "amavis/address.hpp"

#include "amavis/lookup.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace dkimctl::amavis {
namespace {

bool is_control(char c)
{
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

constexpr std::string_view kQuotedOnly = "()<>[]:;,\"\\@";    // not in a local part without quotes, RFC 5322
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

constexpr std::string_view kNullSender = "<>";
constexpr const char* kExpected = "expected somebody@example.com";

struct Mistake {
  std::string why;
  std::string hint;
};
using Objection = std::optional<Mistake>;

bool is_quoted(std::string_view localpart)
{
  return localpart.size() > 1 && localpart.starts_with('"') && localpart.ends_with('"');
}

/// A domain may hold letters, digits, hyphens, underscores and what is not ASCII; one dot between labels and
/// perhaps one at the end. A literal is taken as it is.
Objection objection_to_domain(std::string_view domain)
{
  if (domain.starts_with('[') && domain.ends_with(']')) {
    return std::nullopt;
  }
  const auto foreign = std::find_if(domain.begin(), domain.end(), [](char c) {
    return c != '.' && c != '-' && c != '_' && (!is_atext(c) || kSpecial.find(c) != std::string_view::npos);
  });
  if (foreign != domain.end()) {
    return Mistake{fmt::format("its domain has '{}' in it", *foreign), kExpected};
  }
  if (domain.starts_with('.') || domain.find("..") != std::string_view::npos) {
    return Mistake{"its domain has an empty label", kExpected};
  }
  return std::nullopt;
}

Objection objection_to_localpart(std::string_view localpart)
{
  if (unquoted(localpart).empty()) {
    return Mistake{"there is nothing before the '@'", kExpected};
  }
  const auto special = std::find_if(localpart.begin(), localpart.end(),
                                    [](char c) { return kQuotedOnly.find(c) != std::string_view::npos; });
  if (special != localpart.end() && !is_quoted(localpart)) {
    return Mistake{
        *special == '@' ? "it has more than one '@'" : fmt::format("it has '{}' before the '@'", *special),
        "give one address; what is special goes into double quotes: '\"a,b\"@example.com'"};
  }
  return std::nullopt;
}

/// What keeps the text from being an address, the plainest mistake first.
Objection objection_to(std::string_view text, const AddressParts& parts)
{
  const std::size_t open = text.rfind('<');
  if (open != std::string_view::npos && open > 0 && text.ends_with('>')) {
    return Mistake{
        "it has a name before it",
        fmt::format("give the address alone: {}", text.substr(open + 1, text.find('>', open) - open - 1))};
  }
  if (text.starts_with(' ') || text.ends_with(' ')) {
    return Mistake{"it has a blank before or behind it", "give the address alone"};
  }
  if (parts.domain.size() < 2) {
    return Mistake{"it has no domain", kExpected};
  }
  const Objection domain = objection_to_domain(parts.domain.substr(1));
  return domain ? domain : objection_to_localpart(parts.localpart);
}

}  // namespace

Result<std::string> parse_address(std::string_view text)
{
  if (text == kNullSender) {
    return std::string{};
  }
  if (std::any_of(text.begin(), text.end(), is_control)) {
    return tl::unexpected(Error{Errc::usage, "a mail address has no control characters in it", kExpected});
  }
  const std::string_view address = without_brackets(text);
  const AddressParts parts = split_address(address);
  if (const Objection objection = objection_to(text, parts)) {
    return tl::unexpected(
        Error{Errc::usage, fmt::format("'{}' is no address: {}", text, objection->why), objection->hint});
  }
  return unquoted(parts.localpart) + std::string{parts.domain};
}

std::string_view without_brackets(std::string_view text)
{
  const bool enclosed = text.size() > kNullSender.size() && text.starts_with('<') && text.ends_with('>');
  return enclosed ? text.substr(1, text.size() - 2) : text;
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
