// Findings for people, and what they come to.
#pragma once

#include "base/finding.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::report {

/// Every code there is, of all layers, each once.
std::span<const FindingCode> all_codes();

struct FindingStyle {
  bool color = false;
  Severity least = Severity::note;  // what is less severe is left out
  bool elsewhere = false;           // about another host's tree (--root), so the hints are for there
};

/// For stderr. With a place as a compiler has it, else with the program's name, and each with its code:
///
///     50-user:3:24: error: key file /k.pem is empty [amavis.unreadable-key]
///       dkim_key('example.com', 'dkim', '/k.pem');
///                                       ^~~~~~~~
///     dkimctl: 127.0.0.1:9998: warning: connection refused [amavis.live-unavailable]
///       hint: start amavisd
///
/// The object is left out where the text, or the place, names it. What came from a file cannot move the
/// terminal.
std::string render(const Finding& finding, const FindingStyle& style = {});

/// For stdout, below the line of the key that it is about, by two blanks:
///
///     error: the record is at example.com, not at dkim._domainkey.example.com [dkim.at-apex]
///       hint: delete it there
std::string render_below(const Finding& finding, const FindingStyle& style = {});

/// One after the other, in their order.
std::string render(const std::vector<Finding>& findings, const FindingStyle& style = {});

/// What a run comes to, whatever its output was; the worst that applies.
enum class Verdict {
  in_order,    // notes at most
  problems,    // errors or warnings
  unreadable,  // an error that keeps amavisd, or dkimctl, from using a configuration or a key
};

Verdict verdict(const std::vector<Finding>& findings);

}  // namespace dkimctl::report
