#include "amavis/listing.hpp"

#include "amavis/findings.hpp"
#include "base/ascii.hpp"
#include "dns/idn.hpp"
#include "dns/txt.hpp"
#include "perl/regex.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dkimctl::amavis {
namespace {

constexpr std::size_t kLongestString = 255;    // RFC 1035 section 3.3
constexpr std::size_t kLongestLabel = 63;      // RFC 1035 section 2.3.4
constexpr std::size_t kLongestName = 255;      // the same, with the length of its first label before it
constexpr std::size_t kLongestRdata = 65535;   // RFC 1035 section 3.2.1
constexpr std::size_t kPublicKeyColumns = 64;  // as PEM has them
constexpr std::string_view kWildcardComment =
    "; CANNOT DECLARE A WILDCARDED LABEL IN DNS, AVOID OR EDIT MANUALLY!\n";

/// The domains asked for, so that a key is looked up and not compared with each of them.
class Selection {
public:
  explicit Selection(std::span<const std::string> domains)
  {
    for (const std::string& domain : domains) {
      std::string name = ascii::lower(dns::to_ace(domain));
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
    return key.regex ? takes_pattern(*key.regex) : takes_name(ascii::lower(dns::to_ace(key.domain)));
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

void sort_by_domain(std::vector<std::size_t>& order, const DkimKeys& keys)
{
  std::vector<std::pair<std::string, std::size_t>> sorted;
  sorted.reserve(order.size());
  for (const std::size_t index : order) {
    sorted.emplace_back(reversed_labels(ascii::lower(keys[index].domain)), index);
  }
  std::sort(sorted.begin(), sorted.end());
  std::transform(sorted.begin(), sorted.end(), order.begin(), [](const auto& entry) { return entry.second; });
}

/// A set of octets that is looked up for every octet of every key.
class Octets {
public:
  constexpr explicit Octets(std::string_view members)
  {
    for (const char member : members) {
      has_.at(static_cast<unsigned char>(member)) = true;
    }
  }
  bool has(char octet) const { return has_[static_cast<unsigned char>(octet)]; }
  bool any_in(std::string_view text) const
  {
    return std::any_of(text.begin(), text.end(), [&](char c) { return has(c); });
  }

private:
  std::array<bool, 256> has_{};
};

/// Whether BIND and NSD load a string between quotes as what it is: they do with tabs, controls, and octets
/// beyond ASCII.
bool loads(std::string_view text)
{
  static constexpr Octets kNever{"\"\\\n"};
  return text.size() <= kLongestString && !kNever.any_in(text);
}

bool is_control(char octet)
{
  return static_cast<unsigned char>(octet) < 0x20 || octet == 0x7f;
}

/// Whether BIND and NSD load this, at the beginning of a line, as the name that it says. amavisd prints
/// whatever domain and selector it was given; a control character in it, which they load too, is no name that
/// anybody meant, and not for a terminal.
bool loads_as_owner(std::string_view text)
{
  static constexpr Octets kNever{" \"();\\"};
  if (kNever.any_in(text) || std::any_of(text.begin(), text.end(), is_control) || text.front() == '$' ||
      text.front() == '@' || text.size() >= kLongestName) {
    return false;
  }
  while (!text.empty()) {
    const std::size_t label = std::min(text.find('.'), text.size());
    if (label == 0 || label > kLongestLabel) {
      return false;
    }
    text.remove_prefix(std::min(label + 1, text.size()));
  }
  return true;
}

std::string owner_of(const ListedKey& key)
{
  std::string owner = dns::to_ace(key.selector);
  owner += "._domainkey.";
  owner += dns::to_ace(key.domain);
  owner += '.';
  return owner;
}

/// Appends the strings of the record, each in quotes and with `line` before it.
void append_strings(std::string& out, const ListedKey& key, std::string_view line)
{
  const auto append = [&](std::string_view text) {
    out += line;
    out += "  \"";
    out += text;
    out += '"';
  };
  if (loads(key.tags)) {
    append(key.tags);
  } else {
    for (const std::string& part : dns::split_txt(key.tags).strings) {
      if (loads(part)) {
        append(part);
      } else {
        out += line;
        out += "  ";
        out += dns::quote(part);
      }
    }
  }
  for (std::size_t at = 0; at < key.public_key.size(); at += kPublicKeyColumns) {
    append(key.public_key.substr(at, kPublicKeyColumns));
  }
}

/// Octets of RDATA: each string has one for its length.
std::size_t rdata_size(const ListedKey& key)
{
  const std::size_t tag_strings =
      std::max<std::size_t>(1, (key.tags.size() + kLongestString - 1) / kLongestString);
  const std::size_t key_strings = (key.public_key.size() + kPublicKeyColumns - 1) / kPublicKeyColumns;
  return key.tags.size() + key.public_key.size() + tag_strings + key_strings;
}

/// Nothing where a server can have the record; else why none can.
std::string_view unfit(const ListedKey& key, std::string_view owner)
{
  if (!loads_as_owner(owner)) {
    return "its owner name does not load as it is";
  }
  return rdata_size(key) > kLongestRdata ? "it is longer than 65535 octets" : "";
}

/// A line break would end the comment, and what follows would be a record.
void append_comment_text(std::string& out, std::string_view text)
{
  while (!text.empty()) {
    const auto control = std::find_if(text.begin(), text.end(), is_control);
    out.append(text.begin(), control);
    text.remove_prefix(static_cast<std::size_t>(control - text.begin()));
    if (!text.empty()) {
      fmt::format_to(std::back_inserter(out), "\\{:03}", static_cast<unsigned char>(text.front()));
      text.remove_prefix(1);
    }
  }
}

void append_number(std::string& out, std::uint32_t number)
{
  fmt::format_to(std::back_inserter(out), "{}", number);
}

void append_record(std::string& out, const ListedKey& key)
{
  const std::string owner = owner_of(key);
  const std::string_view line = unfit(key, owner).empty() ? "\n" : "\n; ";
  out += line.substr(1);
  append_comment_text(out, owner);
  out += "\t3600 TXT (";
  append_strings(out, key, line);
  out += ")\n\n";
}

}  // namespace

std::vector<std::size_t> select_keys(const DkimKeys& keys, std::span<const std::string> domains)
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

dkim::KeyRecord key_record(const DkimKey& key, std::string public_key)
{
  dkim::KeyRecord record(std::move(public_key));
  record.set("v", "DKIM1");
  for (const KeyOption& option : key.options) {
    if (option.value.is_undef() || option.value.is_unknown()) {
      continue;
    }
    const bool is_type = option.name == "k";  // amavisd forces it
    const std::string value = is_type ? "rsa" : option.value.text();
    record.set(option.name, option.name == "n" ? dkim::encode_notes(value) : value);
  }
  return record;
}

std::optional<dns::Name> owner_name(const DkimKey& key)
{
  const std::string text = fmt::format("{}._domainkey.{}", key.selector, key.domain);
  const bool is_known = std::none_of(key.unknown.begin(), key.unknown.end(), [](const std::string& what) {
    return what == "domain" || what == "selector";
  });
  // A backslash would be read as an escape, and a final dot as the root's: amavisd means neither.
  if (key.pattern || !is_known || text.find('\\') != std::string::npos || text.ends_with('.')) {
    return {};
  }
  auto name = dns::Name::parse(text);
  return name ? std::optional{*std::move(name)} : std::nullopt;
}

ListedKey listed_key(const DkimKey& key, const StoredKey& stored)
{
  return {key.number,  stored.bits.count,          key.selector,     key.domain, stored.path,
          key.pattern, key_record(key, {}).head(), stored.public_key};
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
  append_comment_text(out, ascii::lower(key.domain));
  if (key.path) {
    out += ", ";
    append_comment_text(out, *key.path);
  }
  out += '\n';
  if (key.pattern) {
    out += kWildcardComment;
  }
  append_record(out, key);
}

std::optional<Finding> zone_text_finding(const ListedKey& key)
{
  const std::string owner = owner_of(key);
  const auto about = [&](std::string what, std::string hint) {
    Finding finding = make_finding(findings::kZoneText, owner, std::move(what), std::move(hint));
    finding.key = key.number;
    return finding;
  };
  if (const std::string_view why = unfit(key, owner); !why.empty()) {
    Finding finding = about(fmt::format("the record of key#{} is listed as a comment: {}", key.number, why),
                            "mend the domain, the selector or the options in the dkim_key");
    finding.severity = Severity::warning;
    return finding;
  }
  if (loads(key.tags)) {
    return {};
  }
  const std::string_view why =
      key.tags.size() > kLongestString
          ? "has a string of more than 255 octets, which is cut here"
          : "has a quote, a backslash or a line break in a string, which is escaped here";
  return about(fmt::format("amavisd's own listing of key#{} does not load: it {}", key.number, why),
               "take the record from here, not from amavisd showkeys");
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
