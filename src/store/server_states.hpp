// The servers that do not simply agree, as a column of text.
#pragma once

#include "rollover/key_life.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace dkimctl::store {

using ServerStates = std::map<std::string, rollover::ServerState, std::less<>>;

/// More bytes are neither written nor read.
inline constexpr std::size_t kServerStatesLimit = 1 << 20;

///     states = *( server SP answer SP silent-since SP silent-run LF )
///     answer = "none" / "right" / "absent" / "other" / "revoked"
///     silent-since = 1*DIGIT / "-"
///
/// The server is an address of a name server, "ns1.example.com/192.0.2.1"; of its octets those up to the
/// blank,
/// "%" and DEL stand as "%" and two hexadecimal digits. Nothing where it becomes too long.
std::optional<std::string> encode(const ServerStates& states);

/// Nothing where `text` is anything else than encode() writes.
std::optional<ServerStates> decode_server_states(std::string_view text);

}  // namespace dkimctl::store
