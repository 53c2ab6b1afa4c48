#include "resolver/recursion.hpp"

#include "base/release.hpp"
#include "dns/escape.hpp"
#include "dns/packet.hpp"
#include "dns/reading.hpp"

#include <array>
#include <chrono>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <unbound.h>

namespace dkimctl::resolver {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostAtOnce = 512;
constexpr auto kLongest = std::chrono::seconds{15};  // of one question
constexpr int kClassIn = 1;
constexpr int kServfail = 2;

struct Setting {
  const char* name;
  const char* value;
};

/// Away from what suits a server of others, and a library's sizes.
constexpr std::array kSettings{
    Setting{"module-config:", "validator iterator"},
    Setting{"do-not-query-localhost:", "no"},
    Setting{"outgoing-range:", "1024"},
    Setting{"num-queries-per-thread:", "1024"},
    Setting{"outgoing-num-tcp:", "32"},
    Setting{"msg-cache-size:", "16m"},
    Setting{"rrset-cache-size:", "16m"},
    Setting{"key-cache-size:", "4m"},
    Setting{"neg-cache-size:", "1m"},
    Setting{"infra-cache-numhosts:", "10000"},
    Setting{"target-fetch-policy:", "0 0 0 0 0"},  // no address that nobody needs
    Setting{"qname-minimisation:", "no"},          // the servers that are asked learn the name anyway
    Setting{"minimal-responses:", "no"},           // the SOA that says which zone it was
    Setting{"use-syslog:", "no"},
    Setting{"val-log-level:", "2"},  // else no reason is given for what does not validate
};

/// Names that libunbound answers itself (RFC 6761), and that inside networks have zones of.
constexpr std::array kOwnNames{"test.", "home.arpa.", "invalid.", "onion.", "localhost.", "local."};

using Context = std::unique_ptr<ub_ctx, Release<ub_ctx_delete>>;
using UbResult = std::unique_ptr<ub_result, Release<ub_resolve_free>>;

std::string reason_of(const ub_result& result)
{
  const std::string reason = result.why_bogus == nullptr ? "" : dns::printable(result.why_bogus);
  return reason.substr(0, dns::kLongestReason);
}

dns::Answer answer_of(const ub_result& result, const dns::Question& question)
{
  dns::Answer answer;
  if (result.bogus != 0) {
    answer.outcome = dns::Outcome::bogus;
    answer.reason = reason_of(result);
    return answer;
  }
  if (result.rcode == kServfail || result.answer_packet == nullptr || result.answer_len <= 0) {
    answer.outcome = dns::Outcome::servfail;
    answer.reason = reason_of(result);
    return answer;
  }
  auto response = dns::decode_response(
      {static_cast<const char*>(result.answer_packet), static_cast<std::size_t>(result.answer_len)});
  if (!response) {
    answer.outcome = dns::Outcome::garbage;
    answer.reason = response.error().what;
    return answer;
  }
  answer = dns::answer_of(*std::move(response), question);
  answer.authentic = result.secure != 0;
  return answer;
}

}  // namespace

class Recursion::Engine {
public:
  Engine(EventLoop& loop, Answered answered);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  void ask(std::uint32_t number, const dns::Question& question) { waiting_.emplace_back(number, question); }
  void advance();
  Result<void> set_up(const dns::Roots& roots);

private:
  struct Asked {
    dns::Question question;
    Clock::time_point latest;
    int id = 0;
  };
  struct Call {
    Engine* engine;
    std::uint32_t number;
  };

  static void on_result(void* argument, int error, ub_result* raw);
  void give_up_late();
  void start(std::uint32_t number, dns::Question question);

  EventLoop& loop_;
  Answered answered_;
  Context context_;
  std::deque<std::pair<std::uint32_t, dns::Question>> waiting_;
  std::unordered_map<std::uint32_t, Asked> asked_;
  Clock::time_point next_look_ = Clock::now();
};

Recursion::Engine::Engine(EventLoop& loop, Answered answered)
    : loop_(loop), answered_(std::move(answered)), context_(ub_ctx_create())
{}

Result<void> Recursion::Engine::set_up(const dns::Roots& roots)
{
  ub_ctx* const context = context_.get();
  int error = 0;
  const auto hold = [&](int result) { error = error == 0 ? result : error; };
  hold(ub_ctx_debuglevel(context, -1));
  hold(ub_ctx_debugout(context, nullptr));
  for (const Setting& setting : kSettings) {
    hold(ub_ctx_set_option(context, setting.name, setting.value));
  }
  for (const dns::ServerAddress& root : roots.servers) {
    const std::string address = root.address.text() + "@" + std::to_string(root.port);
    hold(ub_ctx_set_stub(context, ".", address.c_str(), 1));
  }
  for (const std::string& anchor : roots.trust_anchors) {
    hold(ub_ctx_add_ta(context, anchor.c_str()));
  }
  hold(ub_ctx_async(context, 1));  // by a thread, not by another process
  for (const char* name : kOwnNames) {
    hold(ub_ctx_zone_remove(context, name));  // from here on nothing else can be set
  }
  if (error != 0) {
    return tl::unexpected(
        Error{Errc::usage, fmt::format("libunbound does not take the root servers or the trust anchors: {}",
                                       ub_strerror(error))});
  }
  loop_.watch(ub_fd(context), Interest::read,
              [this](bool /*readable*/, bool /*writable*/) { ub_process(context_.get()); });
  return {};
}

Recursion::Engine::~Engine()
{
  loop_.watch(ub_fd(context_.get()), Interest::none);
}

void Recursion::Engine::on_result(void* argument, int error, ub_result* raw)
{
  const std::unique_ptr<Call> call(static_cast<Call*>(argument));
  const UbResult result(raw);
  Engine& engine = *call->engine;
  const auto asked = engine.asked_.find(call->number);
  if (asked == engine.asked_.end()) {
    return;
  }
  const dns::Question question = std::move(asked->second.question);
  engine.asked_.erase(asked);
  dns::Answer answer;
  if (error != 0 || result == nullptr) {
    answer.outcome = dns::Outcome::servfail;
    answer.reason = error != 0 ? ub_strerror(error) : "";
  } else {
    answer = answer_of(*result, question);
  }
  engine.answered_(call->number, std::move(answer));
}

void Recursion::Engine::start(std::uint32_t number, dns::Question question)
{
  const std::string name = question.name.text();
  const int type = static_cast<int>(question.type);
  Asked& asked = asked_[number];
  asked.question = std::move(question);
  asked.latest = Clock::now() + kLongest;
  auto call = std::make_unique<Call>(Call{this, number});
  const int error = ub_resolve_async(context_.get(), name.c_str(), type, kClassIn, call.get(),
                                     &Engine::on_result, &asked.id);
  if (error == 0) {
    static_cast<void>(call.release());
  } else {
    on_result(call.release(), error, nullptr);
  }
}

void Recursion::Engine::give_up_late()
{
  const auto now = Clock::now();
  if (now < next_look_) {
    return;
  }
  next_look_ = now + std::chrono::seconds{1};
  for (auto asked = asked_.begin(); asked != asked_.end();) {
    if (asked->second.latest > now) {
      ++asked;
      continue;
    }
    const std::uint32_t number = asked->first;
    ub_cancel(context_.get(), asked->second.id);
    asked = asked_.erase(asked);
    answered_(number, {});
  }
}

void Recursion::Engine::advance()
{
  give_up_late();
  while (!waiting_.empty() && asked_.size() < kMostAtOnce) {
    auto [number, question] = std::move(waiting_.front());
    waiting_.pop_front();
    start(number, std::move(question));
  }
}

Recursion::Recursion(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}

Result<std::unique_ptr<Recursion>> Recursion::start(EventLoop& loop, const dns::Roots& roots,
                                                    Answered answered)
{
  auto engine = std::make_unique<Engine>(loop, std::move(answered));
  DKIMCTL_TRY_VOID(engine->set_up(roots));
  return std::unique_ptr<Recursion>(new Recursion(std::move(engine)));
}

Recursion::~Recursion() = default;

void Recursion::ask(std::uint32_t number, const dns::Question& question)
{
  engine_->ask(number, question);
}

void Recursion::advance()
{
  engine_->advance();
}

}  // namespace dkimctl::resolver
