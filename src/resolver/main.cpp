// dkimctl-dns: asks DNS for dkimctl, which starts it. It is a program of its own so that what reads from the
// network has no key in its memory and no right on the host, and so that dkimctl starts without the libraries
// of DNS.
//
//     dkimctl-dns [UID GID]
//
// Reads messages of dns/dialogue.hpp from stdin, the roots first, then questions, and writes answers to
// stdout. It ends when stdin does. Exit status 1: it could not be confined, or stdin made no sense.
#include "dns/dialogue.hpp"
#include "resolver/confinement.hpp"
#include "resolver/direct.hpp"
#include "resolver/event_loop.hpp"
#include "resolver/recursion.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

namespace dkimctl::resolver {
namespace {

constexpr std::size_t kChunk = 65536;
constexpr auto kLongestWait = std::chrono::milliseconds{50};
constexpr std::size_t kMostUnread = 4UL * 1024 * 1024;  // of answers: then no more is asked

void complain(std::string_view what)
{
  fmt::print(stderr, "dkimctl-dns: {}\n", what);
}

class Session {
public:
  int run();

private:
  void read();
  void write();
  bool take(const std::string& body);
  bool begin(const dns::Roots& roots);
  void answer(std::uint32_t number, dns::Answer answer);
  bool is_over() const { return failed_ || (at_end_ && out_.empty()); }

  EventLoop loop_;
  std::optional<DirectQueries> direct_;
  std::unique_ptr<Recursion> recursion_;
  dns::MessageReader reader_;
  std::string out_;
  bool at_end_ = false;
  bool failed_ = false;
};

void Session::answer(std::uint32_t number, dns::Answer answer)
{
  out_ += dns::encode(dns::NumberedAnswer{number, std::move(answer)});
}

bool Session::begin(const dns::Roots& roots)
{
  const auto told = [this](std::uint32_t number, dns::Answer answer) {
    this->answer(number, std::move(answer));
  };
  direct_.emplace(loop_, told);
  auto recursion = Recursion::start(loop_, roots, told);
  auto ready = recursion ? forbid_system_calls() : tl::unexpected(recursion.error());
  if (!ready) {
    complain(ready.error().what);
    return false;
  }
  recursion_ = *std::move(recursion);
#ifndef DKIMCTL_SANITIZED
  ::close(STDERR_FILENO);  // from here on nothing that anybody sent reaches a terminal but through dkimctl
#endif
  return true;
}

bool Session::take(const std::string& body)
{
  if (!direct_) {
    const auto roots = dns::decode_roots(body);
    return roots && begin(*roots);
  }
  auto question = dns::decode_question(body);
  if (!question) {
    return false;
  }
  if (question->question.view == dns::View::root) {
    recursion_->ask(question->number, question->question);
  } else {
    direct_->ask(question->number, std::move(question->question));
  }
  return true;
}

void Session::read()
{
  std::array<char, kChunk> buffer{};
  const ssize_t size = ::read(STDIN_FILENO, buffer.data(), buffer.size());
  if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) {
    at_end_ = true;
    failed_ = true;  // nobody is left to be answered
    return;
  }
  if (size < 0) {
    return;
  }
  const auto bodies = reader_.feed({buffer.data(), static_cast<std::size_t>(size)});
  if (!bodies) {
    failed_ = true;
    return;
  }
  for (const std::string& body : *bodies) {
    failed_ = failed_ || !take(body);
  }
}

void Session::write()
{
  const ssize_t size = ::write(STDOUT_FILENO, out_.data(), out_.size());
  if (size > 0) {
    out_.erase(0, static_cast<std::size_t>(size));
  } else if (size < 0 && errno != EAGAIN && errno != EINTR) {
    failed_ = true;
  }
}

int Session::run()
{
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO}) {
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  }
  while (!is_over()) {
    loop_.watch(STDIN_FILENO, out_.size() < kMostUnread ? Interest::read : Interest::none,
                [this](bool, bool) { read(); });
    loop_.watch(STDOUT_FILENO, out_.empty() ? Interest::none : Interest::write,
                [this](bool, bool) { write(); });
    loop_.wait(kLongestWait);
    if (direct_) {
      direct_->advance();
      recursion_->advance();
    }
  }
  return at_end_ ? 0 : 1;
}

std::optional<Account> account_of(std::span<char* const> arguments)
{
  Account account;
  const auto read = [](std::string_view text, std::uint32_t& number) {
    const auto done = std::from_chars(text.data(), text.data() + text.size(), number);
    return done.ec == std::errc{} && done.ptr == text.data() + text.size();
  };
  if (arguments.size() == 3 && read(arguments[1], account.uid) && read(arguments[2], account.gid)) {
    return account;
  }
  return std::nullopt;
}

}  // namespace

/// The whole program.
int run(std::span<char* const> arguments)
{
  const auto account = account_of(arguments);
  if (!account && arguments.size() != 1) {
    complain("started by dkimctl only");
    return 1;
  }
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  if (const auto confined = confine(account); !confined) {
    complain(confined.error().what);
    return 1;
  }
  return Session{}.run();
}

}  // namespace dkimctl::resolver

#ifdef DKIMCTL_SANITIZED
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,readability-identifier-naming): the
// sanitizer's
extern "C" const char* __asan_default_options();

/// The leak checker looks into the process from another, which is forbidden here.
extern "C" const char* __asan_default_options()
{
  return "detect_leaks=0";
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,readability-identifier-naming)
#endif

int main(int argc, char** argv)
{
  return dkimctl::resolver::run({argv, static_cast<std::size_t>(argc)});
}
