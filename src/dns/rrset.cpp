#include "dns/rrset.hpp"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dkimctl::dns {
namespace {

std::string head(const Rrset& rrset, const Rdata& rdata)
{
  return fmt::format("{} {} IN {}", rrset.owner.text(), rrset.ttl.count(), to_string(type_of(rdata)));
}

}  // namespace

Rrset make_txt(Name owner, std::string_view value, std::chrono::seconds ttl)
{
  return {std::move(owner), ttl, {split_txt(value)}};
}

std::string zone_lines(const Rrset& rrset)
{
  std::string out;
  for (const Rdata& rdata : rrset.records) {
    out += fmt::format("{} {}\n", head(rrset, rdata), fmt::join(zone_fields(rdata), " "));
  }
  return out;
}

std::string zone_blocks(const Rrset& rrset)
{
  std::string out;
  for (const Rdata& rdata : rrset.records) {
    out += fmt::format("{} (\n  {} )\n", head(rrset, rdata), fmt::join(zone_fields(rdata), "\n  "));
  }
  return out;
}

}  // namespace dkimctl::dns
