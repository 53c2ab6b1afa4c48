#include "signing_fixture.hpp"

#include <doctest/doctest.h>

using namespace dkimctl::amavis;
using namespace dkimctl::amavis::testing;
using dkimctl::Finding;

namespace {

/// "CODE OBJECT: text" lines.
std::string told(SigningFixture& host)
{
  std::string text;
  for (const Finding& finding : host.signer().check()) {
    text += fmt::format("{} {}: {}\n", finding.code.substr(7), finding.object, finding.text);
    CHECK(finding.where.has_value());
  }
  return text;
}

}  // namespace

TEST_SUITE_BEGIN("amavis::Signer::check");

TEST_CASE("a configuration as iRedMail installs it has nothing to say")
{
  SigningFixture host;
  host.key("example.com", "dkim");
  host.maps({{".", hash({{"d", "example.com"}, {"a", "rsa-sha256"}, {"ttl", "2592000"}})}});
  CHECK(told(host).empty());
}

TEST_CASE("a second domain with a key but without an entry is signed by the catch-all")
{
  SigningFixture host;
  host.key("example.com", "dkim");
  host.key("second.org", "dkim");
  const auto entry = hash({{"d", "example.com"}});
  host.maps({{".", entry}});
  CHECK(told(host) ==
        "misaligned second.org: mail from second.org is signed in the name of example.com, not with its own "
        "key #2\n");
  const auto findings = host.signer().check();
  CHECK(findings[0].key == 2);
  CHECK(findings[0].where == locate(entry->find("d")->set));
}

TEST_CASE("entries that lead to no key are named, and so is a domain whose key fits nothing")
{
  SigningFixture host;
  host.key("example.com", "dkim");
  host.key("third.net", "dkim", {{"s", "tlsrpt"}});
  host.maps({{"example.com", hash({{"s", "gone"}})},
             {"second.org", hash({{"d", "second.org"}})},
             {"off.example.com", hash({{"d", ""}})},
             {"bill@fourth.org", hash({{"ttl", "60"}})},
             {"postmaster@", hash({{"s", "gone"}})},
             {"Upper.example", hash({{"d", "example.com"}})}});
  CHECK(told(host) ==
        "unsigned example.com: no key of example.com has the selector 'gone'\n"
        "unsigned second.org: no key is declared for second.org\n"
        "unsigned bill@fourth.org: no key is declared for fourth.org\n"
        "unsigned Upper.example: the entry is never found: amavisd looks domains up in lower case\n"
        "unsigned third.net: no key of third.net fits: key #2 is not for mail (s=)\n");
}

TEST_CASE("a catch-all that names a selector no key has leaves everybody unsigned")
{
  SigningFixture host;
  host.key("example.com", "dkim");
  host.maps({{".", hash({{"d", "example.com"}, {"s", "gone"}})}});
  CHECK(told(host) ==
        "unsigned .: no key of example.com has the selector 'gone'\n"
        "unsigned example.com: no key of example.com has the selector 'gone'\n");
}

TEST_CASE("a selector in the catch-all is told for each entry that inherits it")
{
  SigningFixture host;
  host.key("example.com", "new");
  host.key("second.org", "new");
  host.key("third.net", "dkim");
  host.maps({{"second.org", hash({{"d", "second.org"}})},
             {"third.net", hash({{"d", "third.net"}, {"s", "dkim"}})},
             {".", hash({{"d", "example.com"}, {"s", "new"}})}});
  CHECK(told(host) ==
        "catch-all-selector second.org: the selector 'new' comes from the entry '.', but d=second.org from "
        "another\n"
        "pinned-selector third.net: the selector 'dkim' is named in a signing map\n"
        "pinned-selector .: the selector 'new' is named in a signing map\n");
}

TEST_CASE("a pinned selector is told once, however many senders come to it")
{
  SigningFixture host;
  host.key("example.com", "dkim");
  host.bank("MYNETS", {{"enable_dkim_signing", "1"}});
  host.maps({{".example.com", hash({{"d", "example.com"}, {"s", "dkim"}})}});
  CHECK(told(host) == "pinned-selector .example.com: the selector 'dkim' is named in a signing map\n");
}

TEST_CASE("signing that is off, or done by another program, is said once")
{
  SigningFixture host;
  host.key("example.com", "dkim");
  host.set("dkim_signing_service", "[127.0.0.1]:2000");
  CHECK(told(host) == "signing-service ORIGINATING: the signing service [127.0.0.1]:2000 chooses the key\n");

  host.view.banks.clear();
  host.view.settings.clear();
  host.set("enable_dkim_signing", "0");
  CHECK(told(host) == "signing-off enable_dkim_signing: no policy bank signs\n");
}

TEST_CASE("without keys there is nothing to check")
{
  SigningFixture host;
  host.maps({{".", hash({{"d", "example.com"}})}});
  CHECK(host.signer().check().empty());
}

TEST_SUITE_END();
