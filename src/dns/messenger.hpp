// Who carries questions to DNS and brings answers back.
#pragma once

#include "base/result.hpp"
#include "dns/dialogue.hpp"

#include <chrono>
#include <vector>

namespace dkimctl::dns {

class Messenger {
public:
  Messenger() = default;
  Messenger(const Messenger&) = delete;
  Messenger& operator=(const Messenger&) = delete;
  virtual ~Messenger() = default;

  /// Does not wait. Numbers are the caller's, each used once.
  virtual void send(const NumberedQuestion& question) = 0;
  /// What has come, in any order, each answer once; waits for some, but not longer. Fails where no more can
  /// come.
  virtual Result<std::vector<NumberedAnswer>> receive(std::chrono::milliseconds longest) = 0;
};

}  // namespace dkimctl::dns
