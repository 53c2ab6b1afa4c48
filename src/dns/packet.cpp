#include "dns/packet.hpp"

#include "base/release.hpp"
#include "dns/escape.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <ldns/ldns.h>

namespace dkimctl::dns {
namespace {

using Packet = std::unique_ptr<ldns_pkt, Release<ldns_pkt_free>>;
using Octets = std::unique_ptr<std::uint8_t, Release<std::free>>;

constexpr std::size_t kLongestMessage = 65535;  // octets, RFC 1035 section 4.2.2
constexpr std::size_t kIpv4Octets = 4;
constexpr std::size_t kIpv6Octets = 16;
constexpr std::size_t kSoaFields = 7;

struct RcodeRow {
  std::uint16_t number;
  Rcode rcode;
  std::string_view text;
};

constexpr std::array kRcodes{
    RcodeRow{0, Rcode::no_error, "NOERROR"},        RcodeRow{1, Rcode::format_error, "FORMERR"},
    RcodeRow{2, Rcode::server_failure, "SERVFAIL"}, RcodeRow{3, Rcode::nxdomain, "NXDOMAIN"},
    RcodeRow{4, Rcode::not_implemented, "NOTIMP"},  RcodeRow{5, Rcode::refused, "REFUSED"},
    RcodeRow{16, Rcode::bad_version, "BADVERS"},
};

/// With the upper octet that an OPT record carries (RFC 6891 section 6.1.3).
Rcode rcode_of(const ldns_pkt* packet)
{
  const unsigned upper = ldns_pkt_edns(packet) ? ldns_pkt_edns_extended_rcode(packet) : 0U;
  const unsigned number = upper << 4U | static_cast<unsigned>(ldns_pkt_get_rcode(packet));
  const auto* const found = std::ranges::find(kRcodes, number, &RcodeRow::number);
  return found == kRcodes.end() ? Rcode::other : found->rcode;
}

std::string_view octets_of(const ldns_rdf* field)
{
  return {reinterpret_cast<const char*>(ldns_rdf_data(field)), ldns_rdf_size(field)};
}

std::optional<Name> name_of(const ldns_rdf* field)
{
  auto name = field == nullptr ? Result<Name>{tl::unexpected(Error{})} : Name::from_wire(octets_of(field));
  return name ? std::optional{*std::move(name)} : std::nullopt;
}

using Parsed = std::optional<Rdata>;

Parsed read_txt(const ldns_rr* rr)
{
  Txt txt;
  for (std::size_t i = 0; i < ldns_rr_rd_count(rr); ++i) {
    const std::string_view string = octets_of(ldns_rr_rdf(rr, i));  // after an octet with its length
    txt.strings.emplace_back(string.substr(std::min<std::size_t>(1, string.size())));
  }
  return txt.strings.empty() ? std::nullopt : Parsed{std::move(txt)};
}

Parsed read_address(const ldns_rr* rr)
{
  if (ldns_rr_rd_count(rr) != 1) {
    return std::nullopt;
  }
  const std::string_view octets = octets_of(ldns_rr_rdf(rr, 0));
  const std::size_t size = ldns_rr_get_type(rr) == LDNS_RR_TYPE_A ? kIpv4Octets : kIpv6Octets;
  return octets.size() == size ? Parsed{Address{std::string{octets}}} : std::nullopt;
}

template<class T>
Parsed read_name(const ldns_rr* rr)
{
  auto name = ldns_rr_rd_count(rr) == 1 ? name_of(ldns_rr_rdf(rr, 0)) : std::nullopt;
  return name ? Parsed{T{*std::move(name)}} : std::nullopt;
}

Parsed read_soa(const ldns_rr* rr)
{
  if (ldns_rr_rd_count(rr) != kSoaFields) {
    return std::nullopt;
  }
  auto primary = name_of(ldns_rr_rdf(rr, 0));
  auto mailbox = name_of(ldns_rr_rdf(rr, 1));
  if (!primary || !mailbox) {
    return std::nullopt;
  }
  const auto number = [&](std::size_t i) { return ldns_rdf2native_int32(ldns_rr_rdf(rr, i)); };
  const auto time = [&](std::size_t i) { return std::chrono::seconds{number(i)}; };
  return Soa{*std::move(primary), *std::move(mailbox), number(2), time(3), time(4), time(5), time(6)};
}

struct Reader {
  ldns_rr_type type;
  Parsed (*read)(const ldns_rr* rr);
};

constexpr std::array kReaders{
    Reader{LDNS_RR_TYPE_TXT, read_txt},           Reader{LDNS_RR_TYPE_A, read_address},
    Reader{LDNS_RR_TYPE_AAAA, read_address},      Reader{LDNS_RR_TYPE_NS, read_name<Ns>},
    Reader{LDNS_RR_TYPE_CNAME, read_name<Cname>}, Reader{LDNS_RR_TYPE_SOA, read_soa},
};

std::vector<Record> records_of(const ldns_rr_list* list)
{
  std::vector<Record> records;
  for (std::size_t i = 0; i < ldns_rr_list_rr_count(list); ++i) {
    const ldns_rr* const rr = ldns_rr_list_rr(list, i);
    const auto* const reader = std::ranges::find(kReaders, ldns_rr_get_type(rr), &Reader::type);
    auto owner = name_of(ldns_rr_owner(rr));
    auto rdata = reader == kReaders.end() || ldns_rr_get_class(rr) != LDNS_RR_CLASS_IN ? std::nullopt
                                                                                       : reader->read(rr);
    if (owner && rdata) {
      records.push_back({*std::move(owner), std::chrono::seconds{ldns_rr_ttl(rr)}, *std::move(rdata)});
    }
  }
  return records;
}

tl::unexpected<Error> refuse(std::string what)
{
  return tl::unexpected(Error{Errc::refused, std::move(what)});
}

}  // namespace

std::string_view to_string(Rcode rcode)
{
  const auto* const found = std::ranges::find(kRcodes, rcode, &RcodeRow::rcode);
  return found == kRcodes.end() ? "an unknown response code" : found->text;
}

Result<Response> decode_response(std::string_view octets)
{
  if (octets.size() > kLongestMessage) {
    return refuse("a message of more than 65535 octets");
  }
  ldns_pkt* raw = nullptr;
  const ldns_status status =
      ldns_wire2pkt(&raw, reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size());
  const Packet packet(raw);
  if (status != LDNS_STATUS_OK) {
    return refuse(fmt::format("no DNS message: {}", ldns_get_errorstr_by_id(status)));
  }
  const ldns_rr_list* const questions = ldns_pkt_question(raw);
  if (!ldns_pkt_qr(raw) || ldns_rr_list_rr_count(questions) != 1) {
    return refuse("no response to one question");
  }
  const ldns_rr* const question = ldns_rr_list_rr(questions, 0);
  auto name = name_of(ldns_rr_owner(question));
  if (!name) {
    return refuse("a response to a question for no name");
  }
  return Response{ldns_pkt_id(raw),
                  rcode_of(raw),
                  ldns_pkt_aa(raw),
                  ldns_pkt_tc(raw),
                  ldns_pkt_ra(raw),
                  ldns_pkt_ad(raw),
                  ldns_pkt_edns(raw),
                  *std::move(name),
                  static_cast<std::uint16_t>(ldns_rr_get_type(question)),
                  records_of(ldns_pkt_answer(raw)),
                  records_of(ldns_pkt_authority(raw)),
                  records_of(ldns_pkt_additional(raw))};
}

std::string encode_query(const Query& query)
{
  const std::string wire = query.name.wire();
  const Packet packet(
      ldns_pkt_query_new(ldns_dname_new_frm_data(static_cast<std::uint16_t>(wire.size()), wire.data()),
                         static_cast<ldns_rr_type>(query.type), LDNS_RR_CLASS_IN, 0));
  ldns_pkt_set_id(packet.get(), query.id);
  ldns_pkt_set_rd(packet.get(), query.recursion_desired);
  ldns_pkt_set_cd(packet.get(), query.checking_disabled);
  ldns_pkt_set_edns_udp_size(packet.get(), query.edns_size);
  ldns_pkt_set_edns_do(packet.get(), query.dnssec_ok);
  std::uint8_t* raw = nullptr;
  std::size_t size = 0;
  ldns_pkt2wire(&raw, packet.get(), &size);
  const Octets octets(raw);
  return {reinterpret_cast<const char*>(raw), size};
}

}  // namespace dkimctl::dns
