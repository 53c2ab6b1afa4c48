#include "report/config.hpp"

#include <memory>
#include <string>
#include <utility>

#include <doctest/doctest.h>

using namespace dkimctl;
using report::ConfigView;

namespace {

/// Line and column are those of the span.
perl::Place at(std::uint32_t line, std::uint32_t column)
{
  return {0, {line, column}};
}

const amavis::Locate kLocate = [](const perl::Place& place) {
  return Location{"50-user", place.span.begin, place.span.end, "", 1};
};

perl::ScalarPtr cell(perl::Value value, perl::Place set = {})
{
  return std::make_shared<perl::Scalar>(perl::Scalar{std::move(value), set, 0});
}

perl::UnknownPtr unknown()
{
  return std::make_shared<perl::Unknown>(perl::Unknown{"command `x`", at(9, 9)});
}

ConfigView example()
{
  const auto entry = std::make_shared<perl::Hash>();
  entry->entries["d"].scalar = cell("example.com");
  const auto map = std::make_shared<perl::Hash>();
  map->entries["."] = {cell(entry, at(5, 10)), at(5, 3)};
  const auto maps = std::make_shared<perl::Array>();
  maps->items = {cell(map, at(4, 2)), cell(unknown(), at(6, 1))};
  const auto policies = std::make_shared<perl::Hash>();
  policies->entries["10026"].scalar = cell("ORIGINATING", at(7, 1));
  const auto bank = std::make_shared<perl::Hash>();
  bank->entries["enable_dkim_signing"].scalar = cell(std::int64_t{1}, at(8, 3));
  bank->entries["dkim_signature_options_bysender_maps"].scalar = cell(maps, at(8, 9));
  bank->entries["log_level"].scalar = cell(std::int64_t{5});
  const auto open = std::make_shared<perl::Hash>();
  open->unknown = unknown();

  ConfigView view;
  view.files = {{"/etc/amavis/conf.d/50-user", "named by --amavisd-conf"}};
  view.variables = {
      {"$mydomain", "example.com", at(1, 1)},
      {"$dkim_signing_service", {}, {}},
      {"@dkim_signature_options_bysender_maps", maps, at(4, 1)},
      {"%interface_policy", policies, {}},
  };
  view.banks = {
      {"ORIGINATING", bank}, {"OTHER", std::make_shared<perl::Hash>()}, {"X", open}, {"NONE", nullptr}};
  view.sockets = {{"127.0.0.1:10024", {}}, {"/run/a.sock", {"SOCK", "ORIGINATING"}}};
  return view;
}

}  // namespace

TEST_SUITE_BEGIN("report::config");

TEST_CASE("a person is told what was read, and what set it")
{
  amavis::DkimKey key;
  key.number = 1;
  key.domain = "example.com";
  key.selector_argument.other = std::make_shared<perl::Value>(unknown());
  key.unknown = {"selector"};
  key.file = "/k.pem";
  key.options = {{"t", "s", at(2, 30)}};
  key.declared = at(2, 1);
  key.condition = unknown();
  const amavis::StoredKey stored{"/k.pem", crypto::KeyType::rsa, {2048}, "AAAA"};
  ConfigView view = example();
  view.keys = {{&key, &stored}};
  CHECK(report::config_text(view, kLocate) ==
        R"(Files, in the order in which amavisd reads them
  /etc/amavis/conf.d/50-user  (named by --amavisd-conf)

Variables
  $mydomain = 'example.com'  (50-user:1:1)
  @dkim_signature_options_bysender_maps  (50-user:4:1)
    map 1
      '.' => { d => 'example.com' }  (50-user:5:3)
    map 2: dynamic: command `x`  (50-user:6:1)
  %interface_policy = { '10026' => 'ORIGINATING' }  (50-user:7:1)

Policy banks
  ORIGINATING, on /run/a.sock
    enable_dkim_signing = 1  (50-user:8:3)
    dkim_signature_options_bysender_maps  (50-user:8:9)
      map 1
        '.' => { d => 'example.com' }  (50-user:5:3)
      map 2: dynamic: command `x`  (50-user:6:1)
  X
    dynamic: command `x`  (50-user:9:9)

Sockets
  127.0.0.1:10024  no policy bank
  /run/a.sock  policy bank SOCK, then ORIGINATING

Keys, in the order in which they are declared
  key#1  s=dynamic: command `x`, d=example.com  (50-user:2:1)
    file /k.pem, 2048 bits
    t = 's'  (50-user:2:30)
    only if: command `x`  (50-user:9:9)
    cannot be known: selector
)");
}

TEST_CASE("an empty configuration has its headings all the same")
{
  CHECK(report::config_text({}, kLocate) ==
        "Files, in the order in which amavisd reads them\n  none\n"
        "\nVariables\n"
        "\nPolicy banks\n  none that bears on signing\n"
        "\nSockets\n  none\n"
        "\nKeys, in the order in which they are declared\n  none\n");
}

TEST_CASE("that there may be other policy banks is said")
{
  ConfigView view;
  view.banks_unknown = unknown();
  CHECK(report::config_text(view, kLocate)
            .find("Policy banks\n  others: dynamic: command `x`  (50-user:9:9)\n") != std::string::npos);
  CHECK(report::config_json(view, {}, kLocate).find(R"("banks": {
    "$dynamic": "command `x`",
    "file": "50-user",
    "line": 9,
    "column": 9,
    "known": {}
  })") != std::string::npos);
}

TEST_CASE("JSON has every variable, every policy bank and what set the variables")
{
  CHECK(report::config_json(example(), {}, kLocate) ==
        R"({
  "schema": 1,
  "files": [
    {
      "file": "/etc/amavis/conf.d/50-user",
      "why": "named by --amavisd-conf"
    }
  ],
  "variables": {
    "$mydomain": "example.com",
    "$dkim_signing_service": null,
    "@dkim_signature_options_bysender_maps": [
      {
        ".": {
          "d": "example.com"
        }
      },
      {
        "$dynamic": "command `x`",
        "file": "50-user",
        "line": 9,
        "column": 9
      }
    ],
    "%interface_policy": {
      "10026": "ORIGINATING"
    }
  },
  "set_by": {
    "$mydomain": {
      "file": "50-user",
      "line": 1,
      "column": 1
    },
    "@dkim_signature_options_bysender_maps": {
      "file": "50-user",
      "line": 4,
      "column": 1
    },
    "%interface_policy": {
      "file": "50-user",
      "line": 7,
      "column": 1
    }
  },
  "banks": {
    "ORIGINATING": {
      "enable_dkim_signing": "1",
      "dkim_signature_options_bysender_maps": [
        {
          ".": {
            "d": "example.com"
          }
        },
        {
          "$dynamic": "command `x`",
          "file": "50-user",
          "line": 9,
          "column": 9
        }
      ]
    },
    "OTHER": {},
    "X": {
      "$dynamic": "command `x`",
      "file": "50-user",
      "line": 9,
      "column": 9
    },
    "NONE": null
  },
  "sockets": [
    {
      "address": "127.0.0.1:10024",
      "banks": []
    },
    {
      "address": "/run/a.sock",
      "banks": [
        "SOCK",
        "ORIGINATING"
      ]
    }
  ],
  "keys": [],
  "findings": []
}
)");
}

TEST_SUITE_END();
