// The keys of a configuration as DNS serves them: amavisd's verdict lines with what is wrong, JSON, a line
// for monitoring.
#pragma once

#include "amavis/key_files.hpp"
#include "base/finding.hpp"
#include "dkim/key_diagnosis.hpp"
#include "report/findings.hpp"
#include "report/showkeys.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dkimctl::report {

struct TestedKey {
  ShownKey shown;
  std::optional<dkim::KeyDiagnosis> diagnosis;  // nothing where there was nothing to test with, or for
  std::vector<Finding> findings;                // of the diagnosis
};

struct KeyTests {
  std::vector<TestedKey> keys;    // in the listing's order
  bool any_declared = false;      // as in KeyListing
  bool all_read = true;           // the same
  std::vector<Finding> findings;  // of everything else
};

/// A line a key as amavisd's testkeys prints it, with the findings below it; the findings of everything else
/// are not in it.
///
///     TESTING#1 example.com: dkim._domainkey.example.com => invalid (public key: not available)
///       error: the record is at example.com, not at dkim._domainkey.example.com [dkim.at-apex]
///         hint: delete it there and enter it at dkim._domainkey.example.com; ...
std::string testkeys_text(const KeyTests& tests, const FindingStyle& style);

/// {"schema":1,"keys":[{"number","domain","selector","owner","file","verdict","result","servers":[{"name","address",
/// "outcome","match","ttl","serial"}],"resolver":{...}}],"findings":[...]}. What is not known is left out.
std::string testkeys_json(const KeyTests& tests, const amavis::Locate& locate);

/// "DKIM OK - 12 keys pass" and the exit status of a monitoring plugin: 0 OK, 1 WARNING, 2 CRITICAL, 3
/// UNKNOWN (Monitoring Plugins Development Guidelines, "Plugin Return Codes"). One line, whatever there is to
/// say.
struct PluginResult {
  int status = 0;
  std::string line;
};
PluginResult testkeys_plugin(const KeyTests& tests);

/// The line for what kept a command from saying anything.
PluginResult plugin_unknown(std::string_view why);

/// What the tests come to: unreadable before problems before temporary.
enum class TestOutcome { in_order, problems, unreadable, temporary };
TestOutcome outcome(const KeyTests& tests);

}  // namespace dkimctl::report
