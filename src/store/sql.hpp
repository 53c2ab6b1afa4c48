// SQL: a session, its statements and its transaction. SOCI is wrapped here and nowhere else.
//
// A session and all that belongs to it are one thread's. A statement must not outlive its session; a
// connection that was lost is not mended below living statements: the session is opened again.
#pragma once

#include "store/failure.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dkimctl::store {

enum class CellType : std::uint8_t { number, text };

/// One value of a row, on its way to or from a table. A number is 64 bits wide, always: SOCI reads less
/// without a word.
struct Cell {
  CellType type = CellType::text;
  bool is_null = true;
  long long number = 0;
  std::string text = {};

  void set(std::int64_t value)
  {
    number = value;
    is_null = false;
  }
  void set(std::string value)
  {
    text = std::move(value);
    is_null = false;
  }
  void set(std::optional<std::int64_t> value)
  {
    number = value.value_or(0);
    is_null = !value;
  }
  std::optional<std::int64_t> optional_number() const
  {
    return is_null ? std::nullopt : std::optional<std::int64_t>(number);
  }
};

inline Cell cell(std::int64_t value)
{
  Cell made{CellType::number};
  made.set(value);
  return made;
}

inline Cell cell(std::string value)
{
  Cell made{CellType::text};
  made.set(std::move(value));
  return made;
}

inline Cell cell(std::optional<std::int64_t> value)
{
  Cell made{CellType::number};
  made.set(value);
  return made;
}

class Session {
public:
  enum class Mode : std::uint8_t { read, write };

  /// An existing file. One that is only read is opened for writing all the same, where that is possible, and
  /// nothing but the traces of a crash is written: without that a database could not be read after one.
  static Stored<Session> open(const std::string& file, Mode mode, std::chrono::milliseconds busy_timeout);

  Session(Session&& other) noexcept;
  Session& operator=(Session&& other) noexcept;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  /// A statement that has neither values nor rows.
  Stored<void> run(const std::string& sql);
  const std::string& file() const;

private:
  friend class Statement;
  friend class Transaction;
  struct State;
  explicit Session(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// A statement with values for its parameters (":a", ":b", in their order) and the columns that it yields.
class Statement {
public:
  static Stored<Statement> prepare(Session& session, const std::string& sql,
                                   std::span<const CellType> parameters, std::span<const CellType> columns);

  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  Cell& parameter(std::size_t number);
  /// Of the row that next() came to; may be moved from.
  std::vector<Cell>& row();

  /// Runs what yields no rows; returns how many it changed.
  Stored<std::int64_t> execute();
  /// Runs what yields rows, before the first of them.
  Stored<void> query();
  /// Goes to the next row; false: there is none.
  Stored<bool> next();

private:
  struct State;
  explicit Statement(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Runs once what yields no rows; returns how many it changed.
Stored<std::int64_t> execute(Session& session, const std::string& sql, const std::vector<Cell>& values);

/// All rows that it yields.
Stored<std::vector<std::vector<Cell>>> rows(Session& session, const std::string& sql,
                                            const std::vector<Cell>& values,
                                            std::span<const CellType> columns);

/// All or nothing. The first error poisons it: what comes after is refused with the same error, and so is the
/// commit. What is not committed is rolled back.
class Transaction {
public:
  /// Waits for other writers at once and not at the first statement that writes: two that have both read
  /// could then only both give up.
  static Stored<Transaction> begin(Session& session);

  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  Stored<void> commit();

private:
  explicit Transaction(Session::State& session) : session_(&session) {}
  void roll_back() noexcept;
  Session::State* session_;  // null: over
};

}  // namespace dkimctl::store
