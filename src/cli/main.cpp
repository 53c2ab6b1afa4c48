#include "cli/run.hpp"

#include <cstdlib>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

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

/// A descriptor that is closed would be the next file's: messages would go into it. Input and messages lead
/// nowhere then; output stays an error, since it cannot be written.
void keep_standard_streams()
{
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) < 0) {
      static_cast<void>(
          ::open("/dev/null", fd == STDERR_FILENO ? O_WRONLY : O_RDONLY));  // the lowest that is free
    }
  }
}

}  // namespace

int main(int argc, char** argv)
{
  keep_standard_streams();
  keep_memory_private();
  keep_freed_memory();
  return dkimctl::cli::run({argv, static_cast<std::size_t>(argc)});
}
