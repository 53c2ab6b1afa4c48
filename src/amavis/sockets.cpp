#include "amavis/sockets.hpp"

#include "amavis/signing_view.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/format.h>

namespace dkimctl::amavis {
namespace {

using perl::Value;

/// The texts of a scalar, or of the elements of a list.
std::vector<std::string> texts(const Value& value)
{
  std::vector<std::string> out;
  const auto add = [&](const Value& item) {
    if (item.is_plain() && !item.text().empty()) {
      out.push_back(item.text());
    }
  };
  if (const perl::Array* const list = value.array()) {
    for (const perl::ScalarPtr& item : list->items) {
      add(item->value);
    }
  } else {
    add(value);
  }
  return out;
}

bool all_digits(std::string_view text)
{
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

constexpr std::array<std::string_view, 5> kProtocols{"/tcp", "|unix", "/ssl", "/ssleay", "|tcp"};

/// Without what Net::Server takes behind it: "/tcp", "|unix".
std::string_view without_protocol(std::string_view socket)
{
  for (const std::string_view protocol : kProtocols) {
    if (socket.ends_with(protocol)) {
      socket.remove_suffix(protocol.size());
    }
  }
  return socket;
}

std::string_view without_family(std::string_view socket)
{
  for (const std::string_view family : {"unix:", "inet:", "inet6:"}) {
    if (socket.starts_with(family)) {
      return socket.substr(family.size());
    }
  }
  return socket;
}

/// A numeric address as a client reaches it, IPv6 in brackets.
std::string reached(std::string_view address)
{
  if (address.starts_with('[') && address.ends_with(']')) {
    address = address.substr(1, address.size() - 2);
  }
  if (address.empty() || address == "*" || address == "0.0.0.0" || address == "localhost") {
    return "127.0.0.1";
  }
  if (address == "::") {
    return "[::1]";
  }
  return address.find(':') == std::string_view::npos ? std::string{address} : fmt::format("[{}]", address);
}

/// "10026", "127.0.0.1:10026" or a path, as it is reached: several addresses for a port alone.
std::vector<std::string> addresses(std::string_view socket, const std::vector<std::string>& bind)
{
  socket = without_family(without_protocol(socket));
  if (socket.starts_with('/')) {
    return {std::string{socket}};
  }
  if (all_digits(socket)) {
    std::vector<std::string> out;
    std::transform(bind.begin(), bind.end(), std::back_inserter(out), [&](const std::string& address) {
      return fmt::format("{}:{}", reached(address), socket);
    });
    return out;
  }
  const std::size_t colon = socket.rfind(':');
  if (colon == std::string_view::npos || !all_digits(socket.substr(colon + 1))) {
    return {};
  }
  return {fmt::format("{}:{}", reached(socket.substr(0, colon)), socket.substr(colon + 1))};
}

/// Those of a Unix socket or of a port first, then those of this very one.
std::vector<std::string> banks_of(const std::string& address, const perl::Hash* policies)
{
  std::vector<std::string> banks;
  const std::string general = address.starts_with('/') ? "SOCK" : address.substr(address.rfind(':') + 1);
  for (const std::string& key : {general, address}) {
    const perl::Scalar* const bank = policies == nullptr ? nullptr : policies->find(key);
    if (bank != nullptr && bank->value.is_plain() && !bank->value.text().empty()) {
      banks.push_back(bank->value.text());
    }
  }
  return banks;
}

/// The protocol that is spoken there: the last bank that says, else the global one.
std::string protocol_of(const Configuration& configuration, const ListenSocket& socket)
{
  Value protocol = configuration.variable("$protocol").value;
  for (const std::string& name : socket.banks) {
    const PolicyBank* const bank = configuration.bank(name);
    const perl::Scalar* const own = bank == nullptr ? nullptr : bank->setting("protocol");
    if (own != nullptr) {
      protocol = own->value;
    }
  }
  const Value& plain = dereferenced(protocol);
  return plain.is_plain() ? plain.text() : "";
}

}  // namespace

std::vector<ListenSocket> listen_sockets(const SocketSettings& settings)
{
  std::vector<std::string> bind = texts(settings.inet_socket_bind);
  if (bind.empty()) {
    bind.emplace_back("*");
  }
  std::vector<ListenSocket> sockets;
  for (const Value* const value :
       {&settings.listen_sockets, &settings.unix_socketname, &settings.inet_socket_port}) {
    for (const std::string& socket : texts(*value)) {
      for (std::string& address : addresses(socket, bind)) {
        std::vector<std::string> banks = banks_of(address, settings.interface_policy.hash());
        sockets.push_back({std::move(address), std::move(banks)});
      }
    }
  }
  return sockets;
}

std::vector<ListenSocket> listen_sockets(const Configuration& configuration)
{
  return listen_sockets(SocketSettings{
      configuration.variable("@listen_sockets").value, configuration.variable("$unix_socketname").value,
      configuration.variable("$inet_socket_port").value, configuration.variable("$inet_socket_bind").value,
      configuration.variable("%interface_policy").value});
}

std::vector<std::string> live_endpoints(const Configuration& configuration)
{
  std::vector<std::string> endpoints;
  for (const ListenSocket& socket : listen_sockets(configuration)) {
    if (protocol_of(configuration, socket) == "AM.PDP") {
      endpoints.push_back(socket.address);
    }
  }
  std::stable_partition(endpoints.begin(), endpoints.end(),
                        [](const std::string& endpoint) { return endpoint.starts_with('/'); });
  return endpoints;
}

}  // namespace dkimctl::amavis
