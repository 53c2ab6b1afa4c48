#include "dns/reading.hpp"
#include "fake_internet.hpp"

#include <doctest/doctest.h>

using namespace dkimctl;
using dns::Outcome;
using dns::Rcode;
using dns::View;
using test::name;

namespace {

const dns::Record kTxt = test::txt("s.example.com", "x");
const dns::Record kAlias = test::cname("s.example.com", "t.example.com");
const dns::Record kSoa{name("example.com"), {}, dns::Soa{}};
const dns::Record kCut{name("example.com"), {}, dns::Ns{name("ns.example")}};
const dns::Record kUp{name("."), {}, dns::Ns{name("a.root")}};

}  // namespace

TEST_SUITE_BEGIN("dns::reading");

TEST_CASE("what a response comes to")
{
  struct Case {
    View view;
    Rcode rcode;
    bool authoritative;
    std::vector<dns::Record> answer;
    std::vector<dns::Record> authority;
    Outcome outcome;
  };
  const Case cases[]{
      {View::authoritative, Rcode::no_error, true, {kTxt}, {}, Outcome::answered},
      {View::authoritative, Rcode::no_error, true, {kAlias}, {}, Outcome::answered},
      {View::authoritative, Rcode::nxdomain, true, {kAlias}, {kSoa}, Outcome::answered},  // of the target
      {View::authoritative, Rcode::no_error, true, {}, {kSoa}, Outcome::nodata},
      {View::authoritative, Rcode::nxdomain, true, {}, {kSoa}, Outcome::nxdomain},
      {View::authoritative, Rcode::no_error, false, {}, {kCut}, Outcome::referral},
      {View::authoritative, Rcode::no_error, false, {}, {kUp}, Outcome::lame},
      {View::authoritative, Rcode::no_error, false, {kTxt}, {}, Outcome::lame},
      {View::authoritative, Rcode::nxdomain, false, {}, {}, Outcome::lame},
      {View::authoritative, Rcode::server_failure, false, {}, {}, Outcome::servfail},
      {View::authoritative, Rcode::refused, false, {}, {}, Outcome::refused},
      {View::authoritative, Rcode::not_implemented, false, {}, {}, Outcome::rcode_other},
      {View::recursive, Rcode::no_error, false, {kTxt}, {}, Outcome::answered},
      {View::recursive, Rcode::no_error, false, {}, {}, Outcome::nodata},
      {View::recursive, Rcode::nxdomain, false, {}, {}, Outcome::nxdomain},
  };
  for (const Case& c : cases) {
    CAPTURE(to_string(c.rcode));
    CAPTURE(c.authoritative);
    dns::Response response;
    response.rcode = c.rcode;
    response.authoritative = c.authoritative;
    response.recursive = c.view == View::recursive;
    response.answer = c.answer;
    response.authority = c.authority;
    const dns::Answer answer = dns::answer_of(response, {c.view, name("s.example.com"), dns::RrType::txt});
    CHECK(word(answer.outcome) == word(c.outcome));
    CHECK(answer.reason == (c.outcome == Outcome::rcode_other ? "NOTIMP" : ""));
  }
}

TEST_CASE("a server that does not recurse is no resolver")
{
  dns::Response response;
  response.authority = {kUp};
  CHECK(dns::answer_of(response, {View::recursive, name("s.example.com"), dns::RrType::txt}).outcome ==
        Outcome::refused);
}

TEST_CASE("no more records are kept than anybody needs")
{
  dns::Response response;
  response.authoritative = true;
  response.answer.assign(dns::kMostRecords + 1, kTxt);
  const auto answer =
      dns::answer_of(response, {View::authoritative, name("s.example.com"), dns::RrType::txt});
  CHECK(answer.records.size() == dns::kMostRecords);
}
