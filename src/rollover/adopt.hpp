// Keys that are there and of which nothing is on record: before the first run, after a change by hand, after
// the loss of the state.
#pragma once

#include "rollover/learn.hpp"

#include <functional>
#include <string>
#include <vector>

namespace dkimctl::rollover {

struct FoundKey {
  std::string selector;
  std::string file = {};  // of its private key; empty: not known
  std::string algorithm = {};
  int bits = 0;
  std::string public_key = {};
  bool is_declared = false;  // amavisd's configuration names it; else only the DNS, at the name of a slot
};

struct NewKey {
  KeyFacts facts;
  std::vector<Event> events;
};

using NewId = std::function<KeyId()>;

struct Adoption {
  std::vector<NewKey> fresh;
  std::vector<KeyEvent> events;  // of keys whose selector was found with another key
};

/// Those of `found` that `keys` does not know. A declared one counts as active. One that only the DNS shows
/// counts as retired, since a message may still need it. None of them was made here as far as is known: a
/// person must say so before it is ended. A known key whose selector is declared for another key is
/// superseded.
Adoption adopt(const std::string& domain, const std::vector<KeyLife>& keys,
               const std::vector<FoundKey>& found, const NewId& new_id, Now now);

}  // namespace dkimctl::rollover
