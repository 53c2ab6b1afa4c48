// Result<T>: a T, or the reason there is none. The one error channel of this
// program; exceptions are left to std::bad_alloc and to bugs.
#pragma once

#include "base/source.hpp"

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace dkimctl {

/// What went wrong, sorted by what the caller (or a cron job) can do about it.
enum class Errc {
  usage,      // the call itself
  config,     // a configuration, or a key it names, cannot be read
  not_found,  // a file is not there
  denied,     // a file is there, but may not be read
  io,         // any other trouble with a file, a socket or a process
  crypto,     // bytes that are no usable key
  refused,    // asked, and answered with a no
};

struct Error {
  Errc code = Errc::io;
  std::string what;  // lower case, no full stop, names the object: "cannot open /etc/x: permission denied"
  std::string hint = {};  // what to do; may be empty
};

template<class T, class E = Error>
using Result = tl::expected<T, E>;

/// A parser's result: the error carries a Span.
template<class T>
using Parsed = tl::expected<T, ParseError>;

}  // namespace dkimctl

#define DKIMCTL_CONCAT_IMPL(a, b) a##b
#define DKIMCTL_CONCAT(a, b) DKIMCTL_CONCAT_IMPL(a, b)
#define DKIMCTL_TRY_IMPL(tmp, decl, ...)           \
  auto tmp = (__VA_ARGS__);                        \
  if (!tmp) {                                      \
    return tl::unexpected(std::move(tmp).error()); \
  }                                                \
  decl = *std::move(tmp)

#define DKIMCTL_TRY_VOID_IMPL(tmp, ...)            \
  if (auto tmp = (__VA_ARGS__); !tmp) {            \
    return tl::unexpected(std::move(tmp).error()); \
  }

/// DKIMCTL_TRY_VOID(write(file));  -- go on, or return the error.
#define DKIMCTL_TRY_VOID(...) DKIMCTL_TRY_VOID_IMPL(DKIMCTL_CONCAT(try_, __LINE__), __VA_ARGS__)

/// DKIMCTL_TRY(auto key, load_key(path));  -- bind the value or return the error.
#define DKIMCTL_TRY(decl, ...) DKIMCTL_TRY_IMPL(DKIMCTL_CONCAT(try_, __LINE__), decl, __VA_ARGS__)
