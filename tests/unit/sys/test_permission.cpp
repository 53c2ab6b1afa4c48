#include "sys/permission.hpp"

#include <doctest/doctest.h>

using namespace dkimctl;
using sys::Acl;
using sys::kMayEnter;
using sys::kMayRead;
using sys::kMayWrite;
using sys::permits;
using Tag = sys::AclEntry::Tag;

namespace {

FileInfo file_with(std::uint32_t mode)
{
  return {FileType::regular, {}, mode, 100, 200, 0};
}

const Identity kOwner{"owner", 100, 1, {}};
const Identity kMember{"member", 101, 1, {7, 200}};
const Identity kPrimary{"primary", 102, 200, {}};
const Identity kOther{"other", 103, 1, {1}};
const Identity kRoot{"root", 0, 0, {}};

}  // namespace

TEST_SUITE_BEGIN("sys::permits");

TEST_CASE("one class of mode bits applies, even where another grants more")
{
  CHECK(permits(file_with(0400), {}, kOwner, kMayRead));
  CHECK_FALSE(permits(file_with(0077), {}, kOwner, kMayRead));
  CHECK(permits(file_with(0040), {}, kMember, kMayRead));
  CHECK(permits(file_with(0040), {}, kPrimary, kMayRead));
  CHECK_FALSE(permits(file_with(0707), {}, kMember, kMayRead));
  CHECK(permits(file_with(0004), {}, kOther, kMayRead));
  CHECK_FALSE(permits(file_with(0770), {}, kOther, kMayRead));
  CHECK_FALSE(permits(file_with(0444), {}, kOther, kMayWrite));
  CHECK_FALSE(permits(file_with(0666), {}, kOther, kMayEnter));
  CHECK(permits(file_with(0000), {}, kRoot, kMayWrite));
}

TEST_CASE("a list decides about everybody but the owner and root")
{
  const Acl acl{{Tag::owner, 0, 6},        {Tag::user, 103, 6},        {Tag::user, 101, 0},
                {Tag::owning_group, 0, 4}, {Tag::group, 8, kMayWrite}, {Tag::mask, 0, 4},
                {Tag::other, 0, 6}};
  CHECK(permits(file_with(0646), acl, kOwner, kMayWrite));
  CHECK(permits(file_with(0646), acl, kOther, kMayRead));
  CHECK_FALSE(permits(file_with(0646), acl, kOther, kMayWrite));  // masked
  CHECK_FALSE(permits(file_with(0646), acl, kMember, kMayRead));  // its own entry comes before its group's
  CHECK(permits(file_with(0646), acl, kPrimary, kMayRead));
  CHECK_FALSE(permits(file_with(0646), acl, kPrimary, kMayWrite));  // in a group: "other" is no way out
  CHECK_FALSE(permits(file_with(0646), acl, {"in 8", 104, 8, {}}, kMayWrite));
  CHECK(permits(file_with(0646), acl, {"nobody", 104, 9, {}}, kMayWrite));
  CHECK(permits(file_with(0646), acl, kRoot, kMayWrite));
}

TEST_CASE("any group that grants is enough")
{
  const Acl acl{{Tag::owning_group, 0, 0}, {Tag::group, 8, 4}, {Tag::mask, 0, 7}, {Tag::other, 0, 0}};
  CHECK(permits(file_with(0670), acl, {"both", 104, 200, {8}}, kMayRead));
}

TEST_CASE("Linux does not look at the list of a file whose mask is empty")
{
  const Acl acl{{Tag::user, 103, 4}, {Tag::owning_group, 0, 4}, {Tag::mask, 0, 0}, {Tag::other, 0, 4}};
  CHECK_FALSE(sys::acl_matters(file_with(0604), kOther));
  CHECK(permits(file_with(0604), acl, kOther, kMayRead));
  CHECK_FALSE(permits(file_with(0604), acl, kPrimary, kMayRead));
}

TEST_SUITE_END();
