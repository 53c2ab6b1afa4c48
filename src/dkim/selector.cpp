#include "dkim/selector.hpp"

#include "dkim/sub_domains.hpp"

namespace dkimctl::dkim {

Result<Selector> Selector::parse(std::string_view text, dns::IdnRules idn)
{
  DKIMCTL_TRY(auto name, parse_sub_domains(text, {"selector", 1, idn}));
  return Selector{std::move(name)};
}

}  // namespace dkimctl::dkim
