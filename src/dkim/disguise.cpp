#include "dkim/disguise.hpp"

#include "base/ascii.hpp"
#include "dkim/findings.hpp"
#include "dkim/published_findings.hpp"
#include "dkim/tag_list.hpp"
#include "dns/escape.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::dkim {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kTagLetters = "vkhstnpg";

/// Octets that stand for something else, or for nothing.
struct Substitute {
  std::string_view octets;
  std::string_view meant;
  std::string_view name = {};
};

constexpr std::array kTypographic{
    Substitute{"\xe2\x80\x9c", "", "U+201C"}, Substitute{"\xe2\x80\x9d", "", "U+201D"},
    Substitute{"\xe2\x80\x9e", "", "U+201E"}, Substitute{"\xe2\x80\x98", "", "U+2018"},
    Substitute{"\xe2\x80\x99", "", "U+2019"}, Substitute{"\xc2\xab", "", "U+00AB"},
    Substitute{"\xc2\xbb", "", "U+00BB"},     Substitute{"\xe2\x80\xb3", "", "U+2033"},
};

constexpr std::array kInvisible{
    Substitute{"\xe2\x80\x8b", "", "U+200B zero width space"},
    Substitute{"\xe2\x80\x8c", "", "U+200C zero width non-joiner"},
    Substitute{"\xe2\x80\x8d", "", "U+200D zero width joiner"},
    Substitute{"\xe2\x80\x8e", "", "U+200E left-to-right mark"},
    Substitute{"\xe2\x80\x8f", "", "U+200F right-to-left mark"},
    Substitute{"\xe2\x81\xa0", "", "U+2060 word joiner"},
    Substitute{"\xef\xbb\xbf", "", "U+FEFF byte order mark"},
    Substitute{"\xc2\xa0", " ", "U+00A0 no-break space"},
    Substitute{"\xc2\xad", "", "U+00AD soft hyphen"},
    Substitute{"\xe2\x80\xaf", " ", "U+202F narrow no-break space"},
};

constexpr std::array kEntities{
    Substitute{"&quot;", "\""},   Substitute{"&#34;", "\""},   Substitute{"&amp;", "&"},
    Substitute{"&nbsp;", " "},    Substitute{"&#43;", "+"},    Substitute{"&#47;", "/"},
    Substitute{"&#61;", "="},     Substitute{"&#59;", ";"},    Substitute{"&plus;", "+"},
    Substitute{"&sol;", "/"},     Substitute{"&equals;", "="}, Substitute{"&semi;", ";"},
    Substitute{"&#x2b;", "+"},    Substitute{"&#x2f;", "/"},   Substitute{"&#x3d;", "="},
    Substitute{"&lt;br&gt;", ""}, Substitute{"<br>", ""},      Substitute{"<br/>", ""},
    Substitute{"<br />", ""},     Substitute{"<wbr>", ""},     Substitute{"<p>", ""},
    Substitute{"</p>", ""},
};

constexpr std::array kPercent{
    Substitute{"%2b", "+"}, Substitute{"%2f", "/"}, Substitute{"%3d", "="},
    Substitute{"%3b", ";"}, Substitute{"%20", " "}, Substitute{"%22", "\""},
};

/// Letters that stand where a semicolon or an equals sign should.
constexpr std::array kFullWidth{Substitute{"\xef\xbc\x9b", ";", "U+FF1B"},
                                Substitute{"\xef\xbc\x9d", "=", "U+FF1D"}};

std::size_t find_word(std::string_view text, std::string_view word, std::size_t from = 0)
{
  const auto found = std::search(text.begin() + static_cast<std::ptrdiff_t>(std::min(from, text.size())),
                                 text.end(), word.begin(), word.end(),
                                 [](char a, char b) { return ascii::lower(a) == ascii::lower(b); });
  return found == text.end() ? std::string_view::npos : static_cast<std::size_t>(found - text.begin());
}

/// Puts what was meant in the place of each; the first that was found, or null.
const Substitute* substitute(std::string& value, std::span<const Substitute> table)
{
  const Substitute* first = nullptr;
  for (const Substitute& each : table) {
    for (std::size_t at = find_word(value, each.octets); at != std::string::npos;
         at = find_word(value, each.octets, at)) {
      value.replace(at, each.octets.size(), each.meant);
      first = first == nullptr ? &each : first;
      at += each.meant.size();
    }
  }
  return first;
}

bool take_out(std::string& value, std::string_view characters)
{
  return std::erase_if(value, [&](char c) { return characters.find(c) != std::string_view::npos; }) > 0;
}

// ---- the mistakes, each taking itself out of the value

using Found = std::optional<Remark>;

Found html(std::string& value)
{
  const Substitute* const first = substitute(value, kEntities);
  if (first == nullptr) {
    return std::nullopt;
  }
  return Remark{&findings::kHtmlEntity, fmt::format("the value has '{}' in it", first->octets),
                std::string{kTakeWhatIsPrinted}};
}

Found percent(std::string& value)
{
  const Substitute* const first = substitute(value, kPercent);
  if (first == nullptr) {
    return std::nullopt;
  }
  return Remark{&findings::kUrlEncoded,
                fmt::format("the value has '{}' in it, for '{}'", first->octets, first->meant),
                std::string{kTakeWhatIsPrinted}};
}

Found typographic_quotes(std::string& value)
{
  const Substitute* const first = substitute(value, kTypographic);
  if (first == nullptr) {
    return std::nullopt;
  }
  return Remark{&findings::kSmartQuotes, fmt::format("the value has the quote {} in it", first->name),
                "enter the value without quotes; a word processor put these there"};
}

Found full_width(std::string& value)
{
  const Substitute* const first = substitute(value, kFullWidth);
  if (first == nullptr) {
    return std::nullopt;
  }
  return Remark{&findings::kSeparator,
                fmt::format("the value has {} in it, which only looks like '{}'", first->name, first->meant),
                std::string{kTakeWhatIsPrinted}};
}

Found invisible(std::string& value)
{
  if (const Substitute* const first = substitute(value, kInvisible)) {
    return Remark{&findings::kInvisibleCharacter, fmt::format("the value has {} in it", first->name),
                  "type the value anew, or copy it from a terminal"};
  }
  const auto is_odd = [](unsigned char c) {
    return c >= 0x7f || (c < 0x20 && c != '\t' && c != '\r' && c != '\n');
  };
  const auto odd = std::ranges::find_if(value, is_odd);
  if (odd == value.end()) {
    return std::nullopt;
  }
  Remark remark{&findings::kInvisibleCharacter,
                fmt::format("the value has the octet '{}' in it, at {}", dns::printable({&*odd, 1}),
                            odd - value.begin() + 1),
                "type the value anew, or copy it from a terminal"};
  std::erase_if(value, is_odd);
  return remark;
}

/// CRLF and a blank is folding, which verifiers take.
Found line_break(std::string& value)
{
  std::string folded;
  bool broken = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const bool fold = value.compare(i, 2, "\r\n") == 0 && i + 2 < value.size() &&
                      kBlanks.find(value[i + 2]) != std::string_view::npos;
    if (fold) {
      folded += "\r\n";
      ++i;
    } else if (value[i] == '\r' || value[i] == '\n') {
      broken = true;
    } else {
      folded += value[i];
    }
  }
  if (!broken) {
    return std::nullopt;
  }
  value = std::move(folded);
  return Remark{&findings::kLineBreak, "the value has a line break in it", "enter it on one line"};
}

Found backslash(std::string& value)
{
  const std::size_t at = value.find('\\');
  if (!take_out(value, "\\")) {
    return std::nullopt;
  }
  return Remark{
      &findings::kBackslash,
      fmt::format("the value has a backslash before '{}'",
                  at < value.size() ? dns::printable(value.substr(at, 1)) : "its end"),
      "enter the value without backslashes: only a zone file needs them, and this was no zone file"};
}

/// What comes before the first tag of a zone file's line, and its parentheses.
Found zone_line(std::string& value)
{
  const std::size_t type = find_word(value, "TXT");
  const std::size_t label = find_word(value, "_domainkey");
  const std::size_t open = value.find('(');
  const std::size_t begin = std::min(find_word(value, "v=DKIM"), find_word(value, "p="));
  if (begin == std::string::npos || std::min({type, label, open}) > begin) {
    return std::nullopt;
  }
  Remark remark{&findings::kZoneLine,
                fmt::format("the value begins with '{}'", dns::printable(value.substr(0, begin))),
                "enter as the value only what begins with v=DKIM1"};
  value.erase(0, begin);
  take_out(value, "()");
  return remark;
}

/// A quote anywhere: in the middle they are the seams of character-strings.
Found quotes(std::string& value)
{
  std::string plain;
  bool quoted = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '"') {
      plain += value[i];
      continue;
    }
    quoted = true;
    const std::size_t next = value.find_first_not_of(kBlanks, i + 1);
    i = next != std::string::npos && value[next] == '"' ? next : i;
  }
  if (!quoted) {
    return std::nullopt;
  }
  value = std::move(plain);
  return Remark{&findings::kLiteralQuotes, "the value has '\"' in it",
                "enter the value without quotes: only a zone file needs them, and this was no zone file"};
}

Found pem(std::string& value)
{
  const std::size_t begin = value.find("-----");
  if (begin == std::string::npos) {
    return std::nullopt;
  }
  Remark remark{&findings::kPemHeader,
                fmt::format("the value has '{}' in it",
                            dns::printable(value.substr(begin, value.find("-----", begin + 5) + 5 - begin))),
                std::string{kTakeWhatIsPrinted}};
  for (std::size_t at = begin; at != std::string::npos; at = value.find("-----")) {
    const std::size_t end = value.find("-----", at + 5);
    value.erase(at, end == std::string::npos ? end : end + 5 - at);
  }
  return remark;
}

/// Whether a tag begins at `at`, that no semicolon separates from what is before it.
bool begins_unseparated(std::string_view value, std::size_t at)
{
  const bool is_tag = kTagLetters.find(value[at]) != std::string_view::npos && at + 2 < value.size() &&
                      value[at + 1] == '=' && value[at + 2] != '=' && value[at + 2] != ';';
  constexpr std::string_view kSeparators = " \t,:|";
  if (!is_tag || at == 0 || kSeparators.find(value[at - 1]) == std::string_view::npos) {
    return false;
  }
  const std::size_t before = value.find_last_not_of(" \t\r\n", at - 1);  // it may be folded
  return before != std::string_view::npos && value[before] != ';';
}

Found separator(std::string& value)
{
  Found found;
  for (std::size_t at = 1; at < value.size(); ++at) {
    if (!begins_unseparated(value, at)) {
      continue;
    }
    const std::size_t before = value.find_last_not_of(" \t,:|", at - 1) + 1;
    if (!found) {
      found = Remark{&findings::kSeparator,
                     fmt::format("'{}' stands before {}=, and no semicolon",
                                 dns::printable(value.substr(before, at - before)), value[at]),
                     "separate the tags with semicolons"};
    }
    value.replace(before, at - before, "; ");
    at = before + 2;
  }
  return found;
}

/// P=, V=: tags are case-sensitive, so those are unknown ones.
Found capital_tags(std::string& value)
{
  const std::vector<Tag> tags = split_tags(value);
  const auto is_capital = [&](const Tag& tag) {
    const std::string lower = ascii::lower(tag.name);
    return tag.name.size() == 1 && lower != tag.name && kTagLetters.find(lower) != std::string_view::npos &&
           std::ranges::find(tags, lower, &Tag::name) == tags.end();
  };
  const auto first = std::ranges::find_if(tags, is_capital);
  if (first == tags.end()) {
    return std::nullopt;
  }
  Remark remark{&findings::kTagSyntax,
                fmt::format("{}= is another tag than {}=", first->name, ascii::lower(first->name)),
                "write the names of tags in lower case"};
  std::string mended = value;
  for (const Tag& tag : tags) {
    if (is_capital(tag)) {
      mended[tag.span.begin] = ascii::lower(value[tag.span.begin]);
    }
  }
  value = std::move(mended);
  return remark;
}

// In this order: what encodes first, then what surrounds, then what is within.
constexpr std::array kMistakes{html,      percent,    typographic_quotes, full_width,
                               invisible, line_break, backslash,          zone_line,
                               quotes,    pem,        separator,          capital_tags};

/// The value without the text of n=, which anybody may write as they like.
std::string without_notes(std::string_view value)
{
  for (const Tag& tag : split_tags(value)) {
    if (tag.name == "n") {
      const std::size_t begin = tag.span.end - tag.value.size();
      return std::string{value.substr(0, begin)} + std::string{value.substr(tag.span.end)};
    }
  }
  return std::string{value};
}

}  // namespace

Undisguised undisguise(std::string_view value)
{
  Undisguised out{without_notes(value), {}};
  for (const auto& mistake : kMistakes) {
    if (auto found = mistake(out.value)) {
      out.remarks.push_back(*std::move(found));
    }
  }
  if (out.remarks.empty()) {
    out.value = value;
  }
  return out;
}

}  // namespace dkimctl::dkim
