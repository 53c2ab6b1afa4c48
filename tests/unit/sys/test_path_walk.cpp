#include "sys/path_walk.hpp"

#include <map>

#include <doctest/doctest.h>

using dkimctl::Errc;
using dkimctl::Error;
using dkimctl::Result;
using dkimctl::sys::walk_path;

namespace {

using Strings = std::vector<std::string>;

/// Files ("" ), folders ("/") and links (their target) by path.
class FakeTree {
public:
  std::map<std::string, std::string> nodes;

  Result<std::optional<std::string>> operator()(const std::string& path) const
  {
    const bool is_dot = path == "." || path.ends_with("/.");
    const std::string name = !is_dot ? path : path == "." ? "." : path.substr(0, path.size() - 2);
    if (name.empty() || name == "." || name.ends_with("..")) {
      return std::nullopt;
    }
    const auto found = nodes.find(name);
    if (found == nodes.end()) {
      return tl::unexpected(Error{Errc::not_found, "no " + name});
    }
    if (found->second.empty() && is_dot) {
      return tl::unexpected(Error{Errc::io, "not a directory"});
    }
    const bool is_link = !found->second.empty() && found->second != "/";
    return is_link ? std::optional(found->second) : std::nullopt;
  }
};

const FakeTree kTree{{{"/etc", "/"},
                      {"/etc/file", ""},
                      {"/etc/absolute", "/etc/file"},
                      {"/etc/relative", "file"},
                      {"/etc/up", "../../../etc/file"},
                      {"/etc/folder", "../var/./lib/"},
                      {"/etc/chain", "absolute"},
                      {"/etc/loop", "loop"},
                      {"/etc/dangling", "/none"},
                      {"/etc/root", "//"},
                      {"/etc/to_file", "file/"},
                      {"/var", "/"},
                      {"/var/lib", "/"},
                      {"/var/lib/x", ""},
                      {"here", "/"},
                      {"here/x", ""},
                      {"here/out", "/etc/file"},
                      {"here/up", "../here/x"},
                      {"../x", ""}}};

}  // namespace

TEST_SUITE_BEGIN("sys::walk_path");

TEST_CASE("says where a path ends, and which folders names are looked up in")
{
  struct Case {
    const char* path;
    const char* end;
    Strings folders;
  };
  const Case cases[]{
      {"/", "/", {}},
      {"//", "/", {}},
      {"/.", "/", {"/"}},
      {"/..", "/", {"/"}},
      {"/etc", "/etc", {"/"}},
      {"/etc/", "/etc", {"/", "/etc"}},
      {"//etc//./file", "/etc/file", {"/", "/etc"}},
      {"/../../etc/file", "/etc/file", {"/", "/etc"}},
      {"/etc/../var/lib/x", "/var/lib/x", {"/", "/etc", "/var", "/var/lib"}},
      {"/etc/absolute", "/etc/file", {"/", "/etc"}},
      {"/etc/relative", "/etc/file", {"/", "/etc"}},
      {"/etc/up", "/etc/file", {"/", "/etc"}},
      {"/etc/chain", "/etc/file", {"/", "/etc"}},
      {"/etc/folder/x", "/var/lib/x", {"/", "/etc", "/var", "/var/lib"}},
      {"/etc/folder/../lib/x", "/var/lib/x", {"/", "/etc", "/var", "/var/lib"}},
      {"/etc/root/var", "/var", {"/", "/etc"}},
      {".", ".", {"."}},
      {"here", "here", {"."}},
      {"./here/x", "here/x", {".", "here"}},
      {"here/..", ".", {".", "here"}},
      {"here/../../x", "../x", {".", "here", ".."}},
      {"here/up", "here/x", {".", "here"}},
      {"here/out", "/etc/file", {".", "here", "/", "/etc"}},
  };
  for (const Case& c : cases) {
    CAPTURE(std::string{c.path});
    const auto walked = walk_path(c.path, kTree);
    REQUIRE(walked.has_value());
    CHECK(walked->path == c.end);
    CHECK(walked->folders == c.folders);
  }
}

TEST_CASE("refuses what the kernel refuses")
{
  struct Case {
    const char* path;
    Errc code;
    const char* what;
  };
  const Case cases[]{
      {"", Errc::not_found, "no such file or directory"},
      {"/etc/loop", Errc::io, "too many levels of symbolic links"},
      {"/etc/none", Errc::not_found, "no /etc/none"},
      {"/etc/dangling", Errc::not_found, "no /none"},
      {"/etc/file/", Errc::io, "not a directory"},
      {"/etc/file/../file", Errc::io, "not a directory"},
      {"/etc/to_file", Errc::io, "not a directory"},
  };
  for (const Case& c : cases) {
    CAPTURE(std::string{c.path});
    const auto walked = walk_path(c.path, kTree);
    REQUIRE_FALSE(walked.has_value());
    CHECK(walked.error().code == c.code);
    CHECK(walked.error().what == c.what);
  }
}

TEST_CASE("40 links are followed, 41 are not")
{
  FakeTree tree;
  tree.nodes["/0"] = "";
  for (int i = 1; i <= 41; ++i) {
    tree.nodes["/" + std::to_string(i)] = std::to_string(i - 1);
  }
  CHECK(walk_path("/40", tree).value().path == "/0");
  CHECK(walk_path("/41", tree).error().what == "too many levels of symbolic links");
}

TEST_CASE("a path has at most 4095 bytes, as for the kernel")
{
  CHECK(walk_path(std::string(4095, '/'), kTree).value().path == "/");
  CHECK(walk_path(std::string(4096, '/'), kTree).error().what == "file name too long");
}

TEST_SUITE_END();
