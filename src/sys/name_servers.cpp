#include "sys/name_servers.hpp"

#include "dns/server_address.hpp"

#include <algorithm>
#include <array>

namespace dkimctl::sys {
namespace {

constexpr std::size_t kResolvers = 3;  // MAXNS of resolv.conf(5)

struct RootServer {
  std::string_view ipv4;
  std::string_view ipv6;
};

constexpr std::array kRootServers{
    RootServer{"198.41.0.4", "2001:503:ba3e::2:30"},    // a.root-servers.net
    RootServer{"170.247.170.2", "2801:1b8:10::b"},      // b.root-servers.net
    RootServer{"192.33.4.12", "2001:500:2::c"},         // c.root-servers.net
    RootServer{"199.7.91.13", "2001:500:2d::d"},        // d.root-servers.net
    RootServer{"192.203.230.10", "2001:500:a8::e"},     // e.root-servers.net
    RootServer{"192.5.5.241", "2001:500:2f::f"},        // f.root-servers.net
    RootServer{"192.112.36.4", "2001:500:12::d0d"},     // g.root-servers.net
    RootServer{"198.97.190.53", "2001:500:1::53"},      // h.root-servers.net
    RootServer{"192.36.148.17", "2001:7fe::53"},        // i.root-servers.net
    RootServer{"192.58.128.30", "2001:503:c27::2:30"},  // j.root-servers.net
    RootServer{"193.0.14.129", "2001:7fd::1"},          // k.root-servers.net
    RootServer{"199.7.83.42", "2001:500:9f::42"},       // l.root-servers.net
    RootServer{"202.12.27.33", "2001:dc3::35"},         // m.root-servers.net
};

constexpr std::array<std::string_view, 2> kRootAnchors{
    ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",  // of 2017
    ". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16",  // of 2024
};

constexpr std::string_view kBlanks = " \t\r";

/// The words of a line, without a comment.
std::vector<std::string_view> words_of(std::string_view line, std::string_view comment)
{
  line = line.substr(0, line.find_first_of(comment));
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t begin = line.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) {
      return words;
    }
    const std::size_t end = std::min(line.find_first_of(kBlanks, begin), line.size());
    words.push_back(line.substr(begin, end - begin));
    line.remove_prefix(end);
  }
}

template<class TakeLine>
void for_each_line(std::string_view text, TakeLine take)
{
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    take(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

std::vector<dns::ServerAddress> parse_resolv_conf(std::string_view text)
{
  std::vector<dns::ServerAddress> servers;
  for_each_line(text, [&](std::string_view line) {
    const auto words = words_of(line, "#;");
    auto address = words.size() < 2 || words[0] != "nameserver" ? std::nullopt : dns::parse_address(words[1]);
    if (address && servers.size() < kResolvers) {
      servers.push_back({*std::move(address)});
    }
  });
  if (servers.empty()) {
    servers.push_back({*dns::parse_address("127.0.0.1")});
  }
  return servers;
}

std::vector<dns::ServerAddress> parse_root_hints(std::string_view text)
{
  std::vector<dns::ServerAddress> servers;
  for_each_line(text, [&](std::string_view line) {
    const auto words = words_of(line, ";");
    const bool has_address =
        words.size() >= 3 && (words[words.size() - 2] == "A" || words[words.size() - 2] == "AAAA");
    auto address = has_address ? dns::parse_address(words.back()) : std::nullopt;
    if (address) {
      servers.push_back({*std::move(address)});
    }
  });
  return servers;
}

std::vector<std::string> parse_trust_anchors(std::string_view text)
{
  std::vector<std::string> anchors;
  for_each_line(text, [&](std::string_view line) {
    const auto words = words_of(line, ";");
    const bool is_anchor =
        std::ranges::any_of(words, [](std::string_view word) { return word == "DS" || word == "DNSKEY"; });
    if (is_anchor) {
      anchors.emplace_back(line.substr(0, line.find(';')));
    }
  });
  return anchors;
}

dns::Roots internet_roots()
{
  dns::Roots roots;
  for (const RootServer& server : kRootServers) {
    roots.servers.push_back({*dns::parse_address(server.ipv4)});
    roots.servers.push_back({*dns::parse_address(server.ipv6)});
  }
  roots.trust_anchors.assign(kRootAnchors.begin(), kRootAnchors.end());
  return roots;
}

}  // namespace dkimctl::sys
