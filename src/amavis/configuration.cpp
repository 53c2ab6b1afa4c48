#include "amavis/configuration.hpp"

#include "amavis/findings.hpp"
#include "amavis/natives.hpp"
#include "perl/placeholder.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dkimctl::amavis {
namespace {

// What `config` shows, in its order.
constexpr std::array<std::string_view, 20> kVariables{
    "$mydomain",
    "$myhostname",
    "$MYHOME",
    "$daemon_user",
    "$daemon_group",
    "@daemon_groups",
    "$enable_dkim_signing",
    "$dkim_signing_service",
    "@dkim_signature_options_bysender_maps",
    "@local_domains_maps",
    "%local_domains",
    "@local_domains_acl",
    "$local_domains_re",
    "@mynetworks",
    "$inet_socket_port",
    "$inet_socket_bind",
    "$unix_socketname",
    "@listen_sockets",
    "%interface_policy",
    "$dkim_minimum_key_bits",
};

// Whose text may be a placeholder that nobody filled in.
constexpr std::array<std::string_view, 2> kNames{"mydomain", "myhostname"};

const FindingCode& code_of(const perl::Failure& failure)
{
  switch (failure.kind) {
  case perl::FailureKind::syntax: return findings::kSyntax;
  case perl::FailureKind::placeholder: return findings::kTemplate;
  case perl::FailureKind::died: return findings::kDied;
  case perl::FailureKind::missing:
  case perl::FailureKind::unreadable: return findings::kMissingFile;
  case perl::FailureKind::denied: return findings::kNoAccess;
  case perl::FailureKind::too_deep: return findings::kIncludeDepth;
  }
  return findings::kSyntax;
}

/// What to do, where the evaluator has nothing better to say. `asked_for`: the file was named to dkimctl, not
/// by another.
std::string failure_hint(const perl::Failure& failure, bool asked_for)
{
  if (!failure.hint.empty()) {
    return failure.hint;
  }
  switch (failure.kind) {
  case perl::FailureKind::syntax:
  case perl::FailureKind::placeholder: return {};
  case perl::FailureKind::died: return "amavisd stops here too: mend this statement";
  case perl::FailureKind::missing:
    return asked_for ? "check the name; one without a '/' before it is looked for in this folder"
                     : "amavisd does not start without it: put the file there, or no longer name it";
  case perl::FailureKind::denied: return "run dkimctl as root";
  case perl::FailureKind::unreadable:
    return "name a file; without -c, dkimctl finds those that amavisd reads";
  case perl::FailureKind::too_deep:
    return "a file includes itself, directly or through others: take an include out";
  }
  return {};
}

std::string failure_text(const perl::Failure& failure)
{
  const bool of_file = failure.kind == perl::FailureKind::missing ||
                       failure.kind == perl::FailureKind::denied ||
                       failure.kind == perl::FailureKind::unreadable;
  return of_file ? fmt::format("cannot read configuration file {}: {}", failure.file, failure.what)
                 : failure.what;
}

/// The default lists refer to other variables, so that these may be set instead.
void set_default_references(perl::Interpreter& interpreter)
{
  perl::Globals& globals = interpreter.globals();
  const auto cell = [](perl::Value value) {
    return std::make_shared<perl::Scalar>(perl::Scalar{std::move(value), {}, 0});
  };
  const auto refer = [&](std::string_view maps, std::string_view hash, std::string_view array,
                         std::string_view regex) {
    std::vector<perl::ScalarPtr>& items = globals.array(maps)->items;
    if (!hash.empty()) {
      items.push_back(cell(perl::Value{globals.hash(hash)}));
    }
    items.push_back(cell(perl::Value{globals.array(array)}));
    if (!regex.empty()) {
      items.push_back(cell(perl::Value{globals.scalar(regex)}));
    }
  };
  refer("local_domains_maps", "local_domains", "local_domains_acl", "local_domains_re");
}

}  // namespace

const KeyOption* DkimKey::option(std::string_view name) const
{
  const auto found = std::ranges::find(options, name, &KeyOption::name);
  return found == options.end() ? nullptr : &*found;
}

const perl::Scalar* PolicyBank::setting(std::string_view setting_name) const
{
  return settings == nullptr ? nullptr : settings->find(setting_name);
}

/// Runs the files and turns what came of it into a Configuration.
class Reader {
public:
  Reader(const Host& host, const std::vector<ConfigFile>& files) : named_(files)
  {
    configuration_.interpreter_ =
        std::make_unique<perl::Interpreter>(host, surroundings(host, declarations_));
    set_default_references(*configuration_.interpreter_);
  }

  Configuration read()
  {
    perl::Interpreter& interpreter = *configuration_.interpreter_;
    for (const ConfigFile& file : named_) {
      interpreter.run_file(file.path, perl::Missing::fails);
    }
    list_files();
    add_failures();
    std::ranges::move(declarations_.findings, std::back_inserter(configuration_.findings_));
    add_dynamics();
    add_wildcards();
    add_placeholders();
    collect_banks();
    configuration_.keys_ = std::move(declarations_.keys);
    configuration_.rejected_ = std::ranges::any_of(configuration_.findings_, findings::leaves_no_answer);
    return std::move(configuration_);
  }

private:
  void list_files()
  {
    for (const perl::ReadFile& file : configuration_.interpreter_->files()) {
      const std::string path{file.source->path()};
      if (file.made_up) {
        continue;
      }
      const auto named = std::ranges::find(named_, path, &ConfigFile::path);
      if (file.included_by.known()) {
        const Location by = configuration_.locate(file.included_by);
        configuration_.files_.push_back(
            {path, fmt::format("included by {}:{}", by.file, by.line), !file.by_do});
      } else if (named != named_.end()) {
        configuration_.files_.push_back(*named);
      }
    }
  }

  void add_failures()
  {
    for (const perl::Failure& failure : configuration_.interpreter_->failures()) {
      Finding finding = make_finding(code_of(failure), failure.file, failure_text(failure),
                                     failure_hint(failure, !failure.where.known()));
      if (failure.where.known()) {
        finding.where = configuration_.locate(failure.where);
      }
      if (failure.passed_over) {
        finding.severity = Severity::warning;
        finding.hint = "amavisd goes on without a word: `do FILE` passes over what is wrong in the file";
      }
      configuration_.findings_.push_back(std::move(finding));
    }
  }

  /// How much it matters depends on what it reaches.
  static Severity severity_of(const perl::Dynamic& dynamic)
  {
    if (dynamic.taints.contains("dkim_key") || dynamic.taints.contains("files that are included")) {
      return Severity::error;
    }
    const auto is_reached = [&](std::string_view name) { return dynamic.taints.contains(std::string{name}); };
    const bool signing = is_reached("%policy_bank") || std::ranges::any_of(kSigningVariables, is_reached);
    return signing ? Severity::warning : Severity::note;
  }

  void add_dynamics()
  {
    for (const perl::Dynamic& dynamic : configuration_.interpreter_->dynamics()) {
      const perl::Unknown& unknown = *dynamic.unknown;
      if (!unknown.where.known()) {
        continue;  // a default, which is no mistake of the files
      }
      const Location where = configuration_.locate(unknown.where);
      Finding finding =
          make_finding(findings::kDynamic, where.file,
                       dynamic.taints.empty() ? fmt::format("dynamic: {}", unknown.construct)
                                              : fmt::format("dynamic: {}; it reaches {}", unknown.construct,
                                                            fmt::join(dynamic.taints, ", ")));
      finding.severity = severity_of(dynamic);
      if (finding.severity != Severity::note) {
        finding.hint = "write the value itself in its place; dkimctl does not run Perl";
      }
      finding.where = where;
      configuration_.findings_.push_back(std::move(finding));
    }
  }

  void add_wildcards()
  {
    for (const DkimKey& key : declarations_.keys) {
      if (!key.pattern) {
        continue;
      }
      Finding finding = make_finding(
          findings::kWildcardKey, key.domain,
          fmt::format("key {} is declared for a pattern of domains: no DNS record can serve all of them",
                      key.number),
          "declare one dkim_key for each domain");
      finding.where = configuration_.locate(key.declared);
      finding.key = key.number;
      configuration_.findings_.push_back(std::move(finding));
    }
  }

  /// In the names that signing begins with; amavisd takes them for what they say.
  void add_placeholders()
  {
    for (const std::string_view name : kNames) {
      const perl::Scalar& variable = *configuration_.interpreter_->scalar(name);
      if (variable.value.is_string()) {
        add_placeholder(fmt::format("${}", name), *variable.value.string(), variable.set);
      }
    }
    for (const perl::ScalarPtr& map :
         configuration_.interpreter_->array("dkim_signature_options_bysender_maps")->items) {
      if (const perl::Hash* const entries = map->value.hash()) {
        for (const auto& [key, entry] : entries->entries) {
          add_placeholder("a signing map", key, entry.key);
        }
      }
    }
  }

  void add_placeholder(std::string_view object, std::string_view text, perl::Place where)
  {
    const std::string_view found = perl::placeholder(text);
    if (found.empty() || !where.known()) {
      return;
    }
    const Location place = configuration_.locate(where);
    Finding finding = make_finding(
        findings::kTemplate, place.file,
        fmt::format("{} has '{}' in it, which looks like a template's placeholder", object, found),
        "fill it in");
    finding.severity = Severity::warning;
    finding.where = place;
    configuration_.findings_.push_back(std::move(finding));
  }

  void collect_banks()
  {
    const auto& hashes = configuration_.interpreter_->globals().hashes;
    const auto found = hashes.find("policy_bank");
    if (found == hashes.end()) {
      return;
    }
    for (const auto& [name, entry] : found->second->entries) {
      if (!name.empty()) {
        configuration_.banks_.push_back({name, entry.scalar->value.hash_ptr()});
      }
    }
  }

  const std::vector<ConfigFile>& named_;
  Declarations declarations_;
  Configuration configuration_;
};

Configuration Configuration::read(const Host& host, const std::vector<ConfigFile>& files)
{
  return Reader(host, files).read();
}

Variable Configuration::variable(std::string_view name_with_sigil) const
{
  const std::string name{name_with_sigil};
  const std::string_view bare = name_with_sigil.substr(1);
  if (name_with_sigil.front() == '$') {
    const perl::Scalar& scalar = *interpreter_->scalar(bare);
    return {name, scalar.value, scalar.set};
  }
  if (name_with_sigil.front() == '@') {
    const perl::ArrayPtr array = interpreter_->array(bare);
    return {name, perl::Value{array}, array->set};
  }
  const perl::HashPtr hash = interpreter_->hash(bare);
  return {name, perl::Value{hash}, hash->set};
}

std::vector<Variable> Configuration::variables() const
{
  std::vector<Variable> all;
  all.reserve(kVariables.size());
  for (const std::string_view name : kVariables) {
    all.push_back(variable(name));
  }
  return all;
}

perl::Value Configuration::scalar(std::string_view name) const
{
  return interpreter_->scalar(name)->value;
}

std::vector<PolicyBank> Configuration::banks() const
{
  return banks_;
}

const PolicyBank* Configuration::bank(std::string_view name) const
{
  const auto found = std::ranges::find(banks_, name, &PolicyBank::name);
  return found == banks_.end() ? nullptr : &*found;
}

}  // namespace dkimctl::amavis
