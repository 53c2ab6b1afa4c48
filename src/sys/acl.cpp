#include "sys/acl.hpp"

#include "sys/system_error.hpp"

#include <cerrno>
#include <memory>
#include <optional>
#include <type_traits>

#include <acl/libacl.h>
#include <sys/acl.h>
#include <sys/xattr.h>

namespace dkimctl::sys {
namespace {

struct FreeAcl {
  void operator()(void* object) const { ::acl_free(object); }
};
using AclHandle = std::unique_ptr<std::remove_pointer_t<acl_t>, FreeAcl>;
using QualifierHandle = std::unique_ptr<void, FreeAcl>;

std::optional<AclEntry::Tag> tag_of(acl_tag_t tag)
{
  switch (tag) {
  case ACL_USER_OBJ: return AclEntry::Tag::owner;
  case ACL_USER: return AclEntry::Tag::user;
  case ACL_GROUP_OBJ: return AclEntry::Tag::owning_group;
  case ACL_GROUP: return AclEntry::Tag::group;
  case ACL_MASK: return AclEntry::Tag::mask;
  case ACL_OTHER: return AclEntry::Tag::other;
  default: return std::nullopt;
  }
}

std::uint32_t bits_of(acl_permset_t permissions)
{
  const auto bit = [&](acl_perm_t permission, std::uint32_t value) {
    return ::acl_get_perm(permissions, permission) > 0 ? value : 0;
  };
  return bit(ACL_READ, kMayRead) | bit(ACL_WRITE, kMayWrite) | bit(ACL_EXECUTE, kMayEnter);
}

/// Nothing for an entry that cannot be read, or is none that acl(5) knows.
std::optional<AclEntry> convert(acl_entry_t entry)
{
  acl_tag_t tag = ACL_UNDEFINED_TAG;
  acl_permset_t permissions = nullptr;
  if (::acl_get_tag_type(entry, &tag) != 0 || ::acl_get_permset(entry, &permissions) != 0 || !tag_of(tag)) {
    return std::nullopt;
  }
  AclEntry out{*tag_of(tag), 0, bits_of(permissions)};
  if (out.tag == AclEntry::Tag::user || out.tag == AclEntry::Tag::group) {
    const QualifierHandle qualifier{::acl_get_qualifier(entry)};
    if (!qualifier) {
      return std::nullopt;
    }
    out.id = *static_cast<const id_t*>(qualifier.get());  // uid_t and gid_t alike
  }
  return out;
}

}  // namespace

Result<Acl> read_acl(const std::string& path)
{
  // One system call where there is no list, the usual case; libacl takes three to say so.
  if (::getxattr(path.c_str(), "system.posix_acl_access", nullptr, 0) < 0) {
    return errno == ENODATA || errno == ENOTSUP || errno == ENOSYS ? Result<Acl>{} : system_error(errno);
  }
  const AclHandle list{::acl_get_file(path.c_str(), ACL_TYPE_ACCESS)};
  if (!list) {
    return system_error(errno);
  }
  Acl acl;
  acl_entry_t entry = nullptr;
  for (int which = ACL_FIRST_ENTRY; ::acl_get_entry(list.get(), which, &entry) == 1; which = ACL_NEXT_ENTRY) {
    const auto converted = convert(entry);
    if (!converted) {
      return tl::unexpected(Error{Errc::io, "its access control list cannot be read"});
    }
    acl.push_back(*converted);
  }
  return acl;
}

}  // namespace dkimctl::sys
