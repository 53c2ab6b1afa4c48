#include "store/sql_store.hpp"

#include "store/key_row.hpp"
#include "store/key_writer.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::store {
namespace {

using rollover::Event;
using rollover::EventKind;
using rollover::KeyLife;
using rollover::Seconds;
using rollover::Time;

constexpr const char* kUnfinished = "gone_at IS NULL OR destroyed_at IS NULL";  // as is_finished() has it

/// Of event joined with key_life.
constexpr std::array kEventColumns{CellType::text, CellType::text,   CellType::text,   CellType::number,
                                   CellType::text, CellType::number, CellType::number, CellType::text,
                                   CellType::text, CellType::number};
constexpr const char* kSelectEvents =
    "SELECT event.key_id, key_life.domain, key_life.selector, event.position, event.kind, event.at, "
    "event.run, "
    "event.object, event.detail, event.span FROM event JOIN key_life ON key_life.id = event.key_id";
constexpr const char* kLastFirst =
    "ORDER BY event.at DESC, key_life.domain DESC, key_life.selector DESC, event.position DESC LIMIT :most";
constexpr const char* kLastFirstOfKey = "ORDER BY event.position DESC LIMIT :most";  // whatever the clock did

std::optional<StoredEvent> read_event(std::vector<Cell>& row)
{
  const auto kind = rollover::event_kind(row[4].text);
  if (!kind) {
    return std::nullopt;
  }
  Event event{*kind,
              Time(Seconds(row[5].number)),
              row[6].number,
              std::move(row[7].text),
              std::move(row[8].text),
              std::nullopt};
  if (!row[9].is_null) {
    event.span = Seconds(row[9].number);
  }
  return StoredEvent{std::move(row[0].text), std::move(row[1].text), std::move(row[2].text), row[3].number,
                     std::move(event)};
}

tl::unexpected<Failure> unknown_kind(const std::string& file, const std::string& kind)
{
  return fail(Trouble::fatal, {Errc::io, fmt::format("{}: an event of unknown kind '{}'", file, kind),
                               "put a copy of the database back"});
}

std::vector<CellType> types_of(const std::vector<Cell>& values)
{
  std::vector<CellType> types;
  types.reserve(values.size());
  for (const Cell& value : values) {
    types.push_back(value.type);
  }
  return types;
}

}  // namespace

Stored<std::vector<KeyLife>> SqlStore::select(const std::string& condition, const std::vector<Cell>& values,
                                              std::size_t expected)
{
  Session& session = connection_->session;
  // In the order of the index, hence without sorting.
  const std::string sql = fmt::format("SELECT {} FROM key_life WHERE {} ORDER BY domain, selector, use_no",
                                      key_column_list(), condition);
  DKIMCTL_TRY(auto statement, Statement::prepare(session, sql, types_of(values), key_types()));
  for (std::size_t i = 0; i < values.size(); ++i) {
    statement.parameter(i) = values[i];
  }
  DKIMCTL_TRY_VOID(statement.query());
  std::vector<KeyLife> keys;
  keys.reserve(expected);
  DKIMCTL_TRY(bool is_there, statement.next());
  while (is_there) {
    DKIMCTL_TRY_VOID(read_row(statement.row(), session.file(), keys.emplace_back()));
    DKIMCTL_TRY(is_there, statement.next());
  }
  return keys;
}

Stored<std::vector<KeyLife>> SqlStore::unfinished_keys()
{
  // A key is a kilobyte: when their vector grows, moving them takes longer than reading them. Room for the
  // finished ones, which is never touched, costs nothing; to count without them would be to read all rows
  // twice.
  constexpr std::array kColumns{CellType::number};
  DKIMCTL_TRY(const auto count, rows(connection_->session, "SELECT COUNT(*) FROM key_life", {}, kColumns));
  return select(kUnfinished, {}, static_cast<std::size_t>(count.front().front().number));
}

Stored<std::vector<KeyLife>> SqlStore::keys_of(const std::string& domain)
{
  return select("domain = :domain", {cell(domain)}, 0);
}

Stored<std::vector<std::string>> SqlStore::selectors_seen(const std::string& domain)
{
  constexpr std::array kColumns{CellType::text};
  DKIMCTL_TRY(auto found,
              rows(connection_->session,
                   "SELECT DISTINCT selector FROM key_life WHERE domain = :domain ORDER BY selector",
                   {cell(domain)}, kColumns));
  std::vector<std::string> selectors;
  selectors.reserve(found.size());
  for (std::vector<Cell>& row : found) {
    selectors.push_back(std::move(row.front().text));
  }
  return selectors;
}

Stored<std::vector<StoredEvent>> SqlStore::events(const EventFilter& filter, std::size_t limit)
{
  std::string condition;
  std::vector<Cell> values;
  const auto narrow = [&](std::string_view column, const std::string& value) {
    if (!value.empty()) {
      condition += fmt::format(" {} {} = :v{}", values.empty() ? "WHERE" : "AND", column, values.size());
      values.push_back(cell(value));
    }
  };
  narrow("key_life.domain", filter.domain);
  narrow("event.key_id", filter.key);
  values.push_back(cell(static_cast<std::int64_t>(limit)));
  DKIMCTL_TRY(auto found, rows(connection_->session,
                               fmt::format("{}{} {}", kSelectEvents, condition,
                                           filter.key.empty() ? kLastFirst : kLastFirstOfKey),
                               values, kEventColumns));
  std::vector<StoredEvent> events;
  events.reserve(found.size());
  for (std::vector<Cell>& row : found) {
    auto event = read_event(row);
    if (!event) {
      return unknown_kind(connection_->session.file(), row[4].text);
    }
    events.push_back(std::move(*event));
  }
  std::ranges::reverse(events);
  return events;
}

Stored<std::vector<KeyLife>> SqlStore::write(const Changes& changes)
{
  std::vector<KeyLife> written;
  if (changes.keys.empty() && changes.steps.empty()) {
    return written;
  }
  DKIMCTL_TRY_VOID(change(*connection_, [&]() -> Stored<void> {
    DKIMCTL_TRY(auto writer, KeyWriter::prepare(connection_->session));
    for (const NewKey& key : changes.keys) {
      DKIMCTL_TRY(auto life, writer.add(key));
      written.push_back(std::move(life));
    }
    for (const Step& step : changes.steps) {
      DKIMCTL_TRY(auto life, writer.append(step));
      written.push_back(std::move(life));
    }
    return {};
  }));
  return written;
}

Stored<void> append_timeline(Connection& connection, Time now, std::int64_t run)
{
  DKIMCTL_TRY(const auto keys, SqlStore(connection).unfinished_keys());
  DKIMCTL_TRY(auto writer, KeyWriter::prepare(connection.session));
  for (const KeyLife& life : keys) {
    const Event event{EventKind::timeline, now, run};
    DKIMCTL_TRY_VOID(writer.append({life.facts.id, life.revision, {event}}));
  }
  return {};
}

}  // namespace dkimctl::store
