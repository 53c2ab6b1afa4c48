// What SQLite's own result codes mean.
#pragma once

#include "store/failure.hpp"

#include <string>

namespace dkimctl::store {

/// `code` is a result code of SQLite, extended or not; `message` is what SQLite says and counts only where
/// the code says nothing better. The text names `file`.
Failure sqlite_failure(int code, const std::string& file, const std::string& message);

}  // namespace dkimctl::store
