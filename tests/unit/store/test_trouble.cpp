// What happens when something goes wrong outside: other processes, a full disk, a damaged file, kill -9.
#include "store/sql.hpp"
#include "stored.hpp"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <string>

#include <boost/filesystem/operations.hpp>
#include <doctest/doctest.h>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

namespace {

using namespace dkimctl::test;
using namespace dkimctl;
namespace fs = boost::filesystem;
using store::Access;
using store::Changes;
using store::Session;
using store::Transaction;

void add_key(const StoreFolder& folder)
{
  REQUIRE(folder.open()
              .database->store()
              .write({{{facts(kKey, "example.com", "s1"), {{EventKind::reserved, kStart, 1}}}}, {}})
              .has_value());
}

Changes many_keys(int count)
{
  Changes changes;
  for (int i = 0; i < count; ++i) {
    const std::string name = "d" + std::to_string(i) + ".example";
    changes.keys.push_back({facts("id-" + std::to_string(i), name, "s1"),
                            {{EventKind::generated, kStart, 1, "", std::string(400, 'A')}}});
  }
  return changes;
}

/// What it says, and whether it is what it was before.
std::string told(const StoreFolder& folder, const store::Stored<std::vector<KeyLife>>& result)
{
  return folder.wrong(result) + "; " + folder.hint(result);
}

constexpr const char* kNoSpace =
    "DIR/dkimctl.db: no space left on the disk; "
    "make room and run again: of what was to be written, nothing is there";

TEST_CASE("of two processes that step the same key, one wins")
{
  const StoreFolder folder;
  add_key(folder);
  int gate[2]{};
  int answers[2]{};
  REQUIRE(::pipe(gate) == 0);
  REQUIRE(::pipe(answers) == 0);
  constexpr int kProcesses = 4;
  for (int i = 0; i < kProcesses; ++i) {
    if (::fork() == 0) {
      auto opening = folder.opening();
      opening.patience = 10s;
      auto opened = store::open(opening);
      const auto key = opened->database->store().keys_of("example.com");
      char go = 0;
      ::close(gate[1]);
      static_cast<void>(::read(gate[0], &go, 1) ==
                        0);  // all have read the key by now, and go on at the same time
      const auto stepped = opened->database->store().write(
          {{}, {{kKey, key->front().revision, {{EventKind::handed_out, kStart + 1h, i}}}}});
      const char answer = stepped ? 'w' : stepped.error().trouble == Trouble::conflict ? 'c' : '?';
      ::_exit(::write(answers[1], &answer, 1) == 1 ? 0 : 1);
    }
  }
  ::close(gate[0]);
  ::usleep(100'000);
  ::close(gate[1]);
  std::string all(kProcesses, ' ');
  for (char& answer : all) {
    REQUIRE(::read(answers[0], &answer, 1) == 1);
  }
  while (::wait(nullptr) > 0) {
  }
  ::close(answers[0]);
  ::close(answers[1]);
  std::sort(all.begin(), all.end());
  CHECK(all == "cccw");
  CHECK(folder.open().database->store().events({.key = kKey}, 10)->size() == 2);
}

TEST_CASE("a process that writes for too long is said to be in the way")
{
  const StoreFolder folder;
  add_key(folder);
  auto waiting = folder.open();
  int held[2]{};
  int done[2]{};
  REQUIRE(::pipe(held) == 0);
  REQUIRE(::pipe(done) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(done[1]);
    auto session = Session::open(folder.file(), Session::Mode::write, 100ms);
    auto transaction = Transaction::begin(*session);
    char byte = transaction ? 'y' : 'n';
    static_cast<void>(::write(held[1], &byte, 1) == 1);
    static_cast<void>(::read(done[0], &byte, 1) == 1);
    ::_exit(0);
  }
  char byte = 0;
  REQUIRE(::read(held[0], &byte, 1) == 1);
  CHECK(byte == 'y');
  const auto busy = waiting.database->store().write({{}, {{kKey, 1, {{EventKind::unused, kStart, 2}}}}});
  CHECK(told(folder, busy) ==
        "DIR/dkimctl.db: another process is using it; "
        "wait until that one has ended; this names it: fuser DIR/dkimctl.db");
  CHECK(busy.error().trouble == Trouble::busy);
  CHECK(waiting.database->store().keys_of("example.com")->size() == 1);  // reading goes on
  for (const int fd : {done[0], done[1], held[0], held[1]}) {
    ::close(fd);
  }
  ::waitpid(child, nullptr, 0);
  CHECK(waiting.database->store().write({{}, {{kKey, 1, {{EventKind::unused, kStart, 2}}}}}).has_value());
}

TEST_CASE("killed in a transaction, nothing of it is there afterwards; who only reads sees to that as well")
{
  for (const Access next : {Access::read, Access::write}) {
    const StoreFolder folder;
    add_key(folder);
    const pid_t child = ::fork();
    if (child == 0) {
      auto session = Session::open(folder.file(), Session::Mode::write, 100ms);
      static_cast<void>(
          session->run("PRAGMA cache_size = 1"));  // so that pages are in the file before the commit
      auto transaction = Transaction::begin(*session);
      for (int i = 0; i < 500; ++i) {
        static_cast<void>(
            session->run("INSERT INTO event (key_id, position, at, run, kind, object, detail) VALUES ('" +
                         std::string(kKey) + "', " + std::to_string(i + 2) + ", 0, 0, 'seen', '', '" +
                         std::string(500, 'x') + "')"));
      }
      static_cast<void>(session->run("UPDATE key_life SET rev = 500, seen_at = 0"));
      ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    REQUIRE(fs::exists(folder.file("dkimctl.db-journal")));
    REQUIRE(fs::file_size(folder.file()) > 200'000);
    auto opened = folder.open(next);
    CHECK(opened.condition == Condition::usual);
    CHECK(opened.database->store().events({}, 1000)->size() == 1);
    CHECK(opened.database->store().keys_of("example.com")->front().revision == 1);
    CHECK_FALSE(fs::exists(folder.file("dkimctl.db-journal")));
  }
}

TEST_CASE("a file that may grow no further: nothing is half-written")
{
  const StoreFolder folder;
  add_key(folder);
  const std::string said = in_child([&] {
    static_cast<void>(std::signal(SIGXFSZ, SIG_IGN));
    auto opened = folder.open();
    const rlimit limit{100 << 10, 100 << 10};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    auto text = told(folder, opened.database->store().write(many_keys(500)));
    return text + (opened.database->store().unfinished_keys()->size() == 1 ? "; one key" : "; something");
  });
  CHECK(said ==
        "DIR/dkimctl.db: cannot be read or written; see to the disk and its quota, and run again: of what "
        "was to be "
        "written, nothing is there; one key");
  auto opened = folder.open();
  CHECK(opened.condition == Condition::usual);  // hence the witness was not written before the database
  CHECK(opened.database->store().unfinished_keys()->size() == 1);
  CHECK(opened.database->store().write(many_keys(500)).has_value());
}

/// A file system of its own over `folder`, which nobody else sees. False: only root may do so.
bool mount_small(const std::string& folder)
{
  return ::unshare(CLONE_NEWNS) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=512k,mode=0700") == 0;
}

TEST_CASE("a full disk: nothing is half-written, and it goes on once there is room")
{
  const StoreFolder folder;
  folder.around().make_folder("store");
  ::chmod(folder.path().c_str(), 0700);
  const std::string said = in_child([&]() -> std::string {
    if (!mount_small(folder.path())) {
      return "not permitted";
    }
    auto opened = folder.open();
    auto& store = opened.database->store();
    std::string text = told(folder, store.write(many_keys(2000)));
    text += store.unfinished_keys()->empty() ? "; empty" : "; something";
    return text + (store.write(many_keys(10)) ? "; then written" : "; then not");
  });
  if (said == "not permitted") {
    MESSAGE("not root: no file system can be mounted");
    return;
  }
  CHECK(said == std::string(kNoSpace) + "; empty; then written");
}

TEST_CASE("a full disk from the start: the empty file is a database once there is room")
{
  const StoreFolder folder;
  const std::string said = in_child([&] {
    static_cast<void>(std::signal(SIGXFSZ, SIG_IGN));
    const rlimit limit{0, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    return folder.wrong(folder.try_open());
  });
  CHECK(said == "DIR/dkimctl.db: cannot be read or written");
  CHECK(folder.open().condition == Condition::created);
}

TEST_CASE("a read-only file system can be read, and says so when it is written to")
{
  const StoreFolder folder;
  add_key(folder);
  const std::string said = in_child([&]() -> std::string {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount(folder.path().c_str(), folder.path().c_str(), nullptr, MS_BIND, nullptr) != 0 ||
        ::mount(nullptr, folder.path().c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) != 0) {
      return "not permitted";
    }
    auto opened = folder.open();
    std::string text = opened.database->store().unfinished_keys()->size() == 1 ? "read; " : "not read; ";
    return text +
           told(folder, opened.database->store().write({{}, {{kKey, 1, {{EventKind::unused, kStart, 2}}}}}));
  });
  if (said == "not permitted") {
    MESSAGE("not root: no file system can be mounted");
    return;
  }
  CHECK(said == "read; DIR/dkimctl.db: may not be written; the file system may be mounted read-only");
}

TEST_CASE("a damaged file is called damaged")
{
  const StoreFolder folder;
  add_key(folder);
  folder.around().write("store/dkimctl.db", std::string(8192, 'x'));
  CHECK(folder.wrong(folder.try_open()) == "DIR/dkimctl.db: is damaged, or no database at all");
  CHECK(folder.hint(folder.try_open()) ==
        "put a copy back, or move it away: the next run rebuilds what configuration, files and DNS show");

  const StoreFolder other;
  REQUIRE(other.open().database->store().write(many_keys(100)).has_value());
  std::fstream file(other.file(), std::ios::in | std::ios::out | std::ios::binary);
  for (std::streamoff page = 12; page < 40; ++page) {
    file.seekp(page * 4096);
    file << std::string(100, '\xff');
  }
  file.close();
  const auto keys = other.open().database->store().unfinished_keys();
  CHECK(other.wrong(keys) == "DIR/dkimctl.db: is damaged");
}

TEST_CASE("rows that dkimctl did not write so are named")
{
  const StoreFolder folder;
  add_key(folder);
  auto session = Session::open(folder.file(), Session::Mode::write, 100ms);
  REQUIRE(session->run("UPDATE key_life SET exceptions = 'rubbish'").has_value());
  CHECK(folder.wrong(folder.open().database->store().unfinished_keys()) ==
        "DIR/dkimctl.db: key s1 of example.com: unusable exceptions");
  REQUIRE(session->run("UPDATE key_life SET exceptions = '', bits = 5000000000").has_value());
  CHECK(folder.wrong(folder.open().database->store().keys_of("example.com")) ==
        "DIR/dkimctl.db: key s1 of example.com: unusable bits");
  REQUIRE(session->run("UPDATE event SET kind = 'danced'").has_value());
  CHECK(folder.wrong(folder.open().database->store().events({}, 10)) ==
        "DIR/dkimctl.db: an event of unknown kind 'danced'");
}

TEST_CASE("a file that was deleted while it was open is lost")
{
  const StoreFolder folder;
  add_key(folder);
  auto opened = folder.open();
  fs::remove(folder.file());
  const auto written = opened.database->store().write({{}, {{kKey, 1, {{EventKind::unused, kStart, 2}}}}});
  CHECK(folder.wrong(written) == "DIR/dkimctl.db: was moved or deleted while it was open");
  CHECK(written.error().trouble == Trouble::lost);
}

TEST_CASE("the first error poisons a transaction")
{
  const StoreFolder folder;
  add_key(folder);
  auto session = Session::open(folder.file(), Session::Mode::write, 100ms);
  {
    auto transaction = Transaction::begin(*session);
    REQUIRE(transaction.has_value());
    REQUIRE(session->run("UPDATE key_life SET bits = 1").has_value());
    const std::string first = folder.wrong(session->run("UPDATE nowhere SET bits = 1"));
    CHECK(first == "DIR/dkimctl.db: no such table: nowhere");
    CHECK(folder.wrong(session->run("UPDATE key_life SET bits = 2")) == first);
    CHECK(folder.wrong(transaction->commit()) == first);
  }
  CHECK(folder.open().database->store().keys_of("example.com")->front().facts.bits == 2048);
  auto next = Transaction::begin(*session);
  REQUIRE(next.has_value());
  CHECK(session->run("UPDATE key_life SET bits = 1024").has_value());
  CHECK(next->commit().has_value());
  CHECK(folder.open().database->store().keys_of("example.com")->front().facts.bits == 1024);
}

TEST_CASE("a transaction that is left without a commit never was")
{
  const StoreFolder folder;
  add_key(folder);
  auto session = Session::open(folder.file(), Session::Mode::write, 100ms);
  {
    auto transaction = Transaction::begin(*session);
    REQUIRE(session->run("UPDATE key_life SET bits = 1").has_value());
  }
  CHECK(folder.open().database->store().keys_of("example.com")->front().facts.bits == 2048);
}

}  // namespace
