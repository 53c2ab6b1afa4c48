#include "store/sqlite_error.hpp"

#include <doctest/doctest.h>

namespace {

using namespace dkimctl;
using store::sqlite_failure;
using store::Trouble;

TEST_CASE("SQLite's codes are told apart by what can be done")
{
  struct Case {
    int code;
    Trouble trouble;
    const char* what;
  };
  const Case cases[]{
      {5, Trouble::busy, "/x/a.db: another process is using it"},
      {5 | (2 << 8), Trouble::busy, "/x/a.db: another process is using it"},  // SQLITE_BUSY_SNAPSHOT
      {6, Trouble::busy, "/x/a.db: another process is using it"},
      {8, Trouble::fatal, "/x/a.db: may not be written"},
      {8 | (4 << 8), Trouble::lost, "/x/a.db: was moved or deleted while it was open"},
      {10 | (3 << 8), Trouble::fatal, "/x/a.db: cannot be read or written"},
      {11, Trouble::fatal, "/x/a.db: is damaged"},
      {13, Trouble::fatal, "/x/a.db: no space left on the disk"},
      {14, Trouble::fatal, "/x/a.db: cannot be opened"},
      {19 | (8 << 8), Trouble::constraint, "/x/a.db: holds such a row already"},
      {26, Trouble::fatal, "/x/a.db: is damaged, or no database at all"},
      {1, Trouble::fatal, "/x/a.db: no such table: x"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.code);
    const auto failure = sqlite_failure(c.code, "/x/a.db", "no such table: x");
    CHECK(failure.trouble == c.trouble);
    CHECK(failure.what == c.what);
  }
}

TEST_CASE("a hint is a command that can be pasted")
{
  CHECK(sqlite_failure(5, "/a b/c.db", "").hint ==
        "wait until that one has ended; this names it: fuser '/a b/c.db'");
}

}  // namespace
