#include "app/show_config.hpp"

#include "amavis/signing.hpp"
#include "amavis/sockets.hpp"
#include "app/key_findings.hpp"

#include <iterator>
#include <utility>

namespace dkimctl::app {
namespace {

void append(std::vector<Finding>& to, std::vector<Finding> from)
{
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

}  // namespace

ShowConfig show_config(const Host& host, const NamedFiles& files)
{
  ShowConfig shown{std::make_unique<Facts>(gather_facts(host, files)), {}, {}};
  const Facts& facts = *shown.facts;
  const amavis::Configuration& configuration = facts.configuration;
  shown.view = {configuration.files(),
                configuration.variables(),
                configuration.banks(),
                amavis::listen_sockets(configuration),
                {},
                configuration.banks_unknown()};
  shown.findings = facts.findings;
  const amavis::Locate locate = [&](const perl::Place& place) { return facts.locate(place); };
  for (std::size_t i = 0; i < configuration.keys().size(); ++i) {
    shown.view.keys.push_back({&configuration.keys()[i], facts.key_files.of(i)});
    append(shown.findings, key_findings(shown.view.keys.back(), locate));
  }
  append(shown.findings, amavis::Signer(amavis::signing_view(configuration)).check());
  return shown;
}

}  // namespace dkimctl::app
