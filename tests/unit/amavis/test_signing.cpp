#include "amavis/findings.hpp"
#include "signing_fixture.hpp"

#include <doctest/doctest.h>

using namespace dkimctl::amavis;
using namespace dkimctl::amavis::testing;
using dkimctl::Severity;
using dkimctl::perl::Value;

namespace {

constexpr const char* kOld = "d=example.com s=old a=rsa-sha256 c=relaxed/simple";
constexpr const char* kNew = "d=example.com s=new a=rsa-sha256 c=relaxed/simple";
constexpr const char* kDkim = "d=example.com s=dkim a=rsa-sha256 c=relaxed/simple";

/// iRedMail's catch-all: everything in the name of the first domain.
Pairs catch_all()
{
  return {{".", hash({{"d", "example.com"},
                      {"a", "rsa-sha256"},
                      {"c", "relaxed/simple"},
                      {"ttl", Value{std::int64_t{2592000}}}})}};
}

const Because& because(const Decision& decision, std::string_view tag)
{
  for (const Because& row : decision.because) {
    if (row.tag == tag) {
      return row;
    }
  }
  FAIL("nothing about " << std::string{tag});
  return decision.because.front();
}

}  // namespace

TEST_SUITE_BEGIN("amavis::Signer");

TEST_CASE("the key that is declared first signs, unless a map names another")
{
  SigningFixture host;
  host.key("example.com", "old");
  host.key("example.com", "new");
  CHECK(summary(host.decide("u@example.com")) == kOld);

  host.maps({{"example.com", hash({{"s", "new"}})}});
  CHECK(summary(host.decide("u@example.com")) == kNew);
  CHECK(summary(host.decide_for({"u@sub.example.com", "u@example.com"})) == kNew);
  CHECK(summary(host.decide("u@sub.example.com")) == "unsigned: no key is declared for sub.example.com");

  host.maps({{"example.com", hash({{"d", "EXAMPLE.com"},
                                   {"s", "NEW"},
                                   {"a", "rsa-sha256"},
                                   {"ttl", Value{std::int64_t{864000}}}})}});
  CHECK(summary(host.decide("u@example.com")) == std::string{kNew} + " ttl=864000");
}

TEST_CASE("mail in another domain's name: what to do for a signature of its own")
{
  SigningFixture host;
  host.key("mail.example.com", "dkim");
  host.key("second.org", "dkim");
  host.maps({{".", hash({{"d", "mail.example.com"}})}});
  const auto found = [&](const char* address) { return host.decide(address).findings.at(0); };
  CHECK(found("u@second.org").hint ==
        "DMARC counts only signatures of the author's domain: key #2 is its own, and give it an entry in a "
        "signing map: 'second.org' => { d => 'second.org' }");
  CHECK(found("u@third.net").hint.find(": declare a key for third.net, and give it an entry") !=
        std::string::npos);
  CHECK(found("u@third.net").severity == Severity::warning);
  CHECK(found("u@[192.0.2.1]").hint.ends_with("; an address literal has none"));
  CHECK(found("u@second.org.").hint.ends_with("; amavisd finds none for an address that ends with a dot"));

  CHECK(found("u@news.example.com").severity == Severity::note);
  CHECK(found("u@news.example.com").text.ends_with("only where both belong to one organizational domain"));
  CHECK(host.decide("u@example.com").findings.empty());
  CHECK(host.decide("u@a.mail.example.com").findings.empty());
}

TEST_CASE("the catch-all signs in the name of the first domain, with i= for its subdomains")
{
  SigningFixture host;
  host.key("example.com", "dkim");
  host.key("second.org", "dkim");
  host.maps(catch_all());
  const std::string signed_for_first = std::string{kDkim} + " ttl=2592000";
  CHECK(summary(host.decide("u@example.com")) == signed_for_first);
  CHECK(summary(host.decide("u@second.org")) == signed_for_first);
  CHECK(summary(host.decide("u@third.net")) == signed_for_first);
  CHECK(summary(host.decide("u@sub.example.com")) == std::string{kDkim} + " i=@sub.example.com ttl=2592000");
  CHECK(summary(host.decide_for({"MAILER-DAEMON@example.com", ""})) == signed_for_first);
  CHECK(codes(host.decide("u@second.org").findings) == "misaligned");
  CHECK(codes(host.decide("u@sub.example.com").findings).empty());

  Pairs entries = catch_all();
  entries.emplace_back(
      "second.org", hash({{"d", "second.org"}, {"a", "rsa-sha256"}, {"ttl", Value{std::int64_t{864000}}}}));
  host.maps(entries);
  CHECK(summary(host.decide("u@second.org")) ==
        "d=second.org s=dkim a=rsa-sha256 c=relaxed/simple ttl=864000");
  CHECK(summary(host.decide("u@sub.second.org")) == signed_for_first);
  CHECK(summary(host.decide("u@example.com")) == signed_for_first);
}

TEST_CASE("an entry with a leading dot is for the domain and all below it")
{
  SigningFixture host;
  host.key("second.org", "dkim");
  host.maps({{".second.org", hash({{"d", "second.org"}})}});
  CHECK(summary(host.decide("u@second.org")) == "d=second.org s=dkim a=rsa-sha256 c=relaxed/simple");
  CHECK(summary(host.decide("u@sub.second.org")) ==
        "d=second.org s=dkim a=rsa-sha256 c=relaxed/simple i=@sub.second.org");
}

TEST_CASE("a selector that no key has leaves mail unsigned, or to the next originator")
{
  SigningFixture host;
  host.key("example.com", "dkim");
  host.key("mf.example", "dkim");
  host.maps({{"example.com", hash({{"s", "nosuch"}})}});
  const Decision decision = host.decide("u@example.com");
  CHECK(summary(decision) == "unsigned: no key of example.com has the selector 'nosuch'");
  CHECK(codes(decision.findings) == "unsigned");
  CHECK(decision.findings[0].object == "u@example.com");
  CHECK(decision.findings[0].where == because(decision, "s").where);
  CHECK(summary(host.decide_for({"u@example.com", "u@mf.example"})) ==
        "d=mf.example s=dkim a=rsa-sha256 c=relaxed/simple");
  CHECK(codes(host.decide_for({"u@example.com", "u@mf.example"}).findings) == "misaligned");
}

TEST_CASE("without a map Sender and envelope sender are tried in turn")
{
  SigningFixture host;
  host.key("mf.example", "dkim");
  const std::string by_sender = "d=mf.example s=dkim a=rsa-sha256 c=relaxed/simple";
  CHECK(summary(host.decide_for({"u@other.example", "u@mf.example"})) == by_sender);
  CHECK(summary(host.decide_for({"u@other2.example", "s@mf.example", "u@other.example"})) == by_sender);
  CHECK(summary(host.decide_for({"u@sub.mf.example", "u@other.example"})) ==
        "unsigned: no key is declared for sub.mf.example");
}

TEST_CASE("an empty d turns signing off; what is no hash is passed over")
{
  SigningFixture host;
  host.key("example.com", "dkim");
  host.maps({{"nosign@example.com", hash({{"d", ""}})},
             {"nosign2@example.com", hash({{"d", Value{}}})},
             {"undefs@example.com", Value{}},
             {"scalar@example.com", Value{std::int64_t{1}}},
             {"nosign\\@example.com", hash({{"d", ""}})}});
  const Decision off = host.decide("nosign@example.com");
  CHECK(summary(off) ==
        "unsigned: entry 'nosign@example.com' of a signing map turns signing off with an empty d");
  CHECK(off.findings.empty());
  CHECK(because(off, "d").value == "");
  CHECK(because(host.decide("nosign2@example.com"), "d").value == std::nullopt);
  CHECK(host.decide("nosign2@example.com").outcome == Outcome::does_not_sign);
  CHECK(summary(host.decide("undefs@example.com")) == kDkim);
  CHECK(summary(host.decide("scalar@example.com")) == kDkim);
  CHECK(summary(host.decide("x@example.com")) == kDkim);
}

TEST_CASE("values of c, a, ttl, x and q")
{
  struct Case {
    const char* tag;
    Value value;
    const char* expected;
  };
  const Case cases[]{
      {"c", "simple/simple", "d=example.com s=dkim a=rsa-sha256 c=simple/simple"},
      {"c", "simple", "d=example.com s=dkim a=rsa-sha256 c=simple/simple"},
      {"c", "", "d=example.com s=dkim a=rsa-sha256 c=simple/simple"},
      {"c", Value{}, kDkim},
      {"c", "relaxed", "d=example.com s=dkim a=rsa-sha256 c=relaxed"},
      {"c", "Relaxed/RELAXED", "d=example.com s=dkim a=rsa-sha256 c=Relaxed/RELAXED"},
      {"c", "foo/bar", "unsigned: amavisd cannot sign with c=foo/bar"},
      {"c", "relaxed/", "unsigned: amavisd cannot sign with c=relaxed/"},
      {"c", "relaxed; d=x", "unsigned: amavisd cannot sign with c=relaxed; d=x"},
      {"a", "rsa-md5", "unsigned: amavisd cannot sign with a=rsa-md5"},
      {"a", "rsa-SHA256", "d=example.com s=dkim a=rsa-SHA256 c=relaxed/simple"},
      {"a", "RSA-sha256", "unsigned: no key of example.com fits: key #1 is of another type than a= asks for"},
      {"a", "ed25519-sha256",
       "unsigned: no key of example.com fits: key #1 is of another type than a= asks for"},
      {"a", "sha256", "unsigned: amavisd cannot sign with a=sha256"},
      {"a", "", "d=example.com s=dkim a=rsa-sha1 c=relaxed/simple"},
      {"a", Value{}, kDkim},
      {"ttl", Value{std::int64_t{0}}, kDkim},
      {"ttl", Value{1.5}, "d=example.com s=dkim a=rsa-sha256 c=relaxed/simple ttl=2"},
      {"ttl", "30d", "d=example.com s=dkim a=rsa-sha256 c=relaxed/simple ttl=30"},
      {"ttl", "-1", kDkim},
      {"x", Value{std::int64_t{1900000000}},
       "d=example.com s=dkim a=rsa-sha256 c=relaxed/simple x=1900000000"},
      {"q", "dns/txt", kDkim},
      {"q", "a;b", "unsigned: q=a;b holds ';', so signing fails"},
      {"D", "other.org", kDkim},
  };
  for (const Case& c : cases) {
    CAPTURE(c.tag);
    CAPTURE(c.value.text());
    SigningFixture host;
    host.key("example.com", "dkim");
    host.maps({{"example.com", hash({{c.tag, c.value}})}});
    CHECK(summary(host.decide("u@example.com")) == c.expected);
  }
}

TEST_CASE("a ttl replaces a fixed x")
{
  SigningFixture host;
  host.key("example.com", "dkim");
  host.maps({{".", hash({{"ttl", "60"}, {"x", "1900000000"}})}});
  CHECK(summary(host.decide("u@example.com")) == std::string{kDkim} + " ttl=60");
}

TEST_CASE("a key with t=s signs for subdomains without i=")
{
  SigningFixture host;
  host.key("example.com", "strict", {{"t", "y:s"}});
  host.key("example.com", "lax");
  host.maps({{".", hash({{"d", "example.com"}})}});
  const std::string strict = "d=example.com s=strict a=rsa-sha256 c=relaxed/simple";
  CHECK(summary(host.decide("u@sub.example.com")) == strict);
  CHECK(summary(host.decide("u@example.com")) == strict);
}

TEST_CASE("with an i= a key of t=s is passed over, and i has to be in d")
{
  SigningFixture host;
  host.key("example.com", "strict", {{"t", "s"}});
  host.key("example.com", "lax");
  const std::string lax = "d=example.com s=lax a=rsa-sha256 c=relaxed/simple";
  host.maps({{"a@example.com", hash({{"i", "a@example.com"}})},
             {"b@example.com", hash({{"i", "@sub.example.com"}})},
             {"c@example.com", hash({{"i", "@evil.net"}})},
             {"d@example.com", hash({{"i", "example.com"}})},
             {"e@example.com", hash({{"i", ""}})},
             {"f@example.com", hash({{"i", "@EXAMPLE.com"}})},
             {"g@example.com", hash({{"i", "@notexample.com"}})},
             {"h@example.com", hash({{"i", Value{}}})},
             {"k@example.com", hash({{"i", "a;b@example.com"}})}});
  CHECK(summary(host.decide("a@example.com")) == lax + " i=a@example.com");
  CHECK(summary(host.decide("b@example.com")) == lax + " i=@sub.example.com");
  CHECK(summary(host.decide("c@example.com")) == "unsigned: i=@evil.net is not in d=example.com");
  CHECK(host.decide("c@example.com").key == 2);
  CHECK(summary(host.decide("d@example.com")) == lax);
  CHECK(summary(host.decide("e@example.com")) == lax + " i=");
  CHECK(summary(host.decide("f@example.com")) == lax);
  CHECK(summary(host.decide("g@example.com")) == "unsigned: i=@notexample.com is not in d=example.com");
  CHECK(summary(host.decide("h@example.com")) == "d=example.com s=strict a=rsa-sha256 c=relaxed/simple");
  CHECK(summary(host.decide("k@example.com")) == "unsigned: i=a;b@example.com holds ';', so signing fails");
}

TEST_CASE("with an i= its local part has to fit the key's g=")
{
  struct Case {
    Value g;
    const char* i;
    bool fits;
  };
  const Case cases[]{{"*", "a@example.com", true},      {"a", "a@example.com", true},
                     {"b", "a@example.com", false},     {"", "@example.com", true},
                     {Value{}, "a@example.com", false}, {"a*z", "abcz@example.com", true},
                     {"a*z", "az@example.com", true},   {"az*z", "az@example.com", false},
                     {"a*", "ba@example.com", false},   {"foo", "foo", true}};
  for (const Case& c : cases) {
    CAPTURE(c.g.text());
    CAPTURE(c.i);
    SigningFixture host;
    host.key("example.com", "k1", {{"g", c.g}});
    host.maps({{".", hash({{"d", "example.com"}, {"i", c.i}})}});
    const KeyRing ring{host.keys};
    CHECK((ring.choose({"example.com", {}, {}, {c.i, nullptr}}).key != nullptr) == c.fits);
    CHECK(ring.choose({"example.com", {}, {}, {}}).key != nullptr);
  }
}

TEST_CASE("keys for another service or hash are passed over")
{
  SigningFixture host;
  host.key("example.com", "k1", {{"h", "sha1"}});
  host.key("example.com", "k2", {{"s", "tlsrpt"}});
  host.key("example.com", "k3", {{"s", "email:other"}, {"h", "sha256"}});
  CHECK(summary(host.decide("u@example.com")) == "d=example.com s=k3 a=rsa-sha256 c=relaxed/simple");
  host.maps({{".", hash({{"a", "rsa-sha1"}})}});
  CHECK(summary(host.decide("u@example.com")) == "d=example.com s=k1 a=rsa-sha1 c=relaxed/simple");
  host.maps({{".", hash({{"s", "k2"}})}});
  CHECK(summary(host.decide("u@example.com")) ==
        "unsigned: no key of example.com fits: key #1 is of another selector, key #2 is not for mail (s=), "
        "key #3 is of another selector");
}

TEST_CASE("options that make a key fit nothing, or everything")
{
  struct Case {
    Pairs options;
    bool fits;
  };
  const Case cases[]{{{{"k", Value{}}}, false},      {{{"k", "ed25519"}}, true}, {{{"s", ""}}, false},
                     {{{"s", Value{}}}, false},      {{{"s", "*"}}, true},       {{{"s", " email"}}, false},
                     {{{"h", "sha256:sha1"}}, true}, {{{"h", "SHA256"}}, false}, {{{"h", ""}}, false},
                     {{{"t", "y"}}, true},           {{{"foo", "bar"}}, true}};
  for (const Case& c : cases) {
    CAPTURE(c.options.front().first);
    CAPTURE(c.options.front().second.text());
    SigningFixture host;
    host.key("example.com", "dkim", c.options);
    CHECK((host.decide("u@example.com").outcome == Outcome::signs) == c.fits);
  }
}

TEST_CASE("wildcards count at the place of their declaration")
{
  SigningFixture host;
  host.key("*.example.com", "w1");
  host.key("sub.example.com", "exact");
  host.key("*", "any");
  CHECK(summary(host.decide("u@sub.example.com")) == "d=sub.example.com s=w1 a=rsa-sha256 c=relaxed/simple");
  CHECK(summary(host.decide("u@other.example.com")) ==
        "d=other.example.com s=w1 a=rsa-sha256 c=relaxed/simple");
  CHECK(summary(host.decide("u@zzz.net")) == "d=zzz.net s=any a=rsa-sha256 c=relaxed/simple");
  CHECK(summary(host.decide("u@example.com")) == "d=example.com s=any a=rsa-sha256 c=relaxed/simple");
}

TEST_CASE("a selector in the catch-all is inherited by entries that have their own d")
{
  SigningFixture host;
  host.key("example.com", "new");
  host.key("second.org", "dkim");
  host.maps({{"second.org", hash({{"d", "second.org"}})}, {".", hash({{"d", "example.com"}, {"s", "new"}})}});
  CHECK(summary(host.decide("u@example.com")) == kNew);
  CHECK(codes(host.decide("u@example.com").findings) == "pinned-selector");
  CHECK(summary(host.decide("u@second.org")) == "unsigned: no key of second.org has the selector 'new'");

  host.key("second.org", "new");
  const Decision decision = host.decide("u@second.org");
  CHECK(summary(decision) == "d=second.org s=new a=rsa-sha256 c=relaxed/simple");
  CHECK(codes(decision.findings) == "catch-all-selector");
  CHECK(decision.findings[0].where == because(decision, "s").where);
}

TEST_CASE("each tag says what decided it")
{
  SigningFixture host;
  const DkimKey key = host.key("example.com", "dkim");
  const auto entry = hash({{"d", "example.com"}, {"c", "relaxed/relaxed"}});
  host.maps({{".", entry}});
  const Decision decision = host.decide("u@sub.example.com");
  CHECK(decision.key == 1);
  CHECK(decision.key_file == "/keys/dkim.example.com.pem");
  CHECK(decision.bank == "ORIGINATING");

  CHECK(because(decision, "bank").value == "ORIGINATING");
  CHECK(because(decision, "bank").why == "enable_dkim_signing of policy bank ORIGINATING");
  CHECK(because(decision, "d").where == locate(entry->find("d")->set));
  CHECK(because(decision, "d").why == "entry '.' of a signing map");
  CHECK(because(decision, "s").where == locate(key.selector_argument.place));
  CHECK(because(decision, "key").where == locate(key.declared));
  CHECK(because(decision, "key").value == "/keys/dkim.example.com.pem");
  CHECK(because(decision, "c").where == locate(entry->find("c")->set));
  CHECK(because(decision, "a").where == std::nullopt);
  CHECK(because(decision, "a").why == "amavisd's default");
  CHECK(because(decision, "i").value == "@sub.example.com");
  CHECK(because(decision, "i").why == "the address is in a subdomain of d");
}

TEST_CASE("internationalized names are compared in their ASCII form")
{
  SigningFixture host;
  host.key("xn--bcher-kva.example", "xn--s-1ga");
  host.maps({{"xn--bcher-kva.example", hash({{"d", "bücher.example"}, {"s", "sö"}})}});
  CHECK(summary(host.decide("u@Bücher.example")) ==
        "d=xn--bcher-kva.example s=xn--s-1ga a=rsa-sha256 c=relaxed/simple");
  host.maps({{".", hash({{"d", "bücher.example"}})}});
  CHECK(summary(host.decide("u@ä.bücher.example")) ==
        "d=xn--bcher-kva.example s=xn--s-1ga a=rsa-sha256 c=relaxed/simple i=@xn--4ca.xn--bcher-kva.example");
}

TEST_CASE("what cannot be known stops what depends on it, and nothing else")
{
  SigningFixture host;
  host.key("example.com", "dkim");
  const auto secret = unknown("element of %ENV");

  host.maps({{"example.com", hash({{"d", secret}})}});
  Decision decision = host.decide("u@example.com");
  CHECK(summary(decision) == "unknown: d cannot be known: element of %ENV");
  CHECK(because(decision, "d").dynamic);
  CHECK(because(decision, "d").where == locate(secret->where));
  CHECK(codes(decision.findings) == "dynamic");
  CHECK(decision.findings[0].severity == Severity::warning);
  CHECK(summary(host.decide("u@other.org")) == "unsigned: no key is declared for other.org");

  host.maps({{"example.com", hash({{"s", secret}})}});
  decision = host.decide("u@example.com");
  CHECK(summary(decision) == "unknown: the key cannot be known: element of %ENV");
  CHECK(decision.domain == "example.com");

  host.maps({{"example.com", hash({{"d", "none.org"}, {"s", secret}})}});
  CHECK(summary(host.decide("u@example.com")) == "unsigned: no key is declared for none.org");
  host.maps({{"example.com", hash({{"c", secret}})}});
  CHECK(summary(host.decide("u@example.com")) == "unknown: c cannot be known: element of %ENV");
  host.maps({{"example.com", hash({{"a", secret}})}});
  CHECK(summary(host.decide("u@example.com")) == "unknown: the key cannot be known: element of %ENV");
  host.maps({{"example.com", hash({{"i", secret}})}});
  CHECK(summary(host.decide("u@example.com")) == "unknown: i cannot be known: element of %ENV");

  host.maps({{"example.com", hash({{"ttl", secret}})}});
  decision = host.decide("u@example.com");
  CHECK(summary(decision) == kDkim);
  CHECK(because(decision, "ttl").dynamic);
}

TEST_CASE("a map that cannot be known leaves what an earlier one decides")
{
  SigningFixture host;
  host.key("example.com", "dkim");
  const Value sql = object("q_sql_s", {"dkim_options"});
  const Pairs all{{"d", "example.com"}, {"s", "dkim"}, {"a", "rsa-sha256"}, {"c", "relaxed/simple"},
                  {"i", Value{}},       {"ttl", "60"}, {"x", Value{}}};
  host.maps(array({hash({{"example.com", hash(all)}}), sql}));
  CHECK(summary(host.decide("u@example.com")) == std::string{kDkim} + " ttl=60");
  CHECK(summary(host.decide("u@other.org")) == "unknown: d cannot be known: q_sql_s(...)");
  host.maps(array(
      {hash({{"example.com", hash({{"d", "example.com"}})}}), sql, hash({{".", hash({{"s", "dkim"}})}})}));
  CHECK(summary(host.decide("u@example.com")) == "unknown: the key cannot be known: q_sql_s(...)");
  host.set("recipient_delimiter", unknown("command"));
  CHECK(summary(host.decide("u@example.com")) == "unknown: d cannot be known: command");
}

TEST_CASE("keys that may not be declared, or not as it seems")
{
  SigningFixture host;
  host.key("example.com", "first").condition = unknown("file test -e");
  host.key("example.com", "second");
  CHECK(summary(host.decide("u@example.com")) == "unknown: the key cannot be known: file test -e");
  host.maps({{".", hash({{"s", "second"}})}});
  CHECK(summary(host.decide("u@example.com")) == "d=example.com s=second a=rsa-sha256 c=relaxed/simple");

  SigningFixture late;
  late.key("example.com", "first");
  late.key("example.com", "second").condition = unknown("file test -e");
  CHECK(summary(late.decide("u@example.com")) == "d=example.com s=first a=rsa-sha256 c=relaxed/simple");

  SigningFixture domainless;
  DkimKey& key = domainless.key("?", "first");
  key.unknown = {"domain"};
  key.domain_argument.other = std::make_shared<Value>(unknown("command"));
  domainless.key("example.com", "second");
  CHECK(summary(domainless.decide("u@example.com")) == "unknown: the key cannot be known: command");

  SigningFixture nameless;
  DkimKey& other = nameless.key("example.com", "?");
  other.unknown = {"selector"};
  other.selector_argument.other = std::make_shared<Value>(unknown("command"));
  CHECK(summary(nameless.decide("u@example.com")) == "unknown: s cannot be known: command");
  CHECK(summary(nameless.decide("u@example.org")) == "unsigned: no key is declared for example.org");

  SigningFixture optional;
  optional.key("example.com", "dkim", {{"h", unknown("join")}});
  CHECK(summary(optional.decide("u@example.com")) == "unknown: the key cannot be known: join");
}

TEST_CASE("a selector given as a map that is no list makes amavisd fail")
{
  SigningFixture host;
  host.key("example.com", "dkim");
  host.maps(hash({{".", hash({{"d", "example.com"}})}}));
  CHECK(summary(host.decide("u@example.com")) ==
        "unsigned: amavisd fails and defers the message: dkim_signature_options_bysender_maps is not a list "
        "of maps");
}

TEST_SUITE_END();
