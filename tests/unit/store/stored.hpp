// What the tests of the store share: a database in a folder of its own, keys, and other processes.
#pragma once

#include "store/database.hpp"
#include "temporary_folder.hpp"

#include <chrono>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

#include <sys/wait.h>
#include <unistd.h>

namespace dkimctl::test {

using namespace std::chrono_literals;
using rollover::Event;
using rollover::EventKind;
using rollover::KeyFacts;
using rollover::KeyLife;
using rollover::Moment;
using rollover::Time;
using store::Condition;
using store::Trouble;

constexpr Time kStart{std::chrono::seconds(1'800'000'000)};
inline const store::Machine kMachine{"machine-1", "mail.example.com"};
constexpr const char* kKey = "11111111-1111-4111-8111-111111111111";
constexpr const char* kOther = "22222222-2222-4222-8222-222222222222";

inline KeyFacts facts(std::string id, std::string domain, std::string selector)
{
  return {std::move(id), std::move(domain), std::move(selector), 0, "rsa", 2048, "/keys/a.pem", "", ""};
}

/// A folder for a database; what is wrong is said with "DIR" in place of its path.
class StoreFolder {
public:
  std::string path() const { return folder_ / "store"; }
  std::string file(std::string_view name = "dkimctl.db") const { return path() + "/" + std::string(name); }
  const TemporaryFolder& around() const { return folder_; }

  store::Opening opening(store::Access access = store::Access::write) const
  {
    return {path(), kMachine, kStart, access, 100ms};
  }
  store::Stored<store::Opened> try_open(store::Access access = store::Access::write) const
  {
    return store::open(opening(access));
  }
  store::Opened open(store::Access access = store::Access::write) const
  {
    auto opened = try_open(access);
    if (!opened) {
      throw std::runtime_error(opened.error().what);
    }
    return std::move(*opened);
  }

  std::string plain(std::string text) const
  {
    for (auto at = text.find(path()); at != std::string::npos; at = text.find(path())) {
      text.replace(at, path().size(), "DIR");
    }
    return text;
  }
  template<class T>
  std::string wrong(const store::Stored<T>& result) const
  {
    return result ? "nothing" : plain(result.error().what);
  }
  template<class T>
  std::string hint(const store::Stored<T>& result) const
  {
    return result ? "nothing" : plain(result.error().hint);
  }

private:
  TemporaryFolder folder_;
};

/// What `work` returns in a process of its own, which ends with it.
inline std::string in_child(const std::function<std::string()>& work)
{
  int ends[2]{};
  if (::pipe(ends) != 0) {
    throw std::runtime_error("no pipe");
  }
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string said = work();
    ::_exit(::write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size()) ? 0 : 1);
  }
  ::close(ends[1]);
  std::string said;
  char room[4096];
  for (ssize_t n = 0; (n = ::read(ends[0], room, sizeof room)) > 0;) {
    said.append(room, static_cast<std::size_t>(n));
  }
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return said;
}

}  // namespace dkimctl::test
