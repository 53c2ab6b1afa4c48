#include "cli/help.hpp"

#include <sstream>
#include <string>

#include <doctest/doctest.h>

using namespace dkimctl::cli;

TEST_SUITE_BEGIN("cli::help");

namespace {

bool has_line(const std::string& text, const std::string& line)
{
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

TEST_CASE("no line is wider than a terminal, none ends in blanks")
{
  std::string all = general_help();
  for (const Command& command : commands()) {
    all += command_help(command);
  }
  std::istringstream lines(all);
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    CHECK(line.size() <= 80);
    CHECK_FALSE(line.ends_with(' '));
  }
}

TEST_CASE("general help shows the commands, the options and the exit status, and nothing internal")
{
  const std::string help = general_help();
  CHECK(has_line(help, "  showkeys [DOMAIN...]  list the DKIM keys and their records, as amavisd does"));
  CHECK(has_line(help, "  -q, --quiet              leave warnings and notes out; the exit status stays"));
  CHECK(has_line(help, "      --root DIR           look at the host whose files lie below DIR"));
  CHECK(has_line(help, "  3   a configuration file or a key cannot be read or used"));
  CHECK(help.find("__") == std::string::npos);
}

TEST_CASE("a command's help has its usage and its own options")
{
  const std::string help = command_help(*find_command("showkey"));
  CHECK(
      help.starts_with("usage: dkimctl [OPTION...] showkeys [DOMAIN...]\n"
                       "also:  dkimctl showkey\n"));
  CHECK(has_line(help, "      --format FORMAT  amavisd (default), txt (for a web panel) or zone"));
  CHECK(command_help(*find_command("config")).starts_with("usage: dkimctl [OPTION...] config\n\n"));
}

TEST_CASE("__options has a line for every option of every command that is shown")
{
  const std::string list = option_list();
  CHECK(has_line(list, "showkeys --format amavisd|txt|zone"));
  CHECK(has_line(list, "explain --live"));
  CHECK(has_line(list, "config --color auto|always|never"));
  CHECK(has_line(list, "help --amavisd-conf FILE"));
  CHECK(list.find("config --format") == std::string::npos);
  CHECK(list.find("__") == std::string::npos);
}

TEST_CASE("the exit statuses are distinct, and 0 comes last")
{
  for (std::size_t i = 0; i < kExitMeanings.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      CHECK(kExitMeanings[i].status != kExitMeanings[j].status);
    }
  }
  CHECK(kExitMeanings.back().status == ExitStatus::in_order);
}

TEST_SUITE_END();
