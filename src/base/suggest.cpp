#include "base/suggest.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace dkimctl {
namespace {

constexpr std::size_t kLongestWord = 255;  // a longer one is no slip of the finger

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b)
{
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) {
    row[j] = j;
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before_last, last);
    std::swap(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({substituted, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
  }
  return row[b.size()];
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates)
{
  if (word.empty() || word.size() > kLongestWord) {
    return {};
  }
  const std::string meant = ascii::lower(word);
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(word.size() / 3, 1) + 1;
  std::vector<std::string_view> beginning_so;
  for (const std::string_view candidate : candidates) {
    const std::string known = ascii::lower(candidate.substr(0, kLongestWord));
    const std::size_t distance = edit_distance(meant, known);
    // A word of one or two letters is within one of every other such word.
    if (distance < best_distance && distance < std::max(meant.size(), known.size())) {
      best = candidate;
      best_distance = distance;
    }
    if (known.starts_with(meant)) {
      beginning_so.push_back(candidate);
    }
  }
  return best.empty() && beginning_so.size() == 1 ? beginning_so.front() : best;
}

}  // namespace dkimctl
