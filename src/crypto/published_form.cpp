#include "crypto/published_form.hpp"

#include "crypto/canonical_key.hpp"
#include "crypto/der.hpp"

#include <array>
#include <utility>

namespace dkimctl::crypto {
namespace {

using namespace std::string_view_literals;

constexpr unsigned char kObject = 0x06;
constexpr std::size_t kMostOctets = 16384;  // of both numbers: far beyond what OpenSSL verifies with
constexpr std::size_t kEd25519Size = 32;    // octets, RFC 8032 section 5.1.5

constexpr auto kRsa = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"sv;     // rsaEncryption, RFC 3279 section 2.3.1
constexpr auto kRsaPss = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"sv;  // id-RSASSA-PSS, RFC 4055 section 3.1
constexpr auto kEd25519 = "+ep"sv;  // 1.3.101.112, whose octets are letters: RFC 8410 section 3

/// RSAPublicKey, RFC 8017 appendix A.1.1.
std::optional<RsaPublicNumbers> rsa_public(std::string_view octets)
{
  auto rest = der::take_all(octets, der::kSequence);
  const auto n = rest ? der::take_positive(*rest) : std::nullopt;
  const auto e = n ? der::take_positive(*rest) : std::nullopt;
  const bool fits = e && rest->empty() && n->size() + e->size() <= kMostOctets;
  return fits ? std::optional{RsaPublicNumbers{*n, *e}} : std::nullopt;
}

/// The key in a SubjectPublicKeyInfo, by what its algorithm is.
PublishedForm form_of_spki(std::string_view whole, std::string_view algorithm, std::string_view bits)
{
  const auto object = der::take(algorithm, kObject);
  if (!object || !der::strip_prefix(bits, "\0"sv)) {  // no unused bits
    return {};
  }
  if (*object == kRsaPss) {
    return {KeyForm::rsa_pss, {}};
  }
  if (*object == kEd25519) {
    return bits.size() == kEd25519Size ? PublishedForm{KeyForm::ed25519_spki, std::string{bits}}
                                       : PublishedForm{};
  }
  if (*object != kRsa) {
    return {KeyForm::other, {}};
  }
  const auto numbers = rsa_public(bits);
  if (!numbers) {
    return {};
  }
  std::string canonical = make_spki(*numbers);
  return {canonical == whole ? KeyForm::rsa : KeyForm::rsa_inexact, std::move(canonical)};
}

/// RFC 8017 appendix A.1.2, RFC 5915 section 3, RFC 5208 section 5: a version before anything else.
bool is_private(std::string_view rest)
{
  const auto version = der::take(rest, der::kInteger);
  if (!version || version->size() != 1) {
    return false;
  }
  std::string_view pkcs1 = rest;
  std::string_view other = rest;
  const bool has_numbers =
      der::take_positive(pkcs1) && der::take_positive(pkcs1) && der::take_positive(pkcs1);
  const bool is_pkcs8 = der::take(rest, der::kSequence) && der::take(rest, der::kOctetString);
  return has_numbers || is_pkcs8 || der::take(other, der::kOctetString);
}

}  // namespace

PublishedForm form_of(std::string_view octets)
{
  if (octets.size() == kEd25519Size) {
    return {KeyForm::ed25519, std::string{octets}};
  }
  if (const auto numbers = rsa_public(octets)) {
    return {KeyForm::rsa_pkcs1, make_spki(*numbers)};
  }
  auto rest = der::take_all(octets, der::kSequence);
  if (!rest) {
    return {};
  }
  if (is_private(*rest)) {
    return {KeyForm::private_key, {}};
  }
  const auto algorithm = der::take(*rest, der::kSequence);
  const auto bits = algorithm ? der::take(*rest, der::kBitString) : std::nullopt;
  return bits && rest->empty() ? form_of_spki(octets, *algorithm, *bits) : PublishedForm{};
}

}  // namespace dkimctl::crypto
