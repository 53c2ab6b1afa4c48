// "did you mean": the word somebody probably meant.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace dkimctl {

/// How many insertions, deletions, substitutions and swaps of neighbours turn one into the other, where no
/// part is edited twice (optimal string alignment, the restricted form of Damerau and Levenshtein's
/// distance). By bytes.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `word`, upper and lower case being the same: the first of those that a third of
/// the word's bytes, and at least one, separates from it; else the only one that begins with it. Empty where
/// none is near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace dkimctl
