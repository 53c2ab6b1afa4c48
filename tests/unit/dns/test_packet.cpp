#include "dns/packet.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

using namespace dkimctl;
using dns::decode_response;
using dns::Name;
using dns::Rcode;
using dns::RrType;
using namespace std::string_literals;

namespace {

std::string u16(unsigned value)
{
  return {static_cast<char>(value >> 8U), static_cast<char>(value & 0xffU)};
}

std::string u32(unsigned value)
{
  return u16(value >> 16U) + u16(value & 0xffffU);
}

Name name(std::string_view text)
{
  const auto parsed = Name::parse(text);
  REQUIRE(parsed);
  return *parsed;
}

/// A response to "s._domainkey.example.com. IN TXT" with the sections' records.
std::string response(unsigned flags, const std::vector<std::string>& answer = {},
                     const std::vector<std::string>& authority = {},
                     const std::vector<std::string>& additional = {})
{
  const auto count = [](const auto& list) { return u16(static_cast<unsigned>(list.size())); };
  std::string out =
      u16(7) + u16(0x8000U | flags) + u16(1) + count(answer) + count(authority) + count(additional);
  out += name("s._domainkey.example.com").wire() + u16(16) + u16(1);
  for (const auto* section : {&answer, &authority, &additional}) {
    for (const std::string& record : *section) {
      out += record;
    }
  }
  return out;
}

constexpr unsigned kToQuestion = 0xc00c;  // a pointer to the question's name, RFC 1035 section 4.1.4

std::string record(unsigned type, const std::string& rdata, const std::string& owner = u16(kToQuestion))
{
  return owner + u16(type) + u16(1) + u32(300) + u16(static_cast<unsigned>(rdata.size())) + rdata;
}

}  // namespace

TEST_SUITE_BEGIN("dns::packet");

TEST_CASE("a query asks what it is told to")
{
  const std::string plain =
      dns::encode_query({name("example.com"), RrType::txt, 0x1234, true, false, false, 0});
  CHECK(plain ==
        "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07"
        "example\x03"
        "com\x00\x00\x10\x00\x01"s);
  const std::string edns = dns::encode_query({name("example.com"), RrType::ns, 1, false, true, true, 1232});
  CHECK(edns.substr(2, 10) == "\x00\x10\x00\x01\x00\x00\x00\x00\x00\x01"s);
  CHECK(edns.ends_with("\x00\x00\x29\x04\xd0\x00\x00\x80\x00\x00\x00"s));  // OPT, 1232 octets, DO
  CHECK_FALSE(decode_response(plain));
}

TEST_CASE("an answer is read, record by record")
{
  const std::string txt = record(16, "\x03v=D\x00\x04KIM1"s);
  const auto read = decode_response(response(0x0400, {txt}));
  REQUIRE(read);
  CHECK(read->id == 7);
  CHECK(read->rcode == Rcode::no_error);
  CHECK(read->authoritative);
  CHECK_FALSE(read->truncated);
  CHECK_FALSE(read->edns);
  CHECK(read->question == name("s._domainkey.example.com"));
  CHECK(read->type == 16);
  REQUIRE(read->answer.size() == 1);
  CHECK(read->answer[0].owner == name("S._DomainKey.example.com"));
  CHECK(read->answer[0].ttl == std::chrono::seconds{300});
  CHECK(std::get<dns::Txt>(read->answer[0].rdata).strings == std::vector<std::string>{"v=D", "", "KIM1"});
}

TEST_CASE("every type that is read")
{
  const std::string com = name("ns.example.com").wire();
  const std::string soa =
      com + name("root.example.com").wire() + u32(2026112801) + u32(1) + u32(2) + u32(3) + u32(60);
  const auto read = decode_response(
      response(0,
               {record(5, com), record(2, com), record(1, "\xc0\x00\x02\x01"s),
                record(28, "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x01"), record(99, "\x01x")},
               {record(6, soa)}));
  REQUIRE(read);
  REQUIRE(read->answer.size() == 4);  // the SPF record is not ours to read
  CHECK(dns::zone_fields(read->answer[0].rdata) == std::vector<std::string>{"ns.example.com."});
  CHECK(dns::type_of(read->answer[0].rdata) == RrType::cname);
  CHECK(dns::type_of(read->answer[1].rdata) == RrType::ns);
  CHECK(std::get<dns::Address>(read->answer[2].rdata).text() == "192.0.2.1");
  CHECK(std::get<dns::Address>(read->answer[3].rdata).text() == "2001:db8::1");
  REQUIRE(read->authority.size() == 1);
  CHECK(dns::zone_fields(read->authority[0].rdata) ==
        std::vector<std::string>{"ns.example.com.", "root.example.com.", "2026112801", "1", "2", "3", "60"});
}

TEST_CASE("addresses in their shortest form")
{
  const auto text = [](const std::string& octets) { return dns::Address{octets}.text(); };
  CHECK(text(std::string(16, '\0')) == "::");
  CHECK(text(std::string(15, '\0') + "\x01") == "::1");
  CHECK(text("\x20\x01\x0d\xb8"s + std::string(12, '\0')) == "2001:db8::");
  CHECK(text("\x20\x01\x0d\xb8\x00\x00\x00\x01\x00\x00\x00\x00\x00\x01\x00\x01"s) == "2001:db8:0:1::1:1");
  CHECK(text("\x20\x01\x0d\xb8\x00\x00\x00\x01\x00\x01\x00\x01\x00\x01\x00\x01"s) == "2001:db8:0:1:1:1:1:1");
  CHECK(text("\xff\x00\x00\x01"s) == "255.0.0.1");
}

TEST_CASE("what the header says")
{
  CHECK(decode_response(response(0x0203))->rcode == Rcode::nxdomain);
  CHECK(decode_response(response(0x0203))->truncated);
  CHECK(decode_response(response(0x00a2))->rcode == Rcode::server_failure);
  CHECK(decode_response(response(0x00a2))->recursive);
  CHECK(decode_response(response(0x00a2))->authentic);
  CHECK(decode_response(response(0x0005))->rcode == Rcode::refused);
  CHECK(decode_response(response(0x000b))->rcode == Rcode::other);
  const std::string opt = "\x00\x00\x29\x04\xd0\x01\x00\x00\x00\x00\x00"s;  // extended RCODE 1: BADVERS
  CHECK(decode_response(response(0, {}, {}, {opt}))->rcode == Rcode::bad_version);
  CHECK(decode_response(response(0, {}, {}, {opt}))->edns);
  CHECK(dns::to_string(Rcode::nxdomain) == "NXDOMAIN");
}

TEST_CASE("what is no response is refused")
{
  const std::string good = response(0, {record(16, "\x01x")});
  REQUIRE(decode_response(good));
  for (std::size_t size = 0; size < good.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(decode_response(good.substr(0, size)));
  }
  CHECK_FALSE(decode_response(std::string(65536, '\0')));
  CHECK_FALSE(decode_response(u16(7) + u16(0x8000) + std::string(8, '\0')));  // no question
  const std::string loop =
      u16(7) + u16(0x8000) + u16(1) + std::string(6, '\0') + u16(kToQuestion) + u16(16) + u16(1);
  CHECK_FALSE(decode_response(loop));  // a name that points to itself
}

TEST_CASE("names on the wire")
{
  CHECK(Name::from_wire(std::string(1, '\0'))->is_root());
  CHECK(*Name::from_wire(name("a.b").wire()) == name("a.b"));
  for (const std::string& bad :
       {""s, "\x01"s, "\x01x"s, "@"s + std::string(64, 'x') + "\0"s, "\x01x\0x"s, "\xc0\x0c"s}) {
    CHECK_FALSE(Name::from_wire(bad));
  }
}

TEST_SUITE_END();
