#include "app/genkey.hpp"
#include "app/key_wishes.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace dkimctl::app {
namespace {

KeyDefaults defaults_of(const settings::DomainSettings& domain)
{
  KeyDefaults defaults;
  defaults.folder = domain.key_directory;
  defaults.file_mode = domain.key_mode;
  defaults.selector_template = domain.selector;
  defaults.type = domain.key_type == settings::KeyType::ed25519 ? NewKeyType::ed25519 : NewKeyType::rsa;
  defaults.bits = {domain.key_bits};
  defaults.owner = domain.key_owner;
  return defaults;
}

/// What is no domain has the host's settings; genkey says that it is none.
KeyDefaults defaults_of(const settings::Settings& settings, const std::string& word)
{
  const auto domain = dkim::Sdid::parse(word.ends_with('.') ? word.substr(0, word.size() - 1) : word);
  return defaults_of(domain ? settings.of(domain->text()) : settings.every_domain);
}

template<class T>
void append(std::vector<T>& all, std::vector<T>&& more)
{
  std::ranges::move(more, std::back_inserter(all));
}

/// What is wrong with what was typed is wrong in each of them, and said once.
void append_new(std::vector<WishError>& all, const std::vector<WishError>& more)
{
  for (const WishError& one : more) {
    const auto is_same = [&](const WishError& other) { return other.error.what == one.error.what; };
    if (std::ranges::none_of(all, is_same)) {
      all.push_back(one);
    }
  }
}

}  // namespace

Result<report::NewKeys, std::vector<WishError>> genkey(const Host& host, const GenkeyQuery& query,
                                                       const settings::Settings& settings)
{
  std::vector<GenkeyQuery> groups;
  for (const std::string& word : query.domains) {
    const KeyDefaults defaults = defaults_of(settings, word);
    auto group = std::ranges::find(groups, defaults, &GenkeyQuery::defaults);
    if (group == groups.end()) {
      group = groups.insert(group, query);
      group->defaults = defaults;
      group->domains.clear();
    }
    group->domains.push_back(word);
  }
  std::vector<WishError> errors;
  for (const GenkeyQuery& group : groups) {
    if (const auto wishes = read_wishes(host, group); !wishes) {
      append_new(errors, wishes.error());
    }
  }
  if (!errors.empty()) {  // before any key is made
    return tl::unexpected(std::move(errors));
  }
  report::NewKeys made;
  for (const GenkeyQuery& group : groups) {
    DKIMCTL_TRY(auto some, genkey(host, group));
    append(made.keys, std::move(some.keys));
    append(made.failed, std::move(some.failed));
    append(made.findings, std::move(some.findings));
  }
  return made;
}

}  // namespace dkimctl::app
