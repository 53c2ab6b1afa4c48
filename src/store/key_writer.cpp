#include "store/key_writer.hpp"

#include "store/key_row.hpp"

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace dkimctl::store {
namespace {

using rollover::Event;
using rollover::KeyId;
using rollover::KeyLife;

constexpr std::array kTexts{CellType::text};

std::string insert_key()
{
  std::string values;
  for (const KeyColumn& column : key_columns()) {
    values += fmt::format("{}:{}", values.empty() ? "" : ", ", column.name);
  }
  return fmt::format("INSERT INTO key_life ({}) VALUES ({})", key_column_list(), values);
}

/// The parameters of insert_key(), and then the revision that the row must have.
std::string update_key()
{
  std::string columns;
  for (const KeyColumn& column : key_columns()) {
    columns += fmt::format("{}{} = :{}", columns.empty() ? "" : ", ", column.name, column.name);
  }
  return fmt::format("UPDATE key_life SET {} WHERE id = :key AND rev = :expected", columns);
}

constexpr std::array kEventTypes{CellType::text, CellType::number, CellType::number, CellType::number,
                                 CellType::text, CellType::text,   CellType::text,   CellType::number};
constexpr const char* kInsertEvent =
    "INSERT INTO event (key_id, position, at, run, kind, object, detail, span) "
    "VALUES (:key_id, :position, :at, :run, :kind, :object, :detail, :span)";

tl::unexpected<Failure> conflict(const std::string& file, const std::string& key)
{
  return fail(Trouble::conflict,
              {Errc::io, fmt::format("{}: {} has been changed by another process", file, key),
               "run again: it is looked at anew"});
}

std::string named(const KeyLife& life)
{
  return fmt::format("key {} of {}", life.facts.selector, life.facts.domain);
}

}  // namespace

KeyWriter::KeyWriter(Session& session, Statement find, Statement add, Statement update, Statement event)
    : session_(&session),
      find_(std::move(find)),
      add_(std::move(add)),
      update_(std::move(update)),
      event_(std::move(event))
{}

Stored<KeyWriter> KeyWriter::prepare(Session& session)
{
  const std::vector<CellType> columns = key_types();
  std::vector<CellType> with_condition = columns;
  with_condition.push_back(CellType::text);
  with_condition.push_back(CellType::number);
  DKIMCTL_TRY(
      auto find,
      Statement::prepare(session, fmt::format("SELECT {} FROM key_life WHERE id = :id", key_column_list()),
                         kTexts, columns));
  DKIMCTL_TRY(auto add, Statement::prepare(session, insert_key(), columns, {}));
  DKIMCTL_TRY(auto update, Statement::prepare(session, update_key(), with_condition, {}));
  DKIMCTL_TRY(auto event, Statement::prepare(session, kInsertEvent, kEventTypes, {}));
  return KeyWriter(session, std::move(find), std::move(add), std::move(update), std::move(event));
}

Stored<KeyLife> KeyWriter::add(const NewKey& key)
{
  KeyLife life = rollover::fold(key.facts, key.events);
  life.revision = static_cast<std::int64_t>(key.events.size());
  DKIMCTL_TRY_VOID(write_row(life, add_));
  const auto added = add_.execute();
  if (!added && added.error().trouble == Trouble::constraint) {
    return fail(Trouble::constraint, {Errc::refused,
                                      fmt::format("{}: selector {} of {} has been used already",
                                                  session_->file(), life.facts.selector, life.facts.domain),
                                      "choose another: none is ever used twice"});
  }
  if (!added) {
    return tl::unexpected(added.error());
  }
  DKIMCTL_TRY_VOID(write_events(life, key.events));
  return life;
}

Stored<KeyLife> KeyWriter::append(const Step& step)
{
  DKIMCTL_TRY(KeyLife life, find(step.key));
  if (life.revision != step.revision) {
    return conflict(session_->file(), named(life));
  }
  if (step.events.empty()) {
    return life;
  }
  for (const Event& event : step.events) {
    rollover::apply(life, event);
  }
  life.revision += static_cast<std::int64_t>(step.events.size());
  DKIMCTL_TRY_VOID(write_row(life, update_));
  const std::size_t columns = key_columns().size();
  update_.parameter(columns).set(step.key);
  update_.parameter(columns + 1).set(step.revision);
  DKIMCTL_TRY(const std::int64_t updated, update_.execute());
  if (updated != 1) {  // where reading a row keeps nobody from changing it
    return conflict(session_->file(), named(life));
  }
  DKIMCTL_TRY_VOID(write_events(life, step.events));
  return life;
}

Stored<KeyLife> KeyWriter::find(const KeyId& key)
{
  find_.parameter(0).set(key);
  DKIMCTL_TRY_VOID(find_.query());
  DKIMCTL_TRY(const bool is_there, find_.next());
  if (!is_there) {
    return conflict(session_->file(), "key " + key);
  }
  KeyLife life;
  DKIMCTL_TRY_VOID(read_row(find_.row(), session_->file(), life));
  return life;
}

Stored<void> KeyWriter::write_events(const KeyLife& life, std::span<const Event> events)
{
  std::int64_t position = life.revision - static_cast<std::int64_t>(events.size());
  for (const Event& event : events) {
    if (!is_storable(event.object) || !is_storable(event.detail)) {
      return fail(
          Trouble::fatal,
          {Errc::refused, fmt::format("an event of {} holds a private key: not stored", named(life)), {}});
    }
    event_.parameter(0).set(life.facts.id);
    event_.parameter(1).set(++position);
    event_.parameter(2).set(std::int64_t{event.at.time_since_epoch().count()});
    event_.parameter(3).set(event.run);
    event_.parameter(4).set(std::string(rollover::rule_of(event.kind).name));
    event_.parameter(5).set(event.object);
    event_.parameter(6).set(event.detail);
    event_.parameter(7).set(event.span ? std::optional<std::int64_t>(event.span->count()) : std::nullopt);
    DKIMCTL_TRY_VOID(event_.execute());
  }
  return {};
}

}  // namespace dkimctl::store
