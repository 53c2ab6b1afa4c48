#include "report/times_json.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace dkimctl::report {

void write_time(JsonWriter& json, std::string_view name, const std::optional<rollover::Time>& at)
{
  json.key(name);
  if (at) {
    json.string(fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", *at));
  } else {
    json.null();
  }
}

}  // namespace dkimctl::report
