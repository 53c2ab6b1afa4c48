#include "rollover/adopt.hpp"

#include <algorithm>

namespace dkimctl::rollover {

namespace {

bool is_same(const KeyLife& key, const FoundKey& found)
{
  const std::string& known = key.facts.public_key;
  return known.empty() || found.public_key.empty() || known == found.public_key;
}

/// What is found is no news. A declared key is another one where its public key is. What only the DNS shows
/// may be the record of an earlier use, or somebody's mistake at the name of a key that is on record: learn()
/// sees to that.
bool explains(const KeyLife& key, const FoundKey& found)
{
  const bool is_over = key.has(Moment::gone);
  return found.is_declared ? !is_over && is_same(key, found) : !is_over || is_same(key, found);
}

NewKey new_key(const std::string& domain, const FoundKey& found, KeyId id, Now now)
{
  NewKey key{{std::move(id),
              domain,
              found.selector,
              0,
              found.algorithm,
              found.bits,
              found.file,
              found.public_key,
              {}},
             {{EventKind::adopted, now.time, now.run, found.file, {}, {}}}};
  if (!found.is_declared) {
    key.events.push_back({EventKind::retired, now.time, now.run, "a key that is not on record", {}, {}});
  }
  return key;
}

}  // namespace

Adoption adopt(const std::string& domain, const std::vector<KeyLife>& keys,
               const std::vector<FoundKey>& found, const NewId& new_id, Now now)
{
  Adoption adoption;
  for (const FoundKey& key : found) {
    int uses = 0;
    bool is_known = false;
    for (const KeyLife& life : keys) {
      if (life.facts.selector != key.selector) {
        continue;
      }
      uses = std::max(uses, life.facts.use + 1);
      const bool is_over = life.has(Moment::gone);
      is_known = is_known || explains(life, key);
      if (key.is_declared && !is_over && !is_same(life, key)) {
        adoption.events.push_back({life.facts.id, {EventKind::superseded, now.time, now.run, {}, {}, {}}});
      }
    }
    if (!is_known) {
      adoption.fresh.push_back(new_key(domain, key, new_id(), now));
      adoption.fresh.back().facts.use = uses;
    }
  }
  return adoption;
}

}  // namespace dkimctl::rollover
