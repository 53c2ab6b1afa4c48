#include "app/key_findings.hpp"

#include "amavis/listing.hpp"
#include "dkim/record_check.hpp"

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
  const auto owner = amavis::owner_name(key);
  auto findings = dkim::check_record(amavis::key_record(key, {}), owner ? owner->text() : key.domain);
  for (Finding& finding : findings) {
    finding.key = key.number;
    if (key.declared.known()) {
      finding.where = locate(key.declared);
    }
  }
  return findings;
}

}  // namespace dkimctl::app
