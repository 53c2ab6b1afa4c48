#pragma once

#include <string>
#include <string_view>

namespace dkimctl::crypto {

/// Base64 with padding and without line ends, RFC 4648 section 4.
std::string base64(std::string_view bytes);

}  // namespace dkimctl::crypto
