// Selectors for new keys: none that was ever in use, as far as this host and DNS can tell.
#pragma once

#include "base/result.hpp"
#include "dkim/sdid.hpp"
#include "dkim/selector.hpp"
#include "dkim/selector_template.hpp"
#include "dns/messenger.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace dkimctl::app {

/// How this host knows a selector to have been in use: "it is declared in FILE:LINE:COL". Empty: it does not.
using WhySeen = std::function<std::string(const dkim::Sdid&, const dkim::Selector&)>;

struct SelectorRequest {
  std::vector<dkim::Sdid> domains;
  std::optional<dkim::Selector> fixed;  // for all of them; else
  std::optional<dkim::SelectorTemplate> pattern;
  dkim::SelectorInputs inputs;
  WhySeen why_seen;
};

struct SelectorChoice {
  Result<dkim::Selector> selector;
  std::string unproven;  // why DNS could not tell whether it is new; empty: it is
};

/// How DNS is asked.
struct SelectorDns {
  dns::Messenger* messenger = nullptr;             // null: it is not asked
  std::string why_not;                             // then
  std::string unused_label;                        // one that no zone has: what answers for it is a wildcard
  std::function<void(std::size_t done)> progress;  // may be empty
};

/// A choice for each domain, in their order. Only the servers that a delegation names are asked, from the
/// root, so that no resolver keeps for others that the name is not there yet. Where they cannot tell, the
/// selector gets a random part, unless it is fixed.
std::vector<SelectorChoice> choose_selectors(const SelectorRequest& request, const SelectorDns& dns);

}  // namespace dkimctl::app
