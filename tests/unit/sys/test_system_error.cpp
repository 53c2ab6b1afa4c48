#include "sys/system_error.hpp"

#include <cerrno>

#include <doctest/doctest.h>

using dkimctl::Errc;
using dkimctl::sys::system_error;

TEST_SUITE_BEGIN("sys::system_error");

TEST_CASE("sorts reasons, and words them as the rest of the program does")
{
  struct Case {
    int number;
    Errc code;
    const char* what;
  };
  const Case cases[]{
      {ENOENT, Errc::not_found, "cannot x: no such file or directory"},
      {EACCES, Errc::denied, "cannot x: permission denied"},
      {EPERM, Errc::denied, "cannot x: operation not permitted"},
      {ENOTDIR, Errc::io, "cannot x: not a directory"},
      {EISDIR, Errc::io, "cannot x: is a folder"},
      {EIO, Errc::io, "cannot x: input/output error"},
  };
  for (const Case& c : cases) {
    const dkimctl::Error error = system_error(c.number, "cannot x: ").value();
    CHECK(error.code == c.code);
    CHECK(error.what == c.what);
  }
}

TEST_SUITE_END();
