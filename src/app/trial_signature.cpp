#include "app/trial_signature.hpp"

#include "amavis/findings.hpp"
#include "dkim/canonicalization.hpp"
#include "dkim/published_findings.hpp"
#include "dkim/result_text.hpp"
#include "dkim/signature.hpp"

#include <algorithm>
#include <atomic>
#include <ctime>
#include <string>
#include <thread>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::app {
namespace {

constexpr std::size_t kLongestKey = 1 << 20;  // octets
constexpr std::uint64_t kLifetime = 86400;    // seconds, as amavisd's testkeys

/// Why a signature does not verify; nothing where it does.
std::optional<Error> failure(const Host& host, const report::TestedKey& tested)
{
  const amavis::DkimKey& key = *tested.shown.key;
  auto file = host.read_secret(std::string{tested.shown.stored->path}, kLongestKey);
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
      {{&dkim::findings::kOtherKey,
        fmt::format("a message signed with {} does not verify: {}", tested.shown.stored->path, why.what),
        "make a new key and publish its record", true},
       {},
       {}});
}

}  // namespace

void try_signatures(const Host& host, std::vector<report::TestedKey>& keys)
{
  std::vector<std::optional<Error>> failures(keys.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < keys.size(); i = next++) {
      if (keys[i].diagnosis && keys[i].diagnosis->usable) {
        failures[i] = failure(host, keys[i]);
      }
    }
  };
  const std::size_t helpers = std::min<std::size_t>(std::thread::hardware_concurrency(), keys.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < helpers; ++i) {
    threads.emplace_back(work);
  }
  work();
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (failures[i]) {
      fail(keys[i], *failures[i]);
    }
  }
}

}  // namespace dkimctl::app
