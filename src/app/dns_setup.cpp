#include "app/dns_setup.hpp"

#include "dns/server_address.hpp"
#include "sys/accounts.hpp"
#include "sys/name_servers.hpp"
#include "sys/read_file.hpp"

#include <array>
#include <random>
#include <utility>

#include <fmt/format.h>

#include <unistd.h>

namespace dkimctl::app {
namespace {

constexpr std::size_t kLongestFile = 1 << 20;  // octets
constexpr std::size_t kRootsOfAFamily = 2;     // that are asked whether the root can be reached

Error about(const Wish& wish, Error error)
{
  error.code = wish.in_settings ? Errc::config : Errc::usage;
  error.what = fmt::format("{} '{}': {}", wish.by, wish.value, error.what);
  return error;
}

Result<std::string> read_named(const Wish& wish)
{
  auto file = sys::read_file(wish.value, kLongestFile);
  if (!file) {
    return tl::unexpected(about(wish, std::move(file).error()));
  }
  return std::string{file->content.view()};
}

Result<dns::Roots> roots_for(const DnsWishes& wishes)
{
  dns::Roots roots = sys::internet_roots();
  if (!wishes.root_hints.value.empty()) {
    DKIMCTL_TRY(const std::string text, read_named(wishes.root_hints));
    roots.servers = sys::parse_root_hints(text);
    roots.trust_anchors.clear();
    if (roots.servers.empty()) {
      return tl::unexpected(about(wishes.root_hints, {Errc::usage, "has no A or AAAA record",
                                                      "give a file like /usr/share/dns/root.hints"}));
    }
  }
  if (!wishes.trust_anchors.value.empty()) {
    DKIMCTL_TRY(const std::string text, read_named(wishes.trust_anchors));
    roots.trust_anchors = sys::parse_trust_anchors(text);
    if (roots.trust_anchors.empty()) {
      return tl::unexpected(about(wishes.trust_anchors, {Errc::usage, "has no DS or DNSKEY record",
                                                         "give a file like /usr/share/dns/root.ds"}));
    }
  }
  return roots;
}

/// Those of the host that asks, whatever host's keys are looked at.
Result<std::vector<dns::ServerAddress>> resolvers_for(const DnsWishes& wishes)
{
  if (wishes.resolver.value.empty() && !wishes.resolvers.empty()) {
    return wishes.resolvers;
  }
  if (wishes.resolver.value.empty()) {
    const auto file = sys::read_file("/etc/resolv.conf", kLongestFile);
    return sys::parse_resolv_conf(file ? file->content.view() : "");
  }
  auto server = dns::parse_server(wishes.resolver.value);
  if (!server) {
    return tl::unexpected(about(wishes.resolver, std::move(server).error()));
  }
  return std::vector{*std::move(server)};
}

/// Some of both families, to see whether the root can be reached.
std::vector<dns::ServerAddress> samples(const std::vector<dns::ServerAddress>& roots)
{
  std::vector<dns::ServerAddress> some;
  std::array<std::size_t, 2> taken{};
  for (const dns::ServerAddress& root : roots) {
    if (taken.at(root.address.is_ipv4() ? 0 : 1)++ < kRootsOfAFamily) {
      some.push_back(root);
    }
  }
  return some;
}

/// Sixteen letters that nobody has chosen.
std::string unused_label()
{
  constexpr std::size_t kLetters = 16;
  std::random_device device;
  std::uniform_int_distribution<int> letter('a', 'z');
  std::string label;
  for (std::size_t i = 0; i < kLetters; ++i) {
    label += static_cast<char>(letter(device));
  }
  return label;
}

Result<std::optional<Identity>> account_for(const DnsWishes& wishes)
{
  if (::geteuid() != 0) {
    return std::optional<Identity>{};
  }
  auto user = sys::system_user(wishes.user.value);
  if (!user) {
    return tl::unexpected(about(wishes.user, std::move(user).error()));
  }
  if (user->uid == 0) {
    return tl::unexpected(
        about(wishes.user,
              {Errc::usage, "is root, and DNS is to be asked by a user without rights", "leave it out"}));
  }
  return std::optional{*std::move(user)};
}

}  // namespace

Result<DnsSetup> set_up_dns(const DnsWishes& wishes)
{
  DKIMCTL_TRY(dns::Roots roots, roots_for(wishes));
  DnsSetup setup;
  DKIMCTL_TRY(setup.vantage.resolvers, resolvers_for(wishes));
  DKIMCTL_TRY(auto account, account_for(wishes));
  setup.vantage.roots = samples(roots.servers);
  setup.vantage.quick = wishes.quick;
  setup.vantage.unused_label = unused_label();
  DKIMCTL_TRY(setup.child,
              sys::DnsChild::start({sys::dns_child_program(), std::move(account), std::move(roots)}));
  return setup;
}

}  // namespace dkimctl::app
