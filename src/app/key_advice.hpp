#pragma once

#include "base/finding.hpp"
#include "crypto/public_key.hpp"

#include <optional>
#include <string>

namespace dkimctl::app {

/// dkim.short or dkim.weak for the size of a key that is being made, as warnings: now it costs nothing to
/// choose another one.
std::optional<Finding> size_advice(const std::string& object, crypto::Bits bits);

}  // namespace dkimctl::app
