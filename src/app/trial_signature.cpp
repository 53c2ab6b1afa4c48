#include "app/trial_signature.hpp"

#include "dkim/canonicalization.hpp"
#include "dkim/lookup_findings.hpp"
#include "dkim/result_text.hpp"
#include "dkim/signature.hpp"

#include <algorithm>
#include <condition_variable>
#include <ctime>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::app {
namespace {

constexpr std::size_t kLongestKey = 1 << 20;  // octets
constexpr std::size_t kMostThreads = 8;
constexpr std::uint64_t kLifetime = 86400;  // seconds, as amavisd's testkeys

/// Why a signature does not verify; nothing where it does.
std::optional<Error> failure(Result<SecretFile> file, const report::TestedKey& tested)
{
  const amavis::DkimKey& key = *tested.shown.key;
  if (!file) {
    return std::move(file).error();
  }
  auto signing_key = crypto::SigningKey::read(file->content.view());
  if (!signing_key) {
    return Error{Errc::crypto, signing_key.error().what};
  }
  const std::string text =
      fmt::format("From: test@{0}\r\nMessage-ID: <123@{0}>\r\nSubject: test\r\n\r\ntest\r\n", key.domain);
  const dkim::Message message = dkim::split_message(text);
  const auto now = static_cast<std::uint64_t>(std::time(nullptr));
  const auto field = dkim::sign_message(message, *signing_key,
                                        {key.domain,
                                         key.selector,
                                         dkim::Canonicalization::simple,
                                         dkim::Canonicalization::simple,
                                         {"From", "Message-ID", "Subject"},
                                         now,
                                         now + kLifetime});
  if (!field) {
    return field.error();
  }
  const auto verified = dkim::verify_message(message, *field, *tested.diagnosis->usable);
  return verified ? std::nullopt : std::optional{verified.error()};
}

void fail(report::TestedKey& tested, const Error& why)
{
  dkim::KeyDiagnosis& diagnosis = *tested.diagnosis;
  diagnosis.verdict = dkim::Verdict::fail;
  diagnosis.result = dkim::kBadSignature;
  diagnosis.remarks.push_back(
      {{&dkim::findings::kTrialSignature,
        fmt::format("a message signed with {} does not verify: {}", tested.shown.stored->path, why.what),
        "test the key with openssl rsa -check; make a new one if it is damaged", true},
       {},
       {}});
}

}  // namespace

class TrialSignatures::Work {
public:
  Work(const Host& host, std::vector<report::TestedKey>& keys) : host_(host), keys_(keys)
  {
    const auto helpers =
        std::min<std::size_t>({std::thread::hardware_concurrency(), kMostThreads, keys.size()});
    try {
      for (std::size_t i = 0; i < helpers; ++i) {
        threads_.emplace_back([this] { work(); });
      }
    } catch (const std::system_error&) {  // the system lets us have no more: finish() does what they do not
    }
  }
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;
  ~Work() { stop(); }

  void add(std::size_t index)
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(index);
    changed_.notify_one();
  }

  void finish()
  {
    stop();
    work();
    for (const auto& [index, error] : failures_) {
      fail(keys_[index], error);
    }
  }

private:
  void stop()
  {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
      changed_.notify_all();
    }
    for (std::thread& thread : threads_) {
      thread.join();
    }
    threads_.clear();
  }

  void work()
  {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
      if (waiting_.empty()) {
        return;
      }
      const std::size_t index = waiting_.front();
      waiting_.pop_front();
      // A host is not for several threads: files are read one after the other.
      auto file = host_.read_secret(std::string{keys_[index].shown.stored->path}, kLongestKey);
      lock.unlock();
      auto error = failure(std::move(file), keys_[index]);
      lock.lock();
      if (error) {
        failures_.emplace(index, *std::move(error));
      }
    }
  }

  const Host& host_;
  std::vector<report::TestedKey>& keys_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::size_t> waiting_;
  std::map<std::size_t, Error> failures_;
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

TrialSignatures::TrialSignatures(const Host& host, std::vector<report::TestedKey>& keys)
    : work_(std::make_unique<Work>(host, keys))
{}

TrialSignatures::~TrialSignatures() = default;

void TrialSignatures::add(std::size_t index)
{
  work_->add(index);
}

void TrialSignatures::finish()
{
  work_->finish();
}

}  // namespace dkimctl::app
