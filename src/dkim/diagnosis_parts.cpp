#include "dkim/diagnosis_parts.hpp"

#include "dkim/lookup_findings.hpp"
#include "dkim/result_text.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::dkim {

std::string text_of(const dns::Name& name)
{
  return name.text(dns::FinalDot::without);
}

void add(KeyDiagnosis& diagnosis, const FindingCode& code, const dns::Name& name, std::string text,
         std::string hint)
{
  diagnosis.remarks.push_back({{&code, std::move(text), std::move(hint), true}, name, {}});
}

void add_value(KeyDiagnosis& diagnosis, const KeyUnderTest& key, const ValueDiagnosis& value,
               const dns::Name& name, const std::string& server)
{
  for (Remark remark : value.remarks) {
    const std::size_t at = remark.hint.find(kTakeWhatIsPrinted);
    if (at != std::string::npos) {
      remark.hint.replace(at, kTakeWhatIsPrinted.size(),
                          fmt::format("replace what is at {} by what `dkimctl txt {}` prints", text_of(name),
                                      text_of(key.domain)));
    }
    diagnosis.remarks.push_back({std::move(remark), name, server});
  }
}

void conclude(KeyDiagnosis& diagnosis, Verdict verdict, std::string_view result)
{
  diagnosis.verdict = verdict;
  diagnosis.result = result;
}

std::string_view failure_text(const std::vector<PlacedRemark>& remarks)
{
  // That servers differ is no word of amavisd's; what one of them has is.
  const auto fatal = std::ranges::find_if(remarks, [](const PlacedRemark& each) {
    return each.remark.fatal && each.remark.code != &findings::kServersDisagree;
  });
  return fatal == remarks.end() ? kNotAvailable : result_text(*fatal->remark.code);
}

std::string timeout_text(const KeyUnderTest& key)
{
  return fmt::format("invalid (public key: DNS query timeout for {})", text_of(key.owner));
}

std::string publish_hint(const KeyUnderTest& key)
{
  return fmt::format("enter what `dkimctl txt {}` prints at {}", text_of(key.domain), text_of(key.owner));
}

}  // namespace dkimctl::dkim
