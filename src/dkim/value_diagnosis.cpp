#include "dkim/value_diagnosis.hpp"

#include "base/ascii.hpp"
#include "crypto/base64.hpp"
#include "dkim/disguise.hpp"
#include "dkim/findings.hpp"
#include "dkim/key_text.hpp"
#include "dkim/published_findings.hpp"
#include "dkim/published_record.hpp"
#include "dns/escape.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::dkim {
namespace {

constexpr std::size_t kLongestRecord = 8192;  // octets: a key of 16384 bits takes 2732

/// A key that says of itself that it is longer.
std::optional<Remark> shorter_than_it_says(std::string_view key_text)
{
  const auto octets = crypto::decode_base64(key_text.substr(0, key_text.size() / 4 * 4));
  const auto size = octets ? crypto::der_size(*octets) : std::nullopt;
  const std::size_t present = key_text.size() * 3 / 4;
  if (!size || *size <= present) {
    return std::nullopt;
  }
  return Remark{&findings::kTruncated,
                fmt::format("p= has {} of the {} octets that its key says it has: {} are missing", present,
                            *size, *size - present),
                fmt::format("{}{}", kTakeWhatIsPrinted, kWhereThePanelCuts)};
}

/// Another key, or ours with some characters changed.
Remark other_key(const PublishedRecord& record, std::string_view expected)
{
  constexpr std::size_t kMostTypos = 8;
  const std::string ours = crypto::base64(expected);
  const std::string_view theirs = record.key_text;
  std::size_t different = 0;
  for (std::size_t i = 0; theirs.size() == ours.size() && i < ours.size(); ++i) {
    different += theirs[i] == ours[i] ? 0U : 1U;
  }
  if (different > 0 && different <= kMostTypos) {
    return {&findings::kOtherKey,
            fmt::format("the key in the record differs from the one that signs here in {} of {} characters",
                        different, ours.size()),
            std::string{kTakeWhatIsPrinted}, true};
  }
  const auto own = crypto::read_published(expected);
  return {&findings::kOtherKey,
          fmt::format("the record has another key ({} bits) than the one that signs here ({} bits)",
                      record.published.key->bits().count, own.key ? own.key->bits().count : 0),
          std::string{kTakeWhatIsPrinted} +
              "; where another host signs with that key under this selector, one of the two needs another "
              "selector",
          true};
}

struct OtherPurpose {
  std::string_view begins;
  std::string_view name;
};

constexpr std::array kOtherPurposes{
    OtherPurpose{"v=spf1", "an SPF record"},
    OtherPurpose{"v=DMARC1", "a DMARC record"},
    OtherPurpose{"v=BIMI1", "a BIMI record"},
    OtherPurpose{"v=STSv1", "an MTA-STS record"},
    OtherPurpose{"v=TLSRPTv1", "a TLS report record"},
    OtherPurpose{"google-site-verification=", "a proof for Google"},
};

/// A record that is at the wrong name, and right in itself.
std::optional<Remark> of_another_purpose(const std::string& value)
{
  constexpr std::size_t kShown = 40;
  const auto* const purpose = std::ranges::find_if(kOtherPurposes, [&](const OtherPurpose& other) {
    return ascii::same_word(std::string_view{value}.substr(0, other.begins.size()), other.begins);
  });
  if (purpose == kOtherPurposes.end()) {
    return std::nullopt;
  }
  return Remark{&findings::kVersion,
                fmt::format("the record is {} and no key record: \"{}{}\"", purpose->name,
                            dns::printable(std::string_view{value}.substr(0, kShown)),
                            value.size() > kShown ? "..." : ""),
                std::string{kTakeWhatIsPrinted}, true};
}

/// Why the key of the record is not ours; nothing where it is, or where there is none to compare.
std::optional<Remark> not_ours(const PublishedRecord& record, std::string_view expected, const dns::Txt& txt)
{
  const bool ours = record.published.key && record.published.key->published() == expected;
  if (ours || record.published.form == crypto::KeyForm::private_key) {
    return std::nullopt;
  }
  if (auto likeness = compare_key_text(record.key_text, crypto::base64(expected), txt.strings)) {
    return likeness;
  }
  if (!record.published.key) {  // or no p= at all
    return shorter_than_it_says(record.key_text);
  }
  return other_key(record, expected);
}

}  // namespace

ValueDiagnosis diagnose_value(const dns::Txt& record, std::string_view expected)
{
  const std::string value = record.value();
  if (value.size() > kLongestRecord) {  // nor does anything below have to read what anybody sends
    return {std::nullopt,
            {{&findings::kOtherKey,
              fmt::format("the record has {} octets, and a key record some hundreds", value.size()),
              std::string{kTakeWhatIsPrinted}, true}}};
  }
  if (auto other = of_another_purpose(value)) {
    return {std::nullopt, {*std::move(other)}};
  }
  const PublishedRecord strict = read_record(value);
  Undisguised meant = undisguise(value);
  PublishedRecord read = meant.remarks.empty() ? strict : read_record(meant.value);

  ValueDiagnosis diagnosis;
  if (strict.usable && strict.usable->published() == expected) {
    diagnosis.usable = strict.usable;
  }
  diagnosis.remarks = std::move(meant.remarks);
  auto difference = not_ours(read, expected, record);
  if (difference) {  // which is why it may be no base64, or no tag list
    const bool shuffled = difference->code == &findings::kChunkOrder;
    std::erase_if(read.remarks,
                  [&](const Remark& remark) { return shuffled || remark.code == &findings::kBase64; });
  }
  std::ranges::move(read.remarks, std::back_inserter(diagnosis.remarks));
  if (difference) {
    diagnosis.remarks.push_back(*std::move(difference));
  }
  if (diagnosis.usable) {
    for (Remark& remark : diagnosis.remarks) {
      remark.fatal = false;
    }
  }
  return diagnosis;
}

}  // namespace dkimctl::dkim
