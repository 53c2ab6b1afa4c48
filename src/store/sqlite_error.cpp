#include "store/sqlite_error.hpp"

#include "base/shell_word.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <sqlite3.h>

namespace dkimctl::store {
namespace {

struct Meaning {
  int code;
  Trouble trouble;
  Errc errc;
  std::string_view reason;
  std::string_view hint;  // {} stands for the file
};

constexpr int kPrimary = 0xff;  // the part of an extended code that is the code

// An extended code stands before the one that it belongs to.
constexpr std::array kMeanings{
    Meaning{SQLITE_READONLY_DBMOVED, Trouble::lost, Errc::io, "was moved or deleted while it was open",
            "run again: it is opened anew"},
    Meaning{SQLITE_BUSY, Trouble::busy, Errc::io, "another process is using it",
            "wait until that one has ended; this names it: fuser {}"},
    Meaning{SQLITE_LOCKED, Trouble::busy, Errc::io, "another process is using it",
            "wait until that one has ended; this names it: fuser {}"},
    Meaning{SQLITE_CONSTRAINT, Trouble::constraint, Errc::refused, "holds such a row already", ""},
    Meaning{SQLITE_FULL, Trouble::fatal, Errc::io, "no space left on the disk",
            "make room and run again: of what was to be written, nothing is there"},
    Meaning{SQLITE_IOERR, Trouble::fatal, Errc::io, "cannot be read or written",
            "see to the disk and its quota, and run again: of what was to be written, nothing is there"},
    Meaning{SQLITE_READONLY, Trouble::fatal, Errc::denied, "may not be written",
            "the file system may be mounted read-only"},
    Meaning{SQLITE_PERM, Trouble::fatal, Errc::denied, "may not be opened", ""},
    Meaning{SQLITE_CANTOPEN, Trouble::fatal, Errc::io, "cannot be opened",
            "the folder must be there, and files must be possible to create in it"},
    Meaning{SQLITE_CORRUPT, Trouble::fatal, Errc::io, "is damaged",
            "put a copy back, or move it away: the next run rebuilds what configuration, files and DNS show"},
    Meaning{SQLITE_NOTADB, Trouble::fatal, Errc::io, "is damaged, or no database at all",
            "put a copy back, or move it away: the next run rebuilds what configuration, files and DNS show"},
};

const Meaning* meaning_of(int code)
{
  for (const int wanted : {code, code & kPrimary}) {
    const auto* const found = std::ranges::find(kMeanings, wanted, &Meaning::code);
    if (found != kMeanings.end()) {
      return found;
    }
  }
  return nullptr;
}

std::string hint_for(std::string_view pattern, const std::string& file)
{
  std::string hint{pattern};
  if (const auto at = hint.find("{}"); at != std::string::npos) {
    hint.replace(at, 2, shell_word(file));
  }
  return hint;
}

}  // namespace

Failure sqlite_failure(int code, const std::string& file, const std::string& message)
{
  const Meaning* const meaning = meaning_of(code);
  if (meaning == nullptr) {
    return {{Errc::io, fmt::format("{}: {}", file, message), {}}, Trouble::fatal};
  }
  return {{meaning->errc, fmt::format("{}: {}", file, meaning->reason), hint_for(meaning->hint, file)},
          meaning->trouble};
}

}  // namespace dkimctl::store
