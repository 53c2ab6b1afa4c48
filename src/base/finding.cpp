#include "base/finding.hpp"

namespace dkimctl {

std::string_view to_string(Severity severity)
{
  switch (severity) {
  case Severity::note: return "note";
  case Severity::warning: return "warning";
  case Severity::error: return "error";
  }
  return "error";
}

Finding make_finding(const FindingCode& code, std::string object, std::string text, std::string hint)
{
  return {code.code, code.severity, std::move(object), std::move(text), std::move(hint), {}, {}, {}, {}};
}

}  // namespace dkimctl
