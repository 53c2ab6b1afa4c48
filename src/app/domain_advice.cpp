#include "app/domain_advice.hpp"

#include "base/ascii.hpp"
#include "base/suggest.hpp"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dkimctl::app {
namespace {

constexpr std::size_t kNamedDomains = 5;  // in a hint

/// What of an address, or of a record's owner name, is the domain; else the word itself.
std::string_view domain_in(std::string_view word)
{
  constexpr std::string_view kBeforeDomain = "_domainkey.";
  const std::size_t in_name = word.find(kBeforeDomain);
  if (in_name != std::string_view::npos) {
    return word.substr(in_name + kBeforeDomain.size());
  }
  return word.substr(word.rfind('@') + 1);  // npos + 1 is 0
}

}  // namespace

std::string meant_instead(std::string_view word, const std::set<std::string_view>& domains,
                          std::string_view how_to_list)
{
  const std::string domain = ascii::lower(domain_in(word));
  // One slip and no more: another customer's domain is not meant.
  const auto near = std::ranges::find_if(
      domains, [&](std::string_view known) { return known != word && edit_distance(domain, known) <= 1; });
  if (near != domains.end() && !near->ends_with('.')) {
    return fmt::format("did you mean {}?", *near);
  }
  return domains.size() <= kNamedDomains ? fmt::format("keys are declared for {}", fmt::join(domains, ", "))
                                         : std::string{how_to_list};
}

}  // namespace dkimctl::app
