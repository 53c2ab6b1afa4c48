#include "crypto/canonical_key.hpp"

#include "base/secret.hpp"
#include "crypto/der.hpp"

#include <algorithm>
#include <array>

#include <openssl/evp.h>

namespace dkimctl::crypto {
namespace {

using namespace std::string_view_literals;
using der::bit_length;
using der::byte;
using der::kBitString;
using der::kInteger;
using der::kOctetString;
using der::kRsaEncryption;
using der::kSequence;
using der::kVersion0;
using der::strip_prefix;
using der::take_all;
using der::take_positive;

constexpr std::size_t kColumns = 64;
constexpr std::size_t kMaxText = 32768;  // four times what a key of kMaxBits fills
constexpr std::uint32_t kMinBits = 512;
constexpr std::uint32_t kMaxBits = 16384;

enum class Form { pkcs1, pkcs8 };

struct Envelope {
  Form form;
  std::string_view begin;
  std::string_view end;
};

constexpr std::array kEnvelopes{
    Envelope{Form::pkcs1, "-----BEGIN RSA PRIVATE KEY-----\n", "-----END RSA PRIVATE KEY-----\n"},
    Envelope{Form::pkcs8, "-----BEGIN PRIVATE KEY-----\n", "-----END PRIVATE KEY-----\n"},
};

/// What the base64 of a key holds: on the stack, since thousands are decoded, and wiped.
class Decoded {
public:
  Decoded() = default;
  Decoded(const Decoded&) = delete;
  Decoded& operator=(const Decoded&) = delete;
  ~Decoded() { wipe(bytes_.data(), used_); }

  char* end() { return bytes_.data() + used_; }
  void grow(std::size_t by) { used_ += by; }
  /// Without the octets that padding stands for.
  std::string_view view(std::size_t padding) const { return {bytes_.data(), used_ - padding}; }

private:
  std::array<char, kMaxText> bytes_;  // more than a quarter more than it can need
  std::size_t used_ = 0;
};

/// Decodes lines of 64 columns, the last of which may be shorter, into `out`; nothing for anything else.
/// EVP_DecodeBlock() alone would let blanks at the ends of a line and "=" anywhere pass.
std::optional<std::string_view> decode_body(std::string_view body, Decoded& out)
{
  if (!body.ends_with('\n')) {
    return {};
  }
  const std::string_view digits = body.substr(0, body.find('='));
  const std::string_view padding = body.substr(digits.size());
  if (padding != ""sv && padding != "=\n"sv && padding != "==\n"sv) {
    return {};
  }
  while (!body.empty()) {
    const std::size_t length = std::min(kColumns, body.size() - 1);
    if (length == 0 || length % 4 != 0 || body[length] != '\n') {
      return {};
    }
    const int decoded =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.end()),
                        reinterpret_cast<const unsigned char*>(body.data()), static_cast<int>(length));
    if (decoded != static_cast<int>(length / 4 * 3)) {
      return {};
    }
    out.grow(static_cast<std::size_t>(decoded));
    body.remove_prefix(length + 1);
  }
  return out.view(padding.empty() ? 0 : padding.size() - 1);
}

bool is_odd(std::string_view number)
{
  return (byte(number, number.size() - 1) & 1U) != 0;
}

std::optional<RsaPublicNumbers> take_public_numbers(std::string_view& der)
{
  const auto n = take_positive(der);
  const auto e = take_positive(der);
  if (!n || !e || !is_odd(*n) || !is_odd(*e)) {
    return {};
  }
  const std::uint32_t bits = bit_length(*n);
  if (bits < kMinBits || bits > kMaxBits || *e == "\x01"sv || bit_length(*e) > 64) {
    return {};
  }
  return RsaPublicNumbers{*n, *e};
}

std::optional<RsaNumbers> take_numbers(std::string_view der)
{
  auto rest = take_all(der, kSequence);
  if (!rest || !strip_prefix(*rest, kVersion0)) {
    return {};
  }
  const auto both = take_public_numbers(*rest);
  if (!both) {
    return {};
  }
  RsaNumbers numbers{both->at(0), both->at(1)};
  for (std::size_t i = 2; i < numbers.size(); ++i) {
    const auto number = take_positive(*rest);
    if (!number || number->size() > both->at(0).size()) {
      return {};
    }
    numbers.at(i) = *number;
  }
  return rest->empty() ? std::optional{numbers} : std::nullopt;
}

/// The RSAPrivateKey within a PrivateKeyInfo.
std::optional<std::string_view> unwrap(std::string_view der)
{
  auto rest = take_all(der, kSequence);
  if (!rest || !strip_prefix(*rest, kVersion0) || !strip_prefix(*rest, kRsaEncryption)) {
    return {};
  }
  return take_all(*rest, kOctetString);
}

std::size_t header_size(std::size_t length)
{
  return length < 0x80 ? 2 : length < 0x100 ? 3 : 4;
}

void put_header(std::string& out, unsigned char tag, std::size_t length)
{
  out.push_back(static_cast<char>(tag));
  if (length >= 0x100) {
    out.push_back('\x82');
    out.push_back(static_cast<char>(length >> 8U));
  } else if (length >= 0x80) {
    out.push_back('\x81');
  }
  out.push_back(static_cast<char>(length & 0xffU));
}

void put(std::string& out, unsigned char tag, std::string_view contents)
{
  put_header(out, tag, contents.size());
  out += contents;
}

std::uint64_t value(std::string_view number)
{
  std::uint64_t sum = 0;
  for (const char c : number) {
    sum = sum << 8U | static_cast<unsigned char>(c);
  }
  return sum;
}

PublicKey public_key_of(const RsaPublicNumbers& numbers)
{
  const bool fits = bit_length(numbers[1]) <= 64;
  return {KeyType::rsa,
          {bit_length(numbers[0])},
          fits ? std::optional{value(numbers[1])} : std::nullopt,
          make_spki(numbers)};
}

}  // namespace

std::string make_spki(const RsaPublicNumbers& numbers)
{
  const auto size = [](std::size_t length) { return header_size(length) + length; };
  const std::size_t key = size(numbers[0].size()) + size(numbers[1].size());
  const std::size_t bit_string = 1 + size(key);  // 1: the octet that counts unused bits
  const std::size_t info = kRsaEncryption.size() + size(bit_string);
  std::string out;
  out.reserve(size(info));
  put_header(out, kSequence, info);
  out += kRsaEncryption;
  put_header(out, kBitString, bit_string);
  out.push_back('\0');
  put_header(out, kSequence, key);
  put(out, kInteger, numbers[0]);
  put(out, kInteger, numbers[1]);
  return out;
}

bool with_canonical_numbers(std::string_view pem, const std::function<void(const RsaNumbers&)>& use)
{
  const auto* const envelope = std::find_if(kEnvelopes.begin(), kEnvelopes.end(), [&](const Envelope& known) {
    return pem.starts_with(known.begin) && pem.ends_with(known.end);
  });
  if (envelope == kEnvelopes.end() || pem.size() > kMaxText ||
      pem.size() < envelope->begin.size() + envelope->end.size()) {
    return false;
  }
  pem.remove_prefix(envelope->begin.size());
  pem.remove_suffix(envelope->end.size());
  Decoded decoded;
  const auto body = decode_body(pem, decoded);
  const auto der = body && envelope->form == Form::pkcs8 ? unwrap(*body) : body;
  const auto numbers = der ? take_numbers(*der) : std::nullopt;
  if (numbers) {
    use(*numbers);
  }
  return numbers.has_value();
}

std::optional<PublicKey> canonical_public_key(std::string_view pem)
{
  std::optional<PublicKey> key;
  with_canonical_numbers(pem, [&](const RsaNumbers& numbers) {
    key = public_key_of({numbers[0], numbers[1]});
  });
  return key;
}

PublicKey public_key_of_spki(std::string_view spki)
{
  auto info = take_all(spki, kSequence);
  strip_prefix(*info, kRsaEncryption);
  auto bits = take_all(*info, kBitString);
  strip_prefix(*bits, "\0"sv);
  auto key = take_all(*bits, kSequence);
  const auto n = take_positive(*key);
  const auto e = take_positive(*key);
  return public_key_of({*n, *e});
}

std::optional<RsaPublicNumbers> canonical_spki_numbers(std::string_view octets)
{
  auto info = take_all(octets, kSequence);
  auto bits = info && strip_prefix(*info, kRsaEncryption) ? take_all(*info, kBitString) : std::nullopt;
  if (!bits || !strip_prefix(*bits, "\0"sv)) {  // no unused bits
    return {};
  }
  auto key = take_all(*bits, kSequence);
  const auto numbers = key ? take_public_numbers(*key) : std::nullopt;
  return key && key->empty() ? numbers : std::nullopt;
}

std::optional<PublicKey> canonical_spki(std::string_view octets)
{
  const auto numbers = canonical_spki_numbers(octets);
  return numbers ? std::optional{public_key_of(*numbers)} : std::nullopt;
}

}  // namespace dkimctl::crypto
