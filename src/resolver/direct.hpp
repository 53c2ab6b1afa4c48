// Questions to named servers and resolvers: UDP with EDNS first, then TCP. The only user of c-ares.
#pragma once

#include "dns/question.hpp"
#include "resolver/event_loop.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace dkimctl::resolver {

/// Told once for each question, never before it was asked.
using Answered = std::function<void(std::uint32_t number, dns::Answer answer)>;

/// Asks many servers at once, each with a window: it opens while answers come, and closes where they are
/// lost; and never more than so many in a second. What is silent by UDP is asked by TCP before it counts as
/// silent, since a server that limits its rate drops what comes by UDP only. A server that does not answer
/// any more is given up after some questions, the rest of them with it.
class DirectQueries {
public:
  DirectQueries(EventLoop& loop, Answered answered);
  DirectQueries(const DirectQueries&) = delete;
  DirectQueries& operator=(const DirectQueries&) = delete;
  ~DirectQueries();

  void ask(std::uint32_t number, dns::Question question);
  /// To be called after every wait: looks for what timed out, and sends what there is room for.
  void advance();

private:
  class Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace dkimctl::resolver
