#include "app/facts.hpp"

#include "amavis/daemon_user.hpp"
#include "amavis/findings.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

namespace dkimctl::app {
namespace {

std::vector<amavis::ConfigFile> files_to_read(const Host& host, const NamedFiles& named,
                                              std::vector<Finding>& findings)
{
  std::vector<amavis::ConfigFile> files;
  std::ranges::transform(named.paths, std::back_inserter(files), [&](const std::string& path) {
    return amavis::ConfigFile{path, "named by " + named.by};
  });
  if (files.empty()) {
    files = amavis::default_files(host);
  }
  if (files.empty()) {
    findings.push_back(
        make_finding(amavis::findings::kMissingFile, "",
                     "no configuration of amavisd is where Debian, RHEL, FreeBSD or OpenBSD have it",
                     "name it: -c FILE; or --root DIR, where etc lies in DIR"));
  }
  return files;
}

/// A tree that belongs to somebody else than root was unpacked by them: its owners are not the host's.
bool owners_count(const Host& host)
{
  const auto root = host.info("/");
  return root && root->uid == 0;
}

void append(std::vector<Finding>& to, std::vector<Finding> from)
{
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

std::optional<Identity> daemon_of(const Host& host, const amavis::Configuration& configuration,
                                  std::vector<Finding>& findings)
{
  const perl::Value groups = configuration.variable("@daemon_groups").value;
  const std::size_t before = findings.size();
  auto identity =
      amavis::daemon_identity(host,
                              amavis::daemon_names(configuration.scalar("daemon_user"),
                                                   configuration.scalar("daemon_group"), groups.array()),
                              findings);
  const perl::Place set = configuration.variable("$daemon_user").place;
  if (findings.size() > before && set.known()) {
    findings.back().where = configuration.locate(set);
  }
  return identity;
}

}  // namespace

Facts gather_facts(const Host& host, const NamedFiles& named)
{
  std::vector<Finding> findings;
  const auto files = files_to_read(host, named, findings);
  amavis::Configuration configuration = amavis::Configuration::read(host, files);
  append(findings, configuration.findings());
  std::optional<Identity> daemon;
  if (owners_count(host)) {
    daemon = daemon_of(host, configuration, findings);
    append(findings,
           amavis::config_access_findings(host, configuration.files(), daemon ? &*daemon : nullptr));
  }
  const amavis::Locate locate = [&](const perl::Place& place) { return configuration.locate(place); };
  amavis::KeyFiles keys =
      amavis::KeyFiles::read(host, configuration.keys(), daemon ? &*daemon : nullptr, locate);
  append(findings, keys.findings());
  return {std::move(configuration), std::move(keys), std::move(daemon), std::move(findings)};
}

}  // namespace dkimctl::app
