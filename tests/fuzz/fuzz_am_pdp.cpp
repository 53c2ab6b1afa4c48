// Whatever a daemon, or somebody in its place, answers.
#include "amavis/am_pdp.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace dkimctl;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto answer = amavis::parse_answer(text);
  if (answer && !amavis::is_complete_answer(text)) {
    std::abort();  // nothing is taken before the end of the answer is there
  }
  const auto signature = amavis::parse_signature(text);
  if (signature && (signature->domain.empty() || signature->selector.empty())) {
    std::abort();
  }
  return 0;
}
