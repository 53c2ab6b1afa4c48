// Asking the running amavisd which signature it would add: a message in a file, and AM.PDP. Nothing is
// delivered.
#pragma once

#include "app/explain.hpp"
#include "sys/temporary_file.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::app {

class LiveProbe {
public:
  /// The daemon of this host that runs with the configuration of `facts`. `on_asking` may be empty.
  LiveProbe(const Facts& facts, OnAsking on_asking);

  /// As AskDaemon. An endpoint that cannot be reached is not tried again.
  Result<LiveReply, NoReply> ask(std::string_view address, std::string_view banks);

private:
  Result<std::string> message_for(std::string_view address);
  Result<std::string> exchange(const std::string& endpoint, const std::string& request);

  std::vector<std::string> endpoints_;
  bool is_configured_;  // there were any at first
  std::vector<Finding> unreachable_;
  OnAsking on_asking_;
  std::set<std::string> told_;  // the endpoints that it was called with
  std::string chroot_;          // what the daemon sees as "/"; empty: that of the host
  std::string folder_;          // where the daemon can read a file, as it sees it
  std::optional<sys::FileOwner> daemon_;
  std::map<std::string, sys::TemporaryFile, std::less<>> messages_;  // by address
};

}  // namespace dkimctl::app
