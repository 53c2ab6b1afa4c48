#include "dkim/sdid.hpp"

#include "dkim/sub_domains.hpp"

namespace dkimctl::dkim {

Result<Sdid> Sdid::parse(std::string_view text, dns::IdnRules idn)
{
  DKIMCTL_TRY(auto name, parse_sub_domains(text, {"domain", 2, idn}));
  return Sdid{std::move(name)};
}

}  // namespace dkimctl::dkim
