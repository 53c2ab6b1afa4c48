#include "crypto/key_defect.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

namespace dkimctl::crypto {
namespace {

using namespace std::string_view_literals;

constexpr auto kBegin = "-----BEGIN "sv;
constexpr auto kEnd = "-----END "sv;
constexpr auto kDashes = "-----"sv;
constexpr auto kUtf8Mark = "\xef\xbb\xbf"sv;
constexpr auto kBlanks = " \t\r\n\v\f"sv;
constexpr std::size_t kLongestBegin = 64;  // a longer line is more than a BEGIN line
constexpr auto kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="sv;

constexpr auto kMakeRsa = "make an RSA key: openssl genrsa -out NEW 2048";
constexpr auto kNeedsPrivate = "name the file of the private key that belongs to it";
constexpr auto kRestore = "restore the file from a backup, or make a new key: openssl genrsa -out NEW 2048";

/// What a PEM block's label says of it, RFC 7468 and OpenSSL's own.
struct Label {
  std::string_view text;
  KeyDefect defect;  // KeyDefect::damaged: a private key that ought to have been decoded
};

constexpr std::array kLabels{
    Label{"RSA PRIVATE KEY", KeyDefect::damaged},
    Label{"PRIVATE KEY", KeyDefect::damaged},
    Label{"ANY PRIVATE KEY", KeyDefect::damaged},
    Label{"ENCRYPTED PRIVATE KEY", KeyDefect::encrypted},
    Label{"EC PRIVATE KEY", KeyDefect::wrong_type},
    Label{"DSA PRIVATE KEY", KeyDefect::wrong_type},
    Label{"OPENSSH PRIVATE KEY", KeyDefect::openssh},
    Label{"PUBLIC KEY", KeyDefect::public_key},
    Label{"RSA PUBLIC KEY", KeyDefect::public_key},
    Label{"SSH2 PUBLIC KEY", KeyDefect::public_key},
    Label{"CERTIFICATE", KeyDefect::certificate},
    Label{"X509 CERTIFICATE", KeyDefect::certificate},
    Label{"TRUSTED CERTIFICATE", KeyDefect::certificate},
    Label{"CERTIFICATE REQUEST", KeyDefect::certificate},
    Label{"NEW CERTIFICATE REQUEST", KeyDefect::certificate},
};

/// One line without its end; lines are counted from 1.
struct Line {
  std::string_view text;
  std::size_t number = 0;
};

/// Hands out the lines of a text.
class Lines {
public:
  explicit Lines(std::string_view text) : rest_(text) {}

  std::optional<Line> next()
  {
    if (rest_.empty()) {
      return {};
    }
    const std::size_t length = std::min(rest_.find('\n'), rest_.size());
    std::string_view text = rest_.substr(0, length);
    rest_.remove_prefix(std::min(length + 1, rest_.size()));
    text.remove_suffix(text.size() - (text.find_last_not_of(kBlanks) + 1));
    return Line{text, ++number_};
  }

  bool only_blanks_left() const { return rest_.find_first_not_of(kBlanks) == std::string_view::npos; }

private:
  std::string_view rest_;
  std::size_t number_ = 0;
};

/// "X" of a line "-----BEGIN X-----"; nothing for any other line.
std::optional<std::string_view> label_of(std::string_view line, std::string_view start)
{
  if (!line.starts_with(start) || !line.ends_with(kDashes) || line.size() < start.size() + kDashes.size()) {
    return {};
  }
  line.remove_prefix(start.size());
  line.remove_suffix(kDashes.size());
  return line.find(kDashes) == std::string_view::npos ? std::optional(line) : std::nullopt;
}

bool is_base64(std::string_view text)
{
  return text.find_first_not_of(kBase64) == std::string_view::npos;
}

KeyError encrypted()
{
  return {KeyDefect::encrypted, "is encrypted, and amavisd cannot be given its passphrase",
          "write it without one: openssl pkey -in OLD -out NEW"};
}

KeyError wrong_type(std::string_view type)
{
  return {KeyDefect::wrong_type,
          fmt::format("is a private key of type {}, and amavisd signs with RSA keys only", type), kMakeRsa};
}

KeyError truncated(std::string what)
{
  return {KeyDefect::truncated, std::move(what), kRestore};
}
KeyError damaged(std::string what)
{
  return {KeyDefect::damaged, std::move(what), kRestore};
}

/// The error of a text whose first telling block has this label; nothing where the block must be looked into.
std::optional<KeyError> error_of(const Label& label)
{
  switch (label.defect) {
  case KeyDefect::encrypted: return encrypted();
  case KeyDefect::wrong_type: return wrong_type(label.text.substr(0, label.text.find(' ')));
  case KeyDefect::openssh:
    return KeyError{label.defect, "is a private key in OpenSSH's own format, which amavisd cannot read",
                    "convert a copy of it: ssh-keygen -p -m PEM -N '' -f COPY"};
  case KeyDefect::public_key:
    return KeyError{label.defect, "holds a public key, but no private key", kNeedsPrivate};
  case KeyDefect::certificate:
    return KeyError{label.defect, "holds a certificate or a request for one, but no private key",
                    kNeedsPrivate};
  case KeyDefect::empty:
  case KeyDefect::utf16:
  case KeyDefect::der:
  case KeyDefect::pkcs12:
  case KeyDefect::no_begin:
  case KeyDefect::one_line:
  case KeyDefect::other_block:
  case KeyDefect::truncated:
  case KeyDefect::damaged: return {};
  }
  return {};
}

/// Binary forms, UTF-16 among them, by their first octets.
std::optional<KeyError> binary(std::string_view text)
{
  if (text.starts_with("\xff\xfe"sv) || text.starts_with("\xfe\xff"sv) || text.starts_with("-\0"sv) ||
      text.starts_with("\0-"sv)) {
    return KeyError{KeyDefect::utf16, "is written in UTF-16, which amavisd cannot read",
                    "convert it: iconv -f UTF-16 -t ASCII OLD >NEW"};
  }
  if (text.size() < 4 || !text.starts_with('\x30') || (text[1] & 0x80) == 0) {
    return {};
  }
  const std::size_t header = 2 + (static_cast<unsigned char>(text[1]) & 0x7fU);
  if (text.substr(std::min(header, text.size()))
          .starts_with("\x02\x01\x03"sv)) {  // RFC 7292 section 4: version 3
    return KeyError{KeyDefect::pkcs12, "is a PKCS#12 file, which amavisd cannot read",
                    "take the key out of it: openssl pkcs12 -in OLD -nocerts -nodes -out NEW"};
  }
  return KeyError{KeyDefect::der, "is in DER, and amavisd reads PEM only",
                  "convert it: openssl pkey -inform DER -in OLD -out NEW"};
}

/// Line ends that got lost, or were replaced by what only looks like them.
KeyError run_together(std::string_view text)
{
  if (text.find('\r') != std::string_view::npos) {
    return {KeyDefect::one_line, "has its lines ended by CR alone, which amavisd takes for one line",
            "end them by LF: tr '\\r' '\\n' <OLD >NEW"};
  }
  if (text.find("\\n") != std::string_view::npos) {
    return {KeyDefect::one_line, "has its line ends written as \\n",
            R"(make them line ends: sed 's/\\r//g; s/\\n/\n/g' OLD >NEW)"};
  }
  return {KeyDefect::one_line, "has its lines run together into one",
          "put BEGIN and END on lines of their own: sed 's/-----[^-]*-----/\\n&\\n/g' OLD >NEW"};
}

/// For a text without a line that begins a block.
KeyError no_begin(std::string_view text)
{
  const std::size_t begin = text.find(kBegin);
  if (begin != std::string_view::npos) {
    const std::string_view line = text.substr(begin, text.find('\n', begin) - begin);
    if (line.find(kEnd) != std::string_view::npos || line.size() > kLongestBegin) {
      return run_together(line);
    }
    if (begin == 0 || text[begin - 1] == '\n') {
      return damaged("is damaged: its line -----BEGIN is incomplete");
    }
    return {KeyDefect::no_begin, "has something before BEGIN on its line",
            "take away the blanks that lines begin with: sed 's/^[[:blank:]]*//' OLD >NEW"};
  }
  if (text.starts_with("ssh-"sv)) {
    return *error_of({"", KeyDefect::public_key});
  }
  return {KeyDefect::no_begin, "has no line -----BEGIN PRIVATE KEY-----, hence is no PEM file",
          kNeedsPrivate};
}

/// Octets that the DER element at the front of a base64 text says it has, and octets that are there.
struct Extent {
  std::size_t said = 0;
  std::size_t there = 0;
};

std::optional<Extent> extent_of(std::string_view head, std::size_t there)
{
  const auto byte = [&](std::size_t i) { return std::uint32_t{static_cast<unsigned char>(head[i])}; };
  if (head.size() < 4 || byte(0) != 0x30) {
    return {};
  }
  switch (byte(1)) {
  case 0x81: return Extent{3U + byte(2), there};
  case 0x82: return Extent{4U + (byte(2) << 8U | byte(3)), there};
  default: return {};
  }
}

std::uint32_t digit(char c)
{
  return static_cast<std::uint32_t>(kBase64.find(c)) & 0x3fU;
}

/// Of the base64 digits of a block: how much of its outer element is there. Only the header, which is no
/// secret, is decoded.
std::optional<Extent> extent_of_block(std::string_view first_line, std::size_t digits)
{
  if (first_line.size() < 8) {
    return {};
  }
  std::string head;
  for (std::size_t i = 0; i < 8; i += 4) {
    const std::uint32_t group = digit(first_line[i]) << 18U | digit(first_line[i + 1]) << 12U |
                                digit(first_line[i + 2]) << 6U | digit(first_line[i + 3]);
    head += {static_cast<char>(group >> 16U), static_cast<char>(group >> 8U & 0xffU),
             static_cast<char>(group & 0xffU)};
  }
  return extent_of(head, digits * 3 / 4);
}

/// A private key's lines, from its first to the one that ends it, that the decoder could not take.
KeyError complete_but_useless(std::string_view first_line, std::size_t digits)
{
  const auto extent = extent_of_block(first_line, digits);
  if (extent && extent->there < extent->said) {
    return truncated(
        fmt::format("is incomplete: {} of the key's {} bytes are there", extent->there, extent->said));
  }
  return damaged("is damaged: its lines are in order, but what they encode is no private key");
}

/// What is wrong with a line that ought to be one of base64.
std::optional<KeyError> fault_in(const Line& line, std::string_view label)
{
  if (line.text.starts_with(kDashes)) {
    return damaged(fmt::format("is damaged: line {} ought to be -----END {}-----", line.number, label));
  }
  if (line.text.starts_with("Proc-Type:"sv) || line.text.starts_with("DEK-Info:"sv)) {
    return encrypted();  // RFC 1421 section 4.6
  }
  if (line.text.empty() || !is_base64(line.text)) {
    return damaged(
        fmt::format("is damaged: line {} is {}", line.number, line.text.empty() ? "empty" : "not base64"));
  }
  return {};
}

/// For a private key in a block that the decoder could not take: `lines` stand after its BEGIN line.
KeyError look_into(Lines lines, std::string_view label)
{
  std::string_view first_line;
  std::size_t digits = 0;
  for (auto line = lines.next(); line; line = lines.next()) {
    if (label_of(line->text, kEnd) == label) {
      return complete_but_useless(first_line, digits);
    }
    if (line->text.empty() && lines.only_blanks_left()) {
      break;
    }
    if (auto error = fault_in(*line, label)) {
      return *std::move(error);
    }
    first_line = first_line.empty() ? line->text : first_line;
    digits += line->text.find_last_not_of('=') + 1;
  }
  return truncated(fmt::format("stops before its line -----END {}-----", label));
}

/// For a text that has a line which begins a block.
KeyError look_at_blocks(std::string_view text)
{
  std::optional<KeyError> other;
  Lines lines(text.starts_with(kUtf8Mark) ? text.substr(kUtf8Mark.size()) : text);
  for (auto line = lines.next(); line; line = lines.next()) {
    const auto label = label_of(line->text, kBegin);
    if (!label) {
      continue;
    }
    const auto* const known =
        std::find_if(kLabels.begin(), kLabels.end(), [&](const Label& row) { return row.text == *label; });
    if (known != kLabels.end() && known->defect == KeyDefect::damaged) {
      return look_into(lines, *label);
    }
    auto error = known != kLabels.end() ? error_of(*known) : std::nullopt;
    if (!other) {
      // The label is not shown: anything may stand there, part of a key included.
      other = error ? std::move(error)
                    : KeyError{KeyDefect::other_block, "holds PEM blocks, but no private key", kNeedsPrivate};
    }
  }
  return other ? *std::move(other) : no_begin(text);
}

}  // namespace

KeyError diagnose(std::string_view text, const Refusal& refusal)
{
  if (refusal.asked_passphrase) {
    return encrypted();
  }
  if (!refusal.decoded_as.empty()) {
    return wrong_type(refusal.decoded_as);
  }
  if (text.find_first_not_of(kBlanks) == std::string_view::npos) {
    return {KeyDefect::empty, "is empty", kRestore};
  }
  if (auto error = binary(text)) {
    return *std::move(error);
  }
  return look_at_blocks(text);
}

}  // namespace dkimctl::crypto
