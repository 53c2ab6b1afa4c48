// The keys and what happened to them, as they are stored.
#pragma once

#include "rollover/event.hpp"
#include "rollover/key_life.hpp"
#include "store/failure.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dkimctl::store {

/// A key that is not stored yet. Its events may be none.
struct NewKey {
  rollover::KeyFacts facts;
  std::vector<rollover::Event> events;
};

/// What happened to a key since it was read.
struct Step {
  rollover::KeyId key;
  std::int64_t revision = 0;  // the key's, when that was decided
  std::vector<rollover::Event> events;
};

/// What goes into one transaction: a kind of step, for however many domains.
struct Changes {
  std::vector<NewKey> keys;
  std::vector<Step> steps;
};

/// An event of a history.
struct StoredEvent {
  rollover::KeyId key;
  std::string domain;
  std::string selector;
  std::int64_t position = 0;  // among those of its key, from 1
  rollover::Event event;
};

/// Which events; what is empty counts for all.
struct EventFilter {
  std::string domain = {};
  rollover::KeyId key = {};
};

class Store {
public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  /// All keys that something may still happen to, by domain, selector and use.
  virtual Stored<std::vector<rollover::KeyLife>> unfinished_keys() = 0;
  /// All keys that the domain ever had, likewise.
  virtual Stored<std::vector<rollover::KeyLife>> keys_of(const std::string& domain) = 0;
  /// Every selector that the domain ever used: none of them is chosen again.
  virtual Stored<std::vector<std::string>> selectors_seen(const std::string& domain) = 0;
  /// The last `limit` events, the oldest of them first: those of a key in the order they were appended, else
  /// by their time.
  virtual Stored<std::vector<StoredEvent>> events(const EventFilter& filter, std::size_t limit) = 0;

  /// Appends the events and brings the keys up to date, all or nothing; what is returned has been committed.
  /// Returns the keys as they are now, those of `keys` first, each in its order. A step without events
  /// changes nothing. `conflict`: a key has another revision, or is not there; `constraint`: domain, selector
  /// and use of a new key are taken.
  virtual Stored<std::vector<rollover::KeyLife>> write(const Changes& changes) = 0;
};

}  // namespace dkimctl::store
