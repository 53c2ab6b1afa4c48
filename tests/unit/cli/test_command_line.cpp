#include "cli/command_line.hpp"

#include <cstdlib>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace dkimctl::cli;

namespace {

auto parse(std::vector<std::string> words)
{
  std::vector<char*> argv;
  words.insert(words.begin(), "dkimctl");
  argv.reserve(words.size());
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  return parse_command_line(argv);
}

/// All that is wrong with these words, as it is printed.
std::string trouble(const std::vector<std::string>& words)
{
  const auto line = parse(words);
  REQUIRE_FALSE(line.has_value());
  std::string out;
  for (const UsageError& error : line.error()) {
    out += render(error);
  }
  return out;
}

}  // namespace

TEST_SUITE_BEGIN("cli::parse_command_line");

TEST_CASE("options may stand before and after the command, and between its words")
{
  const auto line = parse({"-c", "a", "--root=/srv/host", "showkeys", "example.com", "--format", "zone",
                           "-cb", ".example.org", "--json", "-q", "--color", "never"});
  REQUIRE(line.has_value());
  CHECK(line->command->name == "showkeys");
  CHECK(line->invocation.amavisd_conf == std::vector<std::string>{"a", "b"});
  CHECK(line->invocation.root == "/srv/host");
  CHECK(line->invocation.operands == std::vector<std::string>{"example.com", ".example.org"});
  CHECK(line->invocation.format == KeyFormat::zone);
  CHECK(line->invocation.color == Color::never);
  CHECK(line->invocation.json);
  CHECK(line->invocation.quiet);
}

TEST_CASE("POSIXLY_CORRECT does not turn options behind the command into domains")
{
  ::setenv("POSIXLY_CORRECT", "1", 1);
  const auto line = parse({"showkeys", "--json", "example.com"});
  ::unsetenv("POSIXLY_CORRECT");
  REQUIRE(line.has_value());
  CHECK(line->invocation.json);
  CHECK(line->invocation.operands == std::vector<std::string>{"example.com"});
}

TEST_CASE("behind -- everything is an operand, the command too")
{
  const auto line = parse({"--json", "--", "showkeys", "--json", "-x"});
  REQUIRE(line.has_value());
  CHECK(line->command->name == "showkeys");
  CHECK(line->invocation.operands == std::vector<std::string>{"--json", "-x"});
}

TEST_CASE("a command's name is an operand where an operand stands")
{
  const auto line = parse({"txt", "txt"});
  REQUIRE(line.has_value());
  CHECK(line->invocation.operands == std::vector<std::string>{"txt"});
}

TEST_CASE("nothing stays from one command line to the next")
{
  REQUIRE(parse({"showkeys", "--json", "--format", "txt"}).has_value());
  const auto line = parse({"showkeys"});
  REQUIRE(line.has_value());
  CHECK_FALSE(line->invocation.json);
  CHECK(line->invocation.format == KeyFormat::amavisd);
  CHECK(line->invocation.color == Color::automatic);
}

TEST_CASE("command names are compared as amavisd compares them")
{
  for (const char* name : {"showkeys", "showkey", "SHOWKEYS", "ShowKey"}) {
    CAPTURE(name);
    const auto line = parse({name});
    REQUIRE(line.has_value());
    CHECK(line->command->name == "showkeys");
  }
}

TEST_CASE("a long option may be shortened as long as one name alone begins so")
{
  CHECK(parse({"showkeys", "--form=txt"})->invocation.format == KeyFormat::txt);
  CHECK(trouble({"config", "--am"}) == "dkimctl: --am: FILE is missing\n");
}

TEST_CASE("--help and --version need no command and no operands, but a command that is none is said")
{
  CHECK(parse({"--help"})->invocation.help);
  CHECK(parse({"-V"})->invocation.version);
  CHECK(parse({"txt", "-h"})->command->name == "txt");
  CHECK(trouble({"shokeys", "--help"}) ==
        "dkimctl: shokeys: no such command\n"
        "  hint: did you mean 'showkeys'?\n");
}

TEST_CASE("every problem is reported, in the order of the words")
{
  CHECK(trouble({"--rot", "/x", "expalin", "a@b", "--jsno", "-z"}) ==
        "dkimctl: --rot: no such option\n"
        "  hint: did you mean '--root'?\n"
        "dkimctl: expalin: no such command\n"
        "  hint: did you mean 'explain'?\n"
        "dkimctl: --jsno: no such option\n"
        "  hint: did you mean '--json'?\n"
        "dkimctl: -z: no such option\n"
        "  hint: 'dkimctl --help' lists the options\n");
}

TEST_CASE("errors name the word and say what to do")
{
  struct Case {
    std::vector<std::string> words;
    const char* what;
  };
  const Case cases[]{
      {{}, "dkimctl: COMMAND: none is given\n  hint: 'dkimctl help' lists the commands\n"},
      {{""}, "dkimctl: '': no such command\n  hint: 'dkimctl help' lists the commands\n"},
      {{"txt", ""}, "dkimctl: txt: an empty word is none\n  hint: usage: dkimctl txt DOMAIN\n"},
      {{"\x1b[31mred"},
       "dkimctl: \\x1b[31mred: no such command\n  hint: 'dkimctl help' lists the commands\n"},
      {{"showkesy"}, "dkimctl: showkesy: no such command\n  hint: did you mean 'showkeys'?\n"},
      {{"__option"}, "dkimctl: __option: no such command\n  hint: 'dkimctl help' lists the commands\n"},
      {{"showkeys", "--fromat", "txt"},
       "dkimctl: --fromat: no such option\n  hint: did you mean '--format'?\n"},
      {{"showkeys", "--bank", "MYNETS"},
       "dkimctl: --bank: not an option of 'showkeys'\n  hint: 'dkimctl explain' takes it\n"},
      {{"showkeys", "--liev"},  // nearest is another command's
       "dkimctl: --liev: no such option\n  hint: 'dkimctl showkeys --help' lists its options\n"},
      {{"showkeys", "--format", "tx"},
       "dkimctl: --format: 'tx' is none of amavisd, txt, zone\n  hint: did you mean 'txt'?\n"},
      {{"showkeys", "--format="}, "dkimctl: --format: '' is none of amavisd, txt, zone\n"},
      {{"showkeys", "--color=alwys"},
       "dkimctl: --color: 'alwys' is none of auto, always, never\n  hint: did you mean 'always'?\n"},
      {{"config", "--root"}, "dkimctl: --root: DIR is missing\n"},
      {{"config", "--root", ""}, "dkimctl: --root: DIR is empty\n"},
      {{"config", "-qc"}, "dkimctl: -c: FILE is missing\n"},
      {{"config", "-c", ""}, "dkimctl: -c: FILE is empty\n"},
      {{"config", "--json=yes"}, "dkimctl: --json: takes no value\n"},
      {{"config", "-json"}, "dkimctl: -json: no such option\n  hint: did you mean '--json'?\n"},
      {{"config", "-\xc3\xa9"},
       "dkimctl: -\xc3\xa9: no such option\n  hint: 'dkimctl config --help' lists its options\n"},
      {{"config", "-qx"}, "dkimctl: -x: no such option\n  hint: 'dkimctl config --help' lists its options\n"},
      {{"config", "--", "-x"},
       "dkimctl: -x: one word too many for 'config'\n  hint: usage: dkimctl config\n"},
      {{"explain", "a@b", "--live", "--root", "/srv"},
       "dkimctl: --live: the daemon of another host's tree cannot be asked\n"
       "  hint: leave --live or --root out\n"},
      {{"txt"}, "dkimctl: txt: DOMAIN is missing\n  hint: usage: dkimctl txt DOMAIN\n"},
      {{"explain", "a@b", "c@d", "e@f"},
       "dkimctl: c@d: one word too many for 'explain'\n  hint: usage: dkimctl explain ADDRESS\n"
       "dkimctl: e@f: one word too many for 'explain'\n  hint: usage: dkimctl explain ADDRESS\n"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.words);
    CHECK(trouble(c.words) == c.what);
  }
}

TEST_SUITE_END();
