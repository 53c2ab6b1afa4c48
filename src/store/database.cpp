#include "store/database.hpp"

#include "store/connection.hpp"
#include "store/folder.hpp"
#include "store/id.hpp"
#include "store/migration.hpp"
#include "store/sql_lease.hpp"
#include "store/sql_members.hpp"
#include "store/sql_store.hpp"
#include "store/witness.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::store {
namespace {

using rollover::Time;

constexpr std::int64_t kFirstEpoch = 1;  // of a database that was just created
constexpr const char* kPutBack = "put a copy of the database back";

/// The lesson of a restored database: it goes on beyond all that it, or the witness, has ever counted.
Meta next_timeline(const Meta& meta, const std::optional<Witness>& witness)
{
  const Witness seen = witness.value_or(Witness{});
  return {meta.schema_version, std::max(meta.timeline, seen.timeline) + 1,
          std::max(meta.epoch, seen.epoch) + 1};
}

std::int64_t next_run(const Member& member)
{
  return member.last_run ? member.last_run->run + 1 : 1;
}

Failure foreign(const std::string& file, const Member& owner)
{
  return {{Errc::refused,
           fmt::format("{}: belongs to another machine, {}: it is only read here", file, owner.name),
           "if this host is to carry on in its place: dkimctl init --takeover"},
          Trouble::fatal};
}

class SqlDatabase final : public Database {
public:
  explicit SqlDatabase(Connection connection)
      : connection_(std::move(connection)), store_(connection_), lease_(connection_), members_(connection_)
  {}

  Store& store() override { return store_; }
  Lease& lease() override { return lease_; }
  Members& members() override { return members_; }
  Stored<void> take_over(const Machine& machine, Time now) override;

  const Connection& connection() const { return connection_; }
  /// The keys are to be proven again, whatever `more` there is to change.
  Stored<void> begin_timeline(const std::optional<Witness>& witness, Time now,
                              const std::function<Stored<void>()>& more);

private:
  Connection connection_;
  SqlStore store_;
  SqlLease lease_;
  SqlMembers members_;
};

Stored<void> SqlDatabase::begin_timeline(const std::optional<Witness>& witness, Time now,
                                         const std::function<Stored<void>()>& more)
{
  DKIMCTL_TRY(const Meta meta, read_meta(connection_.session));
  DKIMCTL_TRY(const Member self, members_.self());
  return change_timeline(connection_, next_timeline(meta, witness), [&]() -> Stored<void> {
    DKIMCTL_TRY_VOID(append_timeline(connection_, now, next_run(self)));
    return more();
  });
}

Stored<void> SqlDatabase::take_over(const Machine& machine, Time now)
{
  DKIMCTL_TRY(const Member self, members_.self());
  if (self.machine == machine.identity) {
    return {};
  }
  auto refusal = std::exchange(connection_.refusal, std::nullopt);
  auto taken = begin_timeline(read_witness(connection_.witness), now, [&]() -> Stored<void> {
    return set_machine(connection_.session, self, machine.name, machine.identity);
  });
  if (!taken) {
    connection_.refusal = std::move(refusal);
  }
  return taken;
}

/// The first rows of a new database.
Stored<void> create_tables(Session& session, const Schema& schema, const Machine& machine, const Meta& first)
{
  for (const std::string& table : schema.tables) {
    DKIMCTL_TRY_VOID(session.run(table));
  }
  DKIMCTL_TRY_VOID(execute(session,
                           "INSERT INTO meta (id, schema_version, timeline, epoch, rev) "
                           "VALUES (1, :version, :timeline, :epoch, 0)",
                           {cell(std::int64_t{schema.version}), cell(first.timeline), cell(first.epoch)}));
  DKIMCTL_TRY_VOID(insert_member(session, {new_id(), machine.name, machine.identity, std::nullopt}));
  return insert_lease(session);
}

/// Unless another process was faster.
Stored<Condition> create(Session& session, const Schema& schema, const Machine& machine,
                         const std::optional<Witness>& witness)
{
  const bool is_first = !witness || witness->epoch == 0;
  DKIMCTL_TRY(auto transaction, Transaction::begin(session));
  DKIMCTL_TRY(const bool is_there, has_tables(session));
  if (is_there) {
    return Condition::usual;
  }
  DKIMCTL_TRY_VOID(create_tables(session, schema, machine, next_timeline({}, witness)));
  DKIMCTL_TRY_VOID(transaction.commit());
  return is_first ? Condition::created : Condition::replaced;
}

/// A database that is ahead of its witness is one whose last process was killed. Without a witness it was put
/// back alone, unless nothing has ever changed in it.
bool is_older(const Meta& meta, const std::optional<Witness>& witness)
{
  return witness ? meta.epoch < witness->epoch || meta.timeline < witness->timeline
                 : meta.epoch > kFirstEpoch;
}

tl::unexpected<Failure> not_found(const std::string& file)
{
  return fail(Trouble::fatal, {Errc::not_found, fmt::format("{}: no such database", file),
                               "the first 'dkimctl run' creates it"});
}

struct Files {
  std::string database;
  std::string witness;
};

Files files_in(const std::string& folder)
{
  return {folder + "/dkimctl.db", folder + "/epoch"};
}

/// Sees to the files; afterwards the database is one, if only an empty one.
Stored<void> prepare(const Opening& opening, const Files& files)
{
  const bool create = opening.access == Access::write;
  DKIMCTL_TRY(const Presence folder, prepare_folder(opening.folder, create));
  if (folder == Presence::absent && !create) {
    return not_found(files.database);
  }
  DKIMCTL_TRY(const Presence file, prepare_file(files.database, create));
  if (file == Presence::absent && !create) {
    return not_found(files.database);
  }
  return {};
}

/// Sees to the tables: they are there, and of today's version.
Stored<void> prepare_tables(Session& session, const Opening& opening, const Schema& schema,
                            const std::optional<Witness>& witness, Opened& opened)
{
  DKIMCTL_TRY(const bool is_there, has_tables(session));
  if (!is_there && opening.access == Access::read) {
    return not_found(session.file());
  }
  if (!is_there) {
    DKIMCTL_TRY(opened.condition, create(session, schema, opening.machine, witness));
  }
  DKIMCTL_TRY(opened.copy, migrate(session, schema, opening.access));
  return {};
}

/// Whose it is, and whether it is as new as it should be.
Stored<std::unique_ptr<Database>> judge(Connection connection, const Opening& opening,
                                        const std::optional<Witness>& witness, Opened& opened)
{
  DKIMCTL_TRY(const Meta meta, read_meta(connection.session));
  DKIMCTL_TRY(const auto members, read_members(connection.session));
  if (members.empty()) {
    return fail(Trouble::fatal,
                {Errc::io, fmt::format("{}: the table host is empty", connection.session.file()), kPutBack});
  }
  const Member& owner = members.front();
  connection.timeline = meta.timeline;
  connection.host = owner.id;
  const bool is_foreign = owner.machine != opening.machine.identity;
  if (is_foreign) {
    connection.refusal = foreign(connection.session.file(), owner);
    opened.condition = Condition::foreign;
  } else if (opened.condition == Condition::usual && is_older(meta, witness)) {
    opened.condition = Condition::restored;
  }
  auto database = std::make_unique<SqlDatabase>(std::move(connection));
  if (opened.condition == Condition::restored && opening.access == Access::write) {
    DKIMCTL_TRY_VOID(database->begin_timeline(witness, opening.now, [] { return Stored<void>{}; }));
  }
  opened.timeline = database->connection().timeline;
  return database;
}

}  // namespace

Stored<Opened> open(const Opening& opening, const Schema& schema)
{
  const Files files = files_in(opening.folder);
  DKIMCTL_TRY_VOID(prepare(opening, files));
  // Before the database: what is committed from now on is in the database first.
  const auto witness = read_witness(files.witness);
  const bool is_read = opening.access == Access::read;
  DKIMCTL_TRY(
      auto session,
      Session::open(files.database, is_read ? Session::Mode::read : Session::Mode::write, opening.patience));
  Opened opened;
  DKIMCTL_TRY_VOID(prepare_tables(session, opening, schema, witness, opened));
  DKIMCTL_TRY(const Meta meta, read_meta(session));
  DKIMCTL_TRY(opened.database,
              judge(Connection{std::move(session), files.witness}, opening, witness, opened));
  const bool is_in_order = opened.condition != Condition::restored && opened.condition != Condition::foreign;
  const Witness seen{meta.timeline, meta.epoch};
  if (!is_read && is_in_order && witness != seen) {  // it is new, or its tables are, or a run was killed
    static_cast<void>(write_witness(files.witness, seen));
  }
  return opened;
}

}  // namespace dkimctl::store
