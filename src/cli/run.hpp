// The whole program: from the command line to the exit status.
#pragma once

#include <span>

namespace dkimctl::cli {

/// Results go to stdout, what is wrong to stderr. Returns the exit status; output that could not be written,
/// to a full disk say, is a failure too.
int run(std::span<char* const> argv);

}  // namespace dkimctl::cli
