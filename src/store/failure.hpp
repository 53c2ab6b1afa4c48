// What can go wrong with the store, sorted by what the caller can do about it.
#pragma once

#include "base/result.hpp"

#include <cstdint>

namespace dkimctl::store {

enum class Trouble : std::uint8_t {
  busy,        // another process was writing for longer than one waits: try again later
  lost,        // the database is not the one that was opened any more: open it again
  conflict,    // somebody else has changed the row: read it again and decide anew
  constraint,  // the row may not be so: a selector that is taken
  fatal,       // anything else; a person must look
};

/// An Error for who only reports it.
struct Failure : Error {
  Trouble trouble = Trouble::fatal;
};

template<class T>
using Stored = Result<T, Failure>;

inline tl::unexpected<Failure> fail(Trouble trouble, Error error)
{
  return tl::unexpected(Failure{std::move(error), trouble});
}

}  // namespace dkimctl::store
