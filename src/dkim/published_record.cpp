#include "dkim/published_record.hpp"

#include "crypto/base64.hpp"
#include "dkim/findings.hpp"
#include "dkim/published_findings.hpp"
#include "dkim/tag_list.hpp"
#include "dns/escape.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::dkim {
namespace {

constexpr std::uint32_t kFewestBits = 1024;       // RFC 8301 section 3.2
constexpr std::uint32_t kRecommendedBits = 2048;  // the same
constexpr std::uint64_t kUsualExponent = 65537;
constexpr std::size_t kShownOctets = 40;  // of what is no tag

using Remarks = std::vector<Remark>;

/// No verifier takes the record.
void refuse(Remarks& remarks, const FindingCode& code, std::string text, std::string_view hint)
{
  remarks.push_back(Remark{&code, std::move(text), std::string{hint}, true});
}

/// Worth knowing.
void mention(Remarks& remarks, const FindingCode& code, std::string text, std::string_view hint)
{
  remarks.push_back(Remark{&code, std::move(text), std::string{hint}, false});
}

const Tag* find(const std::vector<Tag>& tags, std::string_view name)
{
  const auto found = std::ranges::find(tags, name, &Tag::name);
  return found == tags.end() ? nullptr : &*found;
}

// ---- tags other than p=

void look_at_version(const std::vector<Tag>& tags, Remarks& remarks)
{
  const Tag* const version = find(tags, "v");
  if (version == nullptr) {
    return;
  }
  if (version->value != "DKIM1") {
    refuse(remarks, findings::kVersion,
           fmt::format("v={}: verifiers ignore a record whose version is not DKIM1",
                       dns::printable(version->value)),
           "write v=DKIM1, in these letters");
  } else if (version != &tags.front()) {
    refuse(remarks, findings::kVersionNotFirst,
           fmt::format("v= comes after {}=", dns::printable(tags.front().name)),
           "put v=DKIM1 first, or leave it out");
  }
}

void look_at_hashes(std::string_view value, Remarks& remarks)
{
  if (!lists_word(value, "sha256")) {
    refuse(remarks, findings::kHash,
           fmt::format("h={}: sha256 is not among the hashes", dns::printable(value)),
           "take h= out of the record");
  }
}

void look_at_services(std::string_view value, Remarks& remarks)
{
  if (!lists_word(value, "*") && !lists_word(value, "email")) {
    refuse(remarks, findings::kService, fmt::format("s={}: the key is not for email", dns::printable(value)),
           "take s= out of the record");
  }
}

void look_at_flags(std::string_view value, Remarks& remarks)
{
  if (lists_word(value, "y")) {
    mention(remarks, findings::kTesting, "t=y: the domain says that it is only testing DKIM",
            "take t=y out of the record when the tests are over");
  }
  if (lists_word(value, "s")) {
    mention(remarks, findings::kStrictSubdomain,
            "t=s: verifiers refuse a signature whose i= is in a subdomain", "");
  }
}

void look_at_granularity(std::string_view value, Remarks& remarks)
{
  mention(remarks, findings::kObsoleteG, fmt::format("g={}: the tag is historic", dns::printable(value)),
          "take g= out of the record");
}

struct Look {
  std::string_view tag;
  void (*at)(std::string_view value, Remarks& remarks);
};

constexpr std::array kLooks{Look{"h", look_at_hashes}, Look{"s", look_at_services}, Look{"t", look_at_flags},
                            Look{"g", look_at_granularity}};

// ---- the key

/// Names the first character that no base64 has.
std::string not_base64(std::string_view text)
{
  const auto is_digit = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  };
  const std::string_view digits = text.substr(0, text.find_last_not_of('=') + 1);
  const auto odd = std::ranges::find_if_not(digits, is_digit);
  if (odd != digits.end()) {
    return fmt::format("'{}' at character {} of p= is not of base64's alphabet", dns::printable({&*odd, 1}),
                       odd - digits.begin() + 1);
  }
  return fmt::format("p= has {} characters, and base64 has them by fours", text.size());
}

void look_at_size(const crypto::VerifyingKey& key, Remarks& remarks)
{
  if (key.algorithm() != crypto::Algorithm::rsa_sha256) {
    return;
  }
  const std::uint32_t bits = key.bits().count;
  if (crypto::whole_octets(key.bits()).count < kFewestBits) {
    refuse(remarks, findings::kShort, fmt::format("the key has {} bits, and verifiers must refuse it", bits),
           "make a key of 2048 bits, under a new selector");
  } else if (crypto::whole_octets(key.bits()).count < kRecommendedBits) {
    mention(remarks, findings::kWeak, fmt::format("the key has {} bits; 2048 are recommended", bits),
            "make one of 2048 bits, under a new selector");
  }
  if (key.exponent() != kUsualExponent) {
    mention(remarks, findings::kExponent,
            key.exponent() ? fmt::format("the public exponent is {}", *key.exponent())
                           : std::string{"the public exponent has more than 64 bits"},
            "make a new key: openssl genrsa uses 65537");
  }
}

struct FormRemark {
  crypto::KeyForm form;
  const FindingCode* code;
  std::string_view text;
  std::string_view hint;
};

constexpr std::array kForms{
    FormRemark{crypto::KeyForm::rsa_pkcs1, &findings::kPkcs1,
               "p= is an RSAPublicKey and no SubjectPublicKeyInfo", kTakeWhatIsPrinted},
    FormRemark{crypto::KeyForm::rsa_inexact, &findings::kRsaPss,
               "the key is not written as verifiers expect an RSA key",
               "make a plain RSA key, under a new selector"},
    FormRemark{crypto::KeyForm::rsa_pss, &findings::kRsaPss, "the key is for RSA-PSS",
               "make a plain RSA key, under a new selector"},
    FormRemark{crypto::KeyForm::ed25519_spki, &findings::kEd25519Spki,
               "p= is a SubjectPublicKeyInfo, and no verifier unwraps it",
               "publish the last 32 octets alone"},
    FormRemark{crypto::KeyForm::private_key, &findings::kPrivateKeyPublished,
               "p= is a private key: whoever looked can sign as this domain",
               "take the record down, and make a new key under a new selector"},
    FormRemark{crypto::KeyForm::other, &findings::kKeyType, "p= is a key of a type that DKIM does not know",
               kTakeWhatIsPrinted},
    FormRemark{crypto::KeyForm::unreadable, &findings::kBase64, "p= is base64, but of no key",
               kTakeWhatIsPrinted},
};

/// That k= says something else than p= has; a verifier that does not know the type ignores the record.
void look_at_type(const Tag* k, const crypto::PublishedKey& published, Remarks& remarks)
{
  if (!published.key) {
    return;
  }
  const std::string_view type =
      published.key->algorithm() == crypto::Algorithm::rsa_sha256 ? "rsa" : "ed25519";
  const std::string_view said = k == nullptr ? "rsa" : k->value;
  if (said != type) {
    refuse(remarks, findings::kKeyType,
           k == nullptr ? fmt::format("k= is missing, and the key is an {} key", type)
                        : fmt::format("k={}: the key is an {} key", dns::printable(said), type),
           fmt::format("write k={}", type));
  }
}

void look_at_key(const Tag* p, PublishedRecord& record)
{
  if (p == nullptr) {
    refuse(record.remarks, findings::kNoPublicKey, "there is no p= in the record", kTakeWhatIsPrinted);
    return;
  }
  record.key_text = without_blanks(p->value);
  if (record.key_text.empty()) {
    refuse(record.remarks, findings::kRevoked, "p= is empty, which revokes the key",
           fmt::format("{}; if it was revoked on purpose, make a new key under a new selector",
                       kTakeWhatIsPrinted));
    return;
  }
  const auto octets = crypto::decode_base64(record.key_text);
  if (!octets) {
    refuse(record.remarks, findings::kBase64, not_base64(record.key_text), kTakeWhatIsPrinted);
    return;
  }
  record.published = crypto::read_published(*octets);
  const auto remark = std::ranges::find(kForms, record.published.form, &FormRemark::form);
  if (remark != kForms.end()) {
    refuse(record.remarks, *remark->code, std::string{remark->text}, remark->hint);
  }
  if (record.published.key) {
    look_at_size(*record.published.key, record.remarks);
  }
}

/// A tag list that is none: every tag that occurs twice, or else what the parser says.
void look_at_syntax(std::string_view value, const ParseError& error, Remarks& remarks)
{
  std::vector<std::string_view> seen;
  std::vector<std::string_view> twice;
  for (const Tag& tag : split_tags(value)) {
    auto& list = std::ranges::find(seen, tag.name) == seen.end() ? seen : twice;
    if (std::ranges::find(list, tag.name) == list.end()) {
      list.push_back(tag.name);
    }
  }
  for (const std::string_view name : twice) {
    refuse(remarks, findings::kDuplicateTag, fmt::format("tag '{}' occurs twice", dns::printable(name)),
           "keep one of them");
  }
  if (value.empty()) {
    return refuse(remarks, findings::kTagSyntax, "the record is empty", kTakeWhatIsPrinted);
  }
  if (twice.empty()) {
    const std::string_view near = value.substr(error.where.begin, error.where.end - error.where.begin);
    refuse(remarks, findings::kTagSyntax,
           near.empty() ? fmt::format("{} at octet {}", error.what, error.where.begin + 1)
                        : fmt::format("{} at octet {}, and here is '{}'", error.what, error.where.begin + 1,
                                      dns::printable(near.substr(0, kShownOctets))),
           kTakeWhatIsPrinted);
  }
}

}  // namespace

PublishedRecord read_record(std::string_view value)
{
  PublishedRecord record;
  const auto tags = parse_tag_list(value);
  if (!tags) {
    look_at_syntax(value, tags.error(), record.remarks);
    return record;
  }
  look_at_version(*tags, record.remarks);
  for (const Look& look : kLooks) {
    if (const Tag* const tag = find(*tags, look.tag)) {
      look.at(tag->value, record.remarks);
    }
  }
  look_at_key(find(*tags, "p"), record);
  look_at_type(find(*tags, "k"), record.published, record.remarks);
  if (std::ranges::none_of(record.remarks, &Remark::fatal)) {
    record.usable = record.published.key;
  }
  return record;
}

}  // namespace dkimctl::dkim
