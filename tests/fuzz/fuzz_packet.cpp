// A DNS message from anybody: what is read has text forms, names that are read back, and no more records than
// there are octets for.
#include "dns/packet.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  using namespace dkimctl::dns;
  const auto require = [](bool holds) {
    if (!holds) {
      std::abort();
    }
  };
  const auto response = decode_response({reinterpret_cast<const char*>(data), size});
  if (!response) {
    require(!response.error().what.empty());
    return 0;
  }
  for (const auto* section : {&response->answer, &response->authority, &response->additional}) {
    require(section->size() * 11 <= size);
    for (const Record& record : *section) {
      require(Name::from_wire(record.owner.wire()) == record.owner);
      require(!zone_fields(record.rdata).empty() && !to_string(type_of(record.rdata)).empty());
    }
  }
  return 0;
}
