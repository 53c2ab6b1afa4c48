#include "amavis/listing.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace dkimctl;
using amavis::DkimKey;
using amavis::ListedKey;

namespace {

DkimKey key_for(std::string domain, std::string selector = "dkim")
{
  DkimKey key;
  key.number = 1;
  key.domain = std::move(domain);
  key.selector = std::move(selector);
  return key;
}

DkimKey key_for_pattern(std::string shown, std::string pattern)
{
  DkimKey key = key_for(std::move(shown));
  key.pattern = true;
  key.regex = std::make_shared<const perl::Regex>(perl::Regex{std::move(pattern), ""});
  return key;
}

using Options = std::vector<std::pair<std::string, perl::Value>>;

std::string tags_of(const Options& options)
{
  DkimKey key = key_for("example.com");
  for (const auto& [name, value] : options) {
    key.options.push_back({name, value, {}});
  }
  return amavis::key_record(key, "AAAA").head();
}

ListedKey listed(std::string_view domain)
{
  return {7, 1024, "dkim", domain, "/k.pem", false, "v=DKIM1; p=", "AAAA"};
}

std::string listing(const ListedKey& key)
{
  std::string out;
  amavis::append_listing(out, key);
  return out;
}

}  // namespace

TEST_SUITE_BEGIN("amavis::listing");

TEST_CASE("a key is listed as amavisd lists it")
{
  ListedKey key = listed("example.com");
  const std::string spki =
      "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDKl14HSmx49RS0SWFHWlARBYkWGEQYBkfowypvEcnldphUlDAbIe9U4nQP92mj/"
      "VmLGT1Lczrht7hRba3JnuPNBsxk5/"
      "j1Dg9TiHop0H85hx8ByFttErHfOMnKA71+k0WjxZ2AIzycu4l3g2vrWRANAggVuPywVHh7Yz4M"
      "Mz/hAwIDAQAB";
  key.public_key = spki;
  CHECK(listing(key) ==
        "; key#7 1024 bits, s=dkim, d=example.com, /k.pem\n"
        "dkim._domainkey.example.com.\t3600 TXT (\n"
        "  \"v=DKIM1; p=\"\n"
        "  \"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDKl14HSmx49RS0SWFHWlARBYkW\"\n"
        "  \"GEQYBkfowypvEcnldphUlDAbIe9U4nQP92mj/VmLGT1Lczrht7hRba3JnuPNBsxk\"\n"
        "  \"5/j1Dg9TiHop0H85hx8ByFttErHfOMnKA71+k0WjxZ2AIzycu4l3g2vrWRANAggV\"\n"
        "  \"uPywVHh7Yz4MMz/hAwIDAQAB\")\n\n");
}

TEST_CASE("the comments of amavisd: no path for a key that is no file's, and one for patterns")
{
  ListedKey key = listed("*.wild.example");
  key.path.reset();
  key.pattern = true;
  CHECK(listing(key) ==
        "; key#7 1024 bits, s=dkim, d=*.wild.example\n"
        "; CANNOT DECLARE A WILDCARDED LABEL IN DNS, AVOID OR EDIT MANUALLY!\n"
        "dkim._domainkey.*.wild.example.\t3600 TXT (\n"
        "  \"v=DKIM1; p=\"\n"
        "  \"AAAA\")\n\n");
  key = listed("(?^:^(?:FOO|bar)\\.re\\.example$)");
  CHECK(
      listing(key).starts_with("; key#7 1024 bits, s=dkim, d=(?^:^(?:foo|bar)\\.re\\.example$), /k.pem\n"
                               "; dkim._domainkey.(?^:^(?:foo|bar)\\.re\\.example$).\t3600"));
}

TEST_CASE("the tags have amavisd's order and its changes")
{
  const perl::UnknownPtr unknown = std::make_shared<perl::Unknown>();
  CHECK(tags_of({}) == "v=DKIM1; p=");
  CHECK(tags_of({{"n", "N"}, {"t", "T"}, {"s", "S"}, {"k", "K"}, {"h", "H"}, {"g", "G"}, {"v", "V"}}) ==
        "v=V; g=G; h=H; k=rsa; s=S; t=T; n=N; p=");
  CHECK(tags_of({{"k", ""}, {"t", ""}, {"x", "unknown to amavisd"}}) == "v=DKIM1; k=rsa; t=; p=");
  CHECK(tags_of({{"k", {}}, {"t", {}}, {"v", {}}, {"n", {}}}) == "v=DKIM1; p=");
  CHECK(tags_of({{"v", ""}, {"t", std::int64_t{0}}}) == "v=; t=0; p=");
  CHECK(tags_of({{"n", "note; with \"quotes\" = and \\ tab\tend\x7f \xc3\xbc"}}) ==
        "v=DKIM1; n=note=3B with =22quotes=22 =3D and \\ tab=09end=7F \xc3\xbc; p=");
  CHECK(tags_of({{"t", unknown}, {"v", unknown}}) == "v=DKIM1; p=");
}

TEST_CASE("what no server would load is escaped and cut, and said; nothing else differs")
{
  struct Case {
    std::string tags;
    std::string strings;
    bool is_said;
  };
  const Case cases[]{
      {"v=DKIM1; n=b\xc3\xbc\t\r\x01; p=", "\"v=DKIM1; n=b\xc3\xbc\t\r\x01; p=\"", false},
      {std::string(255, 'x'), "\"" + std::string(255, 'x') + "\"", false},
      {std::string(256, 'x'), "\"" + std::string(255, 'x') + "\"\n  \"x\"", true},
      {R"(n=back\slash; p=)", R"("n=back\\slash; p=")", true},
      {R"(t="s"; p=)", R"("t=\"s\"; p=")", true},
      {"t=s\n\"x\"; p=", R"("t=s\010\"x\"; p=")", true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.tags);
    ListedKey key = listed("example.com");
    key.tags = c.tags;
    CHECK(listing(key) ==
          "; key#7 1024 bits, s=dkim, d=example.com, /k.pem\n"
          "dkim._domainkey.example.com.\t3600 TXT (\n  " +
              c.strings + "\n  \"AAAA\")\n\n");
    const auto finding = amavis::zone_text_finding(key);
    CHECK(finding.has_value() == c.is_said);
    if (finding) {
      CHECK(finding->severity == Severity::note);
      CHECK(finding->key == 7);
    }
  }
}

TEST_CASE("a comment stays a comment, whatever the path is")
{
  ListedKey key = listed("example.com");
  key.path = "/a\nevil 3600 TXT \"x\"\n";
  CHECK(
      listing(key).starts_with("; key#7 1024 bits, s=dkim, d=example.com, "
                               "/a\\010evil 3600 TXT \"x\"\\010\ndkim._domainkey."));
}

TEST_CASE("a record that no owner name can be made of is a comment, with a warning")
{
  struct Case {
    std::string domain;
    bool loads;
  };
  const Case cases[]{
      {"example.com", true},
      {"un_der.example", true},
      {"a@b.example", true},
      {"a$b.example", true},
      {"*.example", true},
      {"b\xfc.example", true},
      {"sp ace.example", false},
      {"dot.example.", false},
      {".leading.example", false},
      {"two..dots.example", false},
      {"a\"b.example", false},
      {"a;b.example", false},
      {"a(b.example", false},
      {"back\\slash.example", false},
      {std::string(64, 'a') + ".x", false},
      {std::string(63, 'a') + ".x", true},
      {std::string(59, 'a') + "." + std::string(59, 'b') + "." + std::string(59, 'c') + "." +
           std::string(57, 'd'),
       true},
      {std::string(59, 'a') + "." + std::string(59, 'b') + "." + std::string(59, 'c') + "." +
           std::string(58, 'd'),
       false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.domain);
    const ListedKey key = listed(c.domain);
    const std::string_view comment = c.loads ? "" : "; ";
    CHECK(listing(key) == fmt::format("; key#7 1024 bits, s=dkim, d={0}, /k.pem\n"
                                      "{1}dkim._domainkey.{0}.\t3600 TXT (\n"
                                      "{1}  \"v=DKIM1; p=\"\n"
                                      "{1}  \"AAAA\")\n\n",
                                      c.domain, comment));
    const auto finding = amavis::zone_text_finding(key);
    REQUIRE(finding.has_value() == !c.loads);
    if (finding) {
      CHECK(finding->code == "amavis.zone-text");
      CHECK(finding->severity == Severity::warning);
    }
  }
  CHECK(listing(listed("red\x1b[31m.example")) ==
        "; key#7 1024 bits, s=dkim, d=red\\027[31m.example, /k.pem\n"
        "; dkim._domainkey.red\\027[31m.example.\t3600 TXT (\n"
        ";   \"v=DKIM1; p=\"\n"
        ";   \"AAAA\")\n\n");
  ListedKey line_break = listed("a\nb 3600 TXT x ; ");
  CHECK(listing(line_break).find("\n; dkim._domainkey.a\\010b 3600 txt x ; .\t3600 TXT (\n;") !=
        std::string::npos);
}

TEST_CASE("neither a selector that is no label nor a record that is too long loads")
{
  for (const char* const selector : {"$ttl", "@", "@x"}) {
    CAPTURE(selector);
    ListedKey key = listed("example.com");
    key.selector = selector;
    CHECK(listing(key).find(fmt::format("\n; {}._domainkey.", selector)) != std::string::npos);
  }
  ListedKey key = listed("example.com");
  key.tags = std::string(65535 - 256 - 5, 'x');  // 256 strings, and the key's one of four characters
  CHECK(amavis::zone_text_finding(key)->severity == Severity::note);
  key.tags += 'x';
  CHECK(amavis::zone_text_finding(key)->severity == Severity::warning);
  CHECK(listing(key).find("\n; dkim._domainkey.") != std::string::npos);
}

TEST_CASE("filters select, and order, as amavisd's do")
{
  amavis::DkimKeys keys{
      key_for("zeta.example.com"),                           // 0
      key_for("example.org", "b"),                           // 1
      key_for("example.org", "a"),                           // 2
      key_for("sub.example.com"),                            // 3
      key_for("example.com"),                                // 4
      key_for(".dotted.net"),                                // 5
      key_for_pattern("*.wild.net", R"(^.*\.wild\.net\z)"),  // 6
      key_for("xn--bcher-kva.example"),                      // 7
  };
  struct Case {
    std::vector<std::string> domains;
    std::vector<std::size_t> selected;
  };
  const Case cases[]{
      {{}, {0, 1, 2, 3, 4, 5, 6, 7}},
      {{"."}, {4, 3, 0, 7, 5, 1, 2}},
      {{"example.com"}, {4}},
      {{".example.com"}, {4, 3, 0}},
      {{"EXAMPLE.COM"}, {4}},
      {{"example.com."}, {}},
      {{"com"}, {}},
      {{".com"}, {4, 3, 0}},
      {{".Com"}, {4, 3, 0}},
      {{"example.org", "example.com"}, {4, 1, 2}},
      {{"nosuch.tld"}, {}},
      {{""}, {}},
      {{"host.dotted.net"}, {}},
      {{"dotted.net"}, {}},
      {{".dotted.net"}, {5}},
      {{"x.wild.net"}, {6}},
      {{"X.WILD.net"}, {6}},
      {{"wild.net"}, {}},
      {{"*.wild.net"}, {6}},
      {{"b\xc3\xbc"
        "cher.example"},
       {7}},
      {{"B\xc3\x9c"
        "CHER.example"},
       {7}},
      {{"xn--bcher-kva.example"}, {7}},
      {{"*"}, {}},
      {{"ample.com"}, {}},
      {{".ample.com"}, {}},
      {{"-x"}, {}},
  };
  for (const Case& c : cases) {
    CAPTURE(fmt::format("{}", fmt::join(c.domains, " ")));
    CHECK(amavis::select_keys(keys, c.domains) == c.selected);
  }
}

TEST_CASE("a key whose domain cannot be known may be the one that is asked for")
{
  amavis::DkimKeys keys{key_for(""), key_for("example.org")};
  keys[0].unknown = {"domain"};
  CHECK(amavis::select_keys(keys, std::vector<std::string>{"example.com"}) == std::vector<std::size_t>{0});
  keys[0].unknown = {"selector"};
  CHECK(amavis::select_keys(keys, std::vector<std::string>{"example.com"}).empty());
}

TEST_CASE("a key that is not certain is said with what is not known of it")
{
  const amavis::Locate locate = [](const perl::Place&) { return Location{"f", 3, 1, "", 1}; };
  DkimKey key = key_for("example.com");
  CHECK_FALSE(amavis::dynamic_key_finding(key, locate).has_value());
  key.declared = {0, {0, 9}};
  key.condition = std::make_shared<perl::Unknown>(perl::Unknown{"file test -e", {}});
  auto finding = amavis::dynamic_key_finding(key, locate);
  REQUIRE(finding.has_value());
  CHECK(finding->code == "amavis.dynamic");
  CHECK(finding->severity == Severity::error);
  CHECK(finding->text == "whether this key is declared depends on file test -e");
  CHECK(finding->where == Location{"f", 3, 1, "", 1});
  key.condition = nullptr;
  key.unknown = {"selector", "option t"};
  finding = amavis::dynamic_key_finding(key, locate);
  REQUIRE(finding.has_value());
  CHECK(finding->text == "this key is declared, but not all of it can be known; unknown: selector, option t");
}

TEST_SUITE_END();
