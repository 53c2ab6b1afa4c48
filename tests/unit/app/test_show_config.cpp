#include "app/show_config.hpp"
#include "fake_host.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include <doctest/doctest.h>

using namespace dkimctl;

TEST_SUITE_BEGIN("app::show_config");

TEST_CASE(
    "files, variables, policy banks, sockets and keys are those of the host, with what is wrong in the maps")
{
  std::ifstream in(DKIMCTL_TEST_DATA "/keys/rsa2048.pem", std::ios::binary);
  FakeHost host;
  host.add_file("/k.pem", std::string{std::istreambuf_iterator<char>(in), {}}, {.mode = 0400});
  host.add_file("/etc/amavisd/amavisd.conf",
                "$mydomain = 'example.com';\n"
                "$inet_socket_port = [10024, 10026];\n"
                "$interface_policy{'10026'} = 'ORIGINATING';\n"
                "$policy_bank{'ORIGINATING'} = { originating => 1, enable_dkim_signing => 1 };\n"
                "dkim_key($mydomain, 'dkim', '/k.pem', t => 'y');\n"
                "@dkim_signature_options_bysender_maps = ({ 'example.com' => { s => 'nosuch' } });\n"
                "1;\n");
  const auto shown = app::show_config(host, {});
  REQUIRE(shown.view.files.size() == 1);
  CHECK(shown.view.files[0].path == "/etc/amavisd/amavisd.conf");
  const auto domain =
      std::find_if(shown.view.variables.begin(), shown.view.variables.end(),
                   [](const amavis::Variable& variable) { return variable.name == "$mydomain"; });
  REQUIRE(domain != shown.view.variables.end());
  CHECK(domain->value.text() == "example.com");
  REQUIRE(shown.view.banks.size() == 1);
  CHECK(shown.view.banks[0].name == "ORIGINATING");
  REQUIRE(shown.view.sockets.size() == 2);
  CHECK(shown.view.sockets[1].address == "127.0.0.1:10026");
  CHECK(shown.view.sockets[1].banks == std::vector<std::string>{"ORIGINATING"});
  REQUIRE(shown.view.keys.size() == 1);
  REQUIRE(shown.view.keys[0].stored != nullptr);
  CHECK(shown.view.keys[0].stored->bits == crypto::Bits{2048});
  const auto has = [&](std::string_view code) {
    return std::any_of(shown.findings.begin(), shown.findings.end(),
                       [&](const Finding& finding) { return finding.code == code; });
  };
  CHECK(has("dkim.testing"));
  CHECK(has("amavis.unsigned"));
}

TEST_SUITE_END();
