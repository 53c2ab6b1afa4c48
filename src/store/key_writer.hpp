// Appends events to keys, inside a transaction.
#pragma once

#include "rollover/event.hpp"
#include "rollover/key_life.hpp"
#include "store/sql.hpp"
#include "store/store.hpp"

#include <span>

namespace dkimctl::store {

/// The statements, prepared once for however many keys.
class KeyWriter {
public:
  static Stored<KeyWriter> prepare(Session& session);

  /// `constraint`: its selector is taken.
  Stored<rollover::KeyLife> add(const NewKey& key);
  /// `conflict`: the key has another revision, or is not there.
  Stored<rollover::KeyLife> append(const Step& step);

private:
  explicit KeyWriter(Session& session, Statement find, Statement add, Statement update, Statement event);
  Stored<rollover::KeyLife> find(const rollover::KeyId& key);
  Stored<void> write_events(const rollover::KeyLife& life, std::span<const rollover::Event> events);

  Session* session_;
  Statement find_;
  Statement add_;
  Statement update_;
  Statement event_;
};

}  // namespace dkimctl::store
