#include "mutation.hpp"

#include "crypto/base64.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace dkimctl::test {
namespace {

using namespace std::string_literals;

const std::string kRsaEncryption = "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"s;

/// Algorithm identifiers that are nearly rsaEncryption.
const std::vector<std::string> kOtherAlgorithms{
    "\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"s,          // without NULL
    "\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"s,          // id-RSASSA-PSS
    "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x05\x00"s,  // the same with NULL
    "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x30\x00"s,  // an empty SEQUENCE
    "\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"s,                  // id-ecPublicKey
    "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00"s,  // sha256WithRSAEncryption
};

std::string unbase64(std::string_view text)
{
  static const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  std::uint32_t group = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const std::size_t value = digits.find(c);
    if (value != std::string::npos) {
      group = group << 6U | static_cast<std::uint32_t>(value);
      bits += 6;
    }
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<char>(group >> bits & 0xffU));
    }
  }
  return bytes;
}

/// The contents of the elements of a SEQUENCE in canonical DER of less than 64 KiB.
std::vector<std::string> elements_of(std::string_view der)
{
  const auto skip_header = [&](std::string_view& rest) {
    const auto first = static_cast<unsigned char>(rest.at(1));
    std::size_t length = first;
    std::size_t header = 2;
    if (first >= 0x80) {
      header += first & 0x7fU;
      length = 0;
      for (std::size_t i = 2; i < header; ++i) {
        length = length << 8U | static_cast<unsigned char>(rest.at(i));
      }
    }
    rest.remove_prefix(header);
    return length;
  };
  skip_header(der);
  std::vector<std::string> elements;
  while (!der.empty()) {
    const std::size_t length = skip_header(der);
    elements.emplace_back(der.substr(0, length));
    der.remove_prefix(length);
  }
  return elements;
}

std::vector<std::string> lines_of(const std::string& text)
{
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    lines.push_back(text.substr(at, end - at));
    at = end;
  }
  return lines;
}

}  // namespace

std::string der_element(unsigned char tag, std::string_view contents)
{
  std::string out{static_cast<char>(tag)};
  const std::size_t length = contents.size();
  if (length >= 0x100) {
    out += {'\x82', static_cast<char>(length >> 8U & 0xffU)};
  } else if (length >= 0x80) {
    out += '\x81';
  }
  out += static_cast<char>(length & 0xffU);
  return out.append(contents);
}

std::string pem_text(std::string_view label, std::string_view der, std::size_t columns)
{
  const std::string body = crypto::base64(der);
  std::string out = "-----BEGIN " + std::string{label} + "-----\n";
  for (std::size_t at = 0; at < body.size(); at += columns) {
    out += body.substr(at, columns) + "\n";
  }
  return out + "-----END " + std::string{label} + "-----\n";
}

KeyMutator::KeyMutator(const std::vector<std::string>& pems, std::uint64_t seed) : random_(seed)
{
  for (const std::string& pem : pems) {
    const std::size_t body = pem.find('\n');
    keys_.push_back(elements_of(unbase64(std::string_view{pem}.substr(body, pem.find("-----END") - body))));
  }
}

std::string KeyMutator::random_bytes(std::size_t size)
{
  std::string bytes(size, '\0');
  std::generate(bytes.begin(), bytes.end(), [this] { return static_cast<char>(below(256)); });
  return bytes;
}

/// One number becomes another, often with a sign or a length that DER does not allow.
void KeyMutator::mutate_element(std::string& element)
{
  static const std::vector<std::string> small{""s,     "\0"s,   "\1"s,   "\2"s,     "\3"s,  "\x7f"s,
                                              "\x80"s, "\xff"s, "\0\1"s, "\0\x80"s, "\0\0"s};
  const std::size_t at = element.empty() ? 0 : below(element.size());
  switch (below(9)) {
  case 0: element = small[below(small.size())]; break;
  case 1: element.insert(0, 1, '\0'); break;
  case 2: element.insert(0, 1, '\xff'); break;
  case 3: element.erase(0, 1); break;
  case 4: element = '\x01' + random_bytes(below(600)); break;
  case 5: element += random_bytes(1 + below(80)); break;
  case 6: element = random_bytes(below(20)); break;
  case 7: element.resize(at); break;
  default:
    if (!element.empty()) {
      element[at] = static_cast<char>(static_cast<unsigned char>(element[at]) ^ (1U << below(8)));
    }
  }
}

void KeyMutator::mutate_numbers(std::vector<std::string>& elements)
{
  switch (below(8)) {
  case 0: std::swap(elements[below(elements.size())], elements[below(elements.size())]); break;
  case 1: elements.erase(elements.begin() + static_cast<std::ptrdiff_t>(below(elements.size()))); break;
  case 2: elements.push_back(elements[below(elements.size())]); break;
  case 3: elements[0] = random_bytes(1 + below(2)); break;  // the version
  default: mutate_element(elements[below(elements.size())]);
  }
}

/// Bytes, wherever they stand; most of these hit a number, many a length.
void KeyMutator::mutate_der(std::string& der)
{
  const std::size_t at = below(std::min<std::size_t>(der.size(), below(2) == 0 ? 40 : der.size()));
  switch (below(7)) {
  case 0: der.resize(at); break;
  case 1: der += random_bytes(1 + below(4)); break;
  case 2: der.insert(at, 1, static_cast<char>(below(256))); break;
  case 3: der.erase(at, 1); break;
  case 4:
    der = "\x30\x80"s + der.substr(4) + "\0\0"s;  // indefinite length, X.690 section 8.1.3.6
    break;
  case 5:
    der = "\x30\x83"s + '\0' + der.substr(2);  // a longer length than need be
    break;
  default: der[at] = static_cast<char>(static_cast<unsigned char>(der[at]) ^ (1U << below(8)));
  }
}

std::string KeyMutator::wrap_in_pkcs8(const std::string& der)
{
  const bool other = below(4) == 0;
  const std::string version = der_element(0x02, below(10) == 0 ? "\1"s : "\0"s);
  const std::string& algorithm = other ? kOtherAlgorithms[below(kOtherAlgorithms.size())] : kRsaEncryption;
  const std::string attributes = below(10) == 0 ? "\xa0\x00"s : ""s;
  const auto tag = static_cast<unsigned char>(below(20) == 0 ? 0x03 : 0x04);
  return der_element(0x30, version + algorithm + der_element(tag, der) + attributes);
}

void KeyMutator::mutate_lines(std::string& pem)
{
  std::vector<std::string> lines = lines_of(pem);
  const std::size_t at = below(lines.size());
  const auto place = lines.begin() + static_cast<std::ptrdiff_t>(at);
  switch (below(9)) {
  case 0: lines.insert(place, lines[at]); break;
  case 1: lines.erase(place); break;
  case 2: std::swap(lines[at], lines[below(lines.size())]); break;
  case 3: lines[at].pop_back(); break;  // joins two lines
  case 4: lines[at].insert(below(lines[at].size()), "\n"); break;
  case 5: lines.insert(place, "\n"); break;
  case 6: lines.insert(place, "Comment: none\n"); break;
  case 7: lines[at].insert(lines[at].size() - 1, 1 + below(4), ' '); break;
  default: lines[at].insert(0, 1 + below(4), below(2) == 0 ? ' ' : '\t');
  }
  pem.clear();
  for (const std::string& line : lines) {
    pem += line;
  }
}

void KeyMutator::mutate_pem(std::string& pem)
{
  static const std::string likely = "=-\n\r\t +/AZaz09\0\x80:"s;
  const std::size_t at = below(pem.size());
  const std::size_t padding = pem.find("\n-----END");
  switch (below(10)) {
  case 0: pem[at] = likely[below(likely.size())]; break;
  case 1: pem.insert(at, 1, likely[below(likely.size())]); break;
  case 2: pem.erase(at, 1 + below(4)); break;
  case 3: pem.resize(at); break;
  case 4: pem += below(2) == 0 ? "trailing\n"s : random_bytes(5); break;
  case 5: pem.insert(0, below(2) == 0 ? "leading\n"s : random_bytes(5)); break;
  case 6: pem.insert(std::min(padding, pem.size()), 1 + below(3), '='); break;
  case 7: pem[at] = static_cast<char>(static_cast<unsigned char>(pem[at]) ^ (1U << below(8))); break;
  default: mutate_lines(pem);
  }
}

std::string KeyMutator::next()
{
  static const std::vector<std::string> labels{"RSA PRIVATE KEY", "PRIVATE KEY", "ANY PRIVATE KEY",
                                               "EC PRIVATE KEY",  "PUBLIC KEY",  "RSA PUBLIC KEY"};
  std::vector<std::string> elements = keys_[below(keys_.size())];
  const std::uint64_t where = below(10);  // 0-4 numbers, 5-6 DER, 7-9 text
  for (std::uint64_t i = where < 5 ? 1 + below(2) : 0; i > 0; --i) {
    mutate_numbers(elements);
  }
  std::string der;
  for (const std::string& element : elements) {
    der += der_element(below(2000) == 0 ? 0x0a : 0x02, element);
  }
  der = der_element(0x30, der);
  const bool pkcs8 = below(3) == 0;
  if (pkcs8) {
    der = wrap_in_pkcs8(der);
  }
  if (where == 5 || where == 6) {
    mutate_der(der);
  }
  const std::string& label = below(20) == 0 ? labels[below(labels.size())] : labels[pkcs8 ? 1 : 0];
  std::string pem = pem_text(label, der, below(20) == 0 ? 1 + below(100) : 64);
  for (std::uint64_t i = where >= 7 ? 1 + below(2) : 0; i > 0 && !pem.empty(); --i) {
    mutate_pem(pem);
  }
  return pem;
}

}  // namespace dkimctl::test
