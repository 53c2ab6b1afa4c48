// Runs evaluators that need DNS until each is done.
#pragma once

#include "base/result.hpp"
#include "dns/answers.hpp"
#include "dns/messenger.hpp"

#include <chrono>
#include <cstddef>
#include <functional>

namespace dkimctl::app {

inline constexpr std::chrono::seconds kLongestRun{300};

struct Inquiries {
  std::size_t count = 0;
  /// The evaluator number `index`, from 0: whether it is done. It is run again when answers of its own came.
  std::function<bool(std::size_t index, dns::Inquiry& inquiry)> evaluate;
  /// Told now and then how many are done; may be empty.
  std::function<void(std::size_t done)> progress;
  /// When this is over, what is not done stays so.
  std::chrono::seconds longest = kLongestRun;
  /// A messenger that brings nothing for so long while questions are open has failed.
  std::chrono::seconds longest_silence{20};
};

/// What several ask is asked once. Each evaluator goes on as its own answers come; there are bounds to how
/// many are begun, and answers that nobody needs any more are forgotten. Fails as the messenger does.
Result<void> run(const Inquiries& inquiries, dns::Messenger& messenger);

}  // namespace dkimctl::app
