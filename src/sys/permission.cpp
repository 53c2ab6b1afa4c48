#include "sys/permission.hpp"

#include <algorithm>

namespace dkimctl::sys {
namespace {

constexpr std::uint32_t kGroupBits = 070;

bool in_group(const Identity& who, std::uint32_t gid)
{
  return who.gid == gid || std::find(who.groups.begin(), who.groups.end(), gid) != who.groups.end();
}

/// The bits of the first entry with this tag, 7 if there is none (a list without a mask masks nothing).
std::uint32_t bits_of(const Acl& acl, AclEntry::Tag tag)
{
  const auto found =
      std::find_if(acl.begin(), acl.end(), [&](const AclEntry& entry) { return entry.tag == tag; });
  return found == acl.end() ? 7 : found->bits;
}

/// acl(5), "access check algorithm", for who does not own the file.
bool acl_permits(const FileInfo& info, const Acl& acl, const Identity& who, std::uint32_t wanted)
{
  using Tag = AclEntry::Tag;
  const std::uint32_t mask = bits_of(acl, Tag::mask);
  for (const AclEntry& entry : acl) {
    if (entry.tag == Tag::user && entry.id == who.uid) {
      return (entry.bits & mask & wanted) != 0;
    }
  }
  bool in_any = false;
  for (const AclEntry& entry : acl) {
    const bool is_group = entry.tag == Tag::owning_group || entry.tag == Tag::group;
    const std::uint32_t gid = entry.tag == Tag::owning_group ? info.gid : entry.id;
    if (is_group && in_group(who, gid)) {
      in_any = true;
      if ((entry.bits & mask & wanted) != 0) {
        return true;
      }
    }
  }
  return !in_any && (bits_of(acl, Tag::other) & wanted) != 0;
}

}  // namespace

bool acl_matters(const FileInfo& info, const Identity& who)
{
  return who.uid != 0 && who.uid != info.uid && (info.mode & kGroupBits) != 0;
}

bool permits(const FileInfo& info, const Acl& acl, const Identity& who, std::uint32_t wanted)
{
  if (who.uid == 0) {
    return true;
  }
  if (!acl.empty() && acl_matters(info, who)) {
    return acl_permits(info, acl, who, wanted);
  }
  const unsigned shift = who.uid == info.uid ? 6 : in_group(who, info.gid) ? 3 : 0;
  return ((info.mode >> shift) & wanted) != 0;
}

}  // namespace dkimctl::sys
