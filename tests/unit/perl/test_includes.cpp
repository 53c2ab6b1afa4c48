#include "perl/run.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace dkimctl::perl;

TEST_SUITE_BEGIN("perl: files that include files");

TEST_CASE("an included file runs where it is included, in its own scope")
{
  const Run run{"my $x = 'mine'; $domain = 'before'; include('one'); key($domain, $x);",
                {{"one", "my $x = 'its'; $domain .= \" $x\"; return 1; $domain = 'never';"}}};
  CHECK(run.failures().empty());
  CHECK(run.calls == std::vector<std::string>{"key('before its', 'mine') at main:1:53"});
  CHECK(run.at(run.scalar("domain")->set) == "one:1:16");
  REQUIRE(run.interpreter.files().size() == 2);
  const ReadFile& file = run.interpreter.files()[1];
  CHECK(file.source->path() == "one");
  CHECK(run.text(file.included_by) == "include('one')");
}

TEST_CASE("a file that is not there, or does not compile, is a failure, and the others are read all the same")
{
  const Run run{"include('none', 'bad', 'one'); key('a', 'b');",
                {{"one", "$domain = 'one'; 1;"}, {"bad", "key('c', 'd');\n$domain = ;"}}};
  CHECK_FALSE(run.succeeded);
  REQUIRE(run.failures() == std::vector<std::string>{"main:1:1: no such file or directory",
                                                     "bad:2:11: expected an expression, got ';'"});
  CHECK(run.interpreter.failures()[0].kind == FailureKind::missing);
  CHECK(run.interpreter.failures()[0].file == "none");
  CHECK(run.interpreter.failures()[1].kind == FailureKind::syntax);
  CHECK(run.calls == std::vector<std::string>{"key('a', 'b') at main:1:32"});
  CHECK(run.domain() == "'one'");
}

TEST_CASE("a file that dies ends itself, not what includes it")
{
  const Run run{"include('dies'); key('a', 'b');",
                {{"dies", "$domain = 'set';\ndie 'no';\n$domain = 'never';"}}};
  REQUIRE(run.failures() == std::vector<std::string>{"dies:2:1: the configuration dies here: no"});
  CHECK(run.interpreter.failures()[0].kind == FailureKind::died);
  CHECK(run.domain() == "'set'");
  CHECK(run.calls == std::vector<std::string>{"key('a', 'b') at main:1:18"});
}

TEST_CASE("an optional file may be missing, if the file ends with a value")
{
  CHECK(Run{"optional('none'); 1;"}.failures().empty());
  CHECK(Run{"optional('none'); undef;"}.failures() ==
        std::vector<std::string>{
            "main:1:19: the file ends with an undefined value after a file was not found, which "
            "amavisd takes for a failure to read it [end the file with 1;]"});
}

TEST_CASE("do and require")
{
  const Run::Files files{{"one", "$domain = 'one'; 1;"}, {"bad", "$domain = ;"}};
  const Run once{"do './one'; key($domain, 'f');", files};
  CHECK(once.calls == std::vector<std::string>{"key('one', 'f') at main:1:13"});
  const Run missing{"do './none'; key('a', 'b');", files};
  CHECK(missing.failures().empty());
  const Run bad{"do './bad'; key('a', 'b');", files};
  REQUIRE(bad.failures() == std::vector<std::string>{"./bad:1:11: expected an expression, got ';'"});
  CHECK(bad.interpreter.failures()[0].passed_over);
  CHECK(bad.calls == std::vector<std::string>{"key('a', 'b') at main:1:13"});
  CHECK(Run{"require './none';", files}.failures() ==
        std::vector<std::string>{"main:1:1: no such file or directory"});
  CHECK(Run{"require 'one'; key('a', 'b');", files}.failures() ==
        std::vector<std::string>{
            "main:1:1: require does not look for one in this folder [write ./one, or the whole "
            "path]"});
  const Run twice{"@list = (); require './push'; require './push'; do './push';",
                  {{"push", "push @list, 1;"}}};
  CHECK(twice.list() == "[1, 1]");
}

TEST_CASE("a file may be included 99 deep, and no deeper")
{
  Run::Files files;
  for (int i = 1; i <= 100; ++i) {
    files["f" + std::to_string(i)] =
        "push @list, 1; include('f" + std::to_string(i + 1) + "') if " + std::to_string(i) + " < $domain; 1;";
  }
  const Run fits{"$domain = 98; include('f1'); 1;", files};
  CHECK(fits.failures().empty());
  CHECK(fits.interpreter.array("list")->items.size() == 98);
  const Run too_many{"$domain = 99; include('f1'); 1;", files};
  REQUIRE(too_many.failures() ==
          std::vector<std::string>{"f98:1:16: files include one another more than 99 deep"});
  CHECK(too_many.interpreter.failures()[0].kind == FailureKind::too_deep);
}

TEST_CASE("a file that includes itself, once or several times, is one failure")
{
  for (const std::string text : {"include('main'); 1;", "include('main', 'main'); include('main'); 1;"}) {
    CAPTURE(text);
    const Run run{text};
    REQUIRE(run.failures().size() == 1);
    CHECK(run.failures()[0] == "main:1:1: files include one another more than 99 deep");
    CHECK(run.interpreter.files().size() == 99);
  }
  CHECK(Run{"do './main'; do './main';"}.failures().size() == 1);
}

TEST_SUITE_END();
