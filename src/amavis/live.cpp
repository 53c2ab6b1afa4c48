#include "amavis/live.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dkimctl::amavis {
namespace {

/// One tag on both sides; empty where it is not there.
struct Pair {
  std::string_view tag;
  std::string configured;
  std::string live;
};

std::string signature_text(std::string_view domain, std::string_view selector)
{
  return fmt::format("signs with d={} s={}", domain, selector);
}

bool same_expiry(const Decision& decision, const LiveSignature& live)
{
  if (decision.expires) {
    return live.expires == decision.expires;
  }
  if (!decision.ttl || !live.expires || !live.signed_at) {
    return !decision.ttl && !live.expires;
  }
  const std::int64_t surplus = *live.expires - *live.signed_at - decision.ttl->count();
  return surplus == 0 || surplus == 1;
}

/// "a ttl of 60 s", "x=1900000000", "no x=".
std::string expiry_text(const Decision& decision)
{
  return decision.ttl       ? fmt::format("x= after {} s", decision.ttl->count())
         : decision.expires ? fmt::format("x={}", *decision.expires)
                            : "no x=";
}

std::string expiry_text(const LiveSignature& live)
{
  return !live.expires    ? "no x="
         : live.signed_at ? fmt::format("x= after {} s", *live.expires - *live.signed_at)
                          : fmt::format("x={}", *live.expires);
}

bool ttl_is_known(const Decision& decision)
{
  return std::none_of(decision.because.begin(), decision.because.end(),
                      [](const Because& because) { return because.dynamic; });
}

}  // namespace

std::optional<std::string> difference(const Decision& decision, const LiveSignature* live)
{
  if (decision.outcome == Outcome::unknown) {
    return std::nullopt;
  }
  const bool signs = decision.outcome == Outcome::signs;
  if (!signs || live == nullptr) {
    if (signs == (live != nullptr)) {
      return std::nullopt;
    }
    return signs ? fmt::format("the running amavisd does not sign, its configuration {}",
                               signature_text(*decision.domain, *decision.selector))
                 : fmt::format("the running amavisd {}, its configuration says that it does not sign",
                               signature_text(live->domain, live->selector));
  }
  if (live->domain != *decision.domain || live->selector != *decision.selector) {
    return fmt::format("the running amavisd {}, its configuration {}",
                       signature_text(live->domain, live->selector),
                       signature_text(*decision.domain, *decision.selector));
  }
  for (const auto& [tag, configured, seen] : {Pair{"a", *decision.algorithm, live->algorithm},
                                              Pair{"c", *decision.canonicalization, live->canonicalization},
                                              Pair{"i", decision.identity.value_or(""), live->identity}}) {
    if (configured != seen) {
      return fmt::format("the running amavisd signs with {}={}, its configuration with {}={}", tag, seen, tag,
                         configured);
    }
  }
  if (ttl_is_known(decision) && !same_expiry(decision, *live)) {
    return fmt::format("the running amavisd signs with {}, its configuration with {}", expiry_text(*live),
                       expiry_text(decision));
  }
  return std::nullopt;
}

}  // namespace dkimctl::amavis
