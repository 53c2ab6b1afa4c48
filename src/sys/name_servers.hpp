// Which name servers this host is told of: resolv.conf(5), root hints, trust anchors.
#pragma once

#include "base/result.hpp"
#include "dns/dialogue.hpp"
#include "dns/question.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::sys {

/// An IPv4 or IPv6 address in text.
std::optional<dns::Address> parse_address(std::string_view text);

///     server = ipv4 [ ":" port ] / ipv6 / "[" ipv6 "]" [ ":" port ]
/// Errors are `usage`, and are the reason alone.
Result<dns::ServerAddress> parse_server(std::string_view text);

/// The addresses of "nameserver" lines, of which the C library uses three at most. Without any it asks
/// 127.0.0.1.
std::vector<dns::ServerAddress> parse_resolv_conf(std::string_view text);

/// The addresses in a file of root hints (zone text, one record a line).
std::vector<dns::ServerAddress> parse_root_hints(std::string_view text);

/// The DS and DNSKEY records in a file of trust anchors (zone text, one record a line).
std::vector<std::string> parse_trust_anchors(std::string_view text);

/// The root servers and trust anchors of the Internet: root-servers.org and data.iana.org/root-anchors.
dns::Roots internet_roots();

}  // namespace dkimctl::sys
