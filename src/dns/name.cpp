#include "dns/name.hpp"

#include "base/ascii.hpp"
#include "dns/escape.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dkimctl::dns {
namespace {

constexpr std::size_t kMaxLabel = 63;  // octets, RFC 1035 section 2.3.4
constexpr std::size_t kMaxName = 255;  // octets with the root's length, the same section

// A length octet is at most 63, below "A": names in wire form may be folded whole.
bool equal_folded(std::string_view a, std::string_view b)
{
  return ascii::same_word(a, b);
}

std::vector<std::string_view> labels_of(std::string_view wire)
{
  std::vector<std::string_view> labels;
  while (!wire.empty()) {
    const std::size_t size = static_cast<unsigned char>(wire.front());
    labels.push_back(wire.substr(1, size));
    wire.remove_prefix(1 + size);
  }
  return labels;
}

std::string join(const std::vector<std::string_view>& labels, std::size_t count)
{
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    out += i == 0 ? "" : ".";
    append_escaped(out, labels[i], kNameSpecials);
  }
  return out;
}

tl::unexpected<Error> fail(std::string_view text, std::string_view reason)
{
  return tl::unexpected(Error{Errc::config, fmt::format("name '{}': {}", printable(text), reason)});
}

}  // namespace

Result<Name> Name::parse(std::string_view text)
{
  if (text.empty()) {
    return fail(text, "is empty");
  }
  Name name;
  if (text == ".") {
    return name;
  }
  for (std::string_view rest = text; !rest.empty();) {
    std::string label;
    while (!rest.empty() && rest.front() != '.') {
      const auto octet = take_octet(rest);
      if (!octet) {
        return fail(text, octet.error());
      }
      label += *octet;
    }
    if (label.empty()) {
      return fail(text, "has an empty label");
    }
    if (label.size() > kMaxLabel) {
      return fail(text, fmt::format("has a label of {} octets, the longest is {}", label.size(), kMaxLabel));
    }
    name.wire_ += static_cast<char>(label.size());
    name.wire_ += label;
    rest.remove_prefix(rest.empty() ? 0 : 1);
  }
  if (name.wire_size() > kMaxName) {
    return fail(text, fmt::format("takes {} octets, the longest takes {}", name.wire_size(), kMaxName));
  }
  return name;
}

Result<Name> Name::from_wire(std::string_view octets)
{
  std::size_t end = 0;
  while (end < octets.size() && octets[end] != '\0' && static_cast<unsigned char>(octets[end]) <= kMaxLabel) {
    end += 1U + static_cast<unsigned char>(octets[end]);
  }
  if (end + 1 != octets.size() || octets.size() > kMaxName || octets[end] != '\0') {
    return fail(octets, "is no name on the wire");
  }
  Name name;
  name.wire_ = octets.substr(0, end);
  return name;
}

std::vector<std::string_view> Name::labels() const
{
  return labels_of(wire_);
}

std::string Name::text(FinalDot dot) const
{
  const auto parts = labels();
  std::string out = join(parts, parts.size());
  if (dot == FinalDot::with || is_root()) {
    out += '.';
  }
  return out;
}

std::string Name::folded() const
{
  return ascii::lower(wire());
}

Name Name::parent() const
{
  Name parent;
  if (!is_root()) {
    parent.wire_ = wire_.substr(1 + static_cast<unsigned char>(wire_.front()));
  }
  return parent;
}

std::optional<Name> Name::before(const Name& suffix) const
{
  if (wire_.size() + suffix.wire_size() > kMaxName) {
    return std::nullopt;
  }
  Name name;
  name.wire_ = wire_ + suffix.wire_;
  return name;
}

bool Name::is_below(const Name& other) const
{
  return wire_.size() > other.wire_.size() && relative_to(other).has_value();
}

std::optional<std::string> Name::relative_to(const Name& zone) const
{
  const auto own = labels();
  const auto above = zone.labels();
  if (own.size() < above.size() || !std::equal(above.rbegin(), above.rend(), own.rbegin(), equal_folded)) {
    return std::nullopt;
  }
  return own.size() == above.size() ? "@" : join(own, own.size() - above.size());
}

bool operator==(const Name& a, const Name& b)
{
  return equal_folded(a.wire_, b.wire_);
}

}  // namespace dkimctl::dns
