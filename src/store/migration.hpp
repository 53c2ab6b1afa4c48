// Tables of an older version become those of today.
#pragma once

#include "store/database.hpp"
#include "store/schema.hpp"
#include "store/sql.hpp"

#include <string>

namespace dkimctl::store {

/// False: the database is empty. One with other tables than ours is another program's and is refused.
Stored<bool> has_tables(Session& session);

/// Brings the tables to the version of `schema`, all steps in one transaction, after a copy of the database
/// was made. Returns the path of the copy; empty: there was nothing to do. Refused: a later version than
/// `schema` knows, and an older one that is only to be read.
Stored<std::string> migrate(Session& session, const Schema& schema, Access access);

}  // namespace dkimctl::store
