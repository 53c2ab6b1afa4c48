#include "rollover/duration.hpp"

#include <array>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace dkimctl::rollover {

namespace {

struct Unit {
  Seconds length;
  const char* name;
};

using namespace std::chrono_literals;
constexpr std::array kUnits{Unit{24h, "d"}, Unit{1h, "h"}, Unit{1min, "min"}, Unit{1s, "s"}};

}  // namespace

std::string duration_text(Seconds span)
{
  if (span < 0s) {
    return "-" + duration_text(-span);
  }
  for (std::size_t i = 0; i < kUnits.size(); ++i) {
    if (span < kUnits[i].length) {
      continue;
    }
    std::string text = fmt::format("{} {}", span / kUnits[i].length, kUnits[i].name);
    const Seconds rest = span % kUnits[i].length;
    if (i + 1 < kUnits.size() && rest >= kUnits[i + 1].length) {
      text += fmt::format(" {} {}", rest / kUnits[i + 1].length, kUnits[i + 1].name);
    }
    return text;
  }
  return "0 s";
}

std::string time_text(Time at)
{
  return fmt::format("{:%Y-%m-%d %H:%M} UTC", at);
}

}  // namespace dkimctl::rollover
