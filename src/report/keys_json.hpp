// A key as every JSON document shows it.
#pragma once

#include "report/json.hpp"
#include "report/showkeys.hpp"

namespace dkimctl::report {

/// "number", "domain", "selector", "owner" and "file", into the object that is open.
void write_key_names(JsonWriter& json, const ShownKey& shown, const Locate& locate);

/// One key, as an object.
void write_key(JsonWriter& json, const ShownKey& shown, const Locate& locate);

}  // namespace dkimctl::report
