#include "store/connection.hpp"

#include "store/witness.hpp"

#include <array>

#include <fmt/format.h>

namespace dkimctl::store {
namespace {

Failure overtaken(const Connection& connection)
{
  return {
      {Errc::io, fmt::format("{}: a new timeline has begun since it was opened", connection.session.file()),
       "run again"},
      Trouble::lost};
}

/// `count` changes the row of meta, unless its timeline is not the one we know.
Stored<void> change_with(Connection& connection, const std::function<Stored<void>()>& work,
                         const std::function<Stored<std::int64_t>()>& count)
{
  if (connection.refusal) {
    return tl::unexpected(*connection.refusal);
  }
  DKIMCTL_TRY(auto transaction, Transaction::begin(connection.session));
  DKIMCTL_TRY(const std::int64_t counted, count());
  if (counted != 1) {
    return tl::unexpected(overtaken(connection));
  }
  DKIMCTL_TRY_VOID(work());
  DKIMCTL_TRY(const Meta meta, read_meta(connection.session));
  DKIMCTL_TRY_VOID(transaction.commit());
  connection.timeline = meta.timeline;
  // Where it cannot be written it stays behind, which does no harm; the change has been made.
  static_cast<void>(write_witness(connection.witness, {meta.timeline, meta.epoch}));
  return {};
}

}  // namespace

Stored<Meta> read_meta(Session& session)
{
  constexpr std::array kColumns{CellType::number, CellType::number, CellType::number};
  DKIMCTL_TRY(const auto found,
              rows(session, "SELECT schema_version, timeline, epoch FROM meta WHERE id = 1", {}, kColumns));
  if (found.size() != 1) {
    return fail(Trouble::fatal, {Errc::io, fmt::format("{}: the table meta is empty", session.file()),
                                 "put a copy of the database back"});
  }
  return Meta{found[0][0].number, found[0][1].number, found[0][2].number};
}

Stored<void> change(Connection& connection, const std::function<Stored<void>()>& work)
{
  return change_with(connection, work, [&] {
    return execute(connection.session,
                   "UPDATE meta SET epoch = epoch + 1, rev = rev + 1 WHERE id = 1 AND timeline = :timeline",
                   {cell(connection.timeline)});
  });
}

Stored<void> change_timeline(Connection& connection, const Meta& next,
                             const std::function<Stored<void>()>& work)
{
  return change_with(connection, work, [&] {
    return execute(connection.session,
                   "UPDATE meta SET timeline = :next, epoch = :epoch, rev = rev + 1 "
                   "WHERE id = 1 AND timeline = :timeline",
                   {cell(next.timeline), cell(next.epoch), cell(connection.timeline)});
  });
}

}  // namespace dkimctl::store
