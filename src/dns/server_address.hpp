// Addresses of name servers, as people write them.
#pragma once

#include "base/result.hpp"
#include "dns/question.hpp"

#include <optional>
#include <string_view>

namespace dkimctl::dns {

/// An IPv4 address, or an IPv6 address without a zone, as inet_pton(3) takes it (RFC 4291 section 2.2).
std::optional<Address> parse_address(std::string_view text);

///     server = ipv4 [ ":" port ] / ipv6 / "[" ipv6 "]" [ ":" port ]
/// Errors are `usage`, and are the reason alone.
Result<ServerAddress> parse_server(std::string_view text);

}  // namespace dkimctl::dns
