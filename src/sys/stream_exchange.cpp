#include "sys/stream_exchange.hpp"

#include "sys/file_descriptor.hpp"
#include "sys/system_error.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace dkimctl::sys {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kChunk = 16384;  // bytes
constexpr std::chrono::milliseconds kBusyPause{10};

std::optional<std::uint16_t> parse_port(std::string_view text)
{
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool valid = error == std::errc{} && end == text.data() + text.size() && port != 0;
  return valid ? std::optional(port) : std::nullopt;
}

/// As text, in the form the system writes; nothing if it is not an address of that family.
std::optional<std::string> parse_address(int family, std::string_view text)
{
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  std::array<char, INET6_ADDRSTRLEN> canonical{};
  const std::string terminated{text};
  if (text.find('\0') != std::string_view::npos ||
      ::inet_pton(family, terminated.c_str(), bytes.data()) != 1 ||
      ::inet_ntop(family, bytes.data(), canonical.data(), canonical.size()) == nullptr) {
    return std::nullopt;
  }
  return std::string{canonical.data()};
}

/// An address in the form that connect(2) wants.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

template<class Address>
SocketAddress socket_address(const Address& address)
{
  SocketAddress out;
  static_assert(sizeof(Address) <= sizeof(out.storage));
  std::memcpy(&out.storage, &address, sizeof(address));
  out.size = sizeof(address);
  return out;
}

SocketAddress socket_address(const Endpoint& endpoint)
{
  if (endpoint.kind == Endpoint::Kind::local) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    endpoint.address.copy(static_cast<char*>(address.sun_path), sizeof(address.sun_path) - 1);
    return socket_address(address);
  }
  sockaddr_in6 v6{};
  if (::inet_pton(AF_INET6, endpoint.address.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(endpoint.port);
    return socket_address(v6);
  }
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(endpoint.port);
  ::inet_pton(AF_INET, endpoint.address.c_str(), &v4.sin_addr);
  return socket_address(v4);
}

/// A connection that gives up at a point in time.
class Conversation {
public:
  Conversation(const Endpoint& endpoint, Clock::time_point deadline)
      : name_(endpoint.text()), start_(Clock::now()), deadline_(deadline)
  {}

  Result<void> connect(const Endpoint& endpoint)
  {
    const SocketAddress to = socket_address(endpoint);
    socket_ = FileDescriptor{::socket(to.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (!socket_) {
      return connect_error(errno);
    }
    while (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&to.storage), to.size) != 0) {
      if (errno == EINPROGRESS || errno == EINTR) {
        return finish_connecting();
      }
      if (errno != EAGAIN) {
        return connect_error(errno);
      }
      // A local socket whose queue is full; there is nothing to poll for.
      if (Clock::now() >= deadline_) {
        return too_late();
      }
      ::poll(nullptr, 0, static_cast<int>(kBusyPause.count()));
    }
    return {};
  }

  Result<void> send(std::string_view data)
  {
    while (!data.empty()) {
      if (auto ready = wait(POLLOUT); !ready) {
        return ready;
      }
      const ssize_t n = ::send(socket_.get(), data.data(), data.size(), MSG_NOSIGNAL);
      if (n < 0 && errno != EAGAIN && errno != EINTR) {
        return system_error(errno, fmt::format("cannot write to {}: ", name_));
      }
      data.remove_prefix(n < 0 ? 0 : static_cast<std::size_t>(n));
    }
    return {};
  }

  /// Appends what has come; an error at the end of the stream.
  Result<void> receive(std::string& into)
  {
    if (auto ready = wait(POLLIN); !ready) {
      return ready;
    }
    std::array<char, kChunk> chunk;  // NOLINT(cppcoreguidelines-pro-type-member-init): recv fills it
    const ssize_t n = ::recv(socket_.get(), chunk.data(), chunk.size(), 0);
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
      return system_error(errno, fmt::format("cannot read from {}: ", name_));
    }
    if (n == 0) {
      return tl::unexpected(Error{Errc::io, fmt::format("{} hung up before the end of its answer", name_)});
    }
    into.append(chunk.data(), n < 0 ? 0 : static_cast<std::size_t>(n));
    return {};
  }

private:
  Result<void> finish_connecting()
  {
    if (auto ready = wait(POLLOUT); !ready) {
      return ready;
    }
    int error = 0;
    socklen_t size = sizeof(error);
    if (::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) {
      error = errno;
    }
    return error == 0 ? Result<void>{} : connect_error(error);
  }

  /// Until the socket is ready for `events`, or has failed, which the next call on it will tell.
  Result<void> wait(short events) const
  {
    for (;;) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
      if (left <= 0) {
        return too_late();
      }
      pollfd wanted{socket_.get(), events, 0};
      const int ready = ::poll(&wanted, 1, static_cast<int>(std::min<decltype(left)>(left, 60000)));
      if (ready > 0) {
        return {};
      }
      if (ready < 0 && errno != EINTR) {
        return system_error(errno, fmt::format("cannot wait for {}: ", name_));
      }
    }
  }

  tl::unexpected<Error> connect_error(int error) const
  {
    return system_error(error, fmt::format("cannot connect to {}: ", name_));
  }

  tl::unexpected<Error> too_late() const
  {
    const std::chrono::duration<double> given = std::max(deadline_ - start_, Clock::duration::zero());
    return tl::unexpected(Error{Errc::io, fmt::format("no answer from {} within {:g} s", name_,
                                                      std::round(given.count() * 10) / 10)});
  }

  std::string name_;
  Clock::time_point start_;
  Clock::time_point deadline_;
  FileDescriptor socket_;
};

}  // namespace

Result<Endpoint> Endpoint::parse(std::string_view text)
{
  const auto fail = [&](std::string_view why) {
    return tl::unexpected(Error{Errc::usage, fmt::format("'{}': {}", text, why)});
  };
  if (text.find('/') != std::string_view::npos) {
    if (text.size() >= sizeof(sockaddr_un::sun_path) || text.find('\0') != std::string_view::npos) {
      return fail(fmt::format("a socket's path has at most {} bytes", sizeof(sockaddr_un::sun_path) - 1));
    }
    return Endpoint{Kind::local, std::string{text}, 0};
  }
  const std::size_t colon = text.rfind(':');
  const auto port = colon == std::string_view::npos ? std::nullopt : parse_port(text.substr(colon + 1));
  std::string_view host = text.substr(0, std::min(colon, text.size()));
  const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) {
    host = host.substr(1, host.size() - 2);
  }
  auto address = parse_address(bracketed ? AF_INET6 : AF_INET, host);
  if (!port || !address) {
    return fail("expected ADDRESS:PORT, [ADDRESS]:PORT or the path of a socket");
  }
  return Endpoint{Kind::tcp, *std::move(address), *port};
}

std::string Endpoint::text() const
{
  if (kind == Kind::local) {
    return address;
  }
  return address.find(':') == std::string::npos ? fmt::format("{}:{}", address, port)
                                                : fmt::format("[{}]:{}", address, port);
}

Result<std::string> exchange(const Endpoint& endpoint, std::string_view request, Clock::time_point deadline,
                             std::size_t limit, const IsComplete& complete)
{
  Conversation conversation(endpoint, deadline);
  auto done = conversation.connect(endpoint);
  if (done) {
    done = conversation.send(request);
  }
  std::string answer;
  while (done && !complete(answer)) {
    done = conversation.receive(answer);
    if (answer.size() > limit) {
      return tl::unexpected(
          Error{Errc::io, fmt::format("the answer of {} is larger than {} bytes", endpoint.text(), limit)});
    }
  }
  if (!done) {
    return tl::unexpected(std::move(done).error());
  }
  return answer;
}

}  // namespace dkimctl::sys
