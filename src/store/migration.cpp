#include "store/migration.hpp"

#include "base/shell_word.hpp"
#include "store/connection.hpp"
#include "store/folder.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <unistd.h>

namespace dkimctl::store {
namespace {

std::string folder_of(const std::string& file)
{
  return file.substr(0, file.rfind('/'));
}

tl::unexpected<Failure> too_new(const std::string& file, std::int64_t version, const Schema& schema)
{
  return fail(
      Trouble::fatal,
      {Errc::refused,
       fmt::format("{}: its tables are of version {}, and this dkimctl knows {} at most", file, version,
                   schema.version),
       fmt::format(
           "use the dkimctl that wrote it, or put back a copy from before, if nothing was rolled over "
           "since: ls {}/dkimctl-schema*",
           shell_word(folder_of(file)))});
}

tl::unexpected<Failure> too_old(const std::string& file, std::int64_t version, const Schema& schema)
{
  return fail(Trouble::fatal, {Errc::refused,
                               fmt::format("{}: its tables are of version {}, and this dkimctl reads {}",
                                           file, version, schema.version),
                               "the next 'dkimctl run' brings them up to date"});
}

std::string quoted(const std::string& text)
{
  std::string out = "'";
  for (const char c : text) {
    out += c == '\'' ? std::string("''") : std::string(1, c);
  }
  return out + "'";
}

/// VACUUM INTO and not the functions for a backup: it is a statement, which goes through SOCI, gives the
/// contents at one moment while others go on, and reads every page, so that a damaged database is found
/// before it is changed.
Stored<std::string> copy_database(Session& session, const Meta& meta)
{
  const std::string copy = fmt::format("{}/dkimctl-schema{}-epoch{}.db", folder_of(session.file()),
                                       meta.schema_version, meta.epoch);
  const std::string draft = copy + ".part";
  ::unlink(draft.c_str());  // of a run that was killed
  DKIMCTL_TRY_VOID(prepare_file(draft, true));
  auto copied = session.run("VACUUM INTO " + quoted(draft));
  if (copied) {
    copied = finish_file(draft, copy);
  }
  if (!copied) {
    ::unlink(draft.c_str());
    return tl::unexpected(copied.error());
  }
  return copy;
}

Stored<void> run_migrations(Session& session, const Schema& schema, const Meta& meta)
{
  for (const Migration& migration : schema.migrations) {
    if (migration.from < meta.schema_version) {
      continue;
    }
    for (const std::string& statement : migration.statements) {
      DKIMCTL_TRY_VOID(session.run(statement));
    }
  }
  DKIMCTL_TRY_VOID(execute(
      session, "UPDATE meta SET schema_version = :version, epoch = epoch + 1, rev = rev + 1 WHERE id = 1",
      {cell(std::int64_t{schema.version})}));
  return {};
}

}  // namespace

Stored<bool> has_tables(Session& session)
{
  constexpr std::array kColumns{CellType::text};
  DKIMCTL_TRY(const auto found,
              rows(session, "SELECT name FROM sqlite_master WHERE type = 'table'", {}, kColumns));
  const bool has_meta = std::ranges::any_of(found, [](const auto& row) { return row[0].text == "meta"; });
  if (!found.empty() && !has_meta) {
    return fail(
        Trouble::fatal,
        {Errc::refused, fmt::format("{}: is a database of another program", session.file()), "move it away"});
  }
  return has_meta;
}

Stored<std::string> migrate(Session& session, const Schema& schema, Access access)
{
  DKIMCTL_TRY(const Meta meta, read_meta(session));
  if (meta.schema_version > schema.version) {
    return too_new(session.file(), meta.schema_version, schema);
  }
  if (meta.schema_version == schema.version) {
    return std::string();
  }
  if (access == Access::read) {
    return too_old(session.file(), meta.schema_version, schema);
  }
  DKIMCTL_TRY(auto copy, copy_database(session, meta));
  DKIMCTL_TRY(auto transaction, Transaction::begin(session));
  DKIMCTL_TRY(const Meta now, read_meta(session));
  if (now.epoch != meta.epoch) {
    return fail(Trouble::busy,
                {Errc::io, fmt::format("{}: another process has changed it", session.file()), "run again"});
  }
  DKIMCTL_TRY_VOID(run_migrations(session, schema, now));
  DKIMCTL_TRY_VOID(transaction.commit());
  return copy;
}

}  // namespace dkimctl::store
