// The input as a PEM text, and as the DER in one. The fast way into a private key must stay inside OpenSSL's,
// and no message may show what it is about.
#include "crypto/base64.hpp"
#include "keys/oracle.hpp"

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>

namespace {

using namespace dkimctl;

constexpr std::size_t kColumns = 64;

void check(const std::string& pem)
{
  const test::Verdicts verdicts = test::verdicts_of(pem);
  const bool harmless = verdicts.general || test::is_harmless(verdicts.general.error());
  if (!test::fast_way_is_inside(verdicts) || !harmless) {
    std::cerr << (harmless ? "not taken alike" : verdicts.general.error().what) << ":\n" << pem << '\n';
    std::abort();
  }
}

std::string wrap(const std::string& label, std::string_view der)
{
  const std::string body = crypto::base64(der);
  std::string pem = "-----BEGIN " + label + "-----\n";
  for (std::size_t at = 0; at < body.size(); at += kColumns) {
    pem += body.substr(at, kColumns) + "\n";
  }
  return pem + "-----END " + label + "-----\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const std::string input(reinterpret_cast<const char*>(data), size);
  if (!input.starts_with('\x30')) {
    check(input);
    return 0;
  }
  check(wrap("RSA PRIVATE KEY", input));
  check(wrap("PRIVATE KEY", input));
  return 0;
}
