// What was meant by a domain that nothing is known of.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace dkimctl::app {

/// A hint: the domain that is one slip away, or which there are, or, where these are many, `how_to_list`.
std::string meant_instead(std::string_view word, const std::set<std::string_view>& domains,
                          std::string_view how_to_list);

}  // namespace dkimctl::app
