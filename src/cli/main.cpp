#include "cli/run.hpp"

#include <cstdlib>

#include <sys/resource.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif
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

/// Private keys pass through memory: no core file, and no look from outside at what is in it.
void keep_memory_private()
{
#if defined(__linux__) && !defined(DKIMCTL_SANITIZED)  // the leak checker looks from outside
  static_cast<void>(::prctl(PR_SET_DUMPABLE, 0));
#endif
  const rlimit none{0, 0};
  static_cast<void>(::setrlimit(RLIMIT_CORE, &none));
}

}  // namespace

int main(int argc, char** argv)
{
  keep_memory_private();
  keep_freed_memory();
  return dkimctl::cli::run({argv, static_cast<std::size_t>(argc)});
}
