#include "store/server_states.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::store {
namespace {

using rollover::LastAnswer;
using rollover::Seconds;
using rollover::ServerState;
using rollover::Time;

constexpr std::array kAnswers{LastAnswer::none, LastAnswer::right, LastAnswer::absent, LastAnswer::other,
                              LastAnswer::revoked};

bool is_plain(char c)
{
  return static_cast<unsigned char>(c) > ' ' && c != '%' && c != '\x7f';
}

std::string escaped(std::string_view server)
{
  std::string out;
  for (const char c : server) {
    if (is_plain(c)) {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02x}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

/// A whole number and nothing else.
template<class Number>
std::optional<Number> number(std::string_view text, int base = 10)
{
  Number value{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  return error == std::errc{} && stop == end ? std::optional(value) : std::nullopt;
}

std::optional<std::string> unescaped(std::string_view text)
{
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const std::string_view digits = text.substr(i + 1, 2);
    const auto octet = digits.size() == 2 ? number<std::uint8_t>(digits, 16) : std::nullopt;
    if (!octet) {
      return std::nullopt;
    }
    out += static_cast<char>(*octet);
    i += 2;
  }
  return out;
}

/// Cuts `text` at the first `end` and returns what stood before it.
std::optional<std::string_view> take_until(std::string_view& text, char end)
{
  const auto at = text.find(end);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at + 1);
  return taken;
}

std::optional<LastAnswer> answer_of(std::string_view name)
{
  for (const LastAnswer answer : kAnswers) {
    if (rollover::to_string(answer) == name) {
      return answer;
    }
  }
  return std::nullopt;
}

std::optional<std::pair<std::string, ServerState>> decode_line(std::string_view line)
{
  const auto server_text = take_until(line, ' ');
  const auto answer_text = take_until(line, ' ');
  const auto since_text = take_until(line, ' ');
  if (!server_text || !answer_text || !since_text) {
    return std::nullopt;
  }
  auto server = unescaped(*server_text);
  const auto answer = answer_of(*answer_text);
  const auto since = number<std::int64_t>(*since_text);
  const auto run = number<std::int64_t>(line);
  if (!server || !answer || !run || (!since && *since_text != "-")) {
    return std::nullopt;
  }
  ServerState state{*answer, std::nullopt, *run};
  if (since) {
    state.silent_since = Time(Seconds(*since));
  }
  return std::pair{std::move(*server), state};
}

}  // namespace

std::optional<std::string> encode(const ServerStates& states)
{
  std::string out;
  for (const auto& [server, state] : states) {
    const std::string since =
        state.silent_since ? std::to_string(state.silent_since->time_since_epoch().count()) : "-";
    fmt::format_to(std::back_inserter(out), "{} {} {} {}\n", escaped(server), to_string(state.last), since,
                   state.silent_run);
    if (out.size() > kServerStatesLimit) {
      return std::nullopt;
    }
  }
  return out;
}

std::optional<ServerStates> decode_server_states(std::string_view text)
{
  if (text.size() > kServerStatesLimit) {
    return std::nullopt;
  }
  ServerStates states;
  while (!text.empty()) {
    const auto line = take_until(text, '\n');
    auto entry = line ? decode_line(*line) : std::nullopt;
    if (!entry || !states.insert(std::move(*entry)).second) {
      return std::nullopt;
    }
  }
  return states;
}

}  // namespace dkimctl::store
