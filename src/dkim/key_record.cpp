#include "dkim/key_record.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::dkim {
namespace {

/// kTagsBeforeKey.size() for a tag that is not in it.
std::size_t index_of(std::string_view tag)
{
  return static_cast<std::size_t>(std::ranges::find(kTagsBeforeKey, tag) - kTagsBeforeKey.begin());
}

bool is_encoded(unsigned char c)
{
  constexpr std::string_view kSpecials = "=;\"";
  return c < 0x20 || c == 0x7f || kSpecials.find(static_cast<char>(c)) != std::string_view::npos;
}

}  // namespace

KeyRecord::KeyRecord(std::string public_key) : public_key_(std::move(public_key)) {}

bool KeyRecord::set(std::string_view tag, std::string value)
{
  const std::size_t i = index_of(tag);
  if (i == tags_.size()) {
    return false;
  }
  tags_.at(i) = std::move(value);
  return true;
}

const std::string* KeyRecord::find(std::string_view tag) const
{
  const std::size_t i = index_of(tag);
  return i < tags_.size() && tags_.at(i) ? &*tags_.at(i) : nullptr;
}

std::string KeyRecord::head() const
{
  std::string out;
  for (std::size_t i = 0; i < tags_.size(); ++i) {
    if (const auto& value = tags_.at(i)) {
      out += kTagsBeforeKey.at(i);
      out += '=';
      out += *value;
      out += "; ";
    }
  }
  return out + "p=";
}

std::string KeyRecord::value() const
{
  return head() + public_key_;
}

std::string encode_notes(std::string_view notes)
{
  std::string out;
  for (const char c : notes) {
    if (is_encoded(static_cast<unsigned char>(c))) {
      fmt::format_to(std::back_inserter(out), "={:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace dkimctl::dkim
