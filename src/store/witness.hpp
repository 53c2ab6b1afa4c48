// A small file beside the database that says how far the database had come. A database that has not come so
// far is an older copy that somebody has put back.
//
// It is written after the database has committed: a crash in between leaves it behind, never ahead, and a
// database that is ahead of its witness is in order. For the same reason it is read before the database is.
// It cannot tell that the whole folder, or the disk of the machine, was put back: then both are as old.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace dkimctl::store {

struct Witness {
  std::int64_t timeline = 0;
  std::int64_t epoch = 0;  // 0: there was no database yet

  friend bool operator==(const Witness&, const Witness&) = default;
};

///     witness = timeline SP epoch LF
///
/// Nothing where there is no such file, or anything else in it: as if the database had been put back alone.
std::optional<Witness> read_witness(const std::string& path);

/// Replaces it as a whole. False: it could not be written, and says what it said before.
bool write_witness(const std::string& path, const Witness& witness);

}  // namespace dkimctl::store
