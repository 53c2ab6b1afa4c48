#include "amavis/lookup.hpp"

#include "base/ascii.hpp"
#include "dns/idn.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace dkimctl::amavis {
namespace {

using perl::HashPtr;
using perl::Place;
using perl::UnknownPtr;
using perl::Value;

constexpr std::array<std::string_view, 3> kUnextended{"postmaster", "mailer-daemon", "double-bounce"};
constexpr std::string_view kOwner = "owner-";
constexpr std::string_view kRequest = "-request";
constexpr std::size_t kDomainKeys = 20;  // amavisd's limit: of a longer domain the most general ones stay

/// Where the address literal ends that begins at `at`, one past its "]"; the end of the text if it is not
/// closed.
std::size_t skip_literal(std::string_view text, std::size_t at)
{
  for (++at; at < text.size(); ++at) {
    if (text[at] == ']') {
      return at + 1;
    }
    if (text[at] == '\\' && ++at == text.size()) {
      return std::string_view::npos;
    }
  }
  return at;
}

bool is_domain(std::string_view text)
{
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] == '@') {
      return false;
    }
    at = text[at] == '[' ? skip_literal(text, at) : at + 1;
  }
  return at != std::string_view::npos;
}

/// postmaster and its like have no extension, nor have owner-list and list-request where "-" begins one.
bool is_reserved(std::string_view localpart, std::string_view delimiter)
{
  const std::string name = ascii::lower(localpart);
  if (std::find(kUnextended.begin(), kUnextended.end(), name) != kUnextended.end()) {
    return true;
  }
  return delimiter.find('-') != std::string_view::npos &&
         ((name.starts_with(kOwner) && name.size() > kOwner.size()) ||
          (name.ends_with(kRequest) && name.size() > kRequest.size()));
}

/// Where the extension begins, delimiter included; the size of `localpart` where there is none.
std::size_t extension_of(std::string_view localpart, std::string_view delimiter)
{
  if (delimiter.empty() || is_reserved(localpart, delimiter)) {
    return localpart.size();
  }
  return std::min(localpart.find_first_of(delimiter, 1), localpart.size());
}

std::string ascii_domain(std::string_view domain)
{
  if (domain.starts_with('@')) {
    domain.remove_prefix(1);
  }
  while (domain.ends_with('.')) {
    domain.remove_suffix(1);
  }
  return dns::to_ace(domain);
}

/// ".sub.example.com", ".example.com", ".com", ".".
std::vector<std::string> suffix_keys(std::string_view domain)
{
  std::vector<std::string> keys;
  while (!domain.empty()) {
    keys.push_back(fmt::format(".{}", domain));
    const std::size_t dot = domain.find('.');
    domain.remove_prefix(dot == std::string_view::npos ? domain.size() : dot + 1);
  }
  keys.emplace_back(".");
  if (keys.size() > kDomainKeys) {
    keys.erase(keys.begin(), keys.end() - kDomainKeys);
  }
  return keys;
}

UnknownPtr make_unknown(std::string construct, const Place& where)
{
  return std::make_shared<const perl::Unknown>(perl::Unknown{std::move(construct), where});
}

/// The options that a map's value gives; both null: none.
struct Given {
  HashPtr options;
  UnknownPtr unknown;
  explicit operator bool() const { return options || unknown; }
};

Given given_by(const Value& value)
{
  HashPtr options = value.hash_ptr();
  if (options && options->unknown) {
    return {nullptr, options->unknown};
  }
  return {std::move(options), value.unknown()};
}

void add_matches(std::vector<Match>& matches, const perl::Hash& table, const std::vector<std::string>& keys)
{
  if (table.unknown) {
    matches.push_back({{}, table.set, nullptr, table.unknown});
    return;
  }
  for (const std::string& key : keys) {
    const auto entry = table.entries.find(key);
    if (entry == table.entries.end() || !entry->second.scalar) {
      continue;
    }
    if (Given given = given_by(entry->second.scalar->value)) {
      matches.push_back({key, entry->second.key, std::move(given.options), std::move(given.unknown)});
    }
  }
}

}  // namespace

AddressParts split_address(std::string_view address)
{
  for (std::size_t at = address.find('@'); at != std::string_view::npos; at = address.find('@', at + 1)) {
    if (is_domain(address.substr(at + 1))) {
      return {address.substr(0, at), address.substr(at)};
    }
  }
  return {address, address.substr(address.size())};
}

std::vector<std::string> query_keys(std::string_view address, const LookupOptions& options)
{
  const AddressParts parts = split_address(address);
  const std::string localpart =
      options.localpart_is_case_sensitive ? std::string{parts.localpart} : ascii::lower(parts.localpart);
  const std::string user = localpart.substr(0, extension_of(localpart, options.recipient_delimiter));
  const std::string domain = ascii_domain(parts.domain);

  std::vector<std::string> keys{std::string{address},
                                fmt::format("{}@{}", localpart, domain),
                                fmt::format("{}@{}", user, domain),
                                fmt::format("{}@", localpart),
                                fmt::format("{}@", user),
                                domain};
  if (domain.find('[') != std::string::npos) {
    keys.emplace_back(".");
  } else {
    std::vector<std::string> suffixes = suffix_keys(domain);
    keys.insert(keys.end(), std::make_move_iterator(suffixes.begin()),
                std::make_move_iterator(suffixes.end()));
  }
  std::vector<std::string> unique;
  for (std::string& key : keys) {
    if (std::find(unique.begin(), unique.end(), key) == unique.end()) {
      unique.push_back(std::move(key));
    }
  }
  return unique;
}

AddressMaps::AddressMaps(const Value& maps)
{
  if (const perl::Array* const list = maps.array()) {
    if (list->unknown) {
      tables_.emplace_back(list->unknown);
      return;
    }
    for (const perl::ScalarPtr& item : list->items) {
      if (item) {
        add(*item);
      }
    }
  } else if (maps.is_unknown()) {
    tables_.emplace_back(maps.unknown());
  } else if (const perl::Object* const object = maps.object()) {
    tables_.emplace_back(
        make_unknown(fmt::format("{}(...) in place of a list", object->constructor), object->made));
  } else if (!maps.is_plain()) {
    tables_.emplace_back(Fatal{"dkim_signature_options_bysender_maps is not a list of maps"});
  }
}

void AddressMaps::add(const perl::Scalar& item)
{
  // amavisd follows one reference to a reference.
  const perl::Scalar* const target = item.value.scalar();
  const bool indirect = target != nullptr && !target->value.is_plain();
  const perl::Scalar& scalar = indirect ? *target : item;
  const Value& value = scalar.value;
  if (value.is_unknown()) {
    tables_.emplace_back(value.unknown());
  } else if (HashPtr hash = value.hash_ptr()) {
    tables_.emplace_back(std::move(hash));
  } else if (const perl::Object* const object = value.object()) {
    add_object(*object);
  } else if (value.code() != nullptr) {
    tables_.emplace_back(make_unknown("code that gives a map", scalar.set));
  } else if (value.regex() != nullptr) {
    tables_.emplace_back(Fatal{fmt::format("{} is no map by itself; new_RE makes one of it", value.text())});
  }
  // The rest, access lists and plain values, gives no options.
}

void AddressMaps::add_object(const perl::Object& object)
{
  if (object.constructor == "new_RE") {
    Patterns patterns;
    for (const Value& argument : object.arguments) {
      Pattern pattern = make_pattern(argument, object.made);
      if (pattern.options || pattern.unknown) {
        patterns.push_back(std::move(pattern));
      }
    }
    tables_.emplace_back(std::move(patterns));
    return;
  }
  const bool opaque = object.constructor == "Opaque" || object.constructor == "OpaqueRef";
  if (!opaque || object.arguments.empty()) {
    tables_.emplace_back(make_unknown(fmt::format("{}(...)", object.constructor), object.made));
    return;
  }
  const Value& argument = object.arguments.front();
  const perl::Scalar* const target = object.constructor == "OpaqueRef" ? argument.scalar() : nullptr;
  Given given = given_by(target != nullptr ? target->value : argument);
  if (given.unknown) {
    tables_.emplace_back(std::move(given.unknown));
  } else if (given.options) {
    tables_.emplace_back(Constant{std::move(given.options), object.made});
  }
}

AddressMaps::Pattern AddressMaps::make_pattern(const Value& argument, const Place& made)
{
  const perl::Array* const pair = argument.array();
  if (pair == nullptr || pair->unknown) {
    return {{}, {}, made, nullptr, pair != nullptr ? pair->unknown : argument.unknown()};
  }
  if (pair->items.size() < 2 || !pair->items[0] || !pair->items[1]) {
    return {};  // gives 1
  }
  const perl::Scalar& key = *pair->items[0];
  Given given = given_by(pair->items[1]->value);
  if (!given || key.value.is_unknown()) {
    return {{}, {}, key.set, nullptr, given ? key.value.unknown() : nullptr};
  }
  const std::string text = key.value.text();
  const perl::Regex* const regex = key.value.regex();
  auto compiled = perl::CompiledRegex::compile(regex != nullptr ? *regex : perl::Regex{text, {}});
  if (!compiled) {
    return {{},
            text,
            key.set,
            nullptr,
            make_unknown(fmt::format("regular expression {} ({})", text, compiled.error().what), key.set)};
  }
  return {*std::move(compiled), text, key.set, std::move(given.options), std::move(given.unknown)};
}

std::vector<Match> AddressMaps::find_in(const Patterns& patterns, std::string_view address)
{
  std::vector<Match> matches;
  for (const Pattern& pattern : patterns) {
    if (!pattern.regex) {
      matches.push_back({pattern.text, pattern.place, nullptr, pattern.unknown});
      continue;
    }
    const auto groups = pattern.regex->match(address);
    if (!groups) {
      matches.push_back(
          {pattern.text, pattern.place, nullptr,
           make_unknown(fmt::format("regular expression {} ({})", pattern.text, groups.error().what),
                        pattern.place)});
    } else if (*groups) {
      matches.push_back({pattern.text, pattern.place, pattern.options, pattern.unknown});
    }
  }
  return matches;
}

Result<std::vector<Match>> AddressMaps::find(std::string_view address, const LookupOptions& options) const
{
  const std::vector<std::string> keys = query_keys(address, options);
  std::vector<Match> matches;
  for (const Table& table : tables_) {
    if (const auto* const fatal = std::get_if<Fatal>(&table)) {
      return tl::unexpected(Error{Errc::config, fatal->what});
    }
    if (const auto* const hash = std::get_if<HashPtr>(&table)) {
      add_matches(matches, **hash, keys);
    } else if (const auto* const patterns = std::get_if<Patterns>(&table)) {
      std::vector<Match> found = find_in(*patterns, address);
      matches.insert(matches.end(), std::make_move_iterator(found.begin()),
                     std::make_move_iterator(found.end()));
    } else if (const auto* const constant = std::get_if<Constant>(&table)) {
      matches.push_back({{}, constant->place, constant->options, nullptr});
    } else {
      const auto& unknown = std::get<UnknownPtr>(table);
      matches.push_back({{}, unknown->where, nullptr, unknown});
    }
  }
  return matches;
}

std::vector<HashPtr> AddressMaps::hashes() const
{
  std::vector<HashPtr> hashes;
  for (const Table& table : tables_) {
    if (const auto* const hash = std::get_if<HashPtr>(&table)) {
      hashes.push_back(*hash);
    }
  }
  return hashes;
}

}  // namespace dkimctl::amavis
