// Where amavisd listens, and which policy banks mail gets that comes in there.
#pragma once

#include "amavis/configuration.hpp"
#include "perl/value.hpp"

#include <string>
#include <vector>

namespace dkimctl::amavis {

/// The settings that say so, as they are.
struct SocketSettings {
  perl::Value listen_sockets;    // @listen_sockets
  perl::Value unix_socketname;   // $unix_socketname
  perl::Value inet_socket_port;  // $inet_socket_port
  perl::Value inet_socket_bind;  // $inet_socket_bind
  perl::Value interface_policy;  // %interface_policy
};

struct ListenSocket {
  std::string address;  // as a client of this host reaches it: "/path", "127.0.0.1:10026", "[::1]:10026"
  std::vector<std::string> banks;  // loaded one over the other
};

/// In amavisd's order: @listen_sockets, $unix_socketname, $inet_socket_port. One that listens on every
/// address is reached at the loopback address. What cannot be known is left out.
std::vector<ListenSocket> listen_sockets(const SocketSettings& settings);
std::vector<ListenSocket> listen_sockets(const Configuration& configuration);

/// Where the daemon answers AM.PDP, Unix sockets first: nobody but amavisd's user can put one in its folder.
std::vector<std::string> live_endpoints(const Configuration& configuration);

}  // namespace dkimctl::amavis
