#include "publish/forms.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <variant>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dkimctl::publish {
namespace {

constexpr std::size_t kOneString = 255;  // octets of the longest character-string, RFC 1035 section 3.3

std::string line(std::string_view label, std::string_view text)
{
  return fmt::format("{:<9}{}\n", label, text);
}

bool survives_panels(std::string_view value)
{
  return std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

/// What a panel's field takes: of TXT the value, of other types the fields.
std::string value_text(const dns::Rdata& rdata)
{
  const auto* const txt = std::get_if<dns::Txt>(&rdata);
  return txt != nullptr ? txt->value() : fmt::format("{}", fmt::join(dns::zone_fields(rdata), " "));
}

std::string name_lines(const dns::Rrset& rrset, const dns::Name& domain)
{
  std::string out = line("Name", rrset.owner.text());
  if (const auto relative = rrset.owner.relative_to(domain)) {
    out += line("", fmt::format("(if the panel adds {} by itself: {})", domain.text(dns::FinalDot::without),
                                *relative == "@" ? "@, or nothing" : *relative));
  }
  return out;
}

std::string value_lines(const dns::Rrset& rrset, const dns::Rdata& rdata)
{
  const std::string value = value_text(rdata);
  if (survives_panels(value)) {
    return line("Value", value);
  }
  return line("Value", "Not for a panel: it has quotes, backslashes or foreign letters in it.") +
         line("", "Put this line into the zone file:") + dns::zone_lines({rrset.owner, rrset.ttl, {rdata}});
}

std::string where(const dns::Rrset& rrset, const dns::Name& domain)
{
  const std::string shown = domain.text(dns::FinalDot::without);
  if (rrset.owner.is_below(domain)) {
    return fmt::format(
        "Put it at that name, not at {0} itself.\n"
        "Do not let {0} appear twice: look at the full name that the panel shows.\n",
        shown);
  }
  return rrset.owner == domain ? fmt::format("Put it at {} itself.\n", shown) : "Put it at that name.\n";
}

std::string how(const dns::Rrset& rrset)
{
  std::size_t longest = 0;
  bool for_panel = false;
  for (const dns::Rdata& rdata : rrset.records) {
    const std::string value = value_text(rdata);
    if (survives_panels(value)) {
      for_panel = true;
      longest = std::max(longest, value.size());
    }
  }
  std::string out;
  if (for_panel) {
    out += "Paste the value whole, on one line. Add no quotes, no backslashes, no blanks.\n";
  }
  if (longest > kOneString) {
    out += fmt::format(
        "It has {} characters. A panel that takes no more than {} wants the strings of the zone form.\n",
        longest, kOneString);
  }
  return out;
}

}  // namespace

std::string panel_form(const dns::Rrset& rrset, const dns::Name& domain)
{
  std::string out;
  for (const dns::Rdata& rdata : rrset.records) {
    out += name_lines(rrset, domain);
    out += line("Type", dns::to_string(dns::type_of(rdata)));
    out += line("TTL", fmt::to_string(rrset.ttl.count()));
    out += value_lines(rrset, rdata) + "\n";
  }
  return out.empty() ? out : out + where(rrset, domain) + how(rrset);
}

std::string zone_form(const dns::Rrset& rrset)
{
  return dns::zone_blocks(rrset);
}

}  // namespace dkimctl::publish
