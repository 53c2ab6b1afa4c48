#include "crypto/base64.hpp"

#include <algorithm>
#include <climits>

#include <openssl/evp.h>

namespace dkimctl::crypto {

std::string base64(std::string_view bytes)
{
  std::string text((bytes.size() + 2) / 3 * 4, '\0');  // and the NUL that std::string keeps anyway
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                  reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  return text;
}

std::optional<std::string> decode_base64(std::string_view text)
{
  const std::string_view digits = text.substr(0, text.find('='));
  const std::size_t padding = text.size() - digits.size();
  const auto is_digit = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  };
  if (text.size() % 4 != 0 || text.size() > INT_MAX || padding > 2 ||
      !std::ranges::all_of(digits, is_digit) ||
      text.substr(digits.size()) != std::string_view{"=="}.substr(0, padding)) {
    return std::nullopt;
  }
  std::string bytes(text.size() / 4 * 3, '\0');
  EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                  reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  bytes.resize(bytes.size() - padding);
  return bytes;
}

}  // namespace dkimctl::crypto
