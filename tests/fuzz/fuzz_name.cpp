// A domain name from anybody: what is read keeps to the limits, and is read back from its own text.
#include "dns/name.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  using dkimctl::dns::FinalDot;
  using dkimctl::dns::Name;
  const auto require = [](bool holds) {
    if (!holds) {
      std::abort();
    }
  };
  const auto name = Name::parse({reinterpret_cast<const char*>(data), size});
  if (!name) {
    require(!name.error().what.empty());
    return 0;
  }
  require(name->wire_size() <= 255);
  for (const std::string_view label : name->labels()) {
    require(!label.empty() && label.size() <= 63);
  }
  for (const FinalDot dot : {FinalDot::with, FinalDot::without}) {
    const auto again = Name::parse(name->text(dot));
    require(again && *again == *name && again->labels() == name->labels());
  }
  require(name->relative_to(*name) == "@" && name->relative_to(Name{}));
  return 0;
}
