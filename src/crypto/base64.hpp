#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dkimctl::crypto {

/// Base64 with padding and without line ends, RFC 4648 section 4.
std::string base64(std::string_view bytes);

/// The octets of such a text, of which every character must be of the alphabet and the padding be there;
/// nothing for any other.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace dkimctl::crypto
