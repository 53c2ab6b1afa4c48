// Which name servers this host is told of: resolv.conf(5), root hints, trust anchors.
#pragma once

#include "dns/dialogue.hpp"
#include "dns/question.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::sys {

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
