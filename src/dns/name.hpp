// Domain names as DNS has them: labels of octets.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::dns {

enum class FinalDot { with, without };

/// An absolute domain name: labels of 1 to 63 octets, at most 255 octets on the wire (RFC 1035
/// section 2.3.4). Letters keep their case and are compared without it (RFC 4343 section 3).
class Name {
public:
  /// The root.
  Name() = default;

  /// Reads a name as zone text writes it; the final dot may be left out.
  ///
  ///     name  = "." / label *( "." label ) [ "." ]
  ///     label = 1*( octet / "\" DDD / "\" octet )        DDD decimal, 000 to 255
  ///
  /// An octet that stands for itself is anything but a dot, a backslash, a blank or a control character.
  /// Nothing is converted: a name of letters beyond ASCII is what to_ace() is for.
  /// RFC 1035 section 5.1.
  static Result<Name> parse(std::string_view text);

  /// Reads a name as a message has it when it is not compressed: labels after their lengths, a 0 at the end.
  /// RFC 1035 section 3.1.
  static Result<Name> from_wire(std::string_view octets);

  bool is_root() const { return wire_.empty(); }
  /// Octets in a message, the root's included: 1 to 255.
  std::size_t wire_size() const { return wire_.size() + 1; }
  /// As from_wire() reads it.
  std::string wire() const { return wire_ + '\0'; }
  /// From the left, without the root's; they live as long as the name.
  std::vector<std::string_view> labels() const;

  /// Zone text that parse() reads back: what could be taken for anything else is escaped, as "\." or "\DDD".
  std::string text(FinalDot dot = FinalDot::with) const;

  /// In lower case, as wire(): equal for equal names.
  std::string folded() const;

  /// Without its first label; the root's is the root.
  Name parent() const;
  /// This name with all labels of `suffix` behind its own; nothing where that is too long for a name.
  std::optional<Name> before(const Name& suffix) const;

  /// Whether this name is `other` with labels before it; a name is not below itself.
  bool is_below(const Name& other) const;
  bool is_in(const Name& other) const { return *this == other || is_below(other); }
  /// As a line after "$ORIGIN zone" may write it: "dkim._domainkey" in example.com, "@" for the zone's own
  /// name. Nothing where the name is not in the zone.
  std::optional<std::string> relative_to(const Name& zone) const;

  friend bool operator==(const Name& a, const Name& b);

private:
  std::string wire_;  // each label after its length, without the root's
};

}  // namespace dkimctl::dns
