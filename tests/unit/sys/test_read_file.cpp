#include "sys/file_descriptor.hpp"
#include "sys/read_file.hpp"
#include "temporary_folder.hpp"

#include <thread>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

using namespace dkimctl;
using namespace std::chrono_literals;
using sys::FileDescriptor;
using sys::PipePatience;
using sys::read_file;

namespace {

constexpr std::size_t kLimit = 1 << 20;

std::string fifo(const TemporaryFolder& folder)
{
  std::string path = folder / "fifo";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  return path;
}

/// Keeps a pipe open for writing, and one for reading so that opening does not wait.
struct PipeEnds {
  explicit PipeEnds(const std::string& path)
      : reader(::open(path.c_str(), O_RDONLY | O_NONBLOCK)), writer(::open(path.c_str(), O_WRONLY))
  {}
  void write(std::string_view text) const
  {
    REQUIRE(::write(writer.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  FileDescriptor reader;
  FileDescriptor writer;
};

}  // namespace

TEST_SUITE_BEGIN("sys::read_file");

TEST_CASE("a file with what fstat says of it")
{
  const TemporaryFolder folder;
  const std::string path = folder.write("key", "secret\0text");
  REQUIRE(::chmod(path.c_str(), 0640) == 0);
  const auto file = read_file(path, kLimit);
  REQUIRE(file.has_value());
  CHECK(file->content.view() == "secret");
  CHECK(file->info.type == FileType::regular);
  CHECK(file->info.mode == 0640);
  CHECK(file->info.uid == ::geteuid());
  CHECK(file->info.size == 6);
  CHECK(read_file(folder.write("empty", ""), 0).value().content.size() == 0);
}

TEST_CASE("the limit is the largest size that is read")
{
  const TemporaryFolder folder;
  const std::string path = folder.write("key", "secret");
  CHECK(read_file(path, 6).value().content.view() == "secret");
  CHECK(read_file(path, 5).error().what == "is larger than 5 bytes");
  CHECK(read_file(path, static_cast<std::size_t>(-1)).value().content.view() == "secret");
}

TEST_CASE("a file whose size is not known beforehand")
{
  const auto status = read_file("/proc/self/status", kLimit);
  REQUIRE(status.has_value());
  CHECK(status->info.size == 0);
  CHECK(status->content.view().substr(0, 5) == "Name:");
  CHECK(status->content.view().back() == '\n');
  CHECK(read_file("/proc/self/status", 100).error().what == "is larger than 100 bytes");
}

TEST_CASE("what is no file, or not there")
{
  const TemporaryFolder folder;
  CHECK(read_file(folder.path(), kLimit).error().what == "is a folder");
  CHECK(read_file("/dev/null", kLimit).error().what == "is a device");
  const auto missing = read_file(folder / "none", kLimit);
  CHECK(missing.error().code == Errc::not_found);
  CHECK(missing.error().what == "no such file or directory");
  CHECK(read_file(folder.write("file", "") + "/x", kLimit).error().code == Errc::io);
  CHECK(read_file(std::string("/dev/null\0x", 11), kLimit).error().code == Errc::not_found);
  CHECK(read_file("", kLimit).error().code == Errc::not_found);
}

TEST_CASE("a socket is called one")
{
  const TemporaryFolder folder;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = folder / "socket";
  path.copy(static_cast<char*>(address.sun_path), sizeof(address.sun_path) - 1);
  const FileDescriptor listener{::socket(AF_UNIX, SOCK_STREAM, 0)};
  REQUIRE(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  CHECK(read_file(path, kLimit).error().what == "is a socket");
}

TEST_CASE("a pipe is read to its end, however its writer comes")
{
  const TemporaryFolder folder;
  const std::string path = fifo(folder);
  std::thread writer([&] { std::ofstream{path} << std::string(200000, 'x'); });
  const auto file = read_file(path, kLimit);
  writer.join();
  REQUIRE(file.has_value());
  CHECK(file->info.type == FileType::pipe);
  CHECK(file->content.view() == std::string(200000, 'x'));
}

TEST_CASE("a pipe whose writer is gone but left something")
{
  const TemporaryFolder folder;
  const std::string path = fifo(folder);
  PipeEnds ends(path);
  ends.write("left");
  ends.writer.reset();
  CHECK(read_file(path, kLimit).value().content.view() == "left");
}

TEST_CASE("a pipe without a writer, one that is silent, and one that says too much do not hang")
{
  const TemporaryFolder folder;
  const std::string path = fifo(folder);
  const PipePatience patience{20ms, 60ms};
  CHECK(read_file(path, kLimit, patience).error().what == "is a pipe that nobody writes to");
  const PipeEnds ends(path);
  CHECK(read_file(path, kLimit, patience).error().what == "is a pipe that does not end");
  ends.write("too much");
  CHECK(read_file(path, 7, patience).error().what == "is larger than 7 bytes");
}

TEST_SUITE_END();
