#include "dkim/record_check.hpp"

#include "dkim/findings.hpp"
#include "dkim/remark.hpp"
#include "dkim/tag_list.hpp"
#include "dns/escape.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::dkim {
namespace {

// RFC 6376 section 3.2, tag-value: VALCHAR is printable ASCII without ";", with white space only between.
// Octets above 127 pass: amavisd publishes them in n=, and verifiers do not mind.
std::optional<Remark> syntax(std::string_view value)
{
  const auto is_odd = [](unsigned char c) { return (c < 0x20 && c != '\t') || c == ';' || c == '\x7f'; };
  const auto odd = std::ranges::find_if(value, is_odd);
  if (odd == value.end()) {
    return std::nullopt;
  }
  return Remark{&findings::kTagSyntax, fmt::format("'{}' may not be in a tag", dns::printable({&*odd, 1})),
                "write the value without it"};
}

std::optional<Remark> version(std::string_view value)
{
  if (value == "DKIM1") {
    return std::nullopt;
  }
  return Remark{&findings::kVersion, "verifiers ignore a record whose version is not DKIM1",
                "leave the option v out of dkim_key"};
}

std::optional<Remark> granularity(std::string_view /*value*/)
{
  return Remark{&findings::kObsoleteG, "the tag is historic, and verifiers do not heed it",
                "leave the option g out of dkim_key"};
}

std::optional<Remark> hashes(std::string_view value)
{
  if (lists_word(value, "sha256")) {
    return std::nullopt;
  }
  return Remark{&findings::kHash, "sha256 is not among the hashes, and verifiers accept no other",
                "leave the option h out of dkim_key, or set it to 'sha256'"};
}

std::optional<Remark> key_type(std::string_view value)
{
  if (value == "rsa") {
    return std::nullopt;
  }
  return Remark{&findings::kKeyType, "the key is an RSA key", "leave the option k out of dkim_key"};
}

std::optional<Remark> services(std::string_view value)
{
  if (lists_word(value, "*") || lists_word(value, "email")) {
    return std::nullopt;
  }
  return Remark{&findings::kService, "the key is not for email, so no mail is signed with it",
                "leave the option s out of dkim_key, or set it to 'email'"};
}

std::optional<Remark> testing(std::string_view value)
{
  if (!lists_word(value, "y")) {
    return std::nullopt;
  }
  return Remark{&findings::kTesting, "the domain says that it is only testing DKIM",
                "take y out of the option t when the tests are over"};
}

std::optional<Remark> strict(std::string_view value)
{
  if (!lists_word(value, "s")) {
    return std::nullopt;
  }
  return Remark{&findings::kStrictSubdomain, "verifiers refuse a signature whose i= is in a subdomain", ""};
}

struct Check {
  std::string_view tag;
  std::optional<Remark> (*look)(std::string_view value);
};

constexpr std::array kChecks{
    Check{"v", version},  Check{"g", granularity}, Check{"h", hashes}, Check{"k", key_type},
    Check{"s", services}, Check{"t", testing},     Check{"t", strict},
};

}  // namespace

std::vector<Finding> check_record(const KeyRecord& record, const std::string& object)
{
  std::vector<Finding> found;
  const auto note = [&](std::string_view tag, const std::string& value, std::optional<Remark> remark) {
    if (remark) {
      found.push_back(make_finding(*remark->code, object,
                                   fmt::format("{}={}: {}", tag, dns::printable(value), remark->text),
                                   std::move(remark->hint)));
    }
  };
  for (const std::string_view tag : kTagsBeforeKey) {
    const std::string* value = record.find(tag);
    if (value == nullptr) {
      continue;
    }
    note(tag, *value, syntax(*value));
    for (const Check& check : kChecks) {
      if (check.tag == tag) {
        note(tag, *value, check.look(*value));
      }
    }
  }
  return found;
}

}  // namespace dkimctl::dkim
