#include "amavis/am_pdp.hpp"

#include <doctest/doctest.h>

using namespace dkimctl::amavis;

namespace {

constexpr const char* kSigned =
    "version_server=2\r\n"
    "log_id=08314-01\r\n"
    "setreply=250 2.5.0 Ok,%20id=08314-01,%20continue%20delivery\r\n"
    "insheader=0 X-Virus-Scanned amavis%20at%20example.com\r\n"
    "insheader=0 DKIM-Signature "
    "v=1;%20a=rsa-sha256;%20c=relaxed/simple;%20d=example.com;%20h=%0a%09content-type"
    ":from;%20s=old;%20i=a%3D20b%3D40@sub.%0a%09example.com;%20t=1795420699;%20x=%0a%091795421700;%0a%09bh="
    "AA=;%20b=BB=\r\n"
    "return_value=continue\r\n"
    "exit_code=0\r\n"
    "\r\n";

std::string failure(std::string_view answer)
{
  const auto parsed = parse_answer(answer);
  REQUIRE_FALSE(parsed.has_value());
  CHECK(parsed.error().code == dkimctl::Errc::io);
  return parsed.error().what;
}

}  // namespace

TEST_SUITE_BEGIN("amavis::am_pdp");

TEST_CASE("a request names the message and the banks, and asks for no delivery")
{
  CHECK(write_request({"/var/lib/amavis/tmp/dkimctl-Ab1", "ORIGINATING,MYNETS"}) ==
        "request=AM.PDP\r\n"
        "sender=<>\r\n"
        "recipient=<postmaster@invalid>\r\n"
        "mail_file=/var/lib/amavis/tmp/dkimctl-Ab1\r\n"
        "tempdir_removed_by=client\r\n"
        "delivery_care_of=client\r\n"
        "policy_bank=ORIGINATING,MYNETS\r\n"
        "\r\n");
}

TEST_CASE("a value cannot begin a line of its own")
{
  const std::string request = write_request({"/tmp/a b\r\n100%\xff", ""});
  CHECK(request.find("mail_file=/tmp/a%20b%0d%0a100%25%ff\r\n") != std::string::npos);
  CHECK(request.find("policy_bank") == std::string::npos);
}

TEST_CASE("the probe is a faultless message of its author")
{
  CHECK(probe_message("a b@example.com", "Mon, 23 Nov 2026 03:00:00 +0000", "1.2") ==
        "From: <\"a b\"@example.com>\n"
        "To: <postmaster@invalid>\n"
        "Subject: dkimctl asks which signature this would get\n"
        "Date: Mon, 23 Nov 2026 03:00:00 +0000\n"
        "Message-ID: <1.2@dkimctl.invalid>\n"
        "MIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=us-ascii\n"
        "\n"
        "Nothing is delivered.\n");
}

TEST_CASE("an answer with a signature")
{
  const auto parsed = parse_answer(kSigned);
  REQUIRE(parsed.has_value());
  REQUIRE(parsed->has_value());
  const LiveSignature& signature = **parsed;
  CHECK(signature.domain == "example.com");
  CHECK(signature.selector == "old");
  CHECK(signature.algorithm == "rsa-sha256");
  CHECK(signature.canonicalization == "relaxed/simple");
  CHECK(signature.identity == "a b@@sub.example.com");
  CHECK(signature.signed_at == 1795420699);
  CHECK(signature.expires == 1795421700);
}

TEST_CASE("an answer without a signature, and line ends of either kind")
{
  CHECK(parse_answer("return_value=continue\nexit_code=0\n\n").value() == std::nullopt);
  CHECK(parse_answer("insheader=0 X-DKIM-Signature v=1\nreturn_value=continue\n\n").value() == std::nullopt);
  CHECK(parse_answer("insheader=\ninsheader=0\ninsheader=0 \nreturn_value=continue\n\n").value() ==
        std::nullopt);
}

TEST_CASE("what is absent from a signature has its default")
{
  const auto signature = parse_signature(" a=rsa-sha1; d=x.org;\n\ts=k ; t=now; ");
  REQUIRE(signature.has_value());
  CHECK(signature->canonicalization == "simple/simple");
  CHECK(signature->identity.empty());
  CHECK(signature->selector == "k");
  CHECK_FALSE(signature->signed_at.has_value());
  CHECK_FALSE(signature->expires.has_value());
}

TEST_CASE("answers that say nothing about signing")
{
  CHECK(failure("220 [127.0.0.1] ESMTP amavis service ready\r\n500 5.5.2 Error: bad syntax\r\n") ==
        "it speaks SMTP there, not AM.PDP");
  CHECK(failure("version_server=2\r\nsetreply=450 4.5.0 "
                "Failure:%20Can't%20open\r\nreturn_value=tempfail\r\n\r\n") ==
        "the daemon could not check the probe: 450 4.5.0 Failure: Can't open");
  CHECK(failure("return_value=discard\n\n") == "the daemon could not check the probe: no reason given");
  CHECK(failure("exit_code=0\n\n") == "the daemon could not check the probe: no reason given");
  CHECK(failure("") == "the answer is not AM.PDP, or not complete");
  CHECK(failure("return_value=continue\n") == "the answer is not AM.PDP, or not complete");
  CHECK(failure("hello\n\n") == "the answer is not AM.PDP, or not complete");
  CHECK(failure("insheader=0 dkim-signature x\nreturn_value=continue\n\n") ==
        "the signature is no list of tags");
  CHECK(failure("insheader=0 DKIM-Signature d=a;d=b\nreturn_value=continue\n\n") ==
        "a tag of the signature is there twice");
  CHECK(failure("insheader=0 DKIM-Signature d=a;%20s=;%20a=b\nreturn_value=continue\n\n") ==
        "the signature has no s=");
}

TEST_CASE("an answer ends with an empty line; a greeting is none")
{
  CHECK(is_complete_answer(kSigned));
  CHECK(is_complete_answer("a=b\n\n"));
  CHECK(is_complete_answer("\r\n"));
  CHECK(is_complete_answer("220 mail ESMTP\r\n"));
  CHECK_FALSE(is_complete_answer(""));
  CHECK_FALSE(is_complete_answer("a=b\r\n"));
  CHECK_FALSE(is_complete_answer("version_server=2\r\nlog_id=220 "));
}

TEST_SUITE_END();
