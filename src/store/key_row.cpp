#include "store/key_row.hpp"

#include "base/ascii.hpp"
#include "store/server_states.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::store {
namespace {

using rollover::KeyLife;
using rollover::kMoments;
using rollover::Moment;
using rollover::Seconds;
using rollover::Time;

constexpr std::string_view kId = "VARCHAR(36) NOT NULL";
constexpr std::string_view kName = "VARCHAR(253) NOT NULL";
constexpr std::string_view kWord = "VARCHAR(16) NOT NULL";
constexpr std::string_view kText = "TEXT NOT NULL";

/// A column that is no moment's. `put` and `take` refuse what does not fit.
struct Fact {
  std::string_view name;
  std::string_view type;
  CellType cell;
  bool (*put)(const KeyLife& life, Cell& cell);
  bool (*take)(KeyLife& life, Cell& cell);
};

constexpr std::size_t kIdLength = 36;
constexpr std::size_t kNameLength = 253;
constexpr std::size_t kWordLength = 16;

/// Lower-case ASCII without blanks, of a length that the column has in a database that minds it.
bool is_name(std::string_view text, std::size_t most)
{
  return text.size() <= most &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f' && ascii::lower(c) == c; });
}

template<auto member, std::size_t most>
constexpr Fact fact_name(std::string_view name, std::string_view type)
{
  return {name, type, CellType::text,
          [](const KeyLife& life, Cell& cell) {
            cell.set(life.facts.*member);
            return is_name(cell.text, most);
          },
          [](KeyLife& life, Cell& cell) {
            life.facts.*member = std::move(cell.text);
            return true;
          }};
}

template<auto member>
constexpr Fact fact_text(std::string_view name)
{
  return {name, kText, CellType::text,
          [](const KeyLife& life, Cell& cell) {
            cell.set(life.facts.*member);
            return is_storable(cell.text);
          },
          [](KeyLife& life, Cell& cell) {
            life.facts.*member = std::move(cell.text);
            return true;
          }};
}

template<auto member>
constexpr Fact fact_number(std::string_view name)
{
  return {name, "BIGINT NOT NULL", CellType::number,
          [](const KeyLife& life, Cell& cell) {
            cell.set(std::int64_t{life.facts.*member});
            return true;
          },
          [](KeyLife& life, Cell& cell) {
            life.facts.*member = static_cast<int>(cell.number);
            return life.facts.*member == cell.number;
          }};
}

template<auto member>
constexpr Fact life_text(std::string_view name)
{
  return {name, kText, CellType::text,
          [](const KeyLife& life, Cell& cell) {
            cell.set(life.*member);
            return is_storable(cell.text);
          },
          [](KeyLife& life, Cell& cell) {
            life.*member = std::move(cell.text);
            return true;
          }};
}

template<auto member>
constexpr Fact life_span(std::string_view name)
{
  return {name, "BIGINT NOT NULL", CellType::number,
          [](const KeyLife& life, Cell& cell) {
            cell.set(std::int64_t{(life.*member).count()});
            return true;
          },
          [](KeyLife& life, Cell& cell) {
            life.*member = Seconds(cell.number);
            return true;
          }};
}

bool put_exceptions(const KeyLife& life, Cell& cell)
{
  auto text = encode(life.exceptions);
  if (text) {
    cell.set(std::move(*text));
  }
  return text && is_storable(cell.text);
}

bool take_exceptions(KeyLife& life, Cell& cell)
{
  auto states = decode_server_states(cell.text);
  if (states) {
    life.exceptions = std::move(*states);
  }
  return states.has_value();
}

bool put_revision(const KeyLife& life, Cell& cell)
{
  cell.set(life.revision);
  return true;
}

bool take_revision(KeyLife& life, Cell& cell)
{
  life.revision = cell.number;
  return true;
}

using Facts = rollover::KeyFacts;
constexpr std::array kFacts{
    fact_name<&Facts::id, kIdLength>("id", kId),
    fact_name<&Facts::domain, kNameLength>("domain", kName),
    fact_name<&Facts::selector, kNameLength>("selector", kName),
    fact_number<&Facts::use>("use_no"),
    fact_name<&Facts::algorithm, kWordLength>("algorithm", kWord),
    fact_number<&Facts::bits>("bits"),
    fact_text<&Facts::file>("file"),
    fact_text<&Facts::public_key>("public_key"),
    fact_name<&Facts::replaces, kIdLength>("replaces", kId),
    life_text<&KeyLife::servers>("servers"),
    Fact{"exceptions", kText, CellType::text, put_exceptions, take_exceptions},
    life_span<&KeyLife::cache_time>("cache_time"),
    life_span<&KeyLife::expiry>("expiry"),
    life_text<&KeyLife::failure>("failure"),
    Fact{"rev", "BIGINT NOT NULL", CellType::number, put_revision, take_revision},
};
static_assert(kFacts.front().name == "id");

std::vector<KeyColumn> make_columns()
{
  std::vector<KeyColumn> columns;
  columns.reserve(kFacts.size() + kMoments);
  for (const Fact& fact : kFacts) {
    columns.push_back({std::string(fact.name), fact.type, fact.cell});
  }
  for (std::size_t i = 0; i < kMoments; ++i) {
    columns.push_back({fmt::format("{}_at", to_string(static_cast<Moment>(i))), "BIGINT", CellType::number});
  }
  return columns;
}

void read_moments(KeyLife& life, std::span<const Cell> cells)
{
  for (std::size_t i = 0; i < kMoments; ++i) {
    if (!cells[i].is_null) {
      life.at.set(static_cast<Moment>(i), Time(Seconds(cells[i].number)));
    }
  }
}

}  // namespace

const std::vector<KeyColumn>& key_columns()
{
  static const std::vector<KeyColumn> columns = make_columns();
  return columns;
}

std::vector<CellType> key_types()
{
  std::vector<CellType> types;
  types.reserve(key_columns().size());
  for (const KeyColumn& column : key_columns()) {
    types.push_back(column.cell);
  }
  return types;
}

std::string key_column_list()
{
  std::string list;
  for (const KeyColumn& column : key_columns()) {
    list += (list.empty() ? "" : ", ") + column.name;
  }
  return list;
}

Stored<void> write_row(const KeyLife& life, Statement& statement)
{
  for (std::size_t i = 0; i < kFacts.size(); ++i) {
    if (!kFacts[i].put(life, statement.parameter(i))) {
      return fail(Trouble::fatal, {Errc::refused,
                                   fmt::format("the {} of key {} of {} cannot be stored", kFacts[i].name,
                                               life.facts.selector, life.facts.domain),
                                   {}});
    }
  }
  for (std::size_t i = 0; i < kMoments; ++i) {
    const auto& at = life.at[static_cast<Moment>(i)];
    statement.parameter(kFacts.size() + i)
        .set(at ? std::optional<std::int64_t>(at->time_since_epoch().count()) : std::nullopt);
  }
  return {};
}

Stored<void> read_row(std::vector<Cell>& row, const std::string& file, KeyLife& life)
{
  for (std::size_t i = 0; i < kFacts.size(); ++i) {
    if (!kFacts[i].take(life, row[i])) {
      return fail(Trouble::fatal, {Errc::io,
                                   fmt::format("{}: key {} of {}: unusable {}", file, life.facts.selector,
                                               life.facts.domain, kFacts[i].name),
                                   "put a copy of the database back"});
    }
  }
  read_moments(life, std::span(row).subspan(kFacts.size()));
  return {};
}

bool is_storable(std::string_view text)
{
  return text.find("PRIVATE KEY-----") == std::string_view::npos;
}

}  // namespace dkimctl::store
