#include "store/sql.hpp"

#include "store/sqlite_error.hpp"

#include <type_traits>
#include <utility>

#include <fmt/format.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

namespace dkimctl::store {

struct Session::State {
  std::string file;
  soci::session sql;
  bool in_transaction = false;
  std::optional<Failure> poison;  // the first error of the transaction

  /// What `work` returns; what SOCI throws in it, as a Failure.
  template<class Work>
  auto guarded(Work work) -> Stored<decltype(work())>;
  Failure failure(const soci::soci_error& error);
};

struct Statement::State {
  Session::State* session;
  // Bound by address: none is added once the statement is prepared.
  std::vector<Cell> parameters;
  std::vector<Cell> columns;
  std::vector<soci::indicator> parameter_nulls;
  std::vector<soci::indicator> column_nulls;
  std::unique_ptr<soci::statement> statement;
};

namespace {

/// What the connection itself has to say of its last error.
struct NativeError {
  int code = SQLITE_OK;
  std::string message = {};
};

// SOCI's library keeps the identity of the type to itself, which the sanitizer wants to compare.
__attribute__((no_sanitize("vptr"))) NativeError last_error(soci::session& session)
{
  const auto* const backend = static_cast<soci::sqlite3_session_backend*>(session.get_backend());
  if (backend == nullptr) {
    return {};
  }
  return {sqlite_api::sqlite3_extended_errcode(backend->conn_), sqlite_api::sqlite3_errmsg(backend->conn_)};
}

/// SOCI's own categories say "unknown" of every error of SQLite, and what it throws carries the short code,
/// or none. The connection knows more, unless it has gone on since.
NativeError native_error(soci::session& session, const soci::soci_error& error)
{
  constexpr int kPrimary = 0xff;
  const auto* const thrown = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
  NativeError last = last_error(session);
  const bool is_the_same = thrown == nullptr || (last.code & kPrimary) == (thrown->result() & kPrimary);
  if (last.code != SQLITE_OK && is_the_same) {
    return last;
  }
  return {thrown == nullptr ? SQLITE_ERROR : thrown->result(), error.get_error_message()};
}

/// As a value of SOCI's connection string.
std::string quoted(const std::string& file)
{
  return fmt::format("\"{}\"", file);
}

void bind(soci::statement& statement, std::vector<Cell>& cells, std::vector<soci::indicator>& nulls,
          bool is_parameter)
{
  for (std::size_t i = 0; i < cells.size(); ++i) {
    Cell& cell = cells[i];
    const bool is_number = cell.type == CellType::number;
    if (is_parameter && is_number) {
      statement.exchange(soci::use(cell.number, nulls[i]));
    } else if (is_parameter) {
      statement.exchange(soci::use(cell.text, nulls[i]));
    } else if (is_number) {
      statement.exchange(soci::into(cell.number, nulls[i]));
    } else {
      statement.exchange(soci::into(cell.text, nulls[i]));
    }
  }
}

std::vector<Cell> cells_of(std::span<const CellType> types)
{
  std::vector<Cell> cells;
  cells.reserve(types.size());
  for (const CellType type : types) {
    cells.push_back({type});
  }
  return cells;
}

}  // namespace

template<class Work>
auto Session::State::guarded(Work work) -> Stored<decltype(work())>
{
  if (poison) {
    return tl::unexpected(*poison);
  }
  try {
    if constexpr (std::is_void_v<decltype(work())>) {
      work();
      return {};
    } else {
      return work();
    }
  } catch (const soci::soci_error& error) {
    auto failed = failure(error);
    if (in_transaction) {
      poison = failed;
    }
    return tl::unexpected(std::move(failed));
  }
}

Failure Session::State::failure(const soci::soci_error& error)
{
  const NativeError native = native_error(sql, error);
  return sqlite_failure(native.code, file, native.message);
}

// ---- Session ----

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::Session(Session&& other) noexcept = default;
Session& Session::operator=(Session&& other) noexcept = default;
Session::~Session() = default;

Stored<Session> Session::open(const std::string& file, Mode mode, std::chrono::milliseconds busy_timeout)
{
  if (file.find('"') != std::string::npos) {
    return fail(Trouble::fatal, {Errc::usage, fmt::format("{}: a quotation mark in the path", file), {}});
  }
  auto state = std::make_unique<State>();
  state->file = file;
  // The backend by its address and not by its name: nothing is looked for in folders and loaded.
  DKIMCTL_TRY_VOID(state->guarded([&] { state->sql.open(soci::sqlite3, "db=" + quoted(file)); }));
  Session session(std::move(state));
  DKIMCTL_TRY_VOID(session.run(fmt::format("PRAGMA busy_timeout = {}", busy_timeout.count())));
  // What was committed is on the disk, the end of the journal included: an effect may follow it at once.
  DKIMCTL_TRY_VOID(session.run("PRAGMA synchronous = EXTRA"));
  DKIMCTL_TRY_VOID(session.run("PRAGMA foreign_keys = ON"));
  if (mode == Mode::read) {
    DKIMCTL_TRY_VOID(session.run("PRAGMA query_only = ON"));
  }
  return session;
}

Stored<void> Session::run(const std::string& sql)
{
  return state_->guarded([&] { state_->sql << sql; });
}

const std::string& Session::file() const
{
  return state_->file;
}

// ---- Statement ----

Statement::Statement(std::unique_ptr<State> state) : state_(std::move(state)) {}
Statement::Statement(Statement&& other) noexcept = default;
Statement& Statement::operator=(Statement&& other) noexcept = default;
Statement::~Statement() = default;

Stored<Statement> Statement::prepare(Session& session, const std::string& sql,
                                     std::span<const CellType> parameters, std::span<const CellType> columns)
{
  auto state = std::make_unique<State>();
  state->session = session.state_.get();
  state->parameters = cells_of(parameters);
  state->columns = cells_of(columns);
  state->parameter_nulls.resize(parameters.size(), soci::i_null);
  state->column_nulls.resize(columns.size(), soci::i_null);
  DKIMCTL_TRY_VOID(state->session->guarded([&] {
    state->statement = std::make_unique<soci::statement>(state->session->sql);
    bind(*state->statement, state->parameters, state->parameter_nulls, true);
    bind(*state->statement, state->columns, state->column_nulls, false);
    state->statement->alloc();
    state->statement->prepare(sql);
    state->statement->define_and_bind();
  }));
  return Statement(std::move(state));
}

Cell& Statement::parameter(std::size_t number)
{
  return state_->parameters[number];
}

std::vector<Cell>& Statement::row()
{
  return state_->columns;
}

namespace {

void announce(const std::vector<Cell>& cells, std::vector<soci::indicator>& nulls)
{
  for (std::size_t i = 0; i < cells.size(); ++i) {
    nulls[i] = cells[i].is_null ? soci::i_null : soci::i_ok;
  }
}

}  // namespace

Stored<std::int64_t> Statement::execute()
{
  announce(state_->parameters, state_->parameter_nulls);
  return state_->session->guarded([&]() -> std::int64_t {
    state_->statement->execute(true);
    return state_->statement->get_affected_rows();
  });
}

Stored<void> Statement::query()
{
  announce(state_->parameters, state_->parameter_nulls);
  return state_->session->guarded([&] { static_cast<void>(state_->statement->execute(false)); });
}

Stored<bool> Statement::next()
{
  DKIMCTL_TRY(const bool is_there, state_->session->guarded([&] { return state_->statement->fetch(); }));
  for (std::size_t i = 0; is_there && i < state_->columns.size(); ++i) {
    state_->columns[i].is_null = state_->column_nulls[i] == soci::i_null;
  }
  return is_there;
}

namespace {

Stored<Statement> filled(Session& session, const std::string& sql, const std::vector<Cell>& values,
                         std::span<const CellType> columns)
{
  std::vector<CellType> types;
  types.reserve(values.size());
  for (const Cell& value : values) {
    types.push_back(value.type);
  }
  DKIMCTL_TRY(auto statement, Statement::prepare(session, sql, types, columns));
  for (std::size_t i = 0; i < values.size(); ++i) {
    statement.parameter(i) = values[i];
  }
  return statement;
}

}  // namespace

Stored<std::int64_t> execute(Session& session, const std::string& sql, const std::vector<Cell>& values)
{
  DKIMCTL_TRY(auto statement, filled(session, sql, values, {}));
  return statement.execute();
}

Stored<std::vector<std::vector<Cell>>> rows(Session& session, const std::string& sql,
                                            const std::vector<Cell>& values,
                                            std::span<const CellType> columns)
{
  DKIMCTL_TRY(auto statement, filled(session, sql, values, columns));
  DKIMCTL_TRY_VOID(statement.query());
  std::vector<std::vector<Cell>> found;
  for (;;) {
    DKIMCTL_TRY(const bool is_there, statement.next());
    if (!is_there) {
      return found;
    }
    found.push_back(statement.row());
  }
}

// ---- Transaction ----

Stored<Transaction> Transaction::begin(Session& session)
{
  DKIMCTL_TRY_VOID(session.run("BEGIN IMMEDIATE"));
  session.state_->in_transaction = true;
  return Transaction(*session.state_);
}

Transaction::Transaction(Transaction&& other) noexcept : session_(std::exchange(other.session_, nullptr)) {}

Transaction::~Transaction()
{
  roll_back();
}

Stored<void> Transaction::commit()
{
  auto committed = session_->guarded([&] { session_->sql << "COMMIT"; });
  if (committed) {
    std::exchange(session_, nullptr)->in_transaction = false;
  } else {
    roll_back();
  }
  return committed;
}

void Transaction::roll_back() noexcept
{
  if (session_ == nullptr) {
    return;
  }
  session_->in_transaction = false;
  session_->poison.reset();
  try {
    session_->sql << "ROLLBACK";
  } catch (const soci::soci_error&) {
    // Where SQLite has done so itself, as it does when the disk is full, there is nothing left to roll back.
    session_->in_transaction = false;
  }
  session_ = nullptr;
}

}  // namespace dkimctl::store
