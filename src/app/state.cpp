#include "app/state.hpp"

#include "rollover/findings.hpp"

#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::app {
namespace {

constexpr std::size_t kLongestIdentity = 4096;  // octets of /etc/machine-id

std::optional<Finding> finding_of(store::Condition condition, const std::string& folder,
                                  const std::string& owner)
{
  switch (condition) {
  case store::Condition::foreign:
    return make_finding(rollover::findings::kForeign, folder,
                        fmt::format("it belongs to another machine, {}", owner),
                        "if this host is to carry on in its place: dkimctl init --takeover");
  case store::Condition::restored:
    return make_finding(rollover::findings::kRestored, folder,
                        "it is an older copy, and what happened since is not in it",
                        "the next run proves every key again");
  case store::Condition::usual:
  case store::Condition::created:
  case store::Condition::replaced: break;
  }
  return std::nullopt;
}

Error about(const Error& error)
{
  const bool is_denied = error.code == Errc::denied && error.hint.empty();
  return {error.code, error.what, is_denied ? "run dkimctl as root" : error.hint};
}

}  // namespace

store::Machine machine_of(const Host& host)
{
  const std::string name = host.node_name();
  const auto file = host.read_text("/etc/machine-id", kLongestIdentity);
  std::string identity = file ? file->text : "";
  identity.resize(identity.find_last_not_of(" \t\r\n") + 1);  // npos + 1 is 0
  return {identity.empty() ? name : identity, name};
}

Result<State> read_state(const Host& host, const std::string& root, const std::string& folder,
                         rollover::Time now)
{
  const std::string place = root == "/" ? folder : root + folder;
  auto opened = store::open({place, machine_of(host), now, store::Access::read});
  if (!opened && opened.error().code == Errc::not_found) {
    return State{};
  }
  if (!opened) {
    return tl::unexpected(about(opened.error()));
  }
  State state{std::move(opened->database), std::nullopt, {}};
  DKIMCTL_TRY(const store::Member self, state.database->members().self());
  state.last_run = self.last_run;
  if (auto finding = finding_of(opened->condition, place, self.name)) {
    state.findings.push_back(*std::move(finding));
  }
  return state;
}

}  // namespace dkimctl::app
