#include "settings/parse.hpp"

#include <chrono>
#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace dkimctl;
using namespace dkimctl::settings;
using std::chrono::hours;

namespace {

Reading parsed(std::string_view text, const Table& table = settings::table())
{
  return settings::parse({"f", std::string{text}}, table);
}

/// "LINE:COLUMN+WIDTH SEVERITY CODE OBJECT: TEXT (HINT)", a line each.
std::string said(const Reading& reading)
{
  std::string out;
  for (const Finding& finding : reading.findings) {
    REQUIRE(finding.where.has_value());
    CHECK(finding.where->file == "f");
    out += fmt::format("{}:{}+{} {} {} {}: {}{}\n", finding.where->line, finding.where->column,
                       finding.where->width, to_string(finding.severity), finding.code, finding.object,
                       finding.text, finding.hint.empty() ? "" : fmt::format(" ({})", finding.hint));
  }
  return out;
}

std::string said(std::string_view text)
{
  return said(parsed(text));
}

}  // namespace

TEST_SUITE_BEGIN("settings::parse");

TEST_CASE("an empty file says the defaults, and every default is a value")
{
  const Reading reading = parsed("");
  CHECK(reading.findings.empty());
  const Settings& settings = reading.settings;
  CHECK(settings.file == "f");
  CHECK(settings.host.state_directory == "/var/lib/dkimctl");
  CHECK(settings.host.dns_user == "nobody");
  CHECK(settings.host.max_open == 20);
  CHECK(settings.host.queue_lifetime == hours{120});
  CHECK(settings.every_domain.key_mode == 0400);
  CHECK(settings.every_domain.key_bits == 2048);
  CHECK(settings.every_domain.interval == hours{180 * 24});
  CHECK(settings.every_domain.hold_person == hours{24});
  CHECK_FALSE(settings.every_domain.activate_window.has_value());
  CHECK(settings.domains.empty());

  for (const Setting& setting : table().settings) {
    CAPTURE(setting.name);
    Settings into;
    const auto stored = setting.store({into.host, into.every_domain}, setting.standard, setting.limits);
    CHECK(stored.has_value());
    const std::string line = fmt::format("{} = {}\n", setting.name, setting.standard);
    CHECK(said(line).empty());
    if (setting.type == Type::duration) {
      CHECK(duration_text(*read_duration(setting.standard, setting.limits)) == setting.standard);
    }
  }
}

TEST_CASE("a domain has what its section says, and else what the host has")
{
  const Reading reading = parsed(
      "; a comment\n"
      "  # another\n"
      "\n"
      "interval=90d\r\n"
      "key_type\t=\ted25519  \n"
      "resolver = 192.0.2.1, ::1\n"
      "amavisd_conf = /a=b, /c\n"
      "[domain \"B\xc3\xbc"
      "cher.Example\"]\n"
      "interval = 30d\n"
      "key_owner =\n"
      "[domain\t\"example.com\"]\n"
      "auto = yes");
  CHECK(said(reading).empty());
  const Settings& settings = reading.settings;
  CHECK(settings.host.resolver.size() == 2);
  CHECK(settings.host.amavisd_conf == std::vector<std::string>{"/a=b", "/c"});
  CHECK(settings.of("xn--bcher-kva.example").interval == hours{30 * 24});
  CHECK(settings.of("xn--bcher-kva.example").key_type == KeyType::ed25519);
  CHECK(settings.of("example.net").interval == hours{90 * 24});
  CHECK(settings.of("example.com").automatic);
  CHECK_FALSE(settings.of("example.net").automatic);
  REQUIRE(settings.place("xn--bcher-kva.example", "interval") != nullptr);
  CHECK(settings.place("xn--bcher-kva.example", "interval")->line == 9);
  CHECK(settings.place("xn--bcher-kva.example", "key_type")->line == 5);
  CHECK(settings.place("", "interval")->line == 4);
  CHECK(settings.place("", "auto") == nullptr);
}

TEST_CASE("every problem is said, each with its place")
{
  CHECK(
      said("interval = 180\n"
           "intervall = 30d\n"
           "auto = Yes\n"
           "auto = no\n"
           "state_directory =\n"
           "[domain \"example.com\"]\n"
           "max_open = 3\n"
           "auto = no\n"
           "amavisd_conf = x\n"
           "[domain \"EXAMPLE.com\"]\n"
           "retain = 1\n"
           "[domain \"example\"]\n"
           "retain = 2\n"
           "[domains \"a.b\"]\n"
           "nonsense = 2\n"
           "[domain a.b]\n"
           "[domain \"a.b]\n"
           "[domain \"a.b\" \"c.d\"]\n"
           "[host]\n") ==
      "1:12+3 error settings.value interval: '180' has no unit (a number and m, h, d or w: 90m, 36h, 30d, "
      "26w)\n"
      "2:1+9 error settings.unknown intervall: there is no setting 'intervall' (did you mean 'interval'?)\n"
      "3:8+3 error settings.value auto: 'Yes' is none of yes, no (did you mean 'yes'?)\n"
      "4:1+4 error settings.duplicate auto: 'auto' is set already (the other is in line 3; keep one)\n"
      "5:18+1 error settings.value state_directory: the value is missing (leave the line out for the "
      "default, "
      "/var/lib/dkimctl)\n"
      "7:1+8 error settings.misplaced max_open: 'max_open' is for the whole host, not for one domain (move "
      "it "
      "above the first section)\n"
      "9:1+12 error settings.misplaced amavisd_conf: 'amavisd_conf' is for the whole host, not for one "
      "domain "
      "(move it above the first section)\n"
      "10:10+11 error settings.duplicate example.com: 'example.com' has a section already (the other begins "
      "in "
      "line 6; make one of them)\n"
      "11:10+1 error settings.value retain: '1' has no unit (a number and m, h, d or w: 90m, 36h, 30d, 26w)\n"
      "12:10+7 error settings.value example: domain 'example': has no dot in it\n"
      "13:10+1 error settings.value retain: '2' has no unit (a number and m, h, d or w: 90m, 36h, 30d, 26w)\n"
      "14:2+13 error settings.unknown domains: there is no section 'domains' (did you mean [domain "
      "\"example.com\"]?)\n"
      "16:9+3 error settings.syntax domain: expected a domain in quotation marks (a section is written "
      "[domain "
      "\"example.com\"])\n"
      "17:9+4 error settings.syntax domain: expected a domain in quotation marks (a section is written "
      "[domain "
      "\"example.com\"])\n"
      "18:9+11 error settings.syntax domain: expected a domain in quotation marks (a section is written "
      "[domain "
      "\"example.com\"])\n"
      "19:2+4 error settings.unknown host: there is no section 'host' (a section is written [domain "
      "\"example.com\"])\n");
}

TEST_CASE("a setting with an error keeps its default, in the host's section and in a domain's")
{
  const Reading reading = parsed("interval = x\n[domain \"a.example\"]\nretain = x\ninterval = 20d\n");
  CHECK_FALSE(reading.usable());
  CHECK(reading.settings.every_domain.interval == hours{180 * 24});
  CHECK(reading.settings.of("a.example").retain == hours{7 * 24});
  CHECK(reading.settings.of("a.example").interval == hours{20 * 24});
}

TEST_CASE("what is set in a section that is refused is nobody's")
{
  const Reading reading = parsed("[domain \"x\"]\ninterval = 20d\n");
  CHECK(reading.settings.places.empty());
  CHECK(reading.settings.every_domain.interval == hours{180 * 24});
}

TEST_CASE("no line is read otherwise than it is meant")
{
  struct Case {
    std::string text;
    const char* said;
  };
  const std::string long_name(200, 'a');
  const Case cases[]{
      {"\xef\xbb\xbf"
       "auto = yes\n",
       "1:1+3 error settings.syntax : the file begins with a byte order mark (save it as UTF-8 without "
       "one)\n"},
      {"auto = yes\n interval = 20d\n",
       "2:1+1 error settings.syntax : the line begins with a blank (begin it at the margin; a list stands on "
       "one "
       "line, with commas)\n"},
      {"amavisd_conf = /a,\n\t\t/b\n",
       "1:19+1 error settings.value amavisd_conf: there is nothing between two commas\n"
       "2:1+2 error settings.syntax : the line begins with a blank (begin it at the margin; a list stands on "
       "one "
       "line, with commas)\n"},
      {"amavisd_conf = /a ;b\n",
       "1:19+2 error settings.syntax : a comment has a line of its own (put it on the line above)\n"},
      {"auto = yes # always\n",
       "1:12+8 error settings.syntax : a comment has a line of its own (put it on the line above)\n"},
      {"[domain \"a.b\"] ; c\n",
       "1:16+3 error settings.syntax : a comment has a line of its own (put it on the line above)\n"},
      {"auto : yes\n",
       "1:6+1 error settings.syntax : expected '=', not ':' (a setting is written NAME = VALUE)\n"},
      {"auto\n", "1:5+1 error settings.syntax : expected '=' (a setting is written NAME = VALUE)\n"},
      {"= yes\n",
       "1:1+1 error settings.syntax : there is no name before the '=' (a setting is written NAME = VALUE)\n"},
      {std::string{"auto = yes\0no\n", 14},
       "1:11+1 error settings.syntax : there is a control character in the line (delete it)\n"},
      {"auto = yes\x1b\n",
       "1:11+1 error settings.syntax : there is a control character in the line (delete it)\n"},
      {"auto = yes\rinterval = 20d\n",
       "1:11+1 error settings.syntax : there is a control character in the line (delete it)\n"},
      {"[domain \"a.b\"\n", "1:14+1 error settings.syntax : expected ']'\n"},
      {"[domain \"a.b\"] x]\n", "1:15+3 error settings.syntax : nothing stands behind the ']'\n"},
      {"auto = yes\n  [domain \"a.b\"]\nauto = no\n",
       "2:1+2 error settings.syntax : the line begins with a blank (begin it at the margin; a list stands on "
       "one "
       "line, with commas)\n"},
      {"root_hints = /" + std::string(184, 'h') + "\n", ""},
      {"root_hints = /" + std::string(185, 'h') + "\n",
       "1:199+1 error settings.syntax : the line has 199 bytes, and 198 are the most\n"},
      {"# " + std::string(500, '=') + "\nauto = yes\n", ""},
      {long_name + "\n",
       "1:201+1 error settings.syntax : expected '=' (a setting is written NAME = VALUE)\n"},
      {"auto =;yes\n", "1:7+4 error settings.value auto: ';yes' is none of yes, no (did you mean 'yes'?)\n"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(said(c.text) == c.said);
  }
}

TEST_CASE("a domain may have all the letters that DNS has room for")
{
  const std::string label(60, 'd');
  const std::string domain = label + "." + label + "." + label + "." + label + ".example";
  const Reading reading = parsed("[domain \"" + domain + "\"]\ninterval = 20d\n");
  CHECK(said(reading).empty());
  CHECK(reading.settings.of(domain).interval == hours{20 * 24});
}

TEST_CASE("an old name is understood, with a warning, until it goes away")
{
  constexpr OldName kOld[]{{"parallel", "max_open", "2.0"}};
  const Table with_old{table().settings, kOld};
  const Reading reading = parsed("parallel = 7\n", with_old);
  CHECK(said(reading) ==
        "1:1+8 warning settings.deprecated parallel: 'parallel' is called 'max_open' now, and goes away in "
        "version 2.0 (write max_open)\n");
  CHECK(reading.usable());
  CHECK(reading.settings.host.max_open == 7);
  CHECK(said(parsed("parallel = 7\nmax_open = 8\n", with_old)) ==
        "1:1+8 warning settings.deprecated parallel: 'parallel' is called 'max_open' now, and goes away in "
        "version 2.0 (write max_open)\n"
        "2:1+8 error settings.duplicate max_open: 'max_open' is set already (the other is in line 1; keep "
        "one)\n");
  CHECK(
      said("parallel = 7\n") ==
      "1:1+8 error settings.unknown parallel: there is no setting 'parallel' (dkimctl.conf(5) lists them)\n");
}

TEST_CASE("a name that goes away keeps its warning beside a contradiction")
{
  constexpr OldName kOld[]{{"safety", "publish_safety", "2.0"}};
  CHECK(
      said(parsed("safety = 2d\n", {table().settings, kOld})) ==
      "1:1+6 warning settings.deprecated safety: 'safety' is called 'publish_safety' now, and goes away in "
      "version 2.0 (write publish_safety)\n"
      "1:1+6 error settings.conflict hold_program: hold_program (4h) is shorter than publish_safety (2d) "
      "(set "
      "hold_program = 2d or more)\n"
      "1:1+6 error settings.conflict hold_person: hold_person (24h) is shorter than publish_safety (2d) (set "
      "hold_person = 2d or more)\n");
}

TEST_SUITE_END();
