// The system's resolver: /etc/hosts, DNS and whatever nsswitch.conf(5) names.
#pragma once

#include <optional>
#include <string>

namespace dkimctl::sys {

/// The canonical name of a host, as "hostname --fqdn" finds this host's; nothing where the resolver has none
/// or DNS is silent (it is asked twice, for a second each and server).
std::optional<std::string> canonical_name(const std::string& node);

}  // namespace dkimctl::sys
