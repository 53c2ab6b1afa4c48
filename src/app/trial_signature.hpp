// Signing a message with the key at hand and verifying it with the key that DNS serves.
#pragma once

#include "base/host.hpp"
#include "report/testkeys.hpp"

#include <vector>

namespace dkimctl::app {

/// For every key whose verdict is pass: the message that amavisd's testkeys signs, rsa-sha256, simple/simple.
/// One that does not verify turns the verdict to fail, with a remark. Uses all processors.
void try_signatures(const Host& host, std::vector<report::TestedKey>& keys);

}  // namespace dkimctl::app
