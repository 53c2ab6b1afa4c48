#include "dkim/value_diagnosis.hpp"

#include "crypto/base64.hpp"
#include "dkim/disguise.hpp"
#include "dkim/key_text.hpp"
#include "dkim/published_findings.hpp"
#include "dkim/published_record.hpp"

#include <algorithm>
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
                "enter the whole value; where the panel cuts it, enter strings of at most 255 characters"};
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
  return Remark{&findings::kOtherKey, "the key in it is not the one that signs here",
                "publish what dkimctl txt prints, unless another host signs with that key under this "
                "selector: then one of "
                "the two needs a selector of its own"};
}

}  // namespace

ValueDiagnosis diagnose_value(const dns::Txt& record, std::string_view expected)
{
  const std::string value = record.value();
  if (value.size() > kLongestRecord) {  // nor does anything below have to read what anybody sends
    return {std::nullopt,
            {{&findings::kOtherKey,
              fmt::format("the record has {} octets, and a key record some hundreds", value.size()),
              "publish what dkimctl txt prints", true}}};
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
