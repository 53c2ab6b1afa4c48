#include "dkim/rrset_diagnosis.hpp"

#include "dkim/lookup_findings.hpp"
#include "dns/escape.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dkimctl::dkim {
namespace {

constexpr std::size_t kNamedRecords = 3;        // in one message
constexpr std::size_t kShownOctets = 40;        // of a record
constexpr std::size_t kShownEnd = 12;           // of a key: they all begin alike
constexpr std::size_t kMostPieces = 4;          // of a key cut into records, whose orders are all tried
constexpr std::size_t kLongestTogether = 8192;  // octets

/// In the order in which they are the value that one record should have; none where no order is.
std::vector<std::string> pieces_in_order(const std::vector<dns::Txt>& records, std::string_view expected)
{
  std::vector<std::string> pieces;
  std::size_t octets = 0;
  for (const dns::Txt& txt : records) {
    pieces.push_back(txt.value());
    octets += pieces.back().size();
  }
  if (pieces.size() > kMostPieces || octets > kLongestTogether) {
    return {};
  }
  std::ranges::sort(pieces);
  do {
    if (diagnose_value({{fmt::format("{}", fmt::join(pieces, ""))}}, expected).usable) {
      return pieces;
    }
  } while (std::ranges::next_permutation(pieces).found);
  return {};
}

std::string beginning_of(const std::string& value)
{
  return fmt::format("\"{}{}\"", dns::printable(std::string_view{value}.substr(0, kShownOctets)),
                     value.size() > kShownOctets ? "..." : "");
}

/// A key record by its end, whose key it is; anything else by its beginning.
std::string record_text(const dns::Txt& txt, std::string_view expected)
{
  const std::string value = txt.value();
  const bool ours = diagnose_value(txt, expected).usable.has_value();
  if (!ours && value.find("p=") == std::string::npos) {
    return beginning_of(value);
  }
  const std::string_view end =
      std::string_view{value}.substr(value.size() - std::min(value.size(), kShownEnd));
  return fmt::format("{} key, whose record ends in \"{}\"", ours ? "this host's" : "another",
                     dns::printable(end));
}

template<class Text>
std::string listed(std::size_t count, Text text)
{
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < std::min(count, kNamedRecords); ++i) {
    texts.push_back(text(i));
  }
  const std::string named = fmt::format("{}", fmt::join(texts, "; "));
  return count > kNamedRecords ? fmt::format("{}; and {} more", named, count - kNamedRecords) : named;
}

Remark remark_on_several(const std::vector<dns::Txt>& records, std::string_view expected)
{
  const bool has_ours = std::ranges::any_of(
      records, [&](const dns::Txt& txt) { return diagnose_value(txt, expected).usable.has_value(); });
  return {
      &findings::kSeveralRecords,
      fmt::format("there are {} TXT records, of which a verifier takes any: {}", records.size(),
                  listed(records.size(), [&](std::size_t i) { return record_text(records[i], expected); })),
      has_ours ? std::string{"leave this host's, delete the others"} : std::string{kTakeWhatIsPrinted}, true};
}

}  // namespace

ValueDiagnosis diagnose_records(const std::vector<dns::Txt>& records, std::string_view expected)
{
  if (records.empty()) {
    return {};
  }
  if (records.size() == 1) {
    return diagnose_value(records.front(), expected);
  }
  ValueDiagnosis diagnosis;
  const auto pieces = pieces_in_order(records, expected);
  if (pieces.empty()) {
    diagnosis.remarks.push_back(remark_on_several(records, expected));
  } else {
    diagnosis.remarks.push_back(
        {&findings::kSplitRecords,
         fmt::format("the key is cut into {} TXT records, and no verifier puts them together: {}",
                     pieces.size(),
                     listed(pieces.size(), [&](std::size_t i) { return beginning_of(pieces[i]); })),
         std::string{kTakeWhatIsPrinted} + ", as one record", true});
  }
  return diagnosis;
}

}  // namespace dkimctl::dkim
