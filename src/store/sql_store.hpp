#pragma once

#include "store/connection.hpp"
#include "store/store.hpp"

namespace dkimctl::store {

class SqlStore final : public Store {
public:
  explicit SqlStore(Connection& connection) : connection_(&connection) {}

  Stored<std::vector<rollover::KeyLife>> unfinished_keys() override;
  Stored<std::vector<rollover::KeyLife>> keys_of(const std::string& domain) override;
  Stored<std::vector<std::string>> selectors_seen(const std::string& domain) override;
  Stored<std::vector<StoredEvent>> events(const EventFilter& filter, std::size_t limit) override;
  Stored<std::vector<rollover::KeyLife>> write(const Changes& changes) override;

private:
  Stored<std::vector<rollover::KeyLife>> select(const std::string& condition, const std::vector<Cell>& values,
                                                std::size_t expected);
  Connection* connection_;
};

/// To every key that something may still happen to: all that was known of it is to be proven again. Inside a
/// change.
Stored<void> append_timeline(Connection& connection, rollover::Time now, std::int64_t run);

}  // namespace dkimctl::store
