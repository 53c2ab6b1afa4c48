#pragma once

#include "store/connection.hpp"
#include "store/lease.hpp"

namespace dkimctl::store {

class SqlLease final : public Lease {
public:
  explicit SqlLease(Connection& connection) : connection_(&connection) {}

  Stored<Holding> look() override;
  Stored<Holding> take(const std::string& holder, rollover::Time now, rollover::Seconds length) override;
  Stored<void> give_back(const Holding& held) override;

private:
  Stored<void> replace(std::int64_t revision, const Holding& next);
  Connection* connection_;
};

/// The row of a new database: nobody's.
Stored<void> insert_lease(Session& session);

}  // namespace dkimctl::store
