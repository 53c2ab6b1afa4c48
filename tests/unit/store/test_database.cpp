#include "stored.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <boost/filesystem/operations.hpp>
#include <doctest/doctest.h>

#include <sys/stat.h>

namespace {

using namespace dkimctl::test;
using namespace dkimctl;
namespace fs = boost::filesystem;
using store::Access;
using store::Machine;
using store::Migration;
using store::Schema;

const Machine kClone{"machine-2", "mail2.example.com"};

mode_t mode_of(const std::string& path)
{
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
}

std::string content(const std::string& path)
{
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// A key that is proven and active.
void add_active_key(store::Database& database, const char* id = kKey, const char* domain = "example.com")
{
  REQUIRE(database.store()
              .write({{{facts(id, domain, "s1"),
                        {{EventKind::agreed, kStart, 1},
                         {EventKind::ready, kStart, 1},
                         {EventKind::activated, kStart, 1}}}},
                      {}})
              .has_value());
}

KeyLife the_key(store::Database& database)
{
  const auto keys = database.store().keys_of("example.com");
  REQUIRE(keys.has_value());
  REQUIRE(keys->size() == 1);
  return keys->front();
}

std::vector<std::string> files(const StoreFolder& folder)
{
  std::vector<std::string> names;
  for (fs::directory_iterator entry(folder.path()); entry != fs::directory_iterator(); ++entry) {
    names.push_back(entry->path().filename().native());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Schema later_schema()
{
  Schema schema = store::current_schema();
  schema.version = 3;
  schema.migrations = {
      Migration{1, {"ALTER TABLE event ADD COLUMN note TEXT", "UPDATE event SET note = 'two'"}},
      Migration{2, {"UPDATE event SET note = 'three' WHERE note = 'two'"}},
  };
  return schema;
}

TEST_CASE("the first run creates folder and database, for root alone; the next ones find them")
{
  const StoreFolder folder;
  const auto first = folder.open();
  CHECK(first.condition == Condition::created);
  CHECK(first.timeline == 1);
  CHECK(first.copy.empty());
  CHECK(mode_of(folder.path()) == 0700);
  CHECK(mode_of(folder.file()) == 0600);
  CHECK(mode_of(folder.file("epoch")) == 0600);
  CHECK(content(folder.file("epoch")) == "1 1\n");
  CHECK(files(folder) == std::vector<std::string>{"dkimctl.db", "epoch"});
  const auto second = folder.open();
  CHECK(second.condition == Condition::usual);
  CHECK(second.timeline == 1);
}

TEST_CASE("who only reads creates nothing and changes nothing")
{
  const StoreFolder folder;
  const auto none = folder.try_open(Access::read);
  CHECK(folder.wrong(none) == "DIR/dkimctl.db: no such database");
  CHECK(folder.hint(none) == "the first 'dkimctl run' creates it");
  CHECK(none.error().code == Errc::not_found);
  CHECK_FALSE(fs::exists(folder.path()));

  add_active_key(*folder.open().database);
  auto reading = folder.open(Access::read);
  CHECK(reading.condition == Condition::usual);
  CHECK(the_key(*reading.database).has(Moment::ready));
  const auto written = reading.database->store().write({{}, {{kKey, 3, {{EventKind::unused, kStart, 2}}}}});
  CHECK(folder.wrong(written) == "DIR/dkimctl.db: may not be written");
}

TEST_CASE("a folder or a file that others can change is not used, nor is a link")
{
  const StoreFolder folder;
  static_cast<void>(folder.open());
  ::chmod(folder.path().c_str(), 0770);
  CHECK(folder.wrong(folder.try_open()) == "DIR: others may write to it (mode 0770)");
  CHECK(folder.hint(folder.try_open()) == "chmod go-w DIR, after a look at what they may have put there");
  ::chmod(folder.path().c_str(), 0700);
  ::chmod(folder.file().c_str(), 0602);
  CHECK(folder.wrong(folder.try_open(Access::read)) == "DIR/dkimctl.db: others may write to it (mode 0602)");

  fs::remove(folder.file());
  folder.around().write("other.db", "");
  folder.around().make_link("../other.db", "store/dkimctl.db");
  CHECK(folder.wrong(folder.try_open()) == "DIR/dkimctl.db: is no regular file");
  CHECK(folder.hint(folder.try_open()) == "symbolic links are not followed here: give the place itself");

  fs::remove_all(folder.path());
  folder.around().make_folder("elsewhere");
  folder.around().make_link("elsewhere", "store");
  CHECK(folder.wrong(folder.try_open()) == "DIR: is no folder");
}

TEST_CASE("a path may have blanks and quotes")
{
  const TemporaryFolder around;
  const std::string path = around / "it's here; db=x";
  REQUIRE(store::open({path, kMachine, kStart}).has_value());
  CHECK(fs::exists(path + "/dkimctl.db"));
  const auto later = store::open({path, kMachine, kStart}, later_schema());
  REQUIRE(later.has_value());
  CHECK(later->copy == path + "/dkimctl-schema1-epoch1.db");
  const auto quoted = store::open({around / "say \"x\"", kMachine, kStart});
  CHECK(quoted.error().what == (around / "say \"x\"") + "/dkimctl.db: a quotation mark in the path");
}

TEST_CASE("a database that was killed before its first witness was written is in order")
{
  const StoreFolder folder;
  static_cast<void>(folder.open());
  fs::remove(folder.file("epoch"));
  CHECK(folder.open().condition == Condition::usual);
  CHECK(content(folder.file("epoch")) == "1 1\n");
}

TEST_CASE("nothing to write is nothing written")
{
  const StoreFolder folder;
  CHECK(folder.open().database->store().write({})->empty());
  CHECK(content(folder.file("epoch")) == "1 1\n");
}

TEST_CASE("the folder's parent must be there")
{
  const TemporaryFolder around;
  const auto opened = store::open({around / "a/b", kMachine, kStart});
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().what ==
        "cannot create the folder " + (around / "a/b") + ": no such file or directory");
}

TEST_CASE("a database of another program is left alone")
{
  const StoreFolder folder;
  static_cast<void>(folder.open());
  fs::remove(folder.file());
  {
    std::ofstream(folder.file()).flush();
    auto session = store::Session::open(folder.file(), store::Session::Mode::write, 100ms);
    REQUIRE(session->run("CREATE TABLE mail (a TEXT)").has_value());
  }
  ::chmod(folder.file().c_str(), 0600);
  CHECK(folder.wrong(folder.try_open()) == "DIR/dkimctl.db: is a database of another program");
}

TEST_CASE("an older copy that was put back begins a new timeline: all is proven again")
{
  const StoreFolder folder;
  add_active_key(*folder.open().database);
  const std::string old = content(folder.file());
  const auto intent = Event{EventKind::withdrawing, kStart + 1h, 2};
  REQUIRE(folder.open().database->store().write({{}, {{kKey, 3, {intent}}}}).has_value());
  folder.around().write("store/dkimctl.db", old);

  // who only reads says so, and leaves it to the next run
  CHECK(folder.open(Access::read).condition == Condition::restored);
  CHECK(content(folder.file()) == old);

  auto restored = folder.open();
  CHECK(restored.condition == Condition::restored);
  CHECK(restored.timeline == 2);
  const KeyLife key = the_key(*restored.database);
  CHECK(key.has(Moment::activated));
  CHECK_FALSE(key.has(Moment::agreed));
  CHECK_FALSE(key.has(Moment::ready));
  const auto events = restored.database->store().events({.key = kKey}, 1);
  CHECK(events->front().event == Event{EventKind::timeline, kStart, 1});
  CHECK(content(folder.file("epoch")) == "2 4\n");  // beyond all epochs there were

  const auto again = folder.open();
  CHECK(again.condition == Condition::usual);
  CHECK(again.timeline == 2);
}

TEST_CASE("a database without its witness was put back alone")
{
  const StoreFolder folder;
  add_active_key(*folder.open().database);
  for (const char* text : {"", "1\n", "1 2", "1 2\n3", "-1 2\n", "x"}) {
    CAPTURE(text);
    folder.around().write("store/epoch", text);
    CHECK(folder.open().condition == Condition::restored);
  }
  fs::remove(folder.file("epoch"));
  CHECK(folder.open().condition == Condition::restored);
  CHECK(folder.open().condition == Condition::usual);
}

TEST_CASE("a witness that is behind is what a crash leaves, and does no harm")
{
  const StoreFolder folder;
  auto opened = folder.open();
  const std::string before = content(folder.file("epoch"));
  add_active_key(*opened.database);
  CHECK(content(folder.file("epoch")) == "1 2\n");
  folder.around().write("store/epoch", before);
  CHECK(folder.open().condition == Condition::usual);
}

TEST_CASE("a witness that cannot be written does not undo what was committed")
{
  const StoreFolder folder;
  auto opened = folder.open();
  fs::remove(folder.file("epoch"));
  folder.around().make_folder("store/epoch/full");
  add_active_key(*opened.database);
  CHECK(the_key(*opened.database).has(Moment::ready));
  CHECK(files(folder) == std::vector<std::string>{"dkimctl.db", "epoch"});
}

TEST_CASE("a deleted database is made anew, in a new timeline, and said to be so")
{
  const StoreFolder folder;
  add_active_key(*folder.open().database);
  fs::remove(folder.file());
  auto opened = folder.open();
  CHECK(opened.condition == Condition::replaced);
  CHECK(opened.timeline == 2);
  CHECK(opened.database->store().unfinished_keys()->empty());
  CHECK(content(folder.file("epoch")) == "2 3\n");
  CHECK(folder.open().condition == Condition::usual);
}

TEST_CASE("a clone only reads until it takes over")
{
  const StoreFolder folder;
  add_active_key(*folder.open().database);
  auto opening = folder.opening();
  opening.machine = kClone;
  auto clone = store::open(opening);
  REQUIRE(clone.has_value());
  CHECK(clone->condition == Condition::foreign);
  CHECK(the_key(*clone->database).has(Moment::ready));
  const Event event{EventKind::unused, kStart, 2};
  const auto refused = clone->database->store().write({{}, {{kKey, 3, {event}}}});
  CHECK(folder.wrong(refused) ==
        "DIR/dkimctl.db: belongs to another machine, mail.example.com: it is only read here");
  CHECK(folder.hint(refused) == "if this host is to carry on in its place: dkimctl init --takeover");
  CHECK(clone->database->lease().take("x", kStart, 1h).error().code == Errc::refused);

  REQUIRE(clone->database->take_over(kClone, kStart + 1h).has_value());
  const KeyLife key = the_key(*clone->database);
  CHECK_FALSE(key.has(Moment::ready));
  CHECK(key.revision == 4);
  CHECK(clone->database->store().write({{}, {{kKey, 4, {event}}}}).has_value());
  CHECK(clone->database->members().self()->name == "mail2.example.com");
  CHECK(store::open(opening)->condition == Condition::usual);
  CHECK(store::open(opening)->timeline == 2);
  CHECK(folder.open().condition == Condition::foreign);  // for the machine that it was copied from
}

TEST_CASE("taking over what is one's own changes nothing")
{
  const StoreFolder folder;
  auto opened = folder.open();
  REQUIRE(opened.database->take_over(kMachine, kStart).has_value());
  CHECK(folder.open().timeline == 1);
}

TEST_CASE("who opened it before a new timeline began must open it again")
{
  const StoreFolder folder;
  auto opened = folder.open();
  add_active_key(*opened.database);
  fs::remove(folder.file("epoch"));
  CHECK(folder.open().condition == Condition::restored);
  const auto late = opened.database->store().write({{}, {{kKey, 4, {{EventKind::unused, kStart, 2}}}}});
  CHECK(folder.wrong(late) == "DIR/dkimctl.db: a new timeline has begun since it was opened");
  CHECK(late.error().trouble == Trouble::lost);
}

// ---- versions ----

std::string note(const StoreFolder& folder)
{
  auto session = store::Session::open(folder.file(), store::Session::Mode::read, 100ms);
  const store::CellType columns[]{store::CellType::text};
  const auto found = store::rows(*session, "SELECT note FROM event LIMIT 1", {}, columns);
  return found && found->size() == 1 ? found->front().front().text : "?";
}

TEST_CASE("older tables are brought up to date, step by step, after a copy was made")
{
  const StoreFolder folder;
  add_active_key(*folder.open().database);
  const auto reading = store::open(folder.opening(Access::read), later_schema());
  CHECK(folder.wrong(reading) == "DIR/dkimctl.db: its tables are of version 1, and this dkimctl reads 3");
  CHECK(folder.hint(reading) == "the next 'dkimctl run' brings them up to date");

  auto opened = store::open(folder.opening(), later_schema());
  REQUIRE(opened.has_value());
  CHECK(folder.plain(opened->copy) == "DIR/dkimctl-schema1-epoch2.db");
  CHECK(opened->condition == Condition::usual);
  CHECK(the_key(*opened->database).has(Moment::ready));
  CHECK(note(folder) == "three");
  CHECK(mode_of(opened->copy) == 0600);
  CHECK(store::open(folder.opening(), later_schema())->copy.empty());

  const auto older = folder.try_open();
  CHECK(folder.wrong(older) ==
        "DIR/dkimctl.db: its tables are of version 3, and this dkimctl knows 1 at most");
  CHECK(folder.hint(older) ==
        "use the dkimctl that wrote it, or put back a copy from before, if nothing was rolled over since: ls "
        "DIR/dkimctl-schema*");

  // the copy is a database as it was
  fs::rename(opened->copy, folder.file());
  auto back = folder.open();
  CHECK(back.condition == Condition::restored);
  CHECK(the_key(*back.database).revision == 4);
}

TEST_CASE("a migration that fails leaves the tables as they were")
{
  const StoreFolder folder;
  add_active_key(*folder.open().database);
  Schema schema = later_schema();
  schema.migrations[1].statements = {"UPDATE nowhere SET note = 'three'"};
  const auto opened = store::open(folder.opening(), schema);
  CHECK(folder.wrong(opened) == "DIR/dkimctl.db: no such table: nowhere");
  CHECK(note(folder) == "?");
  CHECK(the_key(*folder.open().database).revision == 3);
}

TEST_CASE("what an interrupted copy left is replaced")
{
  const StoreFolder folder;
  add_active_key(*folder.open().database);
  folder.around().write("store/dkimctl-schema1-epoch2.db.part", "cut");
  CHECK(store::open(folder.opening(), later_schema()).has_value());
  CHECK(files(folder) == std::vector<std::string>{"dkimctl-schema1-epoch2.db", "dkimctl.db", "epoch"});
}

// ---- the other two interfaces ----

TEST_CASE("a host remembers its last run")
{
  const StoreFolder folder;
  auto opened = folder.open();
  auto& members = opened.database->members();
  const auto self = members.self();
  REQUIRE(self.has_value());
  CHECK(self->name == "mail.example.com");
  CHECK(self->machine == "machine-1");
  CHECK(self->id.size() == 36);
  CHECK_FALSE(self->last_run.has_value());
  CHECK(members.all()->size() == 1);

  const rollover::ClockMark mark{kStart, "boot-1", std::chrono::seconds(5'000'000'000), 7};
  const auto noted = members.record_run(*self, mark, true);
  REQUIRE(noted.has_value());
  CHECK(noted->last_run == mark);
  CHECK(*folder.open().database->members().self() == *noted);

  const auto late = members.record_run(*self, mark, false);
  CHECK(folder.wrong(late) == "DIR/dkimctl.db: another run was noted in the meantime");
  CHECK(late.error().trouble == Trouble::conflict);
}

TEST_CASE("one host holds the lease until its time is over")
{
  const StoreFolder folder;
  auto opened = folder.open();
  auto& lease = opened.database->lease();
  CHECK(*lease.look() == store::Holding{});

  const auto first = lease.take("host-1", kStart, 1h);
  REQUIRE(first.has_value());
  CHECK(*first == store::Holding{"host-1", kStart + 1h, 1, 1});
  const auto other = lease.take("host-2", kStart + 59min, 1h);
  CHECK(folder.wrong(other) == "DIR/dkimctl.db: host host-1 holds the lease");
  CHECK(other.error().trouble == Trouble::conflict);

  CHECK(*lease.take("host-1", kStart + 30min, 1h) == store::Holding{"host-1", kStart + 90min, 1, 2});
  const auto second = lease.take("host-2", kStart + 90min, 1h);
  CHECK(*second == store::Holding{"host-2", kStart + 150min, 2, 3});
  CHECK(folder.wrong(lease.give_back(*first)) == "DIR/dkimctl.db: host host-2 holds the lease");
  CHECK(lease.give_back(*second).has_value());
  CHECK(folder.wrong(lease.give_back(*second)) == "DIR/dkimctl.db: nobody holds the lease any more");
  CHECK(*lease.look() == store::Holding{"", std::nullopt, 2, 4});
  CHECK(lease.take("host-1", kStart, 1h)->epoch == 3);
}

}  // namespace
