// Who may do what with a file, worked out as the kernel does but without becoming that user.
#pragma once

#include "base/host.hpp"

#include <cstdint>
#include <vector>

namespace dkimctl::sys {

/// One line of a POSIX access control list, acl(5).
struct AclEntry {
  enum class Tag { owner, user, owning_group, group, mask, other };
  Tag tag = Tag::other;
  std::uint32_t id = 0;    // of `user` and `group`
  std::uint32_t bits = 0;  // 4 read, 2 write, 1 execute or enter
};

/// An empty list is a file without one: its mode says all.
using Acl = std::vector<AclEntry>;

constexpr std::uint32_t kMayRead = 4;
constexpr std::uint32_t kMayWrite = 2;
constexpr std::uint32_t kMayEnter = 1;

/// Whether an access control list could decide about `who`. It cannot for root, for the owner, and, in Linux,
/// for a file whose mode gives the group (that is, the list's mask) nothing.
bool acl_matters(const FileInfo& info, const Identity& who);

/// Whether `who` has `wanted`, one of the bits above: root always, the owner by its bits, then the list if it
/// matters, then the group's and the others' bits. Capabilities, security modules and read-only mounts are
/// not looked at.
bool permits(const FileInfo& info, const Acl& acl, const Identity& who, std::uint32_t wanted);

}  // namespace dkimctl::sys
