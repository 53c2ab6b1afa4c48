// A name from anybody to ASCII and back: what was converted is ASCII in lower case and stays as it is, and
// what is shown converts back.
#include "dns/idn.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  using dkimctl::dns::IdnRules;
  using dkimctl::dns::to_ace;
  const auto require = [](bool holds) {
    if (!holds) {
      std::abort();
    }
  };
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  for (const IdnRules rules : {IdnRules::idna2003, IdnRules::idna2008}) {
    const std::string ace = to_ace(text, rules);
    const bool converted =
        std::ranges::all_of(ace, [](unsigned char c) { return c < 0x80 && !(c >= 'A' && c <= 'Z'); });
    require(converted ? to_ace(ace, rules) == ace : ace == text);
  }
  const std::string shown = dkimctl::dns::to_unicode(text);
  require(shown == text || to_ace(shown) == to_ace(text) ||
          to_ace(shown, IdnRules::idna2008) == to_ace(text));
  return 0;
}
