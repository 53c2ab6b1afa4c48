#include "cli/commands.hpp"
#include "cli/run.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace dkimctl::cli;

namespace {

// Doubles of what the program links: the last command run, and what it was given.
std::string last_command;
Invocation last_invocation;

ExitStatus ran(const char* command, const Invocation& invocation)
{
  last_command = command;
  last_invocation = invocation;
  return ExitStatus::problems;
}

int run_words(std::vector<std::string> words)
{
  std::vector<char*> argv;
  words.insert(words.begin(), "dkimctl");
  argv.reserve(words.size());
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  last_command.clear();
  return run(argv);
}

}  // namespace

namespace dkimctl::cli {

ExitStatus run_showkeys(const Invocation& invocation)
{
  return ran("showkeys", invocation);
}
ExitStatus run_testkeys(const Invocation& invocation)
{
  return ran("testkeys", invocation);
}
ExitStatus run_txt(const Invocation& invocation)
{
  return ran("txt", invocation);
}
ExitStatus run_config(const Invocation& invocation)
{
  return ran("config", invocation);
}
ExitStatus run_explain(const Invocation& invocation)
{
  return ran("explain", invocation);
}
ExitStatus run_settings(const Invocation& invocation)
{
  return ran("__settings", invocation);
}
ExitStatus run_genkey(const Invocation& invocation)
{
  return ran("genkey", invocation);
}
ExitStatus run_genrsa(const Invocation& invocation)
{
  return ran("genrsa", invocation);
}
ExitStatus run_status(const Invocation& invocation)
{
  return ran("status", invocation);
}
ExitStatus run_todo(const Invocation& invocation)
{
  return ran("todo", invocation);
}
ExitStatus run_history(const Invocation& invocation)
{
  return ran("history", invocation);
}
ExitStatus run_rotate(const Invocation& invocation)
{
  return ran("rotate", invocation);
}
ExitStatus run_findings(const Invocation& invocation)
{
  return ran("__findings", invocation);
}

}  // namespace dkimctl::cli

TEST_SUITE_BEGIN("cli::run");

TEST_CASE("each command's row runs its own job, whose status is the program's")
{
  struct Case {
    std::vector<std::string> words;
    const char* command;
  };
  const Case cases[]{{{"showkeys"}, "showkeys"},
                     {{"SHOWKEY"}, "showkeys"},
                     {{"txt", "example.com"}, "txt"},
                     {{"config"}, "config"},
                     {{"explain", "a@b"}, "explain"},
                     {{"__findings"}, "__findings"},
                     {{"__settings"}, "__settings"},
                     {{"status"}, "status"},
                     {{"todo"}, "todo"},
                     {{"history", "example.com"}, "history"}};
  for (const Case& c : cases) {
    CAPTURE(c.command);
    CHECK(run_words(c.words) == 1);
    CHECK(last_command == c.command);
  }
}

TEST_CASE("the job is given what the command line says")
{
  run_words({"-c", "a.conf", "explain", "u@example.com", "--bank=MYNETS", "--live", "-q"});
  CHECK(last_invocation.amavisd_conf == std::vector<std::string>{"a.conf"});
  CHECK(last_invocation.operands == std::vector<std::string>{"u@example.com"});
  CHECK(last_invocation.bank == "MYNETS");
  CHECK(last_invocation.live);
  CHECK(last_invocation.quiet);
}

TEST_SUITE_END();
