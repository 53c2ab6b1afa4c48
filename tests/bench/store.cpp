// bench_store fill FOLDER DOMAINS: a database as so many domains have it that are not rolled over at the
// moment; a fifth of them have a retired key beside the active one. bench_store plan FOLDER: what a run does
// first: it reads all keys that something may happen to, and decides for each domain. Prints the seconds for
// reading and for both.
#include "rollover/plan.hpp"
#include "store/database.hpp"
#include "store/id.hpp"

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace {

using namespace dkimctl;
using namespace std::chrono_literals;
using rollover::Event;
using rollover::EventKind;
using rollover::KeyLife;
using rollover::Time;
using Clock = std::chrono::steady_clock;

constexpr Time kStart{std::chrono::seconds(1'780'000'000)};
constexpr Time kNow = kStart + std::chrono::days(50);
constexpr const char* kServers = "ns1.example.net/192.0.2.1 ns2.example.net/192.0.2.2";
constexpr std::size_t kPublicKey = 392;  // characters of base64 for 2048 bits

template<class T>
T wanted(store::Stored<T> result)
{
  if (!result) {
    std::cerr << "bench_store: " << result.error().what << '\n';
    std::exit(1);
  }
  return std::move(*result);
}

store::Opened open(const std::string& folder)
{
  return wanted(store::open({folder, {"machine", "mail.example.net"}, kNow}));
}

std::vector<Event> story()
{
  return {
      {EventKind::reserved, kStart, 1, "/var/lib/dkim/example.pem"},
      {EventKind::generated, kStart, 1, "", std::string(kPublicKey, 'A')},
      {EventKind::handed_out, kStart, 1},
      {EventKind::servers_changed, kStart + 1h, 2, "", kServers},
      {EventKind::seen, kStart + 1h, 2, "ns1.example.net/192.0.2.1"},
      {EventKind::server_right, kStart + 1h, 2, "ns1.example.net/192.0.2.1"},
      {EventKind::server_right, kStart + 1h, 2, "ns2.example.net/192.0.2.2"},
      {EventKind::cache_time, kStart + 1h, 2, "", "", 1h},
      {EventKind::agreed, kStart + 1h, 2},
      {EventKind::ready, kStart + 26h, 3},
      {EventKind::switching, kStart + 26h, 3},
      {EventKind::activated, kStart + 26h, 3},
      {EventKind::confirmed, kStart + 26h, 3},
      {EventKind::expiry, kStart + 26h, 3, "", "", 24h * 30},
  };
}

store::NewKey key(const std::string& domain, const std::string& selector)
{
  return {{store::new_id(), domain, selector, 0, "rsa", 2048,
           fmt::format("/var/lib/dkimctl/keys/{}.{}.pem", domain, selector)},
          story()};
}

int fill(const std::string& folder, int domains)
{
  store::Changes changes;
  for (int i = 0; i < domains; ++i) {
    const std::string domain = fmt::format("d{:05}.example", i);
    changes.keys.push_back(key(domain, "s20260601"));
    if (i % 5 == 0) {
      changes.keys.push_back(key(domain, "s20251201"));
      changes.keys.back().events.push_back(
          {EventKind::retired, kNow - 1h, 4, changes.keys[changes.keys.size() - 2].facts.id});
    }
  }
  auto opened = open(folder);
  const auto begin = Clock::now();
  wanted(opened.database->store().write(changes));
  const std::chrono::duration<double> taken = Clock::now() - begin;
  fmt::print("{:.3f} s to write {} keys with their events\n", taken.count(), changes.keys.size());
  return 0;
}

/// How many actions there are.
std::size_t decide(std::vector<KeyLife> keys)
{
  std::size_t actions = 0;
  for (auto first = keys.begin(); first != keys.end();) {
    auto last = first;
    while (last != keys.end() && last->facts.domain == first->facts.domain) {
      ++last;
    }
    const std::vector<KeyLife> domain(std::make_move_iterator(first), std::make_move_iterator(last));
    actions += rollover::plan(domain, {}, {}, {kNow, 5}, {}).actions.size();
    first = last;
  }
  return actions;
}

int plan(const std::string& folder)
{
  const auto begin = Clock::now();
  auto opened = open(folder);
  auto keys = wanted(opened.database->store().unfinished_keys());
  const std::size_t count = keys.size();
  const std::chrono::duration<double> read = Clock::now() - begin;
  const std::size_t actions = decide(std::move(keys));
  const std::chrono::duration<double> both = Clock::now() - begin;
  fmt::print("{} {} {:.4f} {:.4f}\n", count, actions, read.count(), both.count());
  return 0;
}

}  // namespace

int main(int argc, char** argv)
{
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 3 && arguments[0] == "fill") {
    return fill(arguments[1], static_cast<int>(std::strtol(arguments[2].c_str(), nullptr, 10)));
  }
  if (arguments.size() == 2 && arguments[0] == "plan") {
    return plan(arguments[1]);
  }
  std::cerr << "usage: bench_store fill FOLDER DOMAINS\n       bench_store plan FOLDER\n";
  return 2;
}
