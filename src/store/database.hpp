// The database of a host: a folder with an SQLite file in it, and how it is opened.
//
//     dkimctl.db                        the database (see schema.hpp)
//     epoch                             its witness (see witness.hpp)
//     dkimctl-schema1-epoch123.db       a copy from before a change of the tables
#pragma once

#include "store/lease.hpp"
#include "store/members.hpp"
#include "store/schema.hpp"
#include "store/store.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace dkimctl::store {

/// The machine that dkimctl runs on. A clone of it must have another identity.
struct Machine {
  std::string identity;
  std::string name;  // of the host, for people
};

enum class Access : std::uint8_t { read, write };

struct Opening {
  std::string folder;
  Machine machine;
  rollover::Time now;  // for what opening it makes happen to the keys
  Access access = Access::write;
  std::chrono::milliseconds patience{5000};  // with other processes that write
};

/// How the database was found.
enum class Condition : std::uint8_t {
  usual,
  created,   // there was none, and as far as can be told never had been
  replaced,  // there had been one, it is gone, and there is a new one: what it knew is to be found out again
  restored,  // it is an older copy; a new timeline has begun, or, with Access::read, has yet to
  foreign,   // it is another machine's: it is only read until take_over(), but its tables are brought up to
             // date
};

class Database {
public:
  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  virtual ~Database() = default;

  virtual Store& store() = 0;
  virtual Lease& lease() = 0;
  virtual Members& members() = 0;

  /// Makes a foreign database this machine's: `init --takeover`. A new timeline begins. Otherwise it changes
  /// nothing.
  virtual Stored<void> take_over(const Machine& machine, rollover::Time now) = 0;
};

struct Opened {
  Condition condition = Condition::usual;
  std::int64_t timeline = 0;
  std::string copy;  // of the database before its tables were changed; empty: they were not
  std::unique_ptr<Database> database;
};

/// Opens the database of a folder; one that is not there is created, with the folder but not its parent. With
/// Access::read nothing is created or changed, and a database that is not there is `not_found`.
///
/// A new timeline begins where the database may have forgotten something: of every key that something may
/// still happen to, all that was proven counts no longer. Refused: a folder that others can write to, a
/// symbolic link, tables of a later version, a database of another program.
///
/// For one thread. After fork(2) it is of no use in the child.
Stored<Opened> open(const Opening& opening, const Schema& schema = current_schema());

}  // namespace dkimctl::store
