#include "app/key_findings.hpp"

#include "amavis/listing.hpp"
#include "dkim/findings.hpp"
#include "dkim/record_check.hpp"

#include <fmt/format.h>

namespace dkimctl::app {

std::vector<Finding> key_findings(const report::ShownKey& shown, const amavis::Locate& locate)
{
  const amavis::DkimKey& key = *shown.key;
  if (auto dynamic = amavis::dynamic_key_finding(key, locate)) {
    return {*std::move(dynamic)};
  }
  if (key.options.empty()) {
    return {};  // the record has no tag but those that dkimctl knows
  }
  const amavis::KeyOption* const type = key.option("k");
  const auto owner = amavis::owner_name(key);
  auto findings = dkim::check_record(amavis::key_record(key, {}), owner ? owner->text() : key.domain);
  if (type != nullptr && type->value.is_plain() && !type->value.is_undef() && type->value.text() != "rsa") {
    findings.push_back(
        make_finding(dkim::findings::kKeyType, key.domain,
                     fmt::format("k => '{}' has no effect: amavisd signs with RSA and publishes "
                                 "k=rsa",
                                 type->value.text()),
                     "leave it out"));
    findings.back().severity = Severity::note;
  }
  for (Finding& finding : findings) {
    finding.key = key.number;
    if (key.declared.known()) {
      finding.where = locate(key.declared);
    }
  }
  return findings;
}

}  // namespace dkimctl::app
