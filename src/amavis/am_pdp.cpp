#include "amavis/am_pdp.hpp"

#include "amavis/address.hpp"
#include "base/ascii.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <vector>

#include <fmt/format.h>

namespace dkimctl::amavis {
namespace {

constexpr std::size_t kShownReply = 200;  // bytes of the daemon's own words in a message

tl::unexpected<Error> refuse(std::string what)
{
  return tl::unexpected(Error{Errc::io, std::move(what)});
}

bool is_plain(char c)
{
  return c > ' ' && c < 0x7f && c != '%';
}

std::string encode(std::string_view value)
{
  std::string out;
  for (const char c : value) {
    out += is_plain(c) ? std::string(1, c) : fmt::format("%{:02x}", static_cast<unsigned char>(c));
  }
  return out;
}

std::optional<unsigned> hex(std::string_view digits)
{
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return error == std::errc{} && end == digits.data() + 2 ? std::optional{value} : std::nullopt;
}

/// "%41" and, in a signature's i=, "=41" (RFC 6376 section 2.11).
std::string decode(std::string_view text, char escape)
{
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto value = text[i] == escape ? hex(text.substr(i + 1, 2)) : std::nullopt;
    out += value ? static_cast<char>(*value) : text[i];
    if (value) {
      i += 2;
    }
  }
  return out;
}

bool is_space(char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string without_space(std::string_view text)
{
  std::string out{text};
  out.erase(std::remove_if(out.begin(), out.end(), is_space), out.end());
  return out;
}

std::optional<std::int64_t> number(const std::string& text)
{
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional{value} : std::nullopt;
}

/// One line of an answer.
struct Attribute {
  std::string_view name;
  std::string_view value;  // still encoded
};

/// The lines up to the empty one; nothing if that never comes or a line is no attribute.
std::optional<std::vector<Attribute>> split(std::string_view answer)
{
  std::vector<Attribute> attributes;
  while (!answer.empty()) {
    const std::size_t end = answer.find('\n');
    if (end == std::string_view::npos) {
      return std::nullopt;
    }
    std::string_view line = answer.substr(0, end);
    answer.remove_prefix(end + 1);
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    if (line.empty()) {
      return attributes;
    }
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) {
      return std::nullopt;
    }
    attributes.push_back({line.substr(0, equals), line.substr(equals + 1)});
  }
  return std::nullopt;
}

/// The rest of a value after `count` words.
std::string_view after_words(std::string_view value, int count)
{
  for (; count > 0; --count) {
    value.remove_prefix(std::min(value.find(' '), value.size()));
    value.remove_prefix(value.empty() ? 0 : 1);
  }
  return value;
}

std::string_view word(std::string_view value)
{
  return value.substr(0, value.find(' '));
}

std::string reply_text(const std::vector<Attribute>& attributes)
{
  const auto reply = std::find_if(attributes.begin(), attributes.end(),
                                  [](const Attribute& a) { return a.name == "setreply"; });
  return reply == attributes.end() ? "no reason given" : decode(reply->value, '%').substr(0, kShownReply);
}

}  // namespace

std::string write_request(const PolicyRequest& request)
{
  const std::array<Attribute, 7> attributes{
      Attribute{"request", "AM.PDP"},
      Attribute{"sender", "<>"},
      Attribute{"recipient", "<postmaster@invalid>"},
      Attribute{"mail_file", request.mail_file},
      Attribute{"tempdir_removed_by", "client"},  // else amavisd deletes the file
      Attribute{"delivery_care_of", "client"},    // else it delivers the message
      Attribute{"policy_bank", request.banks},
  };
  std::string text;
  for (const auto& [name, value] : attributes) {
    if (!value.empty()) {
      text += fmt::format("{}={}\r\n", name, encode(value));
    }
  }
  return text + "\r\n";
}

std::string probe_message(std::string_view address, std::string_view date, std::string_view unique)
{
  return fmt::format(
      "From: <{}>\n"
      "To: <postmaster@invalid>\n"
      "Subject: dkimctl asks which signature this would get\n"
      "Date: {}\n"
      "Message-ID: <{}@dkimctl.invalid>\n"
      "MIME-Version: 1.0\n"
      "Content-Type: text/plain; charset=us-ascii\n"
      "\n"
      "Nothing is delivered.\n",
      address.empty() ? "" : quoted(address), date, unique);
}

Result<LiveSignature> parse_signature(std::string_view body)
{
  std::map<std::string, std::string, std::less<>> tags;
  while (!body.empty()) {
    const std::string_view spec = body.substr(0, body.find(';'));
    body.remove_prefix(std::min(spec.size() + 1, body.size()));
    const std::size_t equals = spec.find('=');
    if (equals == std::string_view::npos) {
      if (without_space(spec).empty()) {
        continue;
      }
      return refuse("the signature is no list of tags");
    }
    if (!tags.emplace(without_space(spec.substr(0, equals)), without_space(spec.substr(equals + 1))).second) {
      return refuse("a tag of the signature is there twice");
    }
  }
  for (const std::string_view needed : {"d", "s", "a"}) {
    const auto found = tags.find(needed);
    if (found == tags.end() || found->second.empty()) {
      return refuse(fmt::format("the signature has no {}=", needed));
    }
  }
  LiveSignature signature;
  signature.domain = tags["d"];
  signature.selector = tags["s"];
  signature.algorithm = tags["a"];
  signature.canonicalization = tags["c"].empty() ? "simple/simple" : tags["c"];
  signature.identity = decode(tags["i"], '=');
  signature.signed_at = number(tags["t"]);
  signature.expires = number(tags["x"]);
  return signature;
}

bool is_complete_answer(std::string_view answer)
{
  return answer.starts_with("220 ") || answer.starts_with("220-") || answer.starts_with("\n") ||
         answer.starts_with("\r\n") || answer.find("\n\n") != std::string_view::npos ||
         answer.find("\n\r\n") != std::string_view::npos;
}

Result<std::optional<LiveSignature>> parse_answer(std::string_view answer)
{
  if (answer.starts_with("220")) {
    return refuse("it speaks SMTP there, not AM.PDP");
  }
  const auto attributes = split(answer);
  if (!attributes) {
    return refuse("the answer is not AM.PDP, or not complete");
  }
  const auto passed = std::find_if(attributes->begin(), attributes->end(),
                                   [](const Attribute& a) { return a.name == "return_value"; });
  if (passed == attributes->end() || passed->value != "continue") {
    return refuse(fmt::format("the daemon could not check the probe: {}", reply_text(*attributes)));
  }
  for (const auto& [name, value] : *attributes) {
    if (name == "insheader" && ascii::same_word(decode(word(after_words(value, 1)), '%'), "dkim-signature")) {
      DKIMCTL_TRY(LiveSignature signature, parse_signature(decode(after_words(value, 2), '%')));
      return std::optional{std::move(signature)};
    }
  }
  return std::optional<LiveSignature>{};
}

}  // namespace dkimctl::amavis
