#include "dkim/key_text.hpp"

#include "dkim/published_findings.hpp"
#include "dkim/tag_list.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dkimctl::dkim {
namespace {

constexpr std::size_t kMostStrings = 6;   // whose orders are tried: 720
constexpr std::size_t kFewestAlike = 40;  // characters that must agree before a likeness is no chance

std::size_t common_prefix(std::string_view a, std::string_view b)
{
  return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

std::size_t common_suffix(std::string_view a, std::string_view b)
{
  return static_cast<std::size_t>(std::mismatch(a.rbegin(), a.rend(), b.rbegin(), b.rend()).first -
                                  a.rbegin());
}

std::optional<Remark> missing_piece(std::string_view published, std::string_view expected)
{
  if (published.size() >= expected.size() || published.size() < kFewestAlike) {
    return std::nullopt;
  }
  const std::size_t missing = expected.size() - published.size();
  const std::size_t prefix = common_prefix(published, expected);
  const std::size_t suffix = common_suffix(published, expected);
  if (prefix == published.size()) {
    return Remark{&findings::kTruncated,
                  fmt::format("p= ends after {} of {} characters: {} are missing", published.size(),
                              expected.size(), missing),
                  fmt::format("{}{}", kTakeWhatIsPrinted, kWhereThePanelCuts)};
  }
  if (prefix + suffix < published.size()) {
    return std::nullopt;
  }
  const std::size_t at = published.size() - suffix;
  return Remark{&findings::kChunkMissing,
                at == 0
                    ? fmt::format("the first {} of {} characters of p= are missing", missing, expected.size())
                    : fmt::format("{} of {} characters of p= are missing after the first {}", missing,
                                  expected.size(), at),
                std::string{kTakeWhatIsPrinted}};
}

/// The order in which the strings would give the key; empty where none does, or the one that they are in.
std::vector<std::size_t> right_order(std::span<const std::string> strings, std::string_view expected)
{
  if (strings.size() < 2 || strings.size() > kMostStrings) {
    return {};
  }
  std::vector<std::size_t> order(strings.size());
  std::iota(order.begin(), order.end(), 1);
  do {
    std::string value;
    for (const std::size_t number : order) {
      value += strings[number - 1];
    }
    if (without_blanks(value).find(expected) != std::string::npos) {
      return std::ranges::is_sorted(order) ? std::vector<std::size_t>{} : order;
    }
  } while (std::ranges::next_permutation(order).found);
  return {};
}

std::optional<Remark> wrong_order(std::string_view published, std::string_view expected,
                                  std::span<const std::string> strings)
{
  const std::vector<std::size_t> order = right_order(strings, expected);
  if (!order.empty()) {
    return Remark{&findings::kChunkOrder,
                  fmt::format("the strings would be right in the order {}", fmt::join(order, ", ")),
                  fmt::format("{}, or put the strings in that order", kTakeWhatIsPrinted)};
  }
  if (published.size() == expected.size() &&
      (std::string{expected} + std::string{expected}).find(published) != std::string::npos) {
    return Remark{&findings::kChunkOrder, "the end of p= stands before its beginning",
                  std::string{kTakeWhatIsPrinted}};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Remark> compare_key_text(std::string_view published, std::string_view expected,
                                       std::span<const std::string> strings)
{
  if (published == expected) {
    return std::nullopt;
  }
  auto missing = missing_piece(published, expected);
  return missing ? std::move(missing) : wrong_order(published, expected, strings);
}

}  // namespace dkimctl::dkim
