// One question and its answer over a stream socket.
#pragma once

#include "base/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace dkimctl::sys {

/// Where a program listens.
struct Endpoint {
  enum class Kind { tcp, local };

  Kind kind = Kind::tcp;
  std::string address;     // tcp: a numeric IPv4 or IPv6 address without brackets; local: a socket's path
  std::uint16_t port = 0;  // of tcp, 1 to 65535

  ///     endpoint = ipv4 ":" port / "[" ipv6 "]" ":" port / path
  /// A path has a slash in it. Host names are refused: what they stand for is not ours to ask. Errors are
  /// `usage` and name the text.
  static Result<Endpoint> parse(std::string_view text);
  /// As parse() takes it.
  std::string text() const;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// Whether the answer is complete, given all of it so far.
using IsComplete = std::function<bool(std::string_view answer)>;

/// Connects, sends `request`, and reads until `complete` says so, all of it before `deadline`. What was
/// received beyond the point where it said so comes along. Errors name the endpoint: "cannot connect to
/// 127.0.0.1:9998: connection refused", "no answer from 127.0.0.1:9998 within 10 s", "the answer of
/// 127.0.0.1:9998 is larger than 65536 bytes", "127.0.0.1:9998 hung up before the end of its answer".
Result<std::string> exchange(const Endpoint& endpoint, std::string_view request,
                             std::chrono::steady_clock::time_point deadline, std::size_t limit,
                             const IsComplete& complete);

}  // namespace dkimctl::sys
