// bench_name_server RECORDS MILLISECONDS: a small internet in one process, each answer that late.
//
//   127.1.0.1            the root, which delegates "example"
//   127.1.0.2            "example", which delegates d0.example, d1.example, ... and p.example
//   127.1.1.1, 127.1.1.2 ns1.p.example and ns2.p.example: all of those zones
//   127.0.0.1            a resolver: the same, with recursion
//
// RECORDS has a line a domain, the p= of the key at s._domainkey.dN.example. UDP only. It ends when stdin
// does.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kHeader = 12;  // octets
constexpr std::uint16_t kA = 1, kNs = 2, kSoa = 6, kTxt = 16;

enum class Role { root, tld, provider, resolver };

struct Socket {
  int fd;
  Role role;
};

struct Reply {
  Clock::time_point when;
  int fd;
  sockaddr_in to;
  std::string octets;
};

std::string u16(unsigned value)
{
  return {static_cast<char>(value >> 8U), static_cast<char>(value & 0xffU)};
}

std::string u32(unsigned value)
{
  return u16(value >> 16U) + u16(value & 0xffffU);
}

/// "ns1.p.example" as it is in a message.
std::string wire(std::string_view name)
{
  std::string out;
  while (!name.empty()) {
    const std::string_view label = name.substr(0, name.find('.'));
    out += static_cast<char>(label.size());
    out += label;
    name.remove_prefix(std::min(name.size(), label.size() + 1));
  }
  return out + '\0';
}

std::string record(const std::string& owner, std::uint16_t type, const std::string& rdata)
{
  return owner + u16(type) + u16(1) + u32(300) + u16(static_cast<unsigned>(rdata.size())) + rdata;
}

std::string soa(const std::string& apex)
{
  return record(
      apex, kSoa,
      wire("ns1.p.example") + wire("h.example") + u32(1) + u32(3600) + u32(600) + u32(86400) + u32(60));
}

std::string txt(std::string_view value)
{
  std::string rdata;
  while (!value.empty()) {
    const std::string_view string = value.substr(0, 255);
    rdata += static_cast<char>(string.size());
    rdata += string;
    value.remove_prefix(string.size());
  }
  return rdata;
}

std::string address(unsigned char c, unsigned char d)
{
  return {127, 1, static_cast<char>(c), static_cast<char>(d)};
}

struct Question {
  std::vector<std::string> labels;  // lower case
  std::uint16_t type = 0;
  std::string octets;  // name, type and class as they came

  std::string last(std::size_t count) const
  {
    std::string name;
    for (std::size_t i = labels.size() - std::min(count, labels.size()); i < labels.size(); ++i) {
      name += (name.empty() ? "" : ".") + labels[i];
    }
    return name;
  }
};

struct Sections {
  bool authoritative = true;
  int rcode = 0;
  std::vector<std::string> answer, authority, additional;
};

Question read_question(std::string_view message)
{
  Question question;
  std::size_t at = kHeader;
  while (at < message.size() && message[at] != 0) {
    const auto size = static_cast<unsigned char>(message[at]);
    std::string label{message.substr(at + 1, size)};
    std::transform(label.begin(), label.end(), label.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    question.labels.push_back(label);
    at += 1U + size;
  }
  question.octets = message.substr(kHeader, at + 5 - kHeader);
  question.type = static_cast<std::uint16_t>(static_cast<unsigned char>(message[at + 1]) << 8U |
                                             static_cast<unsigned char>(message[at + 2]));
  return question;
}

class Internet {
public:
  explicit Internet(const char* records)
  {
    std::ifstream in(records);
    for (std::string line; std::getline(in, line);) {
      values_.push_back(txt("v=DKIM1; p=" + line));
    }
  }

  std::string reply(Role role, std::string_view message) const
  {
    const Question question = read_question(message);
    Sections sections;
    switch (role) {
    case Role::root: root(question, sections); break;
    case Role::tld: tld(question, sections); break;
    case Role::provider:
    case Role::resolver: provider(question, sections); break;
    }
    std::string out{message.substr(0, 2)};
    const unsigned flags =
        0x8000U | (sections.authoritative ? 0x0400U : 0U) | (role == Role::resolver ? 0x0180U : 0U);
    out += u16(flags | static_cast<unsigned>(sections.rcode)) + u16(1);
    for (const auto* section : {&sections.answer, &sections.authority, &sections.additional}) {
      out += u16(static_cast<unsigned>(section->size()) + (section == &sections.additional ? 1U : 0U));
    }
    out += question.octets;
    for (const auto* section : {&sections.answer, &sections.authority, &sections.additional}) {
      for (const std::string& each : *section) {
        out += each;
      }
    }
    return out + std::string("\0", 1) + u16(41) + u16(1232) + u32(0) + u16(0);  // OPT
  }

private:
  static void refer(Sections& sections, const std::string& zone,
                    std::initializer_list<std::pair<const char*, std::string>> hosts)
  {
    sections.authoritative = false;
    for (const auto& [host, at] : hosts) {
      sections.authority.push_back(record(wire(zone), kNs, wire(host)));
      sections.additional.push_back(record(wire(host), kA, at));
    }
  }

  static void apex(const Question& question, Sections& sections, const std::string& zone,
                   std::initializer_list<const char*> hosts)
  {
    if (question.type == kNs) {
      for (const char* host : hosts) {
        sections.answer.push_back(record(wire(zone), kNs, wire(host)));
      }
    } else if (question.type == kSoa) {
      sections.answer.push_back(soa(wire(zone)));
    } else {
      sections.authority.push_back(soa(wire(zone)));
    }
  }

  static void root(const Question& question, Sections& sections)
  {
    if (question.labels.empty()) {
      return apex(question, sections, "", {"a.root"});
    }
    if (question.last(1) == "example") {
      return refer(sections, "example", {{"a.nic.example", address(0, 2)}});
    }
    if (question.last(2) == "a.root" && question.type == kA) {
      sections.answer.push_back(record(wire("a.root"), kA, address(0, 1)));
      return;
    }
    sections.authority.push_back(soa(wire("")));
  }

  static void tld(const Question& question, Sections& sections)
  {
    if (question.labels.size() <= 1) {
      return apex(question, sections, "example", {"a.nic.example"});
    }
    if (question.last(2) == "nic.example") {
      return host(question, sections, "example", address(0, 2));
    }
    refer(sections, question.last(2), {{"ns1.p.example", address(1, 1)}, {"ns2.p.example", address(1, 2)}});
  }

  static void host(const Question& question, Sections& sections, const std::string& zone,
                   const std::string& at)
  {
    if (question.type == kA) {
      sections.answer.push_back(record(wire(question.last(9)), kA, at));
    } else {
      sections.authority.push_back(soa(wire(zone)));
    }
  }

  void provider(const Question& question, Sections& sections) const
  {
    const std::string zone = question.last(2);
    if (question.labels.size() == 2) {
      return apex(question, sections, zone, {"ns1.p.example", "ns2.p.example"});
    }
    if (zone == "p.example") {
      return host(question, sections, zone, address(1, question.labels.front() == "ns1" ? 1 : 2));
    }
    const auto number = static_cast<std::size_t>(std::atol(zone.c_str() + 1));
    if (question.labels.size() == 4 && question.labels[0] == "s" && question.labels[1] == "_domainkey" &&
        question.type == kTxt && number < values_.size()) {
      sections.answer.push_back(record(wire(question.last(4)), kTxt, values_[number]));
      return;
    }
    const bool is_there = question.labels.size() == 3 && question.labels[0] == "_domainkey";
    sections.rcode = is_there ? 0 : 3;
    sections.authority.push_back(soa(wire(zone)));
  }

  std::vector<std::string> values_;
};

Socket listen_on(const char* address, Role role)
{
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(53);
  ::inet_pton(AF_INET, address, &at.sin_addr);
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  constexpr int kBuffer = 4 << 20;
  ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kBuffer, sizeof kBuffer);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) {
    std::perror(address);
    std::exit(1);
  }
  return {fd, role};
}

void take(const Socket& socket, const Internet& internet, std::chrono::milliseconds late,
          std::deque<Reply>& replies)
{
  std::array<char, 4096> buffer{};
  sockaddr_in from{};
  socklen_t size = sizeof from;
  ssize_t count = 0;
  while ((count = ::recvfrom(socket.fd, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from),
                             &size)) > 0) {
    if (static_cast<std::size_t>(count) >= kHeader + 5) {
      replies.push_back({Clock::now() + late, socket.fd, from,
                         internet.reply(socket.role, {buffer.data(), static_cast<std::size_t>(count)})});
    }
    size = sizeof from;
  }
}

void send_due(std::deque<Reply>& replies)
{
  while (!replies.empty() && replies.front().when <= Clock::now()) {
    const Reply& reply = replies.front();
    ::sendto(reply.fd, reply.octets.data(), reply.octets.size(), 0,
             reinterpret_cast<const sockaddr*>(&reply.to), sizeof reply.to);
    replies.pop_front();
  }
}

}  // namespace

int main(int argc, char** argv)
{
  if (argc != 3) {
    return 2;
  }
  const Internet internet(argv[1]);
  const std::chrono::milliseconds late{std::atol(argv[2])};
  const std::vector<Socket> sockets{listen_on("127.1.0.1", Role::root), listen_on("127.1.0.2", Role::tld),
                                    listen_on("127.1.1.1", Role::provider),
                                    listen_on("127.1.1.2", Role::provider),
                                    listen_on("127.0.0.1", Role::resolver)};
  std::vector<pollfd> waited;
  for (const Socket& socket : sockets) {
    waited.push_back({socket.fd, POLLIN, 0});
  }
  waited.push_back({STDIN_FILENO, POLLIN, 0});
  std::cout << "ready" << std::endl;
  std::deque<Reply> replies;
  while (true) {
    const timespec wait{replies.empty() ? 1 : 0, replies.empty() ? 0 : 200000};
    ::ppoll(waited.data(), waited.size(), &wait, nullptr);
    if (waited.back().revents != 0) {
      return 0;
    }
    for (const Socket& socket : sockets) {
      take(socket, internet, late, replies);
    }
    send_due(replies);
  }
}
