#include "app/key_advice.hpp"

#include "app/key_defaults.hpp"
#include "dkim/findings.hpp"

#include <fmt/format.h>

namespace dkimctl::app {

std::optional<Finding> size_advice(const std::string& object, crypto::Bits bits)
{
  if (bits >= kRecommendedNewBits) {
    return std::nullopt;
  }
  const bool is_short = bits < kLeastNewBits;
  Finding finding = make_finding(
      is_short ? dkim::findings::kShort : dkim::findings::kWeak, object,
      is_short
          ? fmt::format("the key has {} bits; verifiers must refuse one of less than {}", bits.count,
                        kLeastNewBits.count)
          : fmt::format("the key has {} bits; {} are recommended", bits.count, kRecommendedNewBits.count),
      fmt::format("make one of {} bits", kRecommendedNewBits.count));
  finding.severity = Severity::warning;
  return finding;
}

}  // namespace dkimctl::app
