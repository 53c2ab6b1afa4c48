#include "store/sql_lease.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::store {
namespace {

using rollover::Seconds;
using rollover::Time;

constexpr std::array kColumns{CellType::text, CellType::number, CellType::number, CellType::number};

std::optional<std::int64_t> count_of(const std::optional<Time>& time)
{
  return time ? std::optional<std::int64_t>(time->time_since_epoch().count()) : std::nullopt;
}

tl::unexpected<Failure> held_by(const std::string& file, const std::string& holder)
{
  const std::string what =
      holder.empty() ? "nobody holds the lease any more" : fmt::format("host {} holds the lease", holder);
  return fail(Trouble::conflict,
              {Errc::refused, fmt::format("{}: {}", file, what), "run again when nobody else rolls over"});
}

}  // namespace

Stored<Holding> SqlLease::look()
{
  DKIMCTL_TRY(auto found,
              rows(connection_->session,
                   "SELECT holder, until_at, epoch, rev FROM lease WHERE name = 'rollover'", {}, kColumns));
  if (found.empty()) {
    return fail(Trouble::fatal,
                {Errc::io, fmt::format("{}: the table lease is empty", connection_->session.file()),
                 "put a copy of the database back"});
  }
  std::vector<Cell>& row = found.front();
  Holding holding{std::move(row[0].text), std::nullopt, row[2].number, row[3].number};
  if (!row[1].is_null) {
    holding.until = Time(Seconds(row[1].number));
  }
  return holding;
}

Stored<Holding> SqlLease::take(const std::string& holder, Time now, Seconds length)
{
  Holding next;
  DKIMCTL_TRY_VOID(change(*connection_, [&]() -> Stored<void> {
    DKIMCTL_TRY(const Holding last, look());
    const bool is_ours = last.holder == holder;
    if (!is_ours && !last.holder.empty() && last.until && *last.until > now) {
      return held_by(connection_->session.file(), last.holder);
    }
    next = {holder, now + length, last.epoch + (is_ours ? 0 : 1), last.revision + 1};
    return replace(last.revision, next);
  }));
  return next;
}

Stored<void> SqlLease::give_back(const Holding& held)
{
  return change(*connection_, [&]() -> Stored<void> {
    return replace(held.revision, {{}, std::nullopt, held.epoch, held.revision + 1});
  });
}

/// `conflict`: the row is not as it was read.
Stored<void> SqlLease::replace(std::int64_t revision, const Holding& next)
{
  DKIMCTL_TRY(const std::int64_t updated,
              execute(connection_->session,
                      "UPDATE lease SET holder = :holder, until_at = :until, epoch = :epoch, rev = :rev "
                      "WHERE name = 'rollover' AND rev = :expected",
                      {cell(next.holder), cell(count_of(next.until)), cell(next.epoch), cell(next.revision),
                       cell(revision)}));
  if (updated != 1) {
    DKIMCTL_TRY(const Holding now, look());
    return held_by(connection_->session.file(), now.holder);
  }
  return {};
}

Stored<void> insert_lease(Session& session)
{
  DKIMCTL_TRY_VOID(execute(session,
                           "INSERT INTO lease (name, holder, until_at, epoch, rev) VALUES ('rollover', '', "
                           "NULL, 0, 0)",
                           {}));
  return {};
}

}  // namespace dkimctl::store
