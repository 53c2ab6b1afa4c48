#include "app/configured_keys.hpp"

#include "amavis/findings.hpp"
#include "amavis/listing.hpp"
#include "amavis/signing_view.hpp"
#include "crypto/public_key.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dkimctl::app {
namespace {

bool has_selector(const std::vector<rollover::FoundKey>& keys, const std::string& selector)
{
  return std::ranges::find(keys, selector, &rollover::FoundKey::selector) != keys.end();
}

}  // namespace

FoundKeys found_keys(const Facts& facts)
{
  FoundKeys found;
  const amavis::DkimKeys& keys = facts.configuration.keys();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const amavis::DkimKey& key = keys[i];
    if (!key.certain() || !amavis::owner_name(key) || has_selector(found[key.domain], key.selector)) {
      continue;
    }
    rollover::FoundKey one{key.selector, key.file, {}, 0, {}, true};
    if (const amavis::StoredKey* const stored = facts.key_files.of(i)) {
      one.algorithm = "rsa";  // amavisd signs with no other
      one.bits = static_cast<int>(stored->bits.count);
      one.public_key = stored->public_key;
    }
    found[key.domain].push_back(std::move(one));
  }
  std::erase_if(found, [](const auto& domain) { return domain.second.empty(); });
  return found;
}

ConfiguredSigner::Index ConfiguredSigner::make_index() const
{
  Index index;
  index.use = amavis::Signer(amavis::signing_view(facts_.configuration)).key_use();
  index.is_read = !facts_.configuration.files().empty() && !facts_.configuration.rejected() &&
                  std::ranges::none_of(facts_.findings, amavis::findings::leaves_no_answer);
  const amavis::DkimKeys& keys = facts_.configuration.keys();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!keys[i].certain()) {
      index.uncertain.insert(keys[i].domain);
    } else if (!keys[i].pattern) {
      index.of.emplace(keys[i].domain, i);
    }
    if (const auto file = host_.info(keys[i].file)) {
      index.named.insert(file->id);
    }
  }
  return index;
}

const ConfiguredSigner::Index& ConfiguredSigner::index()
{
  if (!index_) {
    index_ = make_index();
  }
  return *index_;
}

bool ConfiguredSigner::is_present(const std::string& file) const
{
  if (file.empty() || !host_.info(file)) {
    return false;
  }
  if (!facts_.daemon) {
    return true;
  }
  const auto obstacle = host_.obstacle(file, *facts_.daemon, Access::read);
  return obstacle && !*obstacle;
}

/// That very key: what signs may have another under the same selector.
bool ConfiguredSigner::is_used(const rollover::KeyLife& key)
{
  const auto [begin, end] = index().of.equal_range(key.facts.domain);
  return std::any_of(begin, end, [&](const auto& entry) {
    const amavis::DkimKey& declared = facts_.configuration.keys()[entry.second];
    const amavis::StoredKey* const stored = facts_.key_files.of(entry.second);
    const bool is_same =
        stored == nullptr || key.facts.public_key.empty() || stored->public_key == key.facts.public_key;
    return is_same && declared.selector == key.facts.selector && index().use.keys.contains(declared.number);
  });
}

rollover::SignerView ConfiguredSigner::view_of(const std::string& domain,
                                               const std::vector<rollover::KeyLife>& keys)
{
  const amavis::KeyUse& use = index().use;
  rollover::SignerView view;
  view.is_known = index().is_read && use.unknown.empty() && !index().uncertain.contains(domain) &&
                  !index().uncertain.contains("");
  if (!use.other_signer.empty()) {
    view.read_only = fmt::format("another program signs: {}", use.other_signer);
  }
  if (const auto longest = use.validity.find(domain); longest != use.validity.end()) {
    view.expiry = longest->second;
  }
  for (const rollover::KeyLife& key : keys) {
    const rollover::KeyId& id = key.facts.id;
    const auto file = host_.info(key.facts.file);
    if (file && index().named.contains(file->id)) {
      view.named.push_back(id);
    }
    if (is_used(key)) {
      view.configured.push_back(id);
    }
    if (is_present(key.facts.file)) {
      view.present.push_back(id);
    }
  }
  return view;
}

}  // namespace dkimctl::app
