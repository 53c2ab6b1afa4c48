#include "cli/run.hpp"

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace {

/// What has been freed is used again instead of being given back: a configuration's syntax tree makes room
/// for its keys. With 10,000 of them that saves a thousand page faults.
void keep_freed_memory()
{
#ifdef __GLIBC__
  constexpr int kLarge = 256 << 20;  // bytes
  mallopt(M_MMAP_THRESHOLD, kLarge);
  mallopt(M_TRIM_THRESHOLD, kLarge);
#endif
}

}  // namespace

int main(int argc, char** argv)
{
  keep_freed_memory();
  return dkimctl::cli::run({argv, static_cast<std::size_t>(argc)});
}
