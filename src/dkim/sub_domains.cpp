#include "dkim/sub_domains.hpp"

#include "dns/escape.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace dkimctl::dkim {
namespace {

constexpr std::size_t kMaxLabel = 63;  // octets, RFC 1035 section 2.3.4
constexpr std::size_t kMaxText = 253;  // characters of 255 octets on the wire

bool is_let_dig(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_allowed(char c)
{
  return is_let_dig(c) || c == '-' || c == '.';
}

std::optional<std::string> label_defect(std::string_view label)
{
  if (label.empty()) {
    return "two dots follow each other";
  }
  if (label.size() > kMaxLabel) {
    return fmt::format("'{}' has {} characters, the most between two dots is {}", label, label.size(),
                       kMaxLabel);
  }
  if (!is_let_dig(label.front()) || !is_let_dig(label.back())) {
    return fmt::format("'{}' begins or ends with a hyphen", label);
  }
  return std::nullopt;
}

/// What is wrong with the name as a whole.
std::optional<std::string> text_defect(std::string_view text)
{
  if (text.empty()) {
    return "is empty";
  }
  if (text.find('*') != std::string_view::npos) {
    return "is a pattern, and DNS needs one name";
  }
  const auto odd = std::ranges::find_if_not(text, is_allowed);
  if (odd != text.end()) {
    return fmt::format("'{}' may not be in it", dns::printable({&*odd, 1}));
  }
  if (text.front() == '.') {
    return "begins with a dot";
  }
  if (text.back() == '.') {
    return "ends with a dot, which amavisd would look for in addresses";
  }
  if (text.size() > kMaxText) {
    return fmt::format("has {} characters, the most is {}", text.size(), kMaxText);
  }
  return std::nullopt;
}

std::optional<std::string> defect(std::string_view text, std::size_t fewest_labels)
{
  if (auto found = text_defect(text)) {
    return found;
  }
  std::size_t labels = 0;
  for (std::size_t begin = 0; begin <= text.size(); ++labels) {
    const std::string_view label = text.substr(begin, text.find('.', begin) - begin);
    if (auto found = label_defect(label)) {
      return found;
    }
    begin += label.size() + 1;
  }
  return labels < fewest_labels ? std::optional{"has no dot in it"} : std::nullopt;
}

}  // namespace

Result<std::string> parse_sub_domains(std::string_view text, const SubDomainsRule& rule)
{
  std::string name = dns::to_ace(text, rule.idn);
  if (const auto found = defect(name, rule.fewest_labels)) {
    return tl::unexpected(
        Error{Errc::config, fmt::format("{} '{}': {}", rule.kind, dns::printable(text), *found)});
  }
  return name;
}

}  // namespace dkimctl::dkim
