// Signing a message with the key at hand and verifying it with the key that DNS serves.
#pragma once

#include "base/host.hpp"
#include "report/testkeys.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace dkimctl::app {

/// Tries keys on all processors, while DNS is still asked for others: the message that amavisd's testkeys
/// signs, rsa-sha256, simple/simple.
class TrialSignatures {
public:
  /// Both must outlive it, and `keys` must not grow.
  TrialSignatures(const Host& host, std::vector<report::TestedKey>& keys);
  TrialSignatures(const TrialSignatures&) = delete;
  TrialSignatures& operator=(const TrialSignatures&) = delete;
  ~TrialSignatures();

  /// To be called once the key's diagnosis is there; it must not be changed until finish().
  void add(std::size_t index);
  /// Waits for all. A signature that does not verify turns the verdict to fail, with a remark.
  void finish();

private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace dkimctl::app
