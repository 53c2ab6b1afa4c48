#include "dns/server_address.hpp"

#include <charconv>
#include <cstdint>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::dns {
namespace {

constexpr std::size_t kIpv4Octets = 4;
constexpr std::size_t kIpv6Octets = 16;
constexpr std::size_t kGroupOctets = 2;

/// All of `text` as a number, without a sign.
std::optional<std::uint32_t> number(std::string_view text, int base)
{
  std::uint32_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  return error == std::errc{} && stop == end ? std::optional{value} : std::nullopt;
}

/// Takes what stands before the next `separator` off the front, and that with it; the last has none behind
/// it.
std::string_view next_part(std::optional<std::string_view>& rest, char separator)
{
  const std::size_t end = rest->find(separator);
  const std::string_view part = rest->substr(0, end);
  rest = end == std::string_view::npos ? std::nullopt : std::optional{rest->substr(end + 1)};
  return part;
}

/// Four numbers without leading zeros, which some read as octal.
std::optional<std::string> ipv4_octets(std::string_view text)
{
  std::string octets;
  for (std::optional<std::string_view> rest = text; rest;) {
    const std::string_view part = next_part(rest, '.');
    const auto value = number(part, 10);
    if (!value || *value > 0xff || (part.size() > 1 && part.front() == '0')) {
      return std::nullopt;
    }
    octets += static_cast<char>(*value);
  }
  return octets.size() == kIpv4Octets ? std::optional{std::move(octets)} : std::nullopt;
}

/// The octets of groups with colons between, of none for an empty text.
std::optional<std::string> group_octets(std::string_view text)
{
  constexpr std::size_t kMostDigits = 4;
  std::string octets;
  for (std::optional<std::string_view> rest = text; rest && !text.empty();) {
    const std::string_view part = next_part(rest, ':');
    const auto value = part.size() > kMostDigits ? std::nullopt : number(part, 16);
    if (!value) {
      return std::nullopt;
    }
    octets += static_cast<char>(*value >> 8U);
    octets += static_cast<char>(*value & 0xffU);
  }
  return octets;
}

/// "::ffff:192.0.2.1" as "::ffff:c000:201"; what ends otherwise as it is.
std::string without_ipv4(std::string_view text)
{
  const std::size_t colon = text.rfind(':');
  const auto tail = colon == std::string_view::npos ? std::nullopt : ipv4_octets(text.substr(colon + 1));
  if (!tail) {
    return std::string{text};
  }
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>((*tail)[i]); };
  return fmt::format("{}{:x}:{:x}", text.substr(0, colon + 1), octet(0) * 256 + octet(1),
                     octet(2) * 256 + octet(3));
}

std::optional<std::string> ipv6_octets(std::string_view written)
{
  const std::string text = without_ipv4(written);
  const std::string_view all = text;
  const std::size_t gap = all.find("::");
  auto octets = group_octets(all.substr(0, gap));
  if (gap == std::string_view::npos) {
    return octets && octets->size() == kIpv6Octets ? octets : std::nullopt;
  }
  const auto behind = group_octets(all.substr(gap + 2));
  if (!octets || !behind || octets->size() + behind->size() > kIpv6Octets - kGroupOctets) {
    return std::nullopt;
  }
  octets->resize(kIpv6Octets - behind->size(), '\0');
  return *octets + *behind;
}

tl::unexpected<Error> no_server(std::string what)
{
  return tl::unexpected(
      Error{Errc::usage, std::move(what), "give it as 192.0.2.1, 192.0.2.1:5353 or [2001:db8::1]:5353"});
}

}  // namespace

std::optional<Address> parse_address(std::string_view text)
{
  auto octets = ipv4_octets(text);
  if (!octets) {
    octets = ipv6_octets(text);
  }
  return octets ? std::optional{Address{*std::move(octets)}} : std::nullopt;
}

Result<ServerAddress> parse_server(std::string_view text)
{
  if (auto address = parse_address(text)) {
    return ServerAddress{*std::move(address)};
  }
  const std::size_t colon = text.rfind(':');
  std::string_view host = text.substr(0, colon);
  const bool in_brackets = host.starts_with('[') && host.ends_with(']');
  if (text.starts_with('[') && text.ends_with(']')) {
    host = text;
  }
  const bool has_port = host.size() < text.size();
  if (host.starts_with('[') && host.ends_with(']') && host.size() > 2) {
    host = host.substr(1, host.size() - 2);
  }
  auto address = parse_address(host);
  if (!address || (!address->is_ipv4() && has_port && !in_brackets)) {
    return no_server("is no address of a name server");
  }
  ServerAddress server{*std::move(address)};
  if (has_port) {
    const auto port = number(text.substr(colon + 1), 10);
    if (!port || *port == 0 || *port > 0xffff) {
      return no_server("has no port from 1 to 65535");
    }
    server.port = static_cast<std::uint16_t>(*port);
  }
  return server;
}

}  // namespace dkimctl::dns
