// A configuration file from anybody, read as amavisd would: it ends, says the same twice, and whatever it
// points at is there. It may include itself, three small files and a table.
#include "amavis/configuration.hpp"
#include "amavis/findings.hpp"
#include "amavis/sockets.hpp"
#include "unit/fake_host.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace {

using dkimctl::Finding;
using dkimctl::Location;
using dkimctl::amavis::Configuration;
using dkimctl::amavis::DkimKey;
using dkimctl::perl::Place;

const std::string kMain = "main.conf";
const std::map<std::string, std::string> kOthers{
    {"one.conf", "$mydomain = 'one.example'; 1;\n"},
    {"two.conf",
     "include_config_files('one.conf');\ndkim_key($mydomain, 'two', '/k/two.pem', t => 's');\n1;\n"},
    {"broken.conf", "dkim_key('broken.example', 'sel', '/k';\n"},
    {"domains.txt", "example.com\n.example.net 1 # all below\n\"a b\"@example.org x\n"},
    {"/etc/mailname", "mail.example.com\n"},
};

void require(bool holds)
{
  if (!holds) {
    std::abort();
  }
}

class Checker {
public:
  Checker(const std::string& text, const Configuration& configuration) : configuration_(configuration)
  {
    sources_.emplace(kMain, dkimctl::SourceText{kMain, text});
    for (const auto& [path, other] : kOthers) {
      sources_.emplace(path, dkimctl::SourceText{path, other});
    }
  }

  void check()
  {
    std::set<std::string> broken;
    for (const Finding& finding : configuration_.findings()) {
      require(!finding.code.empty() && !finding.text.empty());
      if (finding.where) {
        check_location(*finding.where);
        if (finding.code == dkimctl::amavis::findings::kSyntax.code) {
          broken.insert(finding.where->file);
        }
      }
    }
    for (const DkimKey& key : configuration_.keys()) {
      check_key(key);
      require(!broken.contains(configuration_.locate(key.declared).file));
    }
    for (const auto& variable : configuration_.variables()) {
      check_place(variable.place);
    }
  }

private:
  void check_key(const DkimKey& key) const
  {
    require(key.number > 0 && key.declared.known());
    check_place(key.declared);
    check_place(key.domain_argument.place);
    check_place(key.selector_argument.place);
    check_place(key.file_argument.place);
    std::set<std::string_view> names;
    for (const auto& option : key.options) {
      check_place(option.place);
      require(names.insert(option.name).second);
    }
  }

  void check_place(const Place& place) const
  {
    if (!place.known()) {
      return;
    }
    require(place.span.begin <= place.span.end);
    const Location where = configuration_.locate(place);
    check_location(where);
    const auto source = sources_.find(where.file);
    require(source == sources_.end() || place.span.end <= source->second.text().size());
  }

  void check_location(const Location& where) const
  {
    require(where.line >= 1 && where.column >= 1 && where.width >= 1);
    require(where.column <= where.excerpt.size() + 2);  // the line's end is a place, and its CR is not shown
    const auto source = sources_.find(where.file);
    if (source == sources_.end()) {
      require(where.file.starts_with("eval at "));
      return;
    }
    require(source->second.line(where.line) == where.excerpt);
  }

  const Configuration& configuration_;
  std::map<std::string, dkimctl::SourceText> sources_;
};

void check_same_key(const Configuration& first, const Configuration& second, std::size_t i)
{
  const DkimKey& one = first.keys()[i];
  const DkimKey& other = second.keys()[i];
  require(one.number == other.number && one.domain == other.domain && one.selector == other.selector &&
          one.file == other.file && one.unknown == other.unknown && one.declared == other.declared &&
          (one.condition == nullptr) == (other.condition == nullptr) &&
          one.options.size() == other.options.size());
}

void check_same(const Configuration& first, const Configuration& second)
{
  require(first.rejected() == second.rejected());
  require(first.keys().size() == second.keys().size());
  require(first.findings().size() == second.findings().size());
  for (std::size_t i = 0; i < first.keys().size(); ++i) {
    check_same_key(first, second, i);
  }
  for (std::size_t i = 0; i < first.findings().size(); ++i) {
    const Finding& one = first.findings()[i];
    const Finding& other = second.findings()[i];
    require(one.code == other.code && one.text == other.text && one.where == other.where);
  }
}

}  // namespace

// References that go round in a circle are freed by nobody, nor are they in Perl.
// NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,readability-identifier-naming)
extern "C" int __lsan_is_turned_off()
{
  return 1;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const std::string text(reinterpret_cast<const char*>(data), size);
  dkimctl::FakeHost host;
  host.add_file(kMain, text);
  for (const auto& [path, other] : kOthers) {
    host.add_file(path, other);
  }
  const std::vector<dkimctl::amavis::ConfigFile> files{{kMain, "named by -c"}};
  const Configuration configuration = Configuration::read(host, files);
  Checker(text, configuration).check();
  check_same(configuration, Configuration::read(host, files));
  static_cast<void>(dkimctl::amavis::listen_sockets(configuration));
  return 0;
}
