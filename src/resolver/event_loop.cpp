#include "resolver/event_loop.hpp"

#include <array>
#include <cstdint>
#include <utility>

#include <sys/epoll.h>
#include <unistd.h>

namespace dkimctl::resolver {
namespace {

constexpr std::size_t kEventsAtOnce = 64;

std::uint32_t events_of(Interest interest)
{
  switch (interest) {
  case Interest::none: return 0;
  case Interest::read: return EPOLLIN;
  case Interest::write: return EPOLLOUT;
  case Interest::both: return EPOLLIN | EPOLLOUT;
  }
  return 0;
}

}  // namespace

EventLoop::EventLoop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

EventLoop::~EventLoop()
{
  ::close(epoll_);
}

void EventLoop::watch(int fd, Interest interest, Ready ready)
{
  if (interest == Interest::none) {
    if (watched_.erase(fd) > 0) {
      ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
    }
    return;
  }
  const auto [entry, is_new] = watched_.try_emplace(fd);
  if (ready) {
    entry->second.ready = std::move(ready);
  }
  if (!is_new && entry->second.interest == interest) {
    return;
  }
  entry->second.interest = interest;
  epoll_event event{};
  event.events = events_of(interest);
  event.data.fd = fd;
  ::epoll_ctl(epoll_, is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event);
}

void EventLoop::wait(std::chrono::milliseconds longest)
{
  std::array<epoll_event, kEventsAtOnce> events{};
  const int count =
      ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), static_cast<int>(longest.count()));
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events.at(static_cast<std::size_t>(i));
    const auto watched = watched_.find(event.data.fd);
    if (watched == watched_.end()) {
      continue;  // forgotten by a callback before this one
    }
    const bool broken = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
    const Ready ready = watched->second.ready;  // it may forget itself
    ready(broken || (event.events & EPOLLIN) != 0, broken || (event.events & EPOLLOUT) != 0);
  }
}

}  // namespace dkimctl::resolver
