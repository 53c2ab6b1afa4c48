#pragma once

#include <string>

namespace dkimctl::store {

/// A name for a row that no other row has or will have, on whatever host: a random UUID, 36 characters
/// (RFC 9562 section 5.4).
std::string new_id();

}  // namespace dkimctl::store
