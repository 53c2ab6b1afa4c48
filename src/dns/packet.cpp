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
using ResourceRecord = std::unique_ptr<ldns_rr, Release<ldns_rr_free>>;
using Octets = std::unique_ptr<std::uint8_t, Release<std::free>>;

constexpr std::size_t kLongestMessage = 65535;  // octets, RFC 1035 section 4.2.2
constexpr std::size_t kIpv4Octets = 4;
constexpr std::size_t kIpv6Octets = 16;
constexpr std::size_t kSoaFields = 7;
constexpr unsigned kRcodeBits = 4;  // in the header; RFC 6891 section 6.1.3 adds eight above
constexpr unsigned kUpperRcodeAt = 24;

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

std::optional<Record> record_of(const ldns_rr* rr)
{
  const auto* const reader = std::ranges::find(kReaders, ldns_rr_get_type(rr), &Reader::type);
  if (reader == kReaders.end() || ldns_rr_get_class(rr) != LDNS_RR_CLASS_IN) {
    return std::nullopt;
  }
  auto owner = name_of(ldns_rr_owner(rr));
  auto rdata = reader->read(rr);
  if (!owner || !rdata) {
    return std::nullopt;
  }
  return Record{*std::move(owner), std::chrono::seconds{ldns_rr_ttl(rr)}, *std::move(rdata)};
}

/// A message, record after record. ldns_wire2pkt() does the same, but loses the memory of a second TSIG
/// record.
class Wire {
public:
  explicit Wire(std::string_view octets) : octets_(octets) {}

  const std::uint8_t* data() const { return reinterpret_cast<const std::uint8_t*>(octets_.data()); }
  /// Null where there is none that can be read.
  ResourceRecord next(ldns_pkt_section section)
  {
    ldns_rr* rr = nullptr;
    status_ = ldns_wire2rr(&rr, data(), octets_.size(), &position_, section);
    return ResourceRecord(status_ == LDNS_STATUS_OK ? rr : nullptr);
  }
  ldns_status status() const { return status_; }

private:
  std::string_view octets_;
  std::size_t position_ = LDNS_HEADER_SIZE;
  ldns_status status_ = LDNS_STATUS_OK;
};

tl::unexpected<Error> refuse(std::string what)
{
  return tl::unexpected(Error{Errc::refused, std::move(what)});
}

struct Section {
  ldns_pkt_section section;
  unsigned count;
};

/// Appends the records of types that are known. Gives the TTL field of an OPT record, in which the upper
/// octet of the response code is (RFC 6891 section 6.1.3).
Result<std::optional<std::uint32_t>> read_section(Wire& wire, Section section, std::vector<Record>& records)
{
  std::optional<std::uint32_t> opt;
  for (unsigned i = 0; i < section.count; ++i) {
    const ResourceRecord rr = wire.next(section.section);
    if (!rr) {
      return refuse(fmt::format("no DNS message: {}", ldns_get_errorstr_by_id(wire.status())));
    }
    if (ldns_rr_get_type(rr.get()) == LDNS_RR_TYPE_OPT) {
      opt = ldns_rr_ttl(rr.get());
    } else if (auto record = record_of(rr.get())) {
      records.push_back(*std::move(record));
    }
  }
  return opt;
}

Rcode rcode_of(unsigned number)
{
  const auto* const found = std::ranges::find(kRcodes, number, &RcodeRow::number);
  return found == kRcodes.end() ? Rcode::other : found->rcode;
}

}  // namespace

std::string_view to_string(Rcode rcode)
{
  const auto* const found = std::ranges::find(kRcodes, rcode, &RcodeRow::rcode);
  return found == kRcodes.end() ? "an unknown response code" : found->text;
}

Result<Response> decode_response(std::string_view octets)
{
  if (octets.size() > kLongestMessage || octets.size() < LDNS_HEADER_SIZE) {
    return refuse(fmt::format("no DNS message: {} octets", octets.size()));
  }
  Wire wire(octets);
  const std::uint8_t* const header = wire.data();
  if (!LDNS_QR_WIRE(header) || LDNS_QDCOUNT(header) != 1) {
    return refuse("no response to one question");
  }
  const ResourceRecord question = wire.next(LDNS_SECTION_QUESTION);
  auto name = question ? name_of(ldns_rr_owner(question.get())) : std::nullopt;
  if (!name) {
    return refuse("a response to a question for no name");
  }
  Response response;
  response.id = LDNS_ID_WIRE(header);
  response.authoritative = LDNS_AA_WIRE(header) != 0;
  response.truncated = LDNS_TC_WIRE(header) != 0;
  response.recursive = LDNS_RA_WIRE(header) != 0;
  response.authentic = LDNS_AD_WIRE(header) != 0;
  response.question = *std::move(name);
  response.type = static_cast<std::uint16_t>(ldns_rr_get_type(question.get()));
  unsigned rcode = LDNS_RCODE_WIRE(header);
  DKIMCTL_TRY_VOID(read_section(wire, {LDNS_SECTION_ANSWER, LDNS_ANCOUNT(header)}, response.answer));
  DKIMCTL_TRY_VOID(read_section(wire, {LDNS_SECTION_AUTHORITY, LDNS_NSCOUNT(header)}, response.authority));
  DKIMCTL_TRY(const auto opt,
              read_section(wire, {LDNS_SECTION_ADDITIONAL, LDNS_ARCOUNT(header)}, response.additional));
  if (opt) {
    response.edns = true;
    rcode |= *opt >> kUpperRcodeAt << kRcodeBits;
  }
  response.rcode = rcode_of(rcode);
  return response;
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
