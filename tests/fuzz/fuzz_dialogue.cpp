// What the DNS child says, from anybody: an answer that is believed is one that could have been written so.
#include "dns/dialogue.hpp"

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
  MessageReader reader;
  const auto bodies = reader.feed({reinterpret_cast<const char*>(data), size});
  if (!bodies) {
    return 0;
  }
  for (const std::string& body : *bodies) {
    if (const auto answer = decode_answer(body)) {
      require(encode(*answer).substr(4) == body);
      require(answer->answer.reason.size() <= kLongestReason);
    }
    if (const auto question = decode_question(body)) {
      require(encode(*question).substr(4) == body);
    }
    if (const auto roots = decode_roots(body)) {
      require(encode(*roots).substr(4) == body);
    }
  }
  return 0;
}
