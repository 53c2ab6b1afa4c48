#include "app/key_making.hpp"

#include "crypto/base64.hpp"
#include "crypto/key_generation.hpp"
#include "dkim/key_record.hpp"
#include "dkim/owner_name.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::app {
namespace {

constexpr std::chrono::milliseconds kBetweenReports{200};

std::string record_of(const crypto::NewKey& key)
{
  dkim::KeyRecord record(crypto::base64(key.published));
  record.set("v", "DKIM1");
  if (key.algorithm == crypto::Algorithm::ed25519_sha256) {
    record.set("k", "ed25519");  // RFC 8463 section 4; "rsa" is what it is without
  }
  return record.value();
}

class Workshop {
public:
  Workshop(const sys::KeyFolder& folder, const std::string& path, const KeyOrder& order)
      : folder_(folder), path_(path), order_(order), results_(order.keys.size())
  {}

  void run();
  void hand_over(report::NewKeys& made);

private:
  Result<report::NewKey> make(const KeyToMake& key) const;
  void work();
  void wait();

  const sys::KeyFolder& folder_;
  const std::string& path_;
  const KeyOrder& order_;
  std::vector<std::optional<Result<report::NewKey>>> results_;  // nothing: not begun
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> failed_{false};
  std::mutex mutex_;  // of the two below
  std::condition_variable changed_;
  std::size_t done_ = 0;
  std::size_t working_ = 0;
};

Result<report::NewKey> Workshop::make(const KeyToMake& key) const
{
  DKIMCTL_TRY(dns::Name owner, dkim::owner_name(key.selector, key.domain));
  DKIMCTL_TRY(const crypto::NewKey made, order_.type == NewKeyType::ed25519
                                             ? crypto::generate_ed25519()
                                             : crypto::generate_rsa(order_.bits));
  const std::string file = fmt::format("{}/{}", path_ == "/" ? "" : path_, key.file);
  if (const auto written = folder_.create(key.file, made.pem.view(), order_.rights); !written) {
    return tl::unexpected(
        Error{written.error().code, fmt::format("cannot create {}: {}", file, written.error().what)});
  }
  return report::NewKey{key.domain.text(), key.selector.text(), file,           std::move(owner),
                        made.algorithm,    made.bits,           record_of(made)};
}

void Workshop::work()
{
  for (std::size_t i = next_++; i < results_.size() && !failed_; i = next_++) {
    results_[i] = make(order_.keys[i]);
    failed_ = failed_ || !*results_[i];
    const std::lock_guard lock(mutex_);
    ++done_;
  }
  const std::lock_guard lock(mutex_);
  --working_;
  changed_.notify_one();
}

void Workshop::wait()
{
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, kBetweenReports, [&] { return working_ == 0; })) {
    const std::size_t done = done_;
    lock.unlock();
    if (order_.progress) {
      order_.progress(done, results_.size());
    }
    lock.lock();
  }
}

void Workshop::run()
{
  const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
  working_ = std::min(processors, results_.size());
  std::vector<std::jthread> workers;
  for (std::size_t i = 0, count = working_; i < count; ++i) {
    workers.emplace_back([this] { work(); });
  }
  wait();
}

void Workshop::hand_over(report::NewKeys& made)
{
  for (std::size_t i = 0; i < results_.size(); ++i) {
    const std::string& domain = order_.keys[i].domain.text();
    if (!results_[i]) {
      made.failed.push_back({domain, fmt::format("{}: no key was made after that", domain), {}});
    } else if (!*results_[i]) {
      made.failed.push_back({domain, results_[i]->error().what, results_[i]->error().hint});
    } else {
      made.keys.push_back(**std::move(results_[i]));
    }
  }
}

}  // namespace

void make_keys(const sys::KeyFolder& folder, const std::string& path, const KeyOrder& order,
               report::NewKeys& made)
{
  Workshop workshop(folder, path, order);
  workshop.run();
  workshop.hand_over(made);
}

}  // namespace dkimctl::app
