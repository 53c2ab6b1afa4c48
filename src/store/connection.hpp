// An open database as all that is stored in it shares it.
#pragma once

#include "store/sql.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace dkimctl::store {

/// The row of the table meta.
struct Meta {
  std::int64_t schema_version = 0;
  std::int64_t timeline = 0;
  std::int64_t epoch = 0;
};

struct Connection {
  Session session;
  std::string witness;                  // its path
  std::string host = {};                // the id of the host that this is
  std::int64_t timeline = 0;            // that was in force when it was opened
  std::optional<Failure> refusal = {};  // why nothing may be written
};

Stored<Meta> read_meta(Session& session);

/// The one way to change the database: `work` in one transaction, with the epoch that counts it, and the
/// witness after it. `lost`: a new timeline has begun since it was opened.
Stored<void> change(Connection& connection, const std::function<Stored<void>()>& work);

/// Likewise, and begins `next`, whose epoch must be beyond every one there was.
Stored<void> change_timeline(Connection& connection, const Meta& next,
                             const std::function<Stored<void>()>& work);

}  // namespace dkimctl::store
