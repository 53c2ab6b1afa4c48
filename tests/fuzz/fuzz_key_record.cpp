// A TXT record from anybody, its strings separated by octets 0xff: a record that a verifier can use is of our
// key, what is wrong is said once a kind, and every text can be shown.
#include "crypto/base64.hpp"
#include "dkim/disguise.hpp"
#include "dkim/value_diagnosis.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

// tests/data/keys/rsa1024.pem
constexpr std::string_view kKey =
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDQuPSCjAzFcxXUjvSVOC4yoTxdcU+AAflu"
    "6yabK4GyHfOAQN9uTR+uO5P9Nhb55Pf6PwMiUOmf+dSCviU1XJwXrKh9Znw/hfXg0ujhDShx"
    "Ww8lH2BihxzaE4xvMZn31as4I8jjYZDARTJW9j/E1PrN6rlimShCl6Y8dLDsZ8fLFwIDAQAB";

std::string expected()
{
  return dkimctl::crypto::decode_base64(kKey).value();
}

dkimctl::dns::Txt strings_of(std::string_view text)
{
  dkimctl::dns::Txt txt;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::string_view string = text.substr(begin, text.find('\xff', begin) - begin);
    txt.strings.emplace_back(string);
    begin += string.size() + 1;
  }
  return txt;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  using namespace dkimctl;
  const auto require = [](bool holds) {
    if (!holds) {
      std::abort();
    }
  };
  static const std::string key = expected();
  const dns::Txt record = strings_of({reinterpret_cast<const char*>(data), size});
  const auto diagnosis = dkim::diagnose_value(record, key);
  require(diagnosis.usable.has_value() || !diagnosis.remarks.empty());
  require(!diagnosis.usable || diagnosis.usable->published() == key);
  for (const dkim::Remark& remark : diagnosis.remarks) {
    require(remark.code != nullptr && !remark.text.empty());
    require(std::ranges::all_of(remark.text, [](unsigned char c) { return c >= 0x20 && c < 0x7f; }));
  }
  // What was mended once has nothing left to mend in its quotes, backslashes and lines.
  const auto once = dkim::undisguise(record.value());
  require(once.remarks.empty() || once.value.find_first_of("\\\"") == std::string::npos ||
          once.value.find("n=") != std::string::npos);
  return 0;
}
