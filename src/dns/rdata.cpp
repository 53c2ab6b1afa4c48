#include "dns/rdata.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dkimctl::dns {
namespace {

constexpr std::size_t kIpv4Octets = 4;
constexpr std::size_t kGroups = 8;  // of an IPv6 address

using Groups = std::array<std::uint16_t, kGroups>;

struct Run {
  std::size_t begin = 0;
  std::size_t size = 0;
};

/// The first of the longest runs of zero groups, of two at least.
Run longest_run(const Groups& groups)
{
  Run best{0, 1};
  for (std::size_t i = 0; i < kGroups; ++i) {
    std::size_t end = i;
    while (end < kGroups && groups.at(end) == 0) {
      ++end;
    }
    if (end - i > best.size) {
      best = {i, end - i};
    }
  }
  return best.size > 1 ? best : Run{kGroups, 0};
}

/// RFC 5952 section 4.
std::string ipv6_text(std::string_view octets)
{
  Groups groups{};
  for (std::size_t i = 0; i < kGroups; ++i) {
    groups.at(i) = static_cast<std::uint16_t>(static_cast<unsigned char>(octets[2 * i]) << 8U |
                                              static_cast<unsigned char>(octets[2 * i + 1]));
  }
  const Run run = longest_run(groups);
  std::string out;
  for (std::size_t i = 0; i < kGroups;) {
    if (i == run.begin) {
      out += "::";
      i += run.size;
      continue;
    }
    out += out.empty() || out.ends_with(':') ? "" : ":";
    out += fmt::format("{:x}", groups.at(i++));
  }
  return out;
}

struct TypeOf {
  RrType operator()(const Txt& /*txt*/) const { return RrType::txt; }
  RrType operator()(const Address& address) const
  {
    return address.octets.size() == kIpv4Octets ? RrType::a : RrType::aaaa;
  }
  RrType operator()(const Ns& /*ns*/) const { return RrType::ns; }
  RrType operator()(const Cname& /*cname*/) const { return RrType::cname; }
  RrType operator()(const Soa& /*soa*/) const { return RrType::soa; }
};

struct Fields {
  std::vector<std::string> operator()(const Txt& txt) const
  {
    std::vector<std::string> fields;
    std::ranges::transform(txt.strings, std::back_inserter(fields), quote);
    return fields;
  }
  std::vector<std::string> operator()(const Address& address) const { return {address.text()}; }
  std::vector<std::string> operator()(const Ns& ns) const { return {ns.host.text()}; }
  std::vector<std::string> operator()(const Cname& cname) const { return {cname.target.text()}; }
  std::vector<std::string> operator()(const Soa& soa) const
  {
    std::vector<std::string> fields{soa.primary.text(), soa.mailbox.text(), fmt::to_string(soa.serial)};
    for (const std::chrono::seconds each : {soa.refresh, soa.retry, soa.expire, soa.minimum}) {
      fields.push_back(fmt::to_string(each.count()));
    }
    return fields;
  }
};

}  // namespace

std::string_view to_string(RrType type)
{
  switch (type) {
  case RrType::a: return "A";
  case RrType::ns: return "NS";
  case RrType::cname: return "CNAME";
  case RrType::soa: return "SOA";
  case RrType::txt: return "TXT";
  case RrType::aaaa: return "AAAA";
  }
  return {};
}

std::string Address::text() const
{
  if (octets.size() != kIpv4Octets) {
    return ipv6_text(octets);
  }
  std::vector<int> numbers;
  std::ranges::transform(octets, std::back_inserter(numbers), [](unsigned char octet) { return int{octet}; });
  return fmt::format("{}", fmt::join(numbers, "."));
}

RrType type_of(const Rdata& rdata)
{
  return std::visit(TypeOf{}, rdata);
}

std::vector<std::string> zone_fields(const Rdata& rdata)
{
  return std::visit(Fields{}, rdata);
}

}  // namespace dkimctl::dns
