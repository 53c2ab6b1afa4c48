#include "sys/name_servers.hpp"

#include <doctest/doctest.h>

using namespace dkimctl;

namespace {

std::string text(const std::vector<dns::ServerAddress>& servers)
{
  std::string out;
  for (const dns::ServerAddress& server : servers) {
    out += (out.empty() ? "" : " ") + server.text();
  }
  return out;
}

}  // namespace

TEST_SUITE_BEGIN("sys::name_servers");

TEST_CASE("resolv.conf: three name servers at most, or this host")
{
  CHECK(text(sys::parse_resolv_conf("# none\nsearch example.com\n")) == "127.0.0.1");
  CHECK(text(sys::parse_resolv_conf(
            "nameserver 192.0.2.1 # first\n;nameserver 192.0.2.9\n nameserver\t2001:db8::1\n"
            "nameserver fe80::1%eth0\nnameserver 192.0.2.3\nnameserver 192.0.2.4")) ==
        "192.0.2.1 2001:db8::1 192.0.2.3");
}

TEST_CASE("root hints and trust anchors are lines of zone text")
{
  CHECK(text(sys::parse_root_hints("; hints\n. 3600000 NS A.ROOT.\nA.ROOT. 3600000 A 192.0.2.1\n"
                                   "A.ROOT. 3600000 IN AAAA 2001:db8::1 ; six\n")) ==
        "192.0.2.1 2001:db8::1");
  CHECK(sys::parse_trust_anchors("; none\n. IN DS 1 8 2 ABCD ; yes\n\n. DNSKEY 257 3 8 AwEA\n. NS a.\n") ==
        std::vector<std::string>{". IN DS 1 8 2 ABCD ", ". DNSKEY 257 3 8 AwEA"});
}

TEST_CASE("the Internet has thirteen root servers of both families, and two anchors")
{
  const dns::Roots roots = sys::internet_roots();
  CHECK(roots.servers.size() == 26);
  CHECK(roots.trust_anchors.size() == 2);
}
