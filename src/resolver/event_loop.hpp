// Waiting for descriptors.
#pragma once

#include <chrono>
#include <functional>
#include <unordered_map>

namespace dkimctl::resolver {

enum class Interest { none = 0, read = 1, write = 2, both = 3 };

/// epoll(7). A callback may watch and forget descriptors, its own included.
class EventLoop {
public:
  using Ready = std::function<void(bool readable, bool writable)>;

  EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  ~EventLoop();

  /// Calls `ready` whenever the descriptor is; Interest::none forgets it, which must be done before it is
  /// closed.
  void watch(int fd, Interest interest, Ready ready = {});
  /// Waits until a descriptor is ready, and calls for those that are, or until the time is over.
  void wait(std::chrono::milliseconds longest);

private:
  struct Watched {
    Interest interest = Interest::none;
    Ready ready;
  };
  int epoll_ = -1;
  std::unordered_map<int, Watched> watched_;
};

}  // namespace dkimctl::resolver
