#include "dkim/signature.hpp"

#include "base/ascii.hpp"
#include "crypto/base64.hpp"
#include "dkim/tag_list.hpp"
#include "dns/escape.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dkimctl::dkim {
namespace {

constexpr std::string_view kFold = "\r\n\t";
constexpr std::size_t kFoldAt = 72;                                      // characters of base64 a line
constexpr std::array kRequiredTags{"v", "a", "d", "s", "h", "bh", "b"};  // RFC 6376 section 3.5

tl::unexpected<Error> refuse(std::string what)
{
  return tl::unexpected(Error{Errc::crypto, std::move(what)});
}

class Tags {
public:
  explicit Tags(std::vector<Tag> tags) : tags_(std::move(tags)) {}

  bool has(std::string_view name) const { return std::ranges::find(tags_, name, &Tag::name) != tags_.end(); }
  /// Empty where there is none.
  std::string_view raw(std::string_view name) const
  {
    const auto found = std::ranges::find(tags_, name, &Tag::name);
    return found == tags_.end() ? std::string_view{} : found->value;
  }
  /// Without the folding white space within, which most tags may have.
  std::string value(std::string_view name) const { return without_blanks(raw(name)); }

private:
  std::vector<Tag> tags_;
};

Result<std::string> octets(const Tags& tags, std::string_view name)
{
  auto decoded = crypto::decode_base64(tags.value(name));
  if (!decoded) {
    return refuse(fmt::format("{}= is no base64", name));
  }
  return *std::move(decoded);
}

Result<std::optional<std::uint64_t>> number(const Tags& tags, std::string_view name)
{
  const std::string text = tags.value(name);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (!tags.has(name)) {
    return std::optional<std::uint64_t>{};
  }
  if (error != std::errc{} || end != text.data() + text.size()) {
    return refuse(fmt::format("{}={} is no number", name, dns::printable(text)));
  }
  return std::optional{value};
}

Result<crypto::Algorithm> algorithm(const Tags& tags)
{
  const std::string text = tags.value("a");
  for (const auto each : {crypto::Algorithm::rsa_sha256, crypto::Algorithm::ed25519_sha256}) {
    if (text == crypto::to_string(each)) {
      return each;
    }
  }
  return refuse(fmt::format("a={} is not in use (RFC 8301 section 3.1)", dns::printable(text)));
}

Result<Canonicalization> canonicalization(std::string_view word)
{
  for (const auto each : {Canonicalization::simple, Canonicalization::relaxed}) {
    if (word == to_string(each)) {
      return each;
    }
  }
  return refuse(fmt::format("c= has '{}', which is neither simple nor relaxed", dns::printable(word)));
}

/// c=: for the header and, after a slash, for the body; simple where nothing is said.
Result<void> read_canonicalization(const Tags& tags, Signature& into)
{
  const std::string text = tags.has("c") ? tags.value("c") : "simple";
  const std::size_t slash = text.find('/');
  DKIMCTL_TRY(into.header, canonicalization(std::string_view{text}.substr(0, slash)));
  DKIMCTL_TRY(
      into.body,
      canonicalization(slash == std::string::npos ? "simple" : std::string_view{text}.substr(slash + 1)));
  return {};
}

std::vector<std::string> field_names(const Tags& tags)
{
  std::vector<std::string> names;
  const std::string list = tags.value("h");
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(':', begin), list.size());
    names.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return names;
}

Result<void> check(const Signature& signature)
{
  if (std::ranges::none_of(signature.fields,
                           [](const auto& name) { return ascii::same_word(name, "From"); })) {
    return refuse("h= does not have From");
  }
  const std::string domain = ascii::lower(signature.domain);
  const std::string of_identity = ascii::lower(signature.identity.substr(signature.identity.rfind('@') + 1));
  if (!signature.identity.empty() && of_identity != domain && !of_identity.ends_with("." + domain)) {
    return refuse(
        fmt::format("i={} is not in d={}", dns::printable(signature.identity), dns::printable(domain)));
  }
  if (signature.signed_at && signature.expires_at && *signature.expires_at < *signature.signed_at) {
    return refuse("x= is before t=");
  }
  return {};
}

/// The field with what is between "b=" and the next ";" taken out.
std::string without_octets(std::string_view field, const Tag& b)
{
  const auto name_end = static_cast<std::size_t>(b.name.data() + b.name.size() - field.data());
  const std::size_t begin = field.find('=', name_end) + 1;
  const std::size_t end = std::min(field.find(';', begin), field.size());
  return std::string{field.substr(0, begin)} + std::string{field.substr(end)};
}

/// What the header hash is of: the fields that h= names, each from the bottom up, then the signature itself
/// (RFC 6376 sections 3.7 and 5.4.2). `own` has no octets in b=.
std::string signed_octets(const Message& message, const Signature& signature, std::string_view own)
{
  std::string out;
  std::vector<std::string_view> left = message.fields;
  for (const std::string& name : signature.fields) {
    const auto found = std::find_if(left.rbegin(), left.rend(), [&](std::string_view field) {
      return ascii::same_word(field_name(field), name);
    });
    if (found != left.rend()) {
      out += canonical_field(*found, signature.header) + "\r\n";
      left.erase(std::next(found).base());
    }
  }
  return out + canonical_field(own, signature.header);
}

std::string body_hash(const Message& message, const Signature& signature)
{
  const std::string body = canonical_body(message.body, signature.body);
  const std::string_view signed_part =
      std::string_view{body}.substr(0, signature.length.value_or(body.size()));
  return crypto::sha256(signed_part);
}

std::string_view value_of(std::string_view field)
{
  const std::size_t colon = field.find(':');
  return colon == std::string_view::npos ? field.substr(field.size()) : field.substr(colon + 1);
}

}  // namespace

Result<Signature> parse_signature(std::string_view field)
{
  auto list = parse_tag_list(value_of(field));
  if (!list) {
    return refuse(list.error().what);
  }
  const Tags tags{*std::move(list)};
  for (const char* const name : kRequiredTags) {
    if (!tags.has(name)) {
      return refuse(fmt::format("{}= is missing", name));
    }
  }
  if (tags.value("v") != "1") {
    return refuse(fmt::format("v={} is not 1", dns::printable(tags.value("v"))));
  }
  Signature signature;
  DKIMCTL_TRY(signature.algorithm, algorithm(tags));
  signature.domain = tags.value("d");
  signature.selector = tags.value("s");
  signature.identity = tags.value("i");
  signature.fields = field_names(tags);
  if (const auto read = read_canonicalization(tags, signature); !read) {
    return tl::unexpected(read.error());
  }
  DKIMCTL_TRY(signature.body_hash, octets(tags, "bh"));
  DKIMCTL_TRY(signature.octets, octets(tags, "b"));
  DKIMCTL_TRY(signature.length, number(tags, "l"));
  DKIMCTL_TRY(signature.signed_at, number(tags, "t"));
  DKIMCTL_TRY(signature.expires_at, number(tags, "x"));
  if (const auto checked = check(signature); !checked) {
    return tl::unexpected(checked.error());
  }
  return signature;
}

Result<std::string> sign_message(const Message& message, const crypto::SigningKey& key,
                                 const SigningOptions& options)
{
  Signature signature;
  signature.header = options.header;
  signature.body = options.body;
  std::ranges::copy_if(options.fields, std::back_inserter(signature.fields), [&](const std::string& name) {
    return std::ranges::any_of(
        message.fields, [&](std::string_view field) { return ascii::same_word(field_name(field), name); });
  });
  if (const auto checked = check(signature); !checked) {
    return tl::unexpected(checked.error());
  }
  std::string field = fmt::format("DKIM-Signature: v=1; a={}; c={}/{}; d={}; s={};{}",
                                  crypto::to_string(key.algorithm()), to_string(options.header),
                                  to_string(options.body), options.domain, options.selector, kFold);
  if (options.signed_at) {
    field += fmt::format("t={}; ", *options.signed_at);
  }
  if (options.expires_at) {
    field += fmt::format("x={}; ", *options.expires_at);
  }
  field += fmt::format("h={};{}bh={};{}b=", fmt::join(signature.fields, ":"), kFold,
                       crypto::base64(body_hash(message, signature)), kFold);
  DKIMCTL_TRY(const std::string octets, key.sign(signed_octets(message, signature, field)));
  const std::string text = crypto::base64(octets);
  for (std::size_t at = 0; at < text.size(); at += kFoldAt) {
    field += at == 0 ? "" : kFold;
    field += std::string_view{text}.substr(at, kFoldAt);
  }
  return field;
}

Result<Signature> verify_message(const Message& message, std::string_view field,
                                 const crypto::VerifyingKey& key)
{
  DKIMCTL_TRY(Signature signature, parse_signature(field));
  const auto tags = parse_tag_list(value_of(field));
  const auto b = std::ranges::find(*tags, "b", &Tag::name);
  if (signature.algorithm != key.algorithm()) {
    return refuse(fmt::format("a={} does not fit the key", crypto::to_string(signature.algorithm)));
  }
  if (signature.length && *signature.length > canonical_body(message.body, signature.body).size()) {
    return refuse("l= is longer than the body");
  }
  if (body_hash(message, signature) != signature.body_hash) {
    return refuse("the body has changed");
  }
  // The signature may stand among the fields; it does not sign itself twice.
  Message others = message;
  std::erase_if(others.fields, [&](std::string_view each) { return each.data() == field.data(); });
  if (!key.verify(signed_octets(others, signature, without_octets(field, *b)), signature.octets)) {
    return refuse("the signature is not of that header by that key");
  }
  return signature;
}

}  // namespace dkimctl::dkim
