#include "perl/regex.hpp"

#include <array>
#include <span>
#include <utility>

#include <fmt/format.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace dkimctl::perl {
namespace {

constexpr std::uint32_t kMatchLimit = 1'000'000;  // steps; Perl has no limit, a person waiting has
constexpr std::uint32_t kHeapLimitKib = 16 * 1024;

std::string reason(int code)
{
  unsigned char text[256];
  const int size = pcre2_get_error_message(code, text, sizeof text);
  return size < 0 ? fmt::format("error {}", code)
                  : std::string{reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)};
}

constexpr std::array<std::pair<char, std::uint32_t>, 5> kFlags{{
    {'i', PCRE2_CASELESS},
    {'m', PCRE2_MULTILINE},
    {'s', PCRE2_DOTALL},
    {'x', PCRE2_EXTENDED},
    {'n', PCRE2_NO_AUTO_CAPTURE},
}};

std::uint32_t options_of(std::string_view flags)
{
  std::uint32_t options = PCRE2_NEVER_BACKSLASH_C;
  for (const auto& [flag, option] : kFlags) {
    options |= flags.find(flag) != std::string_view::npos ? option : 0;
  }
  return options;
}

}  // namespace

struct CompiledRegex::Compiled {
  explicit Compiled(pcre2_code* compiled) : code(compiled), limits(pcre2_match_context_create(nullptr))
  {
    pcre2_set_match_limit(limits, kMatchLimit);
    pcre2_set_heap_limit(limits, kHeapLimitKib);
  }
  Compiled(const Compiled&) = delete;
  Compiled& operator=(const Compiled&) = delete;
  ~Compiled()
  {
    pcre2_match_context_free(limits);
    pcre2_code_free(code);
  }
  pcre2_code* code;
  pcre2_match_context* limits;
};

Result<CompiledRegex> CompiledRegex::compile(const Regex& regex)
{
  int error = 0;
  PCRE2_SIZE offset = 0;
  pcre2_code* const code =
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(regex.pattern.data()), regex.pattern.size(),
                    options_of(regex.flags), &error, &offset, nullptr);
  if (code == nullptr) {
    return tl::unexpected(Error{Errc::config, fmt::format("at offset {}: {}", offset, reason(error))});
  }
  return CompiledRegex{std::make_shared<const Compiled>(code)};
}

Result<std::optional<std::vector<CompiledRegex::Range>>> CompiledRegex::find(std::string_view subject,
                                                                             std::size_t from,
                                                                             std::uint32_t options) const
{
  const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> data{
      pcre2_match_data_create_from_pattern(compiled_->code, nullptr), &pcre2_match_data_free};
  const int count = pcre2_match(compiled_->code, reinterpret_cast<PCRE2_SPTR>(subject.data()), subject.size(),
                                from, options, data.get(), compiled_->limits);
  if (count == PCRE2_ERROR_NOMATCH) {
    return std::optional<std::vector<Range>>{};
  }
  if (count < 0) {
    return tl::unexpected(Error{Errc::config, reason(count)});
  }
  const PCRE2_SIZE* const offsets = pcre2_get_ovector_pointer(data.get());
  std::vector<Range> ranges;
  for (std::size_t i = 0; i < pcre2_get_ovector_count(data.get()); ++i) {
    const bool took_part = offsets[2 * i] != PCRE2_UNSET && offsets[2 * i] <= offsets[2 * i + 1];
    ranges.push_back(took_part ? Range{offsets[2 * i], offsets[2 * i + 1], true} : Range{});
  }
  return std::optional{std::move(ranges)};
}

Result<std::optional<std::vector<std::string>>> CompiledRegex::match(std::string_view subject) const
{
  DKIMCTL_TRY(const auto found, find(subject, 0));
  if (!found) {
    return std::optional<std::vector<std::string>>{};
  }
  std::vector<std::string> groups;
  for (const Range& range : *found) {
    groups.emplace_back(range.of(subject));
  }
  return std::optional{std::move(groups)};
}

Result<std::vector<std::optional<std::string>>> CompiledRegex::split(std::string_view subject,
                                                                     std::size_t limit) const
{
  std::vector<std::optional<std::string>> parts;
  std::size_t part = 0;
  for (std::size_t fields = 1; limit == 0 || fields < limit; ++fields) {
    // An empty separator has a character between it and the end of the one before, or the beginning.
    DKIMCTL_TRY(const auto found, find(subject, part, PCRE2_NOTEMPTY_ATSTART));
    if (!found) {
      break;
    }
    parts.emplace_back(std::string{subject.substr(part, found->front().begin - part)});
    for (const Range& group : std::span{*found}.subspan(1)) {
      parts.push_back(group.took_part ? std::optional{std::string{group.of(subject)}} : std::nullopt);
    }
    part = found->front().end;
  }
  if (!subject.empty()) {
    parts.emplace_back(std::string{subject.substr(part)});
  }
  return parts;
}

}  // namespace dkimctl::perl
