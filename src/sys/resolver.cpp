#include "sys/resolver.hpp"

#include <memory>

#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <sys/socket.h>

namespace dkimctl::sys {

std::optional<std::string> canonical_name(const std::string& node)
{
  if (::res_init() == 0) {
    _res.retrans = 1;  // seconds; its own default would let an unreachable server hold us for half a minute
    _res.retry = 2;
  }
  addrinfo hints{};
  hints.ai_flags = AI_CANONNAME;
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(node.c_str(), nullptr, &hints, &found) != 0) {
    return std::nullopt;
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned{found, &::freeaddrinfo};
  return found->ai_canonname == nullptr ? std::nullopt : std::optional<std::string>(found->ai_canonname);
}

}  // namespace dkimctl::sys
