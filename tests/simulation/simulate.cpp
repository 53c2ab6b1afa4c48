// simulate [--histories N] [--seed S] [--faults N] [--only NAME] [--tell SEED]
//
// Runs N random histories of the rollover and looks for one in which a message could not be verified; then
// leaves out each rule in turn and expects to find one. A history that fails is printed with its seed,
// shrunk, with its story. Exit status 1 where a history fails, or no history notices that a rule is missing.

#include "host.hpp"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include <fmt/format.h>

namespace {

using namespace simulation;

struct Options {
  std::uint64_t histories = 2000;
  std::uint64_t seed = 1;
  std::uint64_t faults = 20000;  // histories to try for each
  std::string only;
  std::uint64_t tell = 0;
};

struct Totals {
  std::uint64_t histories = 0;
  std::uint64_t runs = 0;
  std::uint64_t activations = 0;
  std::uint64_t ended = 0;
};

struct Search {
  Totals totals;
  std::uint64_t failing = 0;  // a seed; 0: none
};

Search search(const Options& options, std::uint64_t histories, const Fault& fault)
{
  std::atomic<std::uint64_t> next = 0;
  std::atomic<std::uint64_t> failing = 0;
  std::mutex mutex;
  Totals totals;
  const auto work = [&] {
    Totals mine;
    for (std::uint64_t i = next++; i < histories && failing == 0; i = next++) {
      const Outcome outcome = simulate(random_history(options.seed + i), fault, false);
      ++mine.histories;
      mine.runs += static_cast<std::uint64_t>(outcome.runs);
      mine.activations += static_cast<std::uint64_t>(outcome.activations);
      mine.ended += static_cast<std::uint64_t>(outcome.ended);
      if (!outcome.violations.empty()) {
        failing = options.seed + i;
      }
    }
    const std::lock_guard lock(mutex);
    totals.histories += mine.histories;
    totals.runs += mine.runs;
    totals.activations += mine.activations;
    totals.ended += mine.ended;
  };
  {
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
      workers.emplace_back(work);
    }
  }
  return {totals, failing};
}

/// Without the incidents that it fails without.
History shrink(History history, const Fault& fault)
{
  for (std::size_t i = history.incidents.size(); i-- > 0;) {
    History smaller = history;
    smaller.incidents.erase(smaller.incidents.begin() + static_cast<std::ptrdiff_t>(i));
    if (!simulate(smaller, fault, false).violations.empty()) {
      history = std::move(smaller);
    }
  }
  return history;
}

void tell(std::uint64_t seed, const Fault& fault)
{
  const History history = shrink(random_history(seed), fault);
  const Outcome outcome = simulate(history, fault, true);
  fmt::print("seed {}, shrunk:\n{}", seed, to_text(history));
  for (const std::string& line : outcome.story) {
    fmt::print("{}\n", line);
  }
  for (const std::string& violation : outcome.violations) {
    fmt::print("VIOLATION {}\n", violation);
  }
}

bool hold_all(const Options& options)
{
  const auto begun = std::chrono::steady_clock::now();
  const Search found = search(options, options.histories, {});
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  fmt::print("{} histories, {} runs, {} switches, {} keys brought to their end, {:.1f} s: {}\n",
             found.totals.histories, found.totals.runs, found.totals.activations, found.totals.ended,
             took.count(), found.failing != 0 ? "VIOLATED" : "no violation");
  if (found.failing != 0) {
    tell(found.failing, {});
  }
  return found.failing == 0;
}

bool catches(const Options& options, const Fault& fault)
{
  const Search found = search(options, options.faults, fault);
  fmt::print("{}: {}\n", fault.name,
             found.failing != 0 ? fmt::format("caught, history {}", found.totals.histories)
                                : fmt::format("NOT CAUGHT in {} histories", found.totals.histories));
  if (found.failing != 0 && options.only == fault.name) {
    tell(found.failing, fault);
  }
  return found.failing != 0;
}

Options read(int argc, char** argv)
{
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const std::string value = argv[i + 1];
    if (name == "--only") {
      options.only = value;
    } else {
      std::uint64_t& number = name == "--histories" ? options.histories
                              : name == "--seed"    ? options.seed
                              : name == "--tell"    ? options.tell
                                                    : options.faults;
      number = std::strtoull(value.c_str(), nullptr, 10);
    }
  }
  return options;
}

}  // namespace

int main(int argc, char** argv)
{
  const Options options = read(argc, argv);
  if (options.tell != 0) {
    tell(options.tell, {});
    return EXIT_SUCCESS;
  }
  bool good = !options.only.empty() || hold_all(options);
  for (const Fault& fault : options.faults == 0 ? std::vector<Fault>{} : faults()) {
    if (options.only.empty() || options.only == fault.name) {
      good = catches(options, fault) && good;
    }
  }
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
