// The tables, and how those of an older version become those of today.
#pragma once

#include "store/sql.hpp"

#include <span>
#include <string>
#include <vector>

namespace dkimctl::store {

/// What makes version `from` the next one.
struct Migration {
  int from = 0;
  std::vector<std::string> statements;
};

/// A layout of the tables. A new one has a new version, and a migration from the one before.
struct Schema {
  int version = 0;
  std::vector<std::string> tables;  // CREATE TABLE, for a new database
  std::vector<Migration> migrations;
};

/// In words that SQLite, PostgreSQL and MariaDB have in common: times are BIGINT, in seconds of UTC, null
/// where they have not come; a yes or no is SMALLINT; names are lower-case ACE, VARCHAR(253); ids are made by
/// the application, 36 characters; a row that changes has a rev that counts. No row is ever deleted.
const Schema& current_schema();

}  // namespace dkimctl::store
