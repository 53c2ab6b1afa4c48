#include "store/schema.hpp"

#include "store/key_row.hpp"

#include <fmt/format.h>

namespace dkimctl::store {
namespace {

constexpr int kVersion = 1;

std::string key_life_table()
{
  std::string columns;
  for (const KeyColumn& column : key_columns()) {
    columns += fmt::format("{} {}, ", column.name, column.type);
  }
  // A selector is taken for ever, hence also by keys that are gone. Only a slot's is used again, under
  // another number.
  return fmt::format("CREATE TABLE key_life ({}PRIMARY KEY (id), UNIQUE (domain, selector, use_no))",
                     columns);
}

// Nothing refers to an event, so it needs no id beside its key and its place there. The rev of a key is the
// number of its events.
constexpr const char* kEventTable =
    "CREATE TABLE event (key_id VARCHAR(36) NOT NULL, position BIGINT NOT NULL, at BIGINT NOT NULL, "
    "run BIGINT NOT NULL, kind VARCHAR(32) NOT NULL, object TEXT NOT NULL, detail TEXT NOT NULL, span "
    "BIGINT, "
    "PRIMARY KEY (key_id, position), FOREIGN KEY (key_id) REFERENCES key_life (id))";

// One row. The timeline is a new one whenever what was known may have been forgotten; the epoch counts the
// changes of the whole database, and goes on from one timeline to the next.
constexpr const char* kMetaTable =
    "CREATE TABLE meta (id SMALLINT NOT NULL, schema_version BIGINT NOT NULL, timeline BIGINT NOT NULL, "
    "epoch BIGINT NOT NULL, rev BIGINT NOT NULL, PRIMARY KEY (id), CHECK (id = 1))";

// The hosts that share the database: as yet one. What its clocks said in its last run stands beside it.
constexpr const char* kHostTable =
    "CREATE TABLE host (id VARCHAR(36) NOT NULL, name VARCHAR(253) NOT NULL, machine VARCHAR(253) NOT NULL, "
    "run BIGINT NOT NULL, run_at BIGINT, boot VARCHAR(253), since_boot BIGINT, only_looked SMALLINT NOT "
    "NULL, "
    "rev BIGINT NOT NULL, PRIMARY KEY (id))";

// Which host rolls over: as yet always the same.
constexpr const char* kLeaseTable =
    "CREATE TABLE lease (name VARCHAR(36) NOT NULL, holder VARCHAR(36) NOT NULL, until_at BIGINT, "
    "epoch BIGINT NOT NULL, rev BIGINT NOT NULL, PRIMARY KEY (name))";

}  // namespace

const Schema& current_schema()
{
  static const Schema schema{
      kVersion, {key_life_table(), kEventTable, kMetaTable, kHostTable, kLeaseTable}, {}};
  return schema;
}

}  // namespace dkimctl::store
