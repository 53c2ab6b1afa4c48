#include "store/sql_members.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::store {
namespace {

using rollover::ClockMark;
using rollover::Seconds;
using rollover::Time;

constexpr std::array kColumns{CellType::text,   CellType::text,   CellType::text,
                              CellType::number, CellType::text,   CellType::number,
                              CellType::number, CellType::number, CellType::number};
constexpr const char* kSelect =
    "SELECT id, name, machine, run_at, boot, since_boot, run, only_looked, rev FROM host ORDER BY id";

Member read_member(std::vector<Cell>& row)
{
  Member member{std::move(row[0].text), std::move(row[1].text), std::move(row[2].text),
                std::nullopt,           row[7].number != 0,     row[8].number};
  if (!row[3].is_null) {
    member.last_run = ClockMark{Time(Seconds(row[3].number)), std::move(row[4].text), Seconds(row[5].number),
                                row[6].number};
  }
  return member;
}

tl::unexpected<Failure> overtaken(const std::string& file)
{
  return fail(Trouble::conflict,
              {Errc::io, fmt::format("{}: another run was noted in the meantime", file), "run again"});
}

}  // namespace

Stored<std::vector<Member>> read_members(Session& session)
{
  DKIMCTL_TRY(auto found, rows(session, kSelect, {}, kColumns));
  std::vector<Member> members;
  members.reserve(found.size());
  for (std::vector<Cell>& row : found) {
    members.push_back(read_member(row));
  }
  return members;
}

Stored<void> insert_member(Session& session, const Member& member)
{
  DKIMCTL_TRY_VOID(execute(session,
                           "INSERT INTO host (id, name, machine, run, only_looked, rev) "
                           "VALUES (:id, :name, :machine, 0, 0, 0)",
                           {cell(member.id), cell(member.name), cell(member.machine)}));
  return {};
}

Stored<void> set_machine(Session& session, const Member& member, const std::string& name,
                         const std::string& machine)
{
  DKIMCTL_TRY(const std::int64_t updated,
              execute(session,
                      "UPDATE host SET name = :name, machine = :machine, rev = rev + 1 "
                      "WHERE id = :id AND rev = :expected",
                      {cell(name), cell(machine), cell(member.id), cell(member.revision)}));
  return updated == 1 ? Stored<void>{} : Stored<void>{overtaken(session.file())};
}

Stored<std::vector<Member>> SqlMembers::all()
{
  return read_members(connection_->session);
}

Stored<Member> SqlMembers::self()
{
  DKIMCTL_TRY(auto members, all());
  const auto found = std::ranges::find(members, connection_->host, &Member::id);
  if (found == members.end()) {
    return fail(
        Trouble::lost,
        {Errc::io, fmt::format("{}: knows this host no longer", connection_->session.file()), "run again"});
  }
  return std::move(*found);
}

Stored<Member> SqlMembers::record_run(const Member& self, const ClockMark& run, bool only_looked)
{
  Member next = self;
  next.last_run = run;
  next.only_looked = only_looked;
  ++next.revision;
  DKIMCTL_TRY_VOID(change(*connection_, [&]() -> Stored<void> {
    DKIMCTL_TRY(
        const std::int64_t updated,
        execute(connection_->session,
                "UPDATE host SET run = :run, run_at = :run_at, boot = :boot, since_boot = :since_boot, "
                "only_looked = :only_looked, rev = :rev WHERE id = :id AND rev = :expected",
                {cell(run.run), cell(std::int64_t{run.wall.time_since_epoch().count()}), cell(run.boot),
                 cell(std::int64_t{run.since_boot.count()}), cell(std::int64_t{only_looked ? 1 : 0}),
                 cell(next.revision), cell(self.id), cell(self.revision)}));
    return updated == 1 ? Stored<void>{} : Stored<void>{overtaken(connection_->session.file())};
  }));
  return next;
}

}  // namespace dkimctl::store
