#include "dkim/canonicalization.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <cstddef>

namespace dkimctl::dkim {
namespace {

constexpr std::string_view kCrlf = "\r\n";
constexpr std::string_view kWsp = " \t";

bool is_wsp(char c)
{
  return kWsp.find(c) != std::string_view::npos;
}

/// Takes a line off the front of `text`, and its CRLF; the line is without it.
std::string_view take_line(std::string_view& text)
{
  const std::size_t end = std::min(text.find(kCrlf), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + kCrlf.size(), text.size()));
  return line;
}

/// Each run of blanks as one, none at the end.
void append_reduced(std::string& out, std::string_view line)
{
  const std::size_t begin = out.size();
  for (const char c : line) {
    if (!is_wsp(c)) {
      out += c;
    } else if (out.size() == begin || out.back() != ' ') {
      out += ' ';
    }
  }
  if (out.size() > begin && out.back() == ' ') {
    out.pop_back();
  }
}

}  // namespace

Message split_message(std::string_view text)
{
  Message message;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = take_line(rest);
    if (line.empty()) {
      message.body = rest;
      return message;
    }
    if (is_wsp(line.front()) && !message.fields.empty()) {
      std::string_view& field = message.fields.back();
      field = {field.data(), static_cast<std::size_t>(line.data() + line.size() - field.data())};
    } else {
      message.fields.push_back(line);
    }
  }
  message.body = text.substr(text.size());
  return message;
}

std::string_view field_name(std::string_view field)
{
  const std::string_view before = field.substr(0, field.find(':'));
  const std::size_t last = before.find_last_not_of(kWsp);
  return before.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

std::string_view to_string(Canonicalization canonicalization)
{
  switch (canonicalization) {
  case Canonicalization::simple: return "simple";
  case Canonicalization::relaxed: return "relaxed";
  }
  return {};
}

std::string canonical_field(std::string_view field, Canonicalization canonicalization)
{
  if (canonicalization == Canonicalization::simple) {
    return std::string{field};
  }
  const std::size_t colon = std::min(field.find(':'), field.size());
  std::string unfolded;
  for (std::string_view rest = field.substr(std::min(colon + 1, field.size())); !rest.empty();) {
    unfolded += take_line(rest);
  }
  std::string out = ascii::lower(field_name(field)) + ":";
  append_reduced(
      out, std::string_view{unfolded}.substr(std::min(unfolded.find_first_not_of(kWsp), unfolded.size())));
  return out;
}

std::string canonical_body(std::string_view body, Canonicalization canonicalization)
{
  std::string out;
  std::size_t end = 0;  // of the last line that is not empty
  for (std::string_view rest = body; !rest.empty();) {
    const std::string_view line = take_line(rest);
    const std::size_t begin = out.size();
    if (canonicalization == Canonicalization::relaxed) {
      append_reduced(out, line);
    } else {
      out += line;
    }
    const bool empty = out.size() == begin;
    out += kCrlf;
    end = empty ? end : out.size();
  }
  out.resize(end);
  return out.empty() && canonicalization == Canonicalization::simple ? std::string{kCrlf} : out;
}

}  // namespace dkimctl::dkim
