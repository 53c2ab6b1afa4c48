#include "dkim/key_diagnosis.hpp"

#include "dkim/key_facts.hpp"
#include "dkim/key_verdict.hpp"
#include "dkim/resolver_view.hpp"
#include "dns/findings.hpp"

namespace dkimctl::dkim {
namespace {

enum class Root { reachable, silent };

/// The first answer of any of them will do.
std::optional<Root> look_for_root(dns::Inquiry& inquiry, const Vantage& vantage)
{
  bool complete = true;
  for (const dns::ServerAddress& server : vantage.roots) {
    const dns::Answer* const answer =
        inquiry.ask({dns::View::authoritative, dns::Name{}, dns::RrType::ns, server});
    if (answer != nullptr && answer->says()) {
      inquiry.go_on_without();
      return Root::reachable;
    }
    complete = complete && answer != nullptr;
  }
  inquiry.continue_with_any();
  return complete ? std::optional{Root::silent} : std::nullopt;
}

}  // namespace

std::string_view to_string(Verdict verdict)
{
  switch (verdict) {
  case Verdict::pass: return "pass";
  case Verdict::fail: return "fail";
  case Verdict::temporary: return "temporary";
  }
  return {};
}

std::optional<KeyDiagnosis> diagnose_key(dns::Inquiry& inquiry, const KeyUnderTest& key,
                                         const Vantage& vantage)
{
  if (vantage.quick) {
    return diagnose_by_resolver(inquiry, key, vantage);
  }
  const auto root = look_for_root(inquiry, vantage);
  if (!root) {
    return std::nullopt;
  }
  if (*root == Root::reachable) {
    const auto facts = gather_key_facts(inquiry, key, vantage);
    return facts ? std::optional{judge(*facts, key)} : std::nullopt;
  }
  auto diagnosis = diagnose_by_resolver(inquiry, key, vantage);
  if (diagnosis) {
    diagnosis->of_host.push_back(
        {&dns::findings::kNoRoot,
         "no root server answers: only this host's resolvers were asked, and what they say "
         "need not be what the world sees",
         "let this host ask name servers by UDP and TCP port 53", false});
  }
  return diagnosis;
}

}  // namespace dkimctl::dkim
