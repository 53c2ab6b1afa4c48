// The configuration's answer beside the running daemon's.
#pragma once

#include "amavis/am_pdp.hpp"
#include "amavis/signing.hpp"

#include <optional>
#include <string>

namespace dkimctl::amavis {

/// In which the two differ: "the running amavisd signs with d=example.com s=old, the configuration says
/// s=new". Nothing where they agree, and where the configuration's answer is not known. `live` null: the
/// daemon does not sign. Of x= it is known that it lies `ttl` after t=, or a second more, since amavisd
/// rounds both.
std::optional<std::string> difference(const Decision& decision, const LiveSignature* live);

}  // namespace dkimctl::amavis
