#include "sys/file_descriptor.hpp"
#include "sys/stream_exchange.hpp"
#include "temporary_folder.hpp"

#include <functional>
#include <thread>
#include <utility>

#include <doctest/doctest.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

using namespace dkimctl;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using sys::Endpoint;
using sys::exchange;
using sys::FileDescriptor;

namespace {

bool ends_with_empty_line(std::string_view answer)
{
  return answer.ends_with("\r\n\r\n");
}

Endpoint endpoint(std::string_view text)
{
  auto parsed = Endpoint::parse(text);
  REQUIRE(parsed.has_value());
  return *std::move(parsed);
}

/// A listening socket; the system chooses the port.
class Listener {
public:
  explicit Listener(int backlog = 8) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
  {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    REQUIRE(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(socket_.get(), backlog) == 0);
    REQUIRE(::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
    name_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  Listener(const std::string& path, int backlog) : name_(path), socket_(::socket(AF_UNIX, SOCK_STREAM, 0))
  {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(static_cast<char*>(address.sun_path), sizeof(address.sun_path) - 1);
    REQUIRE(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
    REQUIRE(::listen(socket_.get(), backlog) == 0);
  }

  const std::string& name() const { return name_; }
  FileDescriptor accept() const { return FileDescriptor{::accept(socket_.get(), nullptr, nullptr)}; }
  void close() { socket_.reset(); }

private:
  std::string name_;
  FileDescriptor socket_;
};

/// Serves one connection in a thread of its own.
class Server {
public:
  Server(const Listener& listener, std::function<void(int)> serve)
      : thread_([&listener, serve = std::move(serve)] { serve(listener.accept().get()); })
  {}
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() { thread_.join(); }

private:
  std::thread thread_;
};

std::string read_request(int fd)
{
  std::string request;
  char chunk[4096];
  while (!ends_with_empty_line(request)) {
    const ssize_t n = ::read(fd, chunk, sizeof(chunk));
    if (n <= 0) {
      break;
    }
    request.append(chunk, static_cast<std::size_t>(n));
  }
  return request;
}

void say(int fd, std::string_view text)
{
  ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
}

}  // namespace

TEST_SUITE_BEGIN("sys::exchange");

TEST_CASE("endpoints are numeric addresses with a port, or paths")
{
  CHECK(endpoint("127.0.0.1:9998") == Endpoint{Endpoint::Kind::tcp, "127.0.0.1", 9998});
  CHECK(endpoint("[0:0::1]:65535") == Endpoint{Endpoint::Kind::tcp, "::1", 65535});
  CHECK(endpoint("/run/amavisd.sock") == Endpoint{Endpoint::Kind::local, "/run/amavisd.sock", 0});
  for (const char* text : {"127.0.0.1:9998", "[::1]:1", "/run/x:1", "./x"}) {
    CHECK(endpoint(text).text() == text);
  }
  for (const char* text :
       {"", "x", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:1x", "::1:5",
        "[::1]", "[]:5", "[127.0.0.1]:5", "localhost:9998", "127.1:5", "[::1%lo]:5"}) {
    CAPTURE(text);
    const auto parsed = Endpoint::parse(text);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().code == Errc::usage);
    CHECK(parsed.error().what ==
          "'" + std::string{text} + "': expected ADDRESS:PORT, [ADDRESS]:PORT or the path of a socket");
  }
  CHECK(Endpoint::parse("/" + std::string(106, 'x')).has_value());
  CHECK(Endpoint::parse("/" + std::string(107, 'x')).error().what ==
        "'/" + std::string(107, 'x') + "': a socket's path has at most 107 bytes");
}

TEST_CASE("a question and its answer, in pieces")
{
  const Listener listener;
  std::string asked;
  {
    const Server server(listener, [&](int fd) {
      asked = read_request(fd);
      say(fd, "answer: ");
      say(fd, std::string(100000, 'x'));
      say(fd, "\r\n\r\n");
      read_request(fd);  // until the other side closes
    });
    const auto answer = exchange(endpoint(listener.name()), "request=AM.PDP\r\n\r\n", Clock::now() + 10s,
                                 1 << 20, ends_with_empty_line);
    REQUIRE(answer.has_value());
    CHECK(*answer == "answer: " + std::string(100000, 'x') + "\r\n\r\n");
  }
  CHECK(asked == "request=AM.PDP\r\n\r\n");
}

TEST_CASE("a local socket, and a request larger than its buffers")
{
  const TemporaryFolder folder;
  const Listener listener(folder / "socket", 1);
  const Server server(listener,
                      [](int fd) { say(fd, std::to_string(read_request(fd).size()) + "\r\n\r\n"); });
  const auto answer = exchange(endpoint(listener.name()), std::string(3000000, 'x') + "\r\n\r\n",
                               Clock::now() + 10s, 100, ends_with_empty_line);
  REQUIRE(answer.has_value());
  CHECK(*answer == "3000004\r\n\r\n");
}

TEST_CASE("nobody listens")
{
  Listener listener;
  listener.close();
  const auto refused =
      exchange(endpoint(listener.name()), "x", Clock::now() + 10s, 100, ends_with_empty_line);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == Errc::io);
  CHECK(refused.error().what == "cannot connect to " + listener.name() + ": connection refused");

  const TemporaryFolder folder;
  const auto missing =
      exchange(endpoint(folder / "none"), "x", Clock::now() + 10s, 100, ends_with_empty_line);
  CHECK(missing.error().code == Errc::not_found);
  CHECK(missing.error().what == "cannot connect to " + (folder / "none") + ": no such file or directory");
}

TEST_CASE("silence ends at the deadline")
{
  const Listener listener;  // the kernel accepts, nobody answers
  const auto silent =
      exchange(endpoint(listener.name()), "x", Clock::now() + 50ms, 100, ends_with_empty_line);
  REQUIRE_FALSE(silent.has_value());
  CHECK(silent.error().code == Errc::io);
  CHECK(silent.error().what.starts_with("no answer from " + listener.name() + " within 0"));
  const auto past = exchange(endpoint(listener.name()), "x", Clock::now() - 1s, 100, ends_with_empty_line);
  CHECK(past.error().what == "no answer from " + listener.name() + " within 0 s");
}

TEST_CASE("a local socket whose queue is full is tried until the deadline")
{
  const TemporaryFolder folder;
  const Listener listener(folder / "socket", 0);
  const auto ask = [&](Clock::duration patience) {
    return exchange(endpoint(listener.name()), "x", Clock::now() + patience, 100, [](auto) { return true; });
  };
  REQUIRE(ask(10s).has_value());  // stays in the queue, though closed
  const auto queued = ask(50ms);
  REQUIRE_FALSE(queued.has_value());
  CHECK(queued.error().what.starts_with("no answer from " + listener.name() + " within 0"));
  CHECK(listener.accept());
  CHECK(ask(10s).has_value());
}

TEST_CASE("an answer that breaks off, and one that is too long")
{
  const Listener listener;
  const auto ask = [&](std::string_view answer) {
    const Server server(listener, [&](int fd) {
      read_request(fd);
      say(fd, answer);
    });
    return exchange(endpoint(listener.name()), "x\r\n\r\n", Clock::now() + 10s, 10, ends_with_empty_line);
  };
  CHECK(ask("half").error().what == listener.name() + " hung up before the end of its answer");
  CHECK(ask("").error().what == listener.name() + " hung up before the end of its answer");
  CHECK(ask("123456\r\n\r\n").value() == "123456\r\n\r\n");
  CHECK(ask("1234567\r\n\r\n").error().what ==
        "the answer of " + listener.name() + " is larger than 10 bytes");
}

TEST_CASE("writing to who has gone raises no signal")
{
  const TemporaryFolder folder;
  const Listener listener(folder / "socket", 1);
  const Server server(listener, [](int) {});
  const auto answer = exchange(endpoint(listener.name()), std::string(3000000, 'x'), Clock::now() + 10s, 100,
                               ends_with_empty_line);
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().what == "cannot write to " + listener.name() + ": broken pipe");
}

TEST_SUITE_END();
