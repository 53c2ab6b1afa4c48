#include "dns/dialogue.hpp"
#include "fake_internet.hpp"

#include <doctest/doctest.h>

using namespace dkimctl;
using test::name;

namespace {

/// The one body in a message.
std::string body(const std::string& message)
{
  dns::MessageReader reader;
  const auto bodies = reader.feed(message);
  REQUIRE(bodies);
  REQUIRE(bodies->size() == 1);
  return bodies->front();
}

dns::Answer full_answer()
{
  dns::Answer answer;
  answer.outcome = dns::Outcome::answered;
  answer.authoritative = true;
  answer.records = {test::txt("s._domainkey.example.com", std::string(300, 'x')),
                    test::cname("a.example", "b.example"),
                    {name("ns.example"), std::chrono::seconds{60}, dns::Address{std::string(16, '\1')}},
                    {name("ns.example"), std::chrono::seconds{60}, dns::Address{std::string(4, '\1')}}};
  answer.authority = {{name("example"), std::chrono::seconds{60}, dns::Ns{name("ns.example")}},
                      {name("example"), std::chrono::seconds{60},
                       dns::Soa{name("ns.example"), name("h.example"), 4294967295U}}};
  answer.reason = "because";
  return answer;
}

}  // namespace

TEST_SUITE_BEGIN("dns::dialogue");

TEST_CASE("what is said is what is heard")
{
  const dns::Roots roots{{{dns::Address{"\x7f\1\1\1"}, 53}, {dns::Address{std::string(16, '\2')}, 5353}},
                         {". DS 1 2 3"}};
  CHECK(dns::decode_roots(body(dns::encode(roots))) == roots);

  const dns::Question question{dns::View::recursive, name("a.example"), dns::RrType::txt, roots.servers[1],
                               true};
  const auto heard = dns::decode_question(body(dns::encode({7, question})));
  REQUIRE(heard);
  CHECK(heard->number == 7);
  CHECK(heard->question.key() == question.key());

  const dns::Answer answer = full_answer();
  const auto told = dns::decode_answer(body(dns::encode({4294967295U, answer})));
  REQUIRE(told);
  CHECK(told->number == 4294967295U);
  CHECK(told->answer.outcome == answer.outcome);
  CHECK(told->answer.authoritative);
  CHECK_FALSE(told->answer.authentic);
  CHECK(told->answer.records == answer.records);
  CHECK(told->answer.authority == answer.authority);
  CHECK(told->answer.additional.empty());
  CHECK(told->answer.reason == "because");
}

TEST_CASE("nothing that is cut, longer, or changed in its kinds is believed")
{
  const std::string good = body(dns::encode({1, full_answer()}));
  for (std::size_t size = 0; size < good.size(); ++size) {
    CAPTURE(size);
    const auto cut = dns::decode_answer(good.substr(0, size));
    REQUIRE_FALSE(cut);
    CHECK(cut.error().what == "no answer");
  }
  CHECK_FALSE(dns::decode_answer(good + '\0'));
  std::string unknown = good;
  unknown[4] = '\x20';  // the outcome
  CHECK_FALSE(dns::decode_answer(unknown));
  CHECK_FALSE(dns::decode_question(good));
  CHECK_FALSE(dns::decode_roots(good));
}

TEST_CASE("a reason that could move a terminal is refused")
{
  dns::Answer answer;
  answer.reason = "\x1b[2J";
  CHECK_FALSE(dns::decode_answer(body(dns::encode({1, answer}))));
}

TEST_CASE("a stream comes in any pieces")
{
  const std::string stream = dns::encode({1, full_answer()}) + dns::encode({2, dns::Answer{}});
  dns::MessageReader reader;
  std::size_t whole = 0;
  for (const char octet : stream) {
    const auto bodies = reader.feed({&octet, 1});
    REQUIRE(bodies);
    whole += bodies->size();
  }
  CHECK(whole == 2);
}

TEST_CASE("a message that is too long is refused before it is kept")
{
  dns::MessageReader reader;
  const auto bodies = reader.feed(std::string_view{"\x7f\xff\xff\xff", 4});
  REQUIRE_FALSE(bodies);
  CHECK(bodies.error().what == "a message of 2147483647 octets");
}
