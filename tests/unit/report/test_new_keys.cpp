#include "report/new_keys.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace dkimctl;
using report::NewKeys;

namespace {

NewKeys one_key()
{
  return {{{"example.com", "s1", "/k/example.com.s1.pem", *dns::Name::parse("s1._domainkey.example.com"),
            crypto::Algorithm::rsa_sha256, crypto::Bits{2048}, "v=DKIM1; p=AAAA"}},
          {},
          {}};
}

}  // namespace

TEST_SUITE_BEGIN("report::new_keys");

TEST_CASE("a line for the key, then its record as txt has it")
{
  NewKeys made = one_key();
  const std::string one = report::new_keys_text(made);
  CHECK(
      one.starts_with("example.com s1 /k/example.com.s1.pem\n"
                      "Name     s1._domainkey.example.com.\n"
                      "         (if the panel adds example.com by itself: s1._domainkey)\n"
                      "Type     TXT\n"
                      "TTL      3600\n"
                      "Value    v=DKIM1; p=AAAA\n"));
  made.keys.push_back(made.keys.front());
  CHECK(report::new_keys_text(made) == one + "\n" + one);
}

TEST_CASE("JSON")
{
  NewKeys made = one_key();
  made.failed.push_back({"example.org", "cannot create /k/x: file exists", ""});
  CHECK(report::new_keys_json(made) == R"({
  "schema": 1,
  "keys": [
    {
      "domain": "example.com",
      "selector": "s1",
      "owner": "s1._domainkey.example.com.",
      "algorithm": "rsa",
      "bits": 2048,
      "file": "/k/example.com.s1.pem",
      "record": "v=DKIM1; p=AAAA"
    }
  ],
  "failed": [
    {
      "domain": "example.org",
      "reason": "cannot create /k/x: file exists"
    }
  ],
  "findings": []
}
)");
  CHECK(report::new_file_json("k.pem", {1024}, {}) ==
        "{\n  \"schema\": 1,\n  \"file\": \"k.pem\",\n  \"bits\": 1024,\n  \"findings\": []\n}\n");
}

TEST_SUITE_END();
