// What a resource record holds, by type. Text forms are those of zone files.
#pragma once

#include "dns/name.hpp"
#include "dns/txt.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dkimctl::dns {

/// The types that dkimctl asks for (RFC 1035 section 3.2.2, RFC 3596 section 2.1).
enum class RrType : std::uint16_t { a = 1, ns = 2, cname = 5, soa = 6, txt = 16, aaaa = 28 };

/// "TXT".
std::string_view to_string(RrType type);

/// RFC 1035 section 3.4.1, RFC 3596 section 2.2.
struct Address {
  std::string octets;  // 4 or 16, in network order
  /// "192.0.2.1", "2001:db8::1" (RFC 5952).
  std::string text() const;
  bool is_ipv4() const { return octets.size() == 4; }
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 sees a null pointer in what the compiler makes
  friend auto operator<=>(const Address&, const Address&) = default;
};

/// RFC 1035 section 3.3.11.
struct Ns {
  Name host;
  friend bool operator==(const Ns&, const Ns&) = default;
};

/// RFC 1035 section 3.3.1.
struct Cname {
  Name target;
  friend bool operator==(const Cname&, const Cname&) = default;
};

/// RFC 1035 section 3.3.13.
struct Soa {
  Name primary;
  Name mailbox;
  std::uint32_t serial = 0;
  std::chrono::seconds refresh{};
  std::chrono::seconds retry{};
  std::chrono::seconds expire{};
  std::chrono::seconds minimum{};
  friend bool operator==(const Soa&, const Soa&) = default;
};

/// The alternative is the type.
using Rdata = std::variant<Txt, Address, Ns, Cname, Soa>;

RrType type_of(const Rdata& rdata);

/// One resource record of class IN.
struct Record {
  Name owner;
  std::chrono::seconds ttl{};
  Rdata rdata;
  friend bool operator==(const Record&, const Record&) = default;
};

/// The fields as zone text, in their order; of a TXT record one a character-string.
std::vector<std::string> zone_fields(const Rdata& rdata);

}  // namespace dkimctl::dns
