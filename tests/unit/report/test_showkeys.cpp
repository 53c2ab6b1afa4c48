#include "report/showkeys.hpp"
#include "written.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

using namespace dkimctl;
using amavis::DkimKey;
using report::KeyListing;
using test::written;

namespace {

const amavis::Locate kLocate = [](const perl::Place& place) {
  return Location{"50-user", place.span.begin, place.span.end, "", 1};
};

const amavis::StoredKey kStored{"/k.pem", crypto::KeyType::rsa, {1024}, "AAAA"};

DkimKey key(std::uint32_t number, std::string domain)
{
  DkimKey made;
  made.number = number;
  made.domain = std::move(domain);
  made.selector = "dkim";
  made.file = "/k.pem";
  made.declared = {0, {number, 1}};
  return made;
}

const std::string kFirst =
    "; key#1 1024 bits, s=dkim, d=example.com, /k.pem\n"
    "dkim._domainkey.example.com.\t3600 TXT (\n"
    "  \"v=DKIM1; p=\"\n"
    "  \"AAAA\")\n\n";

}  // namespace

TEST_SUITE_BEGIN("report::showkeys");

TEST_CASE("amavisd's text has what can be used and is certain")
{
  const DkimKey good = key(1, "example.com");
  const DkimKey unusable = key(2, "example.org");
  DkimKey doubtful = key(3, "example.net");
  doubtful.condition = std::make_shared<perl::Unknown>();
  KeyListing listing{{{&unusable, nullptr}, {&good, &kStored}, {&doubtful, &kStored}}, true, true};
  CHECK(written(report::write_amavisd, listing) == kFirst);
  listing.keys.resize(1);
  CHECK(written(report::write_amavisd, listing).empty());
}

TEST_CASE("that there is nothing to list is said in amavisd's words, where that is sure")
{
  CHECK(written(report::write_amavisd, {{}, false, true}) ==
        "No DKIM private keys declared in a config file.\n");
  CHECK(written(report::write_amavisd, {{}, true, true}) ==
        "No DKIM private keys match the selection list.\n");
  CHECK(written(report::write_amavisd, {{}, true, false}) ==
        "No DKIM private keys match the selection list.\n");
  CHECK(written(report::write_amavisd, {{}, false, false}).empty());
}

TEST_CASE("the other forms have a block a record, and none for what has no owner name")
{
  const DkimKey first = key(1, "example.com");
  DkimKey pattern = key(2, "*.example.org");
  pattern.pattern = true;
  const DkimKey nowhere = key(3, "example..net");
  const DkimKey last = key(4, "sub.example.com");
  const KeyListing listing{
      {{&first, &kStored}, {&pattern, &kStored}, {&nowhere, &kStored}, {&last, &kStored}}, true, true};
  CHECK(written(report::write_zone, listing) ==
        "dkim._domainkey.example.com. 3600 IN TXT (\n"
        "  \"v=DKIM1; p=AAAA\" )\n"
        "\n"
        "dkim._domainkey.sub.example.com. 3600 IN TXT (\n"
        "  \"v=DKIM1; p=AAAA\" )\n");
  const std::string panel = written(report::write_panel, listing);
  CHECK(
      panel.starts_with("Name     dkim._domainkey.example.com.\n"
                        "         (if the panel adds example.com by itself: dkim._domainkey)\n"));
  CHECK(panel.find("\n\nName     dkim._domainkey.sub.example.com.\n") != std::string::npos);
  CHECK(panel.find("example..net") == std::string::npos);
}

TEST_CASE("JSON has every key, with what is known of it")
{
  DkimKey first = key(1, "example.com");
  first.options = {{"t", "s", {}}, {"foo", {}, {}}};
  const DkimKey unusable = key(2, "example.org");
  Finding finding{"amavis.unreadable-key", Severity::error, "/k.pem", "text", "", {}, 2};
  CHECK(report::showkeys_json({{{&first, &kStored}, {&unusable, nullptr}}, true, true}, {finding}, kLocate) ==
        R"({
  "schema": 1,
  "keys": [
    {
      "number": 1,
      "domain": "example.com",
      "selector": "dkim",
      "owner": "dkim._domainkey.example.com.",
      "algorithm": "rsa",
      "bits": 1024,
      "file": "/k.pem",
      "options": {
        "t": "s",
        "foo": null
      },
      "record": "v=DKIM1; t=s; p=AAAA",
      "pattern": false,
      "declared": {
        "file": "50-user",
        "line": 1,
        "column": 1
      }
    },
    {
      "number": 2,
      "domain": "example.org",
      "selector": "dkim",
      "owner": "dkim._domainkey.example.org.",
      "file": "/k.pem",
      "options": {},
      "pattern": false,
      "declared": {
        "file": "50-user",
        "line": 2,
        "column": 1
      }
    }
  ],
  "findings": [
    {
      "code": "amavis.unreadable-key",
      "severity": "error",
      "object": "/k.pem",
      "text": "text",
      "key": 2
    }
  ]
}
)");
}

TEST_CASE("JSON says what a key hangs on, and what of it is not known")
{
  const perl::UnknownPtr unknown = std::make_shared<perl::Unknown>(perl::Unknown{"command `x`", {}});
  DkimKey doubtful = key(7, "");
  doubtful.condition = unknown;
  doubtful.unknown = {"domain", "options"};
  doubtful.domain_argument.other = std::make_shared<perl::Value>(unknown);
  doubtful.declared = {};
  CHECK(report::showkeys_json({{{&doubtful, &kStored}}, true, true}, {}, kLocate) ==
        R"({
  "schema": 1,
  "keys": [
    {
      "number": 7,
      "domain": {
        "$dynamic": "command `x`"
      },
      "selector": "dkim",
      "algorithm": "rsa",
      "bits": 1024,
      "file": "/k.pem",
      "options": {
        "$dynamic": "options of dkim_key"
      },
      "pattern": false,
      "conditional": {
        "$dynamic": "command `x`"
      },
      "unknown": [
        "domain",
        "options"
      ]
    }
  ],
  "findings": []
}
)");
}

TEST_SUITE_END();
