// Questions to the world: recursion from the root, validated, with a cache of its own. The only user of
// libunbound.
#pragma once

#include "base/result.hpp"
#include "dns/dialogue.hpp"
#include "resolver/direct.hpp"
#include "resolver/event_loop.hpp"

#include <cstdint>
#include <memory>

namespace dkimctl::resolver {

class Recursion {
public:
  /// Begins at these servers, and validates from these anchors. Nothing is read from any file. Fails with
  /// what libunbound does not take: an anchor that is none.
  static Result<std::unique_ptr<Recursion>> start(EventLoop& loop, const dns::Roots& roots,
                                                  Answered answered);
  Recursion(const Recursion&) = delete;
  Recursion& operator=(const Recursion&) = delete;
  ~Recursion();

  void ask(std::uint32_t number, const dns::Question& question);
  /// To be called after every wait.
  void advance();

private:
  class Engine;
  explicit Recursion(std::unique_ptr<Engine> engine);
  std::unique_ptr<Engine> engine_;
};

}  // namespace dkimctl::resolver
