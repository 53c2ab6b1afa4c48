#include "sys/dns_child.hpp"

#include "sys/system_error.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <utility>
#include <vector>

#include <boost/filesystem.hpp>
#include <boost/process.hpp>
#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace dkimctl::sys {
namespace {

namespace process = boost::process;

constexpr std::size_t kChunk = 256UL * 1024;

tl::unexpected<Error> fail(const std::string& program, std::string_view what, std::string hint = {})
{
  return tl::unexpected(Error{Errc::io, fmt::format("{}: {}", program, what), std::move(hint)});
}

/// Two ends of a stream; ours neither blocks nor survives an exec.
struct Sockets {
  FileDescriptor ours;
  FileDescriptor theirs;
};

Result<Sockets> make_sockets()
{
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return tl::unexpected(Error{Errc::io, "cannot make a socket: " + system_reason(errno)});
  }
  Sockets sockets{FileDescriptor{ends[0]}, FileDescriptor{ends[1]}};
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return sockets;
}

/// Boost.Process begins the program and nothing else: how it ends is looked at here.
Result<int> spawn(const DnsChildSettings& settings, const FileDescriptor& theirs)
{
  std::vector<std::string> arguments;
  if (settings.account) {
    arguments = {std::to_string(settings.account->uid), std::to_string(settings.account->gid)};
  }
  std::error_code error;
  process::child child(process::exe = settings.program, process::args = arguments, process::environment{},
                       process::posix::fd.bind(STDIN_FILENO, theirs.get()),
                       process::posix::fd.bind(STDOUT_FILENO, theirs.get()), error);
  if (error) {
    return fail(settings.program, error.message(),
                fmt::format("install it beside dkimctl, or with `cmake --install`: {}", DKIMCTL_DNS_PROGRAM));
  }
  const int pid = child.id();
  child.detach();
  return pid;
}

}  // namespace

std::string dns_child_program()
{
  boost::system::error_code error;
  const auto self = boost::filesystem::read_symlink("/proc/self/exe", error);
  const boost::filesystem::path installed = DKIMCTL_DNS_PROGRAM;
  // In a build folder, or below another prefix than the one that was meant.
  for (const auto& folder : {self.parent_path(), self.parent_path() / "../libexec/dkimctl"}) {
    const auto program = (folder / installed.filename()).lexically_normal();
    if (!self.empty() && boost::filesystem::exists(program, error)) {
      return program.string();
    }
  }
  return installed.string();
}

Result<std::unique_ptr<DnsChild>> DnsChild::start(const DnsChildSettings& settings)
{
  DKIMCTL_TRY(Sockets sockets, make_sockets());
  DKIMCTL_TRY(const int pid, spawn(settings, sockets.theirs));
  std::unique_ptr<DnsChild> child(new DnsChild(settings.program, pid, std::move(sockets.ours)));
  child->out_ = dns::encode(settings.roots);
  DKIMCTL_TRY_VOID(child->write_out());
  return child;
}

DnsChild::DnsChild(std::string program, int pid, FileDescriptor socket)
    : program_(std::move(program)), pid_(pid), socket_(std::move(socket))
{}

DnsChild::~DnsChild()
{
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void DnsChild::send(const dns::NumberedQuestion& question)
{
  open_.insert(question.number);
  out_ += dns::encode(question);
}

Result<void> DnsChild::write_out()
{
  while (!out_.empty()) {
    const ssize_t size = ::send(socket_.get(), out_.data(), out_.size(), MSG_NOSIGNAL);
    if (size < 0) {
      if (errno == EAGAIN || errno == EINTR) {
        return {};
      }
      return fail(program_, "it ended before it was told everything: " + system_reason(errno));
    }
    out_.erase(0, static_cast<std::size_t>(size));
  }
  return {};
}

Result<std::vector<dns::NumberedAnswer>> DnsChild::take(std::string_view octets)
{
  const auto bodies = reader_.feed(octets);
  if (!bodies) {
    return fail(program_, "what it says makes no sense: " + bodies.error().what);
  }
  std::vector<dns::NumberedAnswer> answers;
  for (const std::string& body : *bodies) {
    auto answer = dns::decode_answer(body);
    if (!answer) {
      return fail(program_, "what it says makes no sense: " + answer.error().what);
    }
    if (open_.erase(answer->number) == 0) {
      return fail(program_, fmt::format("it answers question {}, which is not open", answer->number));
    }
    answers.push_back(*std::move(answer));
  }
  return answers;
}

Result<std::vector<dns::NumberedAnswer>> DnsChild::receive(std::chrono::milliseconds longest)
{
  DKIMCTL_TRY_VOID(write_out());
  pollfd waited{socket_.get(), static_cast<short>(POLLIN | (out_.empty() ? 0 : POLLOUT)), 0};
  if (::poll(&waited, 1, static_cast<int>(longest.count())) <= 0) {
    return std::vector<dns::NumberedAnswer>{};
  }
  DKIMCTL_TRY_VOID(write_out());
  std::string buffer(kChunk, '\0');
  const ssize_t size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
    return std::vector<dns::NumberedAnswer>{};
  }
  if (size <= 0) {
    return fail(program_, "it ended before its last answer");
  }
  return take(std::string_view{buffer}.substr(0, static_cast<std::size_t>(size)));
}

}  // namespace dkimctl::sys
