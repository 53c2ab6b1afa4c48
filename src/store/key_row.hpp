// A key's life as a row of the table key_life. The row is the fold of the key's events, kept so that a run
// need not read them.
#pragma once

#include "rollover/key_life.hpp"
#include "store/sql.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::store {

/// What a column is called, its type in SQL, and what it holds.
struct KeyColumn {
  std::string name;
  std::string_view type;
  CellType cell;
};

/// The id first. What does not change and what does, then each moment's time: "retired_at".
const std::vector<KeyColumn>& key_columns();

/// What they hold.
std::vector<CellType> key_types();

/// "id, domain, ...", in the order of key_columns().
std::string key_column_list();

/// The cells of a row, in the same order, beginning at a parameter of a statement. Refused: what no row can
/// hold, and text in which a private key stands.
Stored<void> write_row(const rollover::KeyLife& life, Statement& statement);

/// A row as SELECT gave it, into a key of which nothing is known yet; its text is moved out. A row that
/// nobody can have written is an error, which names `file`.
Stored<void> read_row(std::vector<Cell>& row, const std::string& file, rollover::KeyLife& life);

/// Text that may be stored: there is no PEM of a private key in it.
bool is_storable(std::string_view text);

}  // namespace dkimctl::store
