#include "dns/idn.hpp"

#include <array>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

using dkimctl::dns::IdnRules;
using dkimctl::dns::to_ace;
using dkimctl::dns::to_unicode;
using namespace std::string_literals;
using namespace std::string_view_literals;

TEST_SUITE_BEGIN("dns::to_ace");

TEST_CASE("ASCII is only lower-cased, whatever it is")
{
  const std::string everything = "A._DomainKey..Example.COM. *@[]\\\"\x01\x7f-"s + '\0' + "Z";
  CHECK(to_ace(everything) == "a._domainkey..example.com. *@[]\\\"\x01\x7f-"s + '\0' + "z");
  CHECK(to_ace("XN--BCHER-KVA.Example", IdnRules::idna2008) == "xn--bcher-kva.example");
  CHECK(to_ace("").empty());
}

namespace {

struct Case {
  std::string_view name;
  std::string_view idna2003;
  std::string_view idna2008;
};

constexpr std::string_view kSame = "as under idna2003";

// Every answer here was given by amavisd 2.13 too, with Net::LibIDN and with Net::LibIDN2.
constexpr std::array kCases{
    Case{"bücher.example", "xn--bcher-kva.example", kSame},
    Case{"BÜCHER.Example", "xn--bcher-kva.example", kSame},
    Case{"bu\u0308cher.example", "xn--bcher-kva.example", kSame},
    Case{"sö", "xn--s-1ga", kSame},
    Case{"日本語。jp", "xn--wgv71a119e.jp", kSame},
    Case{"日本語．jp｡", "xn--wgv71a119e.jp.", kSame},
    Case{"ＡＢＣ.ü", "abc.xn--tda", kSame},
    Case{"İstanbul.tr", "xn--istanbul-o0e.tr", kSame},
    Case{"ü.", "xn--tda.", kSame},
    Case{"_domainkey.bücher.de", "_domainkey.xn--bcher-kva.de", kSame},
    Case{"s_1.ü_x.de", "s_1.xn--_x-wka.de", kSame},
    Case{"*.ü.de", "*.xn--tda.de", kSame},
    // where the two differ
    Case{"straße.de", "strasse.de", "xn--strae-oqa.de"},
    Case{"Βόλος.com", "xn--nxasmq6b.com", "xn--nxasmm1c.com"},
    Case{"a\u200db.ü", "ab.xn--tda", "a\u200db.ü"},
    Case{"☃.net", "xn--n3h.net", "☃.net"},
    Case{"\U0002b740.jp", "\U0002b740.jp", "xn--vg9l.jp"},
    Case{"ü b.de", "xn-- b-wka.de", "ü b.de"},
    Case{"Ü B.de", "xn-- b-wka.de", "Ü B.de"},
    Case{"-ü.de", "xn----eha.de", "-ü.de"},
    Case{"aa--ü.de", "xn--aa---3ra.de", "aa--ü.de"},
    Case{"xn--a.ü.de", "xn--a.xn--tda.de", "xn--a.ü.de"},
    // not valid: unchanged, upper case and all
    Case{"😀.WS", "😀.WS", kSame},
    Case{"b\xfc"
         "cher.De",
         "b\xfc"
         "cher.De",
         kSame},
    Case{"\xed\xa0\x80.de", "\xed\xa0\x80.de", kSame},
    Case{"xn--ü.de", "xn--ü.de", kSame},
    Case{"Ü..de", "Ü..de", "xn--tda..de"},
    Case{"\u00ad.ü", "\u00ad.ü", ".xn--tda"},
    Case{"..ü", "..ü", "..xn--tda"},
    Case{"שלוםa", "שלוםa", kSame},
    Case{"\u202eü", "\u202eü", kSame},
};

}  // namespace

TEST_CASE("names that are not ASCII: what amavisd makes of them with either module")
{
  for (const Case& c : kCases) {
    CAPTURE(c.name);
    CHECK(to_ace(c.name) == c.idna2003);
    CHECK(to_ace(c.name, IdnRules::idna2008) == (c.idna2008 == kSame ? c.idna2003 : c.idna2008));
  }
}

TEST_CASE("one leading dot or at-sign is carried across")
{
  CHECK(to_ace(".bücher.de") == ".xn--bcher-kva.de");
  CHECK(to_ace("@bücher.de") == "@xn--bcher-kva.de");
  CHECK(to_ace("..bücher.de") == "..bücher.de");
  CHECK(to_ace(".b\xfc") == ".b\xfc");
}

TEST_CASE("labels and names that are too long")
{
  const std::string fits = std::string(63, 'A') + ".ü";
  CHECK(to_ace(fits) == std::string(63, 'a') + ".xn--tda");
  const std::string label_too_long = std::string(64, 'A') + ".ü";
  CHECK(to_ace(label_too_long) == label_too_long);
  const std::string name_too_long = std::string(60, 'a') + "." + std::string(60, 'b') + "." +
                                    std::string(60, 'c') + "." + std::string(60, 'd') + "." +
                                    std::string(60, 'e') + ".ü";
  CHECK(to_ace(name_too_long).ends_with(".xn--tda"));
  CHECK(to_ace(name_too_long, IdnRules::idna2008) == name_too_long);
}

TEST_CASE("a NUL ends a name that is not ASCII, as it does for the library")
{
  CHECK(to_ace("ö\0.x"sv) == "xn--nda");
  CHECK(to_ace("ö\0.x"sv, IdnRules::idna2008) == "xn--nda");
}

TEST_CASE("to_unicode shows what converts back, and nothing else")
{
  CHECK(to_unicode("dkim._domainkey.XN--BCHER-KVA.example") == "dkim._domainkey.bücher.example");
  CHECK(to_unicode("xn--strae-oqa.de") == "straße.de");
  CHECK(to_unicode("xn--n3h.net") == "☃.net");
  CHECK(to_unicode("Example.COM") == "Example.COM");
  CHECK(to_unicode("XN--TDA.ü") == "XN--TDA.ü");
  CHECK(to_unicode("xn--a.de") == "xn--a.de");
  CHECK(to_unicode("xn--9dbne9b") == "שלום");
  CHECK(to_unicode("xn--ba-g4t.de") == "xn--ba-g4t.de");  // U+202E, which would turn the line around
  CHECK(to_unicode("xn--b-ja.de") == "xn--b-ja.de");      // U+0084, a terminal control
  CHECK(to_unicode("xn---0hc.\xfc") == "xn---0hc.\xfc");
}

TEST_SUITE_END();
