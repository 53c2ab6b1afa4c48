#include "resolver/direct.hpp"

#include "dns/packet.hpp"
#include "dns/reading.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include <ares.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace dkimctl::resolver {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kFirstWindow = 64;  // questions on their way to one server
constexpr std::size_t kLeastWindow = 4;
constexpr std::size_t kMostWindow = 128;
constexpr std::size_t kMostChannels = 256;  // sockets and some 70 KiB each
constexpr int kUdpTimeout = 800;            // milliseconds, of the first try; the second has twice as long
constexpr int kUdpTries = 2;
constexpr int kTcpTimeout = 3000;  // milliseconds
constexpr int kEdnsSize = 1232;    // octets: what passes unfragmented nearly everywhere
constexpr int kReceiveBuffer = 1 << 20;
constexpr std::size_t kSilencesOfTheDead = 4;    // in a row, of a server that never answered
constexpr std::size_t kSilencesOfTheDying = 16;  // of one that did
constexpr std::size_t kTcpTries = 4;             // a server may close a connection after any answer
constexpr std::size_t kSilencesOfALimit = 3;     // by UDP where TCP answers: then TCP at once
constexpr auto kTick = std::chrono::milliseconds{50};
constexpr std::size_t kMostInATick = 400;  // to one server: 8,000 a second

struct Pending {
  std::uint32_t number = 0;
  dns::Question question;
  bool by_tcp = false;
  bool truncated = false;      // why it is by TCP: an answer came, cut
  std::size_t tcp_closed = 0;  // times that the connection ended before the answer
  bool edns = true;
};

sockaddr_storage socket_address(const dns::ServerAddress& server, socklen_t& size)
{
  sockaddr_storage storage{};
  if (server.address.is_ipv4()) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.port);
    std::memcpy(&address.sin_addr, server.address.octets.data(), sizeof address.sin_addr);
    std::memcpy(&storage, &address, size = sizeof address);
  } else {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(server.port);
    std::memcpy(&address.sin6_addr, server.address.octets.data(), sizeof address.sin6_addr);
    std::memcpy(&storage, &address, size = sizeof address);
  }
  return storage;
}

/// What the kernel says of the way to a server, before anything is sent: c-ares tells all reasons alike.
std::optional<dns::Answer> obstacle_to(const dns::ServerAddress& server)
{
  socklen_t size = 0;
  const sockaddr_storage address = socket_address(server, size);
  const int fd = ::socket(address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const bool has_way = fd >= 0 && ::connect(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0;
  const int reason = errno;
  if (fd >= 0) {
    ::close(fd);
  }
  if (has_way) {
    return std::nullopt;
  }
  dns::Answer answer;
  const bool no_route = reason == ENETUNREACH || reason == EAFNOSUPPORT || reason == EADDRNOTAVAIL;
  answer.outcome = no_route ? dns::Outcome::no_route : dns::Outcome::unreachable;
  answer.reason = std::strerror(reason);
  return answer;
}

enum class Transport { udp, tcp };

/// One server by one transport.
class Channel {
public:
  Channel(EventLoop& loop, const dns::ServerAddress& server, Transport transport);
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  ~Channel() { ares_destroy(channel_); }

  ares_channel get() const { return channel_; }
  void look_for_timeouts() { ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD); }

private:
  static void on_socket(void* self, ares_socket_t fd, int readable, int writable);

  EventLoop* loop_;
  ares_channel channel_ = nullptr;
};

void Channel::on_socket(void* self, ares_socket_t fd, int readable, int writable)
{
  auto* const channel = static_cast<Channel*>(self);
  const auto interest = static_cast<Interest>((readable != 0 ? 1 : 0) | (writable != 0 ? 2 : 0));
  channel->loop_->watch(fd, interest, [channel, fd](bool can_read, bool can_write) {
    ares_process_fd(channel->channel_, can_read ? fd : ARES_SOCKET_BAD, can_write ? fd : ARES_SOCKET_BAD);
  });
}

Channel::Channel(EventLoop& loop, const dns::ServerAddress& server, Transport transport) : loop_(&loop)
{
  static std::string no_resolv_conf = "/dev/null";
  static std::string no_lookups = "b";
  ares_options options{};
  // A response is looked at here, whatever it says; IGNTC: a cut one too. EDNS: so that more than 512 octets
  // are taken; the OPT record is in the query that is handed over.
  options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_NOCHECKRESP | ARES_FLAG_IGNTC |
                  ARES_FLAG_EDNS | ARES_FLAG_STAYOPEN | (transport == Transport::tcp ? ARES_FLAG_USEVC : 0);
  options.timeout = transport == Transport::tcp ? kTcpTimeout : kUdpTimeout;
  options.tries = transport == Transport::tcp ? 1 : kUdpTries;
  options.ednspsz = kEdnsSize;
  options.socket_receive_buffer_size = kReceiveBuffer;
  options.sock_state_cb = &Channel::on_socket;
  options.sock_state_cb_data = this;
  options.resolvconf_path = no_resolv_conf.data();
  options.lookups = no_lookups.data();
  ares_init_options(&channel_, &options,
                    ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ |
                        ARES_OPT_SOCK_RCVBUF | ARES_OPT_SOCK_STATE_CB | ARES_OPT_RESOLVCONF |
                        ARES_OPT_LOOKUPS);
  ares_addr_port_node node{};
  node.family = server.address.is_ipv4() ? AF_INET : AF_INET6;
  std::memcpy(&node.addr, server.address.octets.data(), server.address.octets.size());
  node.udp_port = node.tcp_port = server.port;
  ares_set_servers_ports(channel_, &node);
}

}  // namespace

class DirectQueries::Engine {
public:
  Engine(EventLoop& loop, Answered answered) : loop_(loop), answered_(std::move(answered)) {}
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  void ask(Pending pending);
  void advance();

private:
  struct Server {
    dns::ServerAddress address;
    std::deque<Pending> waiting;
    std::size_t on_the_way = 0;
    std::size_t window = kFirstWindow;
    std::size_t sent = 0;  // in the tick
    std::size_t tick = 0;
    std::size_t answers = 0;
    std::size_t silences = 0;         // by UDP and TCP
    std::size_t silences_by_udp = 0;  // while TCP answered
    bool edns = true;
    std::array<std::unique_ptr<Channel>, 2> channels;    // by Transport
    std::optional<std::optional<dns::Answer>> obstacle;  // looked for once
  };
  struct Sent {
    Engine* engine;
    Server* server;
    Pending pending;
  };

  static void on_response(void* argument, int status, int timeouts, unsigned char* octets, int size);
  void take_response(Server& server, Pending pending, std::string_view octets);
  void take_failure(Server& server, Pending pending, int status);
  void give(const Pending& pending, dns::Answer answer);
  void again(Server& server, Pending pending);
  static void widen(Server& server);
  static void narrow(Server& server);
  void look_for_timeouts();
  void send(Server& server);
  bool send_one(Server& server, Pending pending);
  Channel* channel(Server& server, Transport transport);
  void close_idle_channel();

  EventLoop& loop_;
  Answered answered_;
  std::map<dns::ServerAddress, Server> servers_;
  std::unordered_set<Server*> ready_;   // those with something waiting
  std::unordered_set<Server*> active_;  // those with a channel
  std::size_t channels_ = 0;
  std::random_device random_;  // of query ids: RFC 5452 section 9.2
  bool closing_ = false;
  Clock::time_point next_tick_ = Clock::now();
  std::size_t tick_ = 0;
};

DirectQueries::Engine::~Engine()
{
  closing_ = true;
  servers_.clear();
}

void DirectQueries::Engine::ask(Pending pending)
{
  Server& server = servers_.try_emplace(pending.question.server).first->second;
  server.address = pending.question.server;
  server.waiting.push_back(std::move(pending));
  ready_.insert(&server);
}

void DirectQueries::Engine::give(const Pending& pending, dns::Answer answer)
{
  answered_(pending.number, std::move(answer));
}

void DirectQueries::Engine::again(Server& server, Pending pending)
{
  server.waiting.push_front(std::move(pending));
  ready_.insert(&server);
}

void DirectQueries::Engine::widen(Server& server)
{
  server.window = std::min(server.window + 1, kMostWindow);
}

void DirectQueries::Engine::narrow(Server& server)
{
  server.window = std::max(server.window / 2, kLeastWindow);
}

void DirectQueries::Engine::on_response(void* argument, int status, int /*timeouts*/, unsigned char* octets,
                                        int size)
{
  const std::unique_ptr<Sent> sent(static_cast<Sent*>(argument));
  if (sent->engine->closing_) {
    return;
  }
  Server& server = *sent->server;
  --server.on_the_way;
  if (!server.waiting.empty()) {
    sent->engine->ready_.insert(&server);
  }
  if (status == ARES_SUCCESS && octets != nullptr && size > 0) {
    sent->engine->take_response(server, std::move(sent->pending),
                                {reinterpret_cast<const char*>(octets), static_cast<std::size_t>(size)});
  } else {
    sent->engine->take_failure(server, std::move(sent->pending), status);
  }
}

/// What a server says that does not know EDNS (RFC 6891 section 7).
bool is_without_edns(const dns::Response& response)
{
  return !response.edns &&
         (response.rcode == dns::Rcode::format_error || response.rcode == dns::Rcode::not_implemented ||
          response.rcode == dns::Rcode::bad_version);
}

void DirectQueries::Engine::take_response(Server& server, Pending pending, std::string_view octets)
{
  ++server.answers;
  server.silences = 0;
  widen(server);
  auto response = dns::decode_response(octets);
  const bool lost_edns = pending.edns && !server.edns;  // c-ares cut it, after it met with the refusal
  if (pending.edns && (lost_edns || (response && is_without_edns(*response)))) {
    server.edns = false;
    pending.edns = false;
    return again(server, std::move(pending));
  }
  if (!response) {
    dns::Answer garbage;
    garbage.outcome = dns::Outcome::garbage;
    garbage.reason = response.error().what;
    return give(pending, std::move(garbage));
  }
  if (response->truncated && !pending.by_tcp) {
    pending.by_tcp = true;
    pending.truncated = true;
    return again(server, std::move(pending));
  }
  if (pending.by_tcp && !pending.truncated) {
    ++server.silences_by_udp;
  }
  give(pending, dns::answer_of(*std::move(response), pending.question));
}

void DirectQueries::Engine::take_failure(Server& server, Pending pending, int status)
{
  dns::Answer answer;
  if (pending.by_tcp && status != ARES_ETIMEOUT && ++pending.tcp_closed < kTcpTries) {
    server.window = 1;  // RFC 7766 section 6.2.4: ask again, and less at once
    return again(server, std::move(pending));
  }
  if (pending.truncated) {
    answer.outcome = dns::Outcome::tcp_blocked;
    return give(pending, std::move(answer));
  }
  narrow(server);
  if (status == ARES_ECONNREFUSED && !pending.by_tcp) {
    answer.outcome = dns::Outcome::unreachable;
    answer.reason = "connection refused";
    ++server.silences;
    return give(pending, std::move(answer));
  }
  if (!pending.by_tcp) {
    pending.by_tcp = true;
    return again(server, std::move(pending));
  }
  ++server.silences;
  give(pending, std::move(answer));  // timeout
}

void DirectQueries::Engine::close_idle_channel()
{
  for (Server* server : active_) {
    if (server->on_the_way == 0 && server->waiting.empty()) {
      for (auto& channel : server->channels) {
        channels_ -= channel ? 1U : 0U;
        channel.reset();
      }
      active_.erase(server);
      return;
    }
  }
}

Channel* DirectQueries::Engine::channel(Server& server, Transport transport)
{
  auto& channel = server.channels.at(static_cast<std::size_t>(transport));
  if (!channel) {
    if (channels_ >= kMostChannels) {
      close_idle_channel();
    }
    if (channels_ >= kMostChannels) {
      return nullptr;
    }
    channel = std::make_unique<Channel>(loop_, server.address, transport);
    ++channels_;
    active_.insert(&server);
  }
  return channel.get();
}

/// False: there is no room now.
bool DirectQueries::Engine::send_one(Server& server, Pending pending)
{
  const bool tcp_at_once = server.silences_by_udp >= kSilencesOfALimit;
  pending.by_tcp = pending.by_tcp || tcp_at_once;
  pending.edns = pending.edns && server.edns;
  // Without EDNS c-ares would take 512 octets at most, which then is right: the channel is used as it is.
  Channel* const way = channel(server, pending.by_tcp ? Transport::tcp : Transport::udp);
  if (way == nullptr) {
    again(server, std::move(pending));
    return false;
  }
  dns::Query query{pending.question.name, pending.question.type};
  query.id = static_cast<std::uint16_t>(random_());
  query.recursion_desired = pending.question.view == dns::View::recursive;
  query.checking_disabled = pending.question.checking_disabled;
  query.edns_size = pending.edns ? kEdnsSize : 0;
  const std::string octets = dns::encode_query(query);
  ++server.on_the_way;
  ++server.sent;
  auto sent = std::make_unique<Sent>(Sent{this, &server, std::move(pending)});
  ares_send(way->get(), reinterpret_cast<const unsigned char*>(octets.data()),
            static_cast<int>(octets.size()), &Engine::on_response, sent.release());
  return true;
}

void DirectQueries::Engine::send(Server& server)
{
  if (!server.obstacle) {
    server.obstacle = obstacle_to(server.address);
  }
  if (server.tick != tick_) {
    server.tick = tick_;
    server.sent = 0;
  }
  while (!server.waiting.empty() && server.on_the_way < server.window && server.sent < kMostInATick) {
    Pending pending = std::move(server.waiting.front());
    server.waiting.pop_front();
    if (server.obstacle->has_value()) {
      give(pending, **server.obstacle);
    } else if (server.silences >= (server.answers == 0 ? kSilencesOfTheDead : kSilencesOfTheDying)) {
      give(pending, {});
    } else if (!send_one(server, std::move(pending))) {
      return;
    }
  }
}

void DirectQueries::Engine::look_for_timeouts()
{
  for (const Server* server : std::vector<Server*>(active_.begin(), active_.end())) {
    for (const auto& channel : server->channels) {
      if (channel && server->on_the_way > 0) {
        channel->look_for_timeouts();
      }
    }
  }
}

void DirectQueries::Engine::advance()
{
  if (Clock::now() >= next_tick_) {
    next_tick_ = Clock::now() + kTick;
    look_for_timeouts();
    ++tick_;
  }
  for (Server* server : std::exchange(ready_, {})) {
    send(*server);
    if (!server->waiting.empty() && (server->on_the_way == 0 || server->sent >= kMostInATick)) {
      ready_.insert(server);  // no room for its channel yet, or enough of it for this tick
    }
  }
}

DirectQueries::DirectQueries(EventLoop& loop, Answered answered)
    : engine_(std::make_unique<Engine>(loop, std::move(answered)))
{}

DirectQueries::~DirectQueries() = default;

void DirectQueries::ask(std::uint32_t number, dns::Question question)
{
  engine_->ask({number, std::move(question)});
}

void DirectQueries::advance()
{
  engine_->advance();
}

}  // namespace dkimctl::resolver
