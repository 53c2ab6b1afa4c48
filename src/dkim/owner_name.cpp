#include "dkim/owner_name.hpp"

#include <fmt/format.h>

namespace dkimctl::dkim {

Result<dns::Name> owner_name(const Selector& selector, const Sdid& sdid)
{
  return dns::Name::parse(fmt::format("{}._domainkey.{}.", selector.text(), sdid.text()));
}

}  // namespace dkimctl::dkim
