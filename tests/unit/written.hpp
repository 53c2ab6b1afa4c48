// What a function of report writes in pieces, as one text.
#pragma once

#include "report/showkeys.hpp"

#include <string>

namespace dkimctl::test {

inline std::string written(void (*form)(const report::KeyListing&, const report::Write&),
                           const report::KeyListing& listing)
{
  std::string text;
  form(listing, [&](std::string_view piece) { text += piece; });
  return text;
}

}  // namespace dkimctl::test
