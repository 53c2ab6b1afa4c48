#include "base/shell_word.hpp"

#include <algorithm>

namespace dkimctl {
namespace {

bool is_safe(char c)
{
  constexpr std::string_view kSafe = "/._-+:,@%=";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kSafe.find(c) != std::string_view::npos;
}

}  // namespace

std::string shell_word(std::string_view text)
{
  // A word that begins with '-' would be an option, whatever its quotes.
  std::string word = text.starts_with('-') ? "./" + std::string{text} : std::string{text};
  if (!word.empty() && std::ranges::all_of(word, is_safe)) {
    return word;
  }
  std::string quoted = "'";
  for (const char c : word) {
    quoted += c == '\'' ? std::string{"'\\''"} : std::string{c};
  }
  return quoted + '\'';
}

}  // namespace dkimctl
