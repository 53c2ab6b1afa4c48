#include "amavis/live.hpp"

#include <doctest/doctest.h>

using namespace dkimctl::amavis;

namespace {

Decision configured()
{
  Decision decision;
  decision.outcome = Outcome::signs;
  decision.domain = "example.com";
  decision.selector = "new";
  decision.algorithm = "rsa-sha256";
  decision.canonicalization = "relaxed/simple";
  decision.ttl = std::chrono::seconds{60};
  return decision;
}

LiveSignature running()
{
  return {"example.com", "new", "rsa-sha256", "relaxed/simple", "", 1000, 1061};
}

std::string told(const Decision& decision, const LiveSignature& live)
{
  return difference(decision, &live).value_or("");
}

}  // namespace

TEST_SUITE_BEGIN("amavis::difference");

TEST_CASE("the same tags are no difference, whichever way the times were rounded")
{
  LiveSignature live = running();
  CHECK(told(configured(), live).empty());
  live.expires = 1060;
  CHECK(told(configured(), live).empty());

  Decision fixed = configured();
  fixed.ttl.reset();
  fixed.expires = 1900000000;
  live.expires = 1900000000;
  CHECK(told(fixed, live).empty());

  Decision plain = configured();
  plain.ttl.reset();
  live.expires.reset();
  CHECK(told(plain, live).empty());
  plain.identity = "";
  CHECK(told(plain, live).empty());
}

TEST_CASE("both sides are named where they differ")
{
  struct Case {
    std::string LiveSignature::*tag;
    const char* value;
    const char* expected;
  };
  const Case cases[]{
      {&LiveSignature::selector, "old",
       "the running amavisd signs with d=example.com s=old, its configuration signs with d=example.com "
       "s=new"},
      {&LiveSignature::domain, "x.org",
       "the running amavisd signs with d=x.org s=new, its configuration signs with d=example.com s=new"},
      {&LiveSignature::algorithm, "rsa-sha1",
       "the running amavisd signs with a=rsa-sha1, its configuration with a=rsa-sha256"},
      {&LiveSignature::canonicalization, "simple/simple",
       "the running amavisd signs with c=simple/simple, its configuration with c=relaxed/simple"},
      {&LiveSignature::identity, "@a.example.com",
       "the running amavisd signs with i=@a.example.com, its configuration with i="},
  };
  for (const Case& c : cases) {
    LiveSignature live = running();
    live.*c.tag = c.value;
    CHECK(told(configured(), live) == c.expected);
  }
}

TEST_CASE("validity counts")
{
  LiveSignature live = running();
  live.expires = 1062;
  CHECK(told(configured(), live) ==
        "the running amavisd signs with x= after 62 s, its configuration with x= after 60 s");
  live.expires.reset();
  CHECK(told(configured(), live) ==
        "the running amavisd signs with no x=, its configuration with x= after 60 s");
  Decision plain = configured();
  plain.ttl.reset();
  CHECK(told(plain, running()) ==
        "the running amavisd signs with x= after 61 s, its configuration with no x=");
  plain.expires = 5;
  CHECK(told(plain, running()) == "the running amavisd signs with x= after 61 s, its configuration with x=5");

  Decision open = configured();
  open.ttl.reset();
  open.because.push_back({"ttl", "command", true, {}, ""});
  CHECK(told(open, running()).empty());
}

TEST_CASE("one signs, the other does not")
{
  const LiveSignature live = running();
  CHECK(difference(configured(), nullptr) ==
        "the running amavisd does not sign, its configuration signs with d=example.com s=new");
  Decision off;
  CHECK(difference(off, &live) ==
        "the running amavisd signs with d=example.com s=new, its configuration says that it does not sign");
  CHECK(difference(off, nullptr) == std::nullopt);
  off.outcome = Outcome::unknown;
  CHECK(difference(off, &live) == std::nullopt);
}

TEST_SUITE_END();
