// What dkimctl and the program that asks DNS for it say to each other: messages of bounded size over a
// stream. Whoever reads believes nothing: the other end has read what anybody sent.
//
//     message = size body                 size: 4 octets, of the body, most significant octet first
#pragma once

#include "base/result.hpp"
#include "dns/question.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dkimctl::dns {

/// The largest body: more than any answer that is kept can take.
inline constexpr std::size_t kLongestDialogueBody = 1024UL * 1024;

/// What is said first: where recursion begins.
struct Roots {
  std::vector<ServerAddress> servers;      // of the root zone
  std::vector<std::string> trust_anchors;  // DS or DNSKEY records as zone text; none: nothing is validated
  friend bool operator==(const Roots&, const Roots&) = default;
};

struct NumberedQuestion {
  std::uint32_t number = 0;
  Question question;
};

struct NumberedAnswer {
  std::uint32_t number = 0;
  Answer answer;
};

std::string encode(const Roots& roots);
std::string encode(const NumberedQuestion& question);
std::string encode(const NumberedAnswer& answer);

/// The bodies of messages. Errors are `refused`, and say what is wrong.
Result<Roots> decode_roots(std::string_view body);
Result<NumberedQuestion> decode_question(std::string_view body);
Result<NumberedAnswer> decode_answer(std::string_view body);

/// Cuts a stream into bodies.
class MessageReader {
public:
  /// Takes what was received, and hands out what is whole, in order. Refuses a message that is too long.
  Result<std::vector<std::string>> feed(std::string_view octets);

private:
  std::string rest_;
};

}  // namespace dkimctl::dns
