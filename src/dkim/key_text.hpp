// How the text of a published key came to differ from what it should be.
#pragma once

#include "dkim/remark.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dkimctl::dkim {

/// Compares a p= without its blanks with the p= that belongs there, character by character: its end, its
/// beginning or a piece within is missing, or its pieces are in another order. `strings` are the record's
/// character-strings. Nothing where both are the same, and where none of these explains it: then it is
/// another key, or a typing mistake.
std::optional<Remark> compare_key_text(std::string_view published, std::string_view expected,
                                       std::span<const std::string> strings);

}  // namespace dkimctl::dkim
