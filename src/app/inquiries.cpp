#include "app/inquiries.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace dkimctl::app {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostBegun = 1000;  // evaluators at once
constexpr auto kWait = std::chrono::milliseconds{100};

class Driver {
public:
  Driver(const Inquiries& inquiries, dns::Messenger& messenger) : inquiries_(inquiries), messenger_(messenger)
  {}
  Result<void> run();

private:
  /// An evaluator that was begun and is not done.
  struct Begun {
    std::unordered_set<std::string> asked;
    std::unordered_set<std::string> wanted;  // by its last run, and not answered
    bool any_will_do = false;
  };
  struct Open {
    std::string key;
    std::vector<std::size_t> waiting;  // evaluators
  };

  void begin_some();
  void evaluate(std::size_t index);
  void want(std::size_t index, const dns::Inquiry::Wanted& wanted);
  void take(std::uint32_t number, dns::Answer answer);
  void forget(const Begun& begun);
  Result<void> receive();

  const Inquiries& inquiries_;
  dns::Messenger& messenger_;
  dns::Answers answers_;
  std::size_t next_ = 0;
  std::size_t done_ = 0;
  std::unordered_map<std::size_t, Begun> begun_;
  std::unordered_map<std::string, std::size_t> askers_;  // of each question, those not done
  std::unordered_map<std::uint32_t, Open> open_;
  std::unordered_map<std::string, std::uint32_t> number_of_;
  std::uint32_t next_number_ = 0;
  std::vector<std::size_t> due_;
  Clock::time_point started_ = Clock::now();
  Clock::time_point heard_ = Clock::now();
};

void Driver::begin_some()
{
  while (next_ < inquiries_.count && begun_.size() < kMostBegun) {
    begun_.try_emplace(next_);
    due_.push_back(next_++);
  }
}

void Driver::want(std::size_t index, const dns::Inquiry::Wanted& wanted)
{
  const auto [number, is_new] = number_of_.try_emplace(wanted.key, next_number_);
  Open& open = open_[number->second];
  if (is_new) {
    open.key = wanted.key;
    messenger_.send({next_number_++, wanted.question});
  }
  if (std::ranges::find(open.waiting, index) == open.waiting.end()) {
    open.waiting.push_back(index);
  }
  begun_.at(index).wanted.insert(wanted.key);
}

void Driver::forget(const Begun& begun)
{
  for (const std::string& key : begun.asked) {
    const auto askers = askers_.find(key);
    if (--askers->second == 0) {
      askers_.erase(askers);
      answers_.forget(key);
    }
  }
}

void Driver::evaluate(std::size_t index)
{
  dns::Inquiry inquiry(answers_);
  const bool done = inquiries_.evaluate(index, inquiry);
  Begun& begun = begun_.at(index);
  if (done) {
    forget(begun);
    begun_.erase(index);
    ++done_;
    return;
  }
  for (const std::string& key : inquiry.asked()) {
    if (begun.asked.insert(key).second) {
      ++askers_[key];
    }
  }
  begun.any_will_do = inquiry.any_will_do();
  begun.wanted.clear();
  for (const auto& wanted : inquiry.wanted()) {
    want(index, wanted);
  }
}

void Driver::take(std::uint32_t number, dns::Answer answer)
{
  const auto open = open_.find(number);
  if (open == open_.end()) {
    return;
  }
  const Open done = std::move(open->second);
  open_.erase(open);
  number_of_.erase(done.key);
  if (askers_.contains(done.key)) {
    answers_.put(done.key, std::move(answer));
  }
  for (const std::size_t index : done.waiting) {
    const auto begun = begun_.find(index);
    if (begun == begun_.end() || begun->second.wanted.erase(done.key) == 0) {
      continue;  // it has gone on without this one
    }
    if (begun->second.wanted.empty() || begun->second.any_will_do) {
      due_.push_back(index);
    }
  }
}

Result<void> Driver::receive()
{
  DKIMCTL_TRY(auto answers, messenger_.receive(kWait));
  if (!answers.empty()) {
    heard_ = Clock::now();
  } else if (Clock::now() - heard_ > inquiries_.longest_silence) {
    return tl::unexpected(Error{Errc::io, "dkimctl-dns: it does not answer any more"});
  }
  for (dns::NumberedAnswer& answer : answers) {
    take(answer.number, std::move(answer.answer));
  }
  return {};
}

Result<void> Driver::run()
{
  while (done_ < inquiries_.count && Clock::now() - started_ <= inquiries_.longest) {
    begin_some();
    for (const std::size_t index : std::exchange(due_, {})) {
      if (begun_.contains(index)) {
        evaluate(index);
      }
    }
    if (inquiries_.progress) {
      inquiries_.progress(done_);
    }
    if (due_.empty() && done_ < inquiries_.count) {
      DKIMCTL_TRY_VOID(receive());
    }
  }
  return {};
}

}  // namespace

Result<void> run(const Inquiries& inquiries, dns::Messenger& messenger)
{
  return Driver{inquiries, messenger}.run();
}

}  // namespace dkimctl::app
