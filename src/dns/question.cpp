#include "dns/question.hpp"

#include <fmt/format.h>

namespace dkimctl::dns {

std::string ServerAddress::text() const
{
  if (port == kDnsPort) {
    return address.text();
  }
  return address.is_ipv4() ? fmt::format("{}:{}", address.text(), port)
                           : fmt::format("[{}]:{}", address.text(), port);
}

std::string Question::key() const
{
  std::string key;
  key += static_cast<char>(view);
  key += static_cast<char>(type);
  key += static_cast<char>((checking_disabled ? 1 : 0) | (again ? 2 : 0));
  if (view != View::root) {
    key += static_cast<char>(server.port >> 8U);
    key += static_cast<char>(server.port & 0xffU);
    key += static_cast<char>(server.address.octets.size());
    key += server.address.octets;
  }
  return key + name.folded();
}

std::string_view to_string(Outcome outcome)
{
  switch (outcome) {
  case Outcome::answered: return "an answer";
  case Outcome::nodata: return "no such record";
  case Outcome::nxdomain: return "no such name";
  case Outcome::referral: return "a referral";
  case Outcome::lame: return "not authoritative for the zone";
  case Outcome::servfail: return "SERVFAIL";
  case Outcome::refused: return "REFUSED";
  case Outcome::rcode_other: return "an error";
  case Outcome::bogus: return "DNSSEC validation failed";
  case Outcome::tcp_blocked: return "too long for UDP, and no answer by TCP";
  case Outcome::garbage: return "an answer that cannot be read";
  case Outcome::timeout: return "no answer";
  case Outcome::unreachable: return "unreachable";
  case Outcome::no_route: return "no way to addresses of this family";
  }
  return {};
}

std::string_view word(Outcome outcome)
{
  switch (outcome) {
  case Outcome::answered: return "answered";
  case Outcome::nodata: return "nodata";
  case Outcome::nxdomain: return "nxdomain";
  case Outcome::referral: return "referral";
  case Outcome::lame: return "lame";
  case Outcome::servfail: return "servfail";
  case Outcome::refused: return "refused";
  case Outcome::rcode_other: return "error";
  case Outcome::bogus: return "bogus";
  case Outcome::tcp_blocked: return "tcp-blocked";
  case Outcome::garbage: return "garbage";
  case Outcome::timeout: return "timeout";
  case Outcome::unreachable: return "unreachable";
  case Outcome::no_route: return "no-route";
  }
  return {};
}

bool Answer::says() const
{
  return outcome == Outcome::answered || outcome == Outcome::nodata || outcome == Outcome::nxdomain;
}

}  // namespace dkimctl::dns
