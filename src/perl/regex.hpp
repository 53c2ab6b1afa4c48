// Perl's regular expressions, by PCRE2.
#pragma once

#include "base/result.hpp"
#include "perl/value.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::perl {

/// A compiled qr//. Bounded: a match that costs too much is an error, not a hang.
class CompiledRegex {
public:
  /// Errors say what PCRE2 says and where: "at offset 3: missing closing parenthesis".
  static Result<CompiledRegex> compile(const Regex& regex);
  /// The whole match and its groups ("" for a group that took no part); nothing where it does not match.
  Result<std::optional<std::vector<std::string>>> match(std::string_view subject) const;
  /// The parts between the matches, as Perl's split has them: groups stand between the parts, nothing for one
  /// that took no part, and an empty match at the very beginning gives no empty part. Trailing empty parts
  /// are kept. With a limit other than 0 no more than so many parts.
  Result<std::vector<std::optional<std::string>>> split(std::string_view subject, std::size_t limit) const;

private:
  struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool took_part = false;
    std::string_view of(std::string_view subject) const { return subject.substr(begin, end - begin); }
  };
  /// `options` are PCRE2's.
  Result<std::optional<std::vector<Range>>> find(std::string_view subject, std::size_t from,
                                                 std::uint32_t options = 0) const;

  struct Compiled;
  explicit CompiledRegex(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace dkimctl::perl
