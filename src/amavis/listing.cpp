#include "amavis/listing.hpp"

#include "amavis/findings.hpp"
#include "dns/escape.hpp"
#include "dns/idn.hpp"
#include "dns/name.hpp"
#include "dns/txt.hpp"
#include "perl/regex.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::amavis {
namespace {

constexpr std::size_t kLongestString = 255;    // RFC 1035 section 3.3
constexpr std::size_t kPublicKeyColumns = 64;  // as PEM has them
constexpr std::string_view kTags = "vghkstn";
constexpr std::string_view kWildcardComment =
    "; CANNOT DECLARE A WILDCARDED LABEL IN DNS, AVOID OR EDIT MANUALLY!\n";

std::string lower(std::string_view text)
{
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

bool is_control(char c)
{
  return (c >= 0 && c < ' ') || c == '\x7f';
}

bool has_control(std::string_view text)
{
  return std::any_of(text.begin(), text.end(), is_control);
}

/// The domains asked for, so that a key is looked up and not compared with each of them.
class Selection {
public:
  explicit Selection(std::span<const std::string> domains)
  {
    for (const std::string& domain : domains) {
      std::string name = lower(dns::to_ace(domain));
      if (name.starts_with('.')) {
        subtrees_.insert(name.substr(1));
      } else {
        exact_.insert(name);
      }
      all_.push_back(std::move(name));
    }
  }

  bool takes(const DkimKey& key) const
  {
    if (std::find(key.unknown.begin(), key.unknown.end(), "domain") != key.unknown.end()) {
      return true;
    }
    return key.regex ? takes_pattern(*key.regex) : takes_name(lower(dns::to_ace(key.domain)));
  }

private:
  bool takes_name(const std::string& name) const
  {
    if (exact_.contains(name) || subtrees_.contains(name) || subtrees_.contains("")) {
      return true;
    }
    for (std::size_t dot = name.find('.'); !subtrees_.empty() && dot != std::string::npos;
         dot = name.find('.', dot + 1)) {
      if (subtrees_.contains(name.substr(dot + 1))) {
        return true;
      }
    }
    return false;
  }

  /// A pattern that cannot be compiled, or costs too much, may match.
  bool takes_pattern(const perl::Regex& pattern) const
  {
    const auto regex = perl::CompiledRegex::compile(pattern);
    return !regex || std::any_of(all_.begin(), all_.end(), [&](const std::string& name) {
      const auto match = regex->match(name);
      return !match || match->has_value();
    });
  }

  std::unordered_set<std::string> exact_;
  std::unordered_set<std::string> subtrees_;
  std::vector<std::string> all_;
};

/// "com.example.sub" of "sub.example.com".
std::string reversed_labels(std::string_view domain)
{
  std::string out;
  for (std::size_t end = domain.size();;) {
    const std::size_t dot = domain.substr(0, end).rfind('.');
    const std::size_t begin = dot == std::string_view::npos ? 0 : dot + 1;
    out += domain.substr(begin, end - begin);
    if (dot == std::string_view::npos) {
      return out;
    }
    out += '.';
    end = dot;
  }
}

void sort_by_domain(std::vector<std::size_t>& order, std::span<const DkimKey> keys)
{
  std::vector<std::pair<std::string, std::size_t>> sorted;
  sorted.reserve(order.size());
  for (const std::size_t index : order) {
    sorted.emplace_back(reversed_labels(lower(keys[index].domain)), index);
  }
  std::sort(sorted.begin(), sorted.end());
  std::transform(sorted.begin(), sorted.end(), order.begin(), [](const auto& entry) { return entry.second; });
}

/// qp-section, RFC 6376 section 2.11, as far as amavisd takes it: a backslash stays one.
std::string quoted_printable(std::string_view text)
{
  std::string out;
  for (const char c : text) {
    if (is_control(c) || c == '=' || c == ';' || c == '"') {
      fmt::format_to(std::back_inserter(out), "={:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

/// What amavisd lists of an option; nothing where it lists none.
std::optional<std::string> tag_value(const DkimKey& key, char tag)
{
  const KeyOption* const option = key.option(std::string_view{&tag, 1});
  if (option == nullptr || option->value.is_undef() || option->value.is_unknown()) {
    return tag == 'v' ? std::optional<std::string>{"DKIM1"} : std::nullopt;
  }
  if (tag == 'k') {
    return "rsa";
  }
  return tag == 'n' ? quoted_printable(option->value.text()) : option->value.text();
}

/// Whether a string between quotes is loaded as what it is. Tabs and octets beyond ASCII are; other controls
/// may be, but are no text for a terminal.
bool loads(std::string_view text)
{
  return text.size() <= kLongestString && std::none_of(text.begin(), text.end(), [](char c) {
           return c == '"' || c == '\\' || (is_control(c) && c != '\t');
         });
}

/// amavisd prints whatever domain it was given; BIND and NSD take this for a name, and for the one that is
/// meant.
bool is_owner_name(std::string_view text)
{
  return text.find_first_of(" \t\"();\\") == std::string_view::npos && dns::Name::parse(text).has_value();
}

std::string owner_of(const ListedKey& key)
{
  return fmt::format("{}._domainkey.{}.", dns::to_ace(key.selector), dns::to_ace(key.domain));
}

void append_comment_text(std::string& out, std::string_view text)
{
  if (has_control(text)) {
    dns::append_escaped(out, text, "\\", dns::Blank::literal);
  } else {
    out += text;
  }
}

void append_string(std::string& out, std::string_view quoted)
{
  out += "\n  ";
  out += quoted;
}

void append_tags(std::string& out, const std::string& tags)
{
  if (loads(tags)) {
    append_string(out, fmt::format("\"{}\"", tags));
    return;
  }
  for (const std::string& part : dns::split_txt(tags).strings) {
    append_string(out, loads(part) ? fmt::format("\"{}\"", part) : dns::quote(part));
  }
}

void append_number(std::string& out, std::uint32_t number)
{
  fmt::format_to(std::back_inserter(out), "{}", number);
}

}  // namespace

std::vector<std::size_t> select_keys(std::span<const DkimKey> keys, std::span<const std::string> domains)
{
  std::vector<std::size_t> order(keys.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (domains.empty()) {
    return order;
  }
  const Selection selection(domains);
  std::erase_if(order, [&](std::size_t index) { return !selection.takes(keys[index]); });
  sort_by_domain(order, keys);
  return order;
}

std::string record_tags(const DkimKey& key)
{
  std::string out;
  for (const char tag : kTags) {
    if (const auto value = tag_value(key, tag)) {
      out += tag;
      out += '=';
      out += *value;
      out += "; ";
    }
  }
  return out + "p=";
}

ListedKey listed_key(const DkimKey& key, const StoredKey& stored)
{
  return {key.number,  stored.bits.count, key.selector,     key.domain,
          stored.path, key.pattern,       record_tags(key), stored.public_key};
}

void append_listing(std::string& out, const ListedKey& key)
{
  out += "; key#";
  append_number(out, key.number);
  out += ' ';
  append_number(out, key.bits);
  out += " bits, s=";
  append_comment_text(out, key.selector);
  out += ", d=";
  append_comment_text(out, lower(key.domain));
  if (key.path) {
    out += ", ";
    append_comment_text(out, *key.path);
  }
  out += '\n';
  if (key.pattern) {
    out += kWildcardComment;
  }
  out += owner_of(key);
  out += "\t3600 TXT (";
  append_tags(out, key.tags);
  for (std::size_t at = 0; at < key.public_key.size(); at += kPublicKeyColumns) {
    out += "\n  \"";
    out += key.public_key.substr(at, kPublicKeyColumns);
    out += '"';
  }
  out += ")\n\n";
}

std::optional<Finding> zone_text_finding(const ListedKey& key)
{
  const std::string owner = owner_of(key);
  if (!key.pattern && !is_owner_name(owner)) {
    Finding finding = make_finding(
        findings::kZoneText, owner,
        fmt::format("{} is not a name that DNS can have, and no server loads this listing", owner),
        "mend the domain or the selector in the dkim_key");
    finding.severity = Severity::warning;
    finding.key = key.number;
    return finding;
  }
  if (loads(key.tags)) {
    return {};
  }
  const std::string_view why =
      key.tags.size() > kLongestString
          ? "a string of more than 255 octets, which is cut here"
          : "a quote, a backslash or a control character in a string, which is escaped here";
  Finding finding = make_finding(findings::kZoneText, owner,
                                 fmt::format("amavisd's listing of {} does not load: it has {}", owner, why),
                                 "take the record from here, not from amavisd showkeys");
  finding.key = key.number;
  return finding;
}

std::optional<Finding> dynamic_key_finding(const DkimKey& key, const Locate& locate)
{
  if (key.certain()) {
    return {};
  }
  std::string text = key.condition
                         ? fmt::format("whether this key is declared depends on {}", key.condition->construct)
                         : std::string{"this key is declared, but not all of it can be known"};
  if (!key.unknown.empty()) {
    text += fmt::format("; unknown: {}", fmt::join(key.unknown, ", "));
  }
  Finding finding = make_finding(findings::kDynamic, fmt::format("key#{}", key.number), std::move(text),
                                 "it is not listed: write its arguments out, without a condition");
  finding.severity = Severity::error;
  finding.key = key.number;
  if (key.declared.known()) {
    finding.where = locate(key.declared);
  }
  return finding;
}

}  // namespace dkimctl::amavis
