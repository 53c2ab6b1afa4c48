// Elements of DER (X.690) out of octets that may be anybody's: strictly, and without OpenSSL.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace dkimctl::crypto::der {

using namespace std::string_view_literals;

// DER identifier octets, X.690 section 8.1.2.
inline constexpr unsigned char kInteger = 0x02;
inline constexpr unsigned char kBitString = 0x03;
inline constexpr unsigned char kOctetString = 0x04;
inline constexpr unsigned char kSequence = 0x30;

inline constexpr auto kVersion0 = "\x02\x01\x00"sv;
inline constexpr auto kRsaEncryption =
    "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"sv;  // with NULL

inline unsigned char byte(std::string_view bytes, std::size_t i)
{
  return static_cast<unsigned char>(bytes[i]);
}

inline bool strip_prefix(std::string_view& text, std::string_view prefix)
{
  const bool there = text.starts_with(prefix);
  text.remove_prefix(there ? prefix.size() : 0);
  return there;
}

/// A length in its one DER form, X.690 section 10.1; nothing for 2^16 and above.
inline std::optional<std::size_t> take_length(std::string_view& der)
{
  if (der.empty()) {
    return {};
  }
  const std::size_t octets = byte(der, 0) < 0x80 ? 0 : byte(der, 0) & 0x7fU;
  if (octets > 2 || byte(der, 0) == 0x80 || der.size() < 1 + octets) {
    return {};
  }
  std::size_t length = octets == 0 ? byte(der, 0) : byte(der, 1);
  if (octets == 2) {
    length = length << 8U | byte(der, 2);
  }
  if (octets > 0 && length < (octets == 1 ? 0x80 : 0x100)) {
    return {};
  }
  der.remove_prefix(1 + octets);
  return length;
}

/// The contents of the element that `der` begins with.
inline std::optional<std::string_view> take(std::string_view& der, unsigned char tag)
{
  if (der.empty() || byte(der, 0) != tag) {
    return {};
  }
  der.remove_prefix(1);
  const auto length = take_length(der);
  if (!length || *length > der.size()) {
    return {};
  }
  const std::string_view contents = der.substr(0, *length);
  der.remove_prefix(*length);
  return contents;
}

/// The contents of an element that `der` consists of.
inline std::optional<std::string_view> take_all(std::string_view der, unsigned char tag)
{
  const auto contents = take(der, tag);
  return der.empty() ? contents : std::nullopt;
}

/// The two's complement octets of an INTEGER greater than 0.
inline std::optional<std::string_view> take_positive(std::string_view& der)
{
  const auto number = take(der, kInteger);
  if (!number || number->empty() || byte(*number, 0) >= 0x80) {
    return {};
  }
  if (byte(*number, 0) == 0 && (number->size() == 1 || byte(*number, 1) < 0x80)) {
    return {};  // zero, or longer than it need be
  }
  return number;
}

inline std::uint32_t bit_length(std::string_view number)
{
  return static_cast<std::uint32_t>(8 * (number.size() - 1)) + std::bit_width(std::uint32_t{byte(number, 0)});
}

}  // namespace dkimctl::crypto::der
