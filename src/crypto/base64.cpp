#include "crypto/base64.hpp"

#include <openssl/evp.h>

namespace dkimctl::crypto {

std::string base64(std::string_view bytes)
{
  std::string text((bytes.size() + 2) / 3 * 4, '\0');  // and the NUL that std::string keeps anyway
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                  reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  return text;
}

}  // namespace dkimctl::crypto
