#include "dkim/record_check.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <fmt/format.h>

using dkimctl::dkim::check_record;
using dkimctl::dkim::KeyRecord;

namespace {

/// Each finding as "CODE SEVERITY: TEXT; HINT".
std::string findings_of(std::string_view tag, std::string value)
{
  KeyRecord record{"QUJD"};
  REQUIRE(record.set(tag, std::move(value)));
  std::string out;
  for (const dkimctl::Finding& f : check_record(record, "dkim._domainkey.example.com.")) {
    CHECK(f.object == "dkim._domainkey.example.com.");
    out += fmt::format("{} {}: {}; {}\n", f.code, to_string(f.severity), f.text, f.hint);
  }
  return out;
}

}  // namespace

TEST_SUITE_BEGIN("dkim::check_record");

TEST_CASE("nothing is said of what is legal")
{
  CHECK(check_record(KeyRecord{"QUJD"}, "x").empty());
  CHECK(findings_of("v", "DKIM1").empty());
  CHECK(findings_of("h", "sha1 : sha256").empty());
  CHECK(findings_of("k", "rsa").empty());
  CHECK(findings_of("s", "*").empty());
  CHECK(findings_of("s", "tlsrpt:email").empty());
  CHECK(findings_of("t", "").empty());
  CHECK(findings_of("n", "some words ü").empty());
}

TEST_CASE("each tag's own trouble")
{
  CHECK(findings_of("v", "dkim1") ==
        "dkim.version error: v=dkim1: verifiers ignore a record whose version is not DKIM1; "
        "leave the option v out of dkim_key\n");
  CHECK(findings_of("g", "*") ==
        "dkim.obsolete-g note: g=*: the tag is historic, and verifiers do not heed it; "
        "leave the option g out of dkim_key\n");
  CHECK(findings_of("h", "sha1") ==
        "dkim.hash error: h=sha1: sha256 is not among the hashes, and verifiers accept no other; "
        "leave the option h out of dkim_key, or set it to 'sha256'\n");
  CHECK(findings_of("k", "") ==
        "dkim.key-type error: k=: the key is an RSA key; leave the option k out of dkim_key\n");
  CHECK(findings_of("s", "tlsrpt") ==
        "dkim.service warning: s=tlsrpt: the key is not for email, so no mail is signed with it; "
        "leave the option s out of dkim_key, or set it to 'email'\n");
}

TEST_CASE("flags are words of a list, each with its own finding")
{
  CHECK(findings_of("t", "s : y") ==
        "dkim.testing note: t=s : y: the domain says that it is only testing DKIM; "
        "take y out of the option t when the tests are over\n"
        "dkim.strict-subdomain note: t=s : y: verifiers refuse a signature whose i= is in a subdomain; \n");
  CHECK(findings_of("t", "yes").empty());
}

TEST_CASE("a value that breaks the record is shown escaped")
{
  CHECK(findings_of("t", "x; p=") ==
        "dkim.tag-syntax error: t=x; p=: ';' may not be in a tag; write the value without it\n");
  CHECK(findings_of("n", "a\x1b[2J") ==
        "dkim.tag-syntax error: n=a\\027[2J: '\\027' may not be in a tag; write the value without it\n");
}

TEST_SUITE_END();
