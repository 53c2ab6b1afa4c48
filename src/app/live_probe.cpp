#include "app/live_probe.hpp"

#include "amavis/findings.hpp"
#include "amavis/sockets.hpp"
#include "sys/stream_exchange.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace dkimctl::app {
namespace {

using Clock = std::chrono::steady_clock;

// A check takes seconds where SpamAssassin asks the network, and waits where all children are busy.
constexpr std::chrono::seconds kPatience{60};

constexpr std::string_view kHowToListen =
    "configure: $unix_socketname = \"$MYHOME/amavisd.sock\"; $interface_policy{'SOCK'} = 'AM.PDP-SOCK'; "
    "$policy_bank{'AM.PDP-SOCK'} = { protocol => 'AM.PDP' };";

std::string text_of(const amavis::Configuration& configuration, std::string_view name)
{
  const perl::Value value = configuration.variable(name).value;
  return value.is_plain() ? value.text() : "";
}

constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// RFC 5322 section 3.3, in UTC and English whatever the locale.
std::string date_time(std::time_t now)
{
  const std::tm utc = fmt::gmtime(now);
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000",
                     kDays.at(static_cast<std::size_t>(utc.tm_wday)), utc.tm_mday,
                     kMonths.at(static_cast<std::size_t>(utc.tm_mon)), utc.tm_year + 1900, utc.tm_hour,
                     utc.tm_min, utc.tm_sec);
}

/// A socket or a file failed.
Finding failed(std::string object, std::string text, std::string hint)
{
  Finding finding =
      make_finding(amavis::findings::kLiveUnavailable, std::move(object), std::move(text), std::move(hint));
  finding.severity = Severity::error;
  return finding;
}

constexpr std::string_view kIsItRunning =
    "see that amavisd runs with this configuration, and lets this host ask";

}  // namespace

LiveProbe::LiveProbe(const Facts& facts, OnAsking on_asking)
    : endpoints_(amavis::live_endpoints(facts.configuration)),
      is_configured_(!endpoints_.empty()),
      on_asking_(std::move(on_asking)),
      chroot_(text_of(facts.configuration, "$daemon_chroot_dir")),
      folder_(text_of(facts.configuration, "$TEMPBASE"))
{
  if (facts.daemon) {
    daemon_ = sys::FileOwner{facts.daemon->uid, facts.daemon->gid};
  }
  if (folder_.empty()) {
    folder_ = text_of(facts.configuration, "$MYHOME");
  }
  if (!is_configured_) {
    unreachable_.push_back(
        make_finding(amavis::findings::kLiveUnavailable, "",
                     "no socket of the configuration speaks AM.PDP, so amavisd cannot be asked",
                     std::string{kHowToListen}));
  }
}

Result<std::string> LiveProbe::message_for(std::string_view address)
{
  auto message = messages_.find(address);
  if (message == messages_.end()) {
    const auto now = std::chrono::system_clock::now();
    const auto ticks = now.time_since_epoch().count();
    const std::string text =
        amavis::probe_message(address, date_time(std::chrono::system_clock::to_time_t(now)),
                              fmt::format("{}.{}", ticks, messages_.size()));
    DKIMCTL_TRY(sys::TemporaryFile file, sys::TemporaryFile::create(chroot_ + folder_, text, daemon_));
    message = messages_.emplace(std::string{address}, std::move(file)).first;
  }
  return message->second.path().substr(chroot_.size());
}

Result<std::string> LiveProbe::exchange(const std::string& endpoint, const std::string& request)
{
  DKIMCTL_TRY(const sys::Endpoint where, sys::Endpoint::parse(endpoint));
  if (on_asking_ && told_.insert(endpoint).second) {
    on_asking_(endpoint);
  }
  return sys::exchange(where, request, Clock::now() + kPatience, amavis::kMaximalAnswer,
                       amavis::is_complete_answer);
}

Result<LiveReply, NoReply> LiveProbe::ask(std::string_view address, std::string_view banks)
{
  std::vector<Finding> findings = unreachable_;
  if (endpoints_.empty()) {
    return tl::unexpected(NoReply{std::move(findings), is_configured_});
  }
  if (folder_.empty()) {
    findings.push_back(failed("", "where amavisd may read a message is not known",
                              "let $TEMPBASE name a folder, in so many words"));
    return tl::unexpected(NoReply{std::move(findings)});
  }
  const auto message = message_for(address);
  if (!message) {
    const std::string_view how = message.error().code == Errc::not_found
                                     ? "make the folder, or let $TEMPBASE name another"
                                     : "run dkimctl as root";
    findings.push_back(failed(chroot_ + folder_, message.error().what,
                              fmt::format("amavisd has to read a message from there: {}", how)));
    return tl::unexpected(NoReply{std::move(findings)});
  }
  const std::string request = amavis::write_request({*message, std::string{banks}});
  const std::vector<std::string> endpoints = endpoints_;
  for (const std::string& endpoint : endpoints) {
    const auto answer = exchange(endpoint, request);
    if (!answer) {
      unreachable_.push_back(failed(endpoint, answer.error().what, std::string{kIsItRunning}));
      findings.push_back(unreachable_.back());
      endpoints_.erase(std::find(endpoints_.begin(), endpoints_.end(), endpoint));
      continue;
    }
    auto signature = amavis::parse_answer(*answer);
    if (signature) {
      return LiveReply{endpoint, *std::move(signature)};
    }
    findings.push_back(failed(endpoint, signature.error().what, "amavisd's log says what went wrong"));
  }
  return tl::unexpected(NoReply{std::move(findings)});
}

}  // namespace dkimctl::app
