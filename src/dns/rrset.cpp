#include "dns/rrset.hpp"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dkimctl::dns {
namespace {

struct TypeText {
  std::string_view operator()(const Txt& /*txt*/) const { return "TXT"; }
};

/// The fields of RDATA as zone text, in their order.
struct Fields {
  std::vector<std::string> operator()(const Txt& txt) const
  {
    std::vector<std::string> fields;
    for (const std::string& string : txt.strings) {
      fields.push_back(quote(string));
    }
    return fields;
  }
};

std::string head(const Rrset& rrset, const Rdata& rdata)
{
  return fmt::format("{} {} IN {}", rrset.owner.text(), rrset.ttl.count(), type_text(rdata));
}

}  // namespace

std::string_view type_text(const Rdata& rdata)
{
  return std::visit(TypeText{}, rdata);
}

Rrset make_txt(Name owner, std::string_view value, std::chrono::seconds ttl)
{
  return {std::move(owner), ttl, {split_txt(value)}};
}

std::string zone_lines(const Rrset& rrset)
{
  std::string out;
  for (const Rdata& rdata : rrset.records) {
    out += fmt::format("{} {}\n", head(rrset, rdata), fmt::join(std::visit(Fields{}, rdata), " "));
  }
  return out;
}

std::string zone_blocks(const Rrset& rrset)
{
  std::string out;
  for (const Rdata& rdata : rrset.records) {
    out += fmt::format("{} (\n  {} )\n", head(rrset, rdata), fmt::join(std::visit(Fields{}, rdata), "\n  "));
  }
  return out;
}

}  // namespace dkimctl::dns
