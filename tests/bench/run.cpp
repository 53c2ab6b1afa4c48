// bench_run COMMAND [ARGUMENT...]: runs a command, its output thrown away, and prints the CPU seconds (user
// and system), the wall clock seconds and the peak resident KiB that it took. Ends with the command's status,
// or with 127 where it could not be run.
//
// Small on purpose: a process starts with its parent's peak, so a larger program could measure nothing below
// its own.
#include <chrono>
#include <cstdio>

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

double seconds(const timeval& time)
{
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

pid_t start(char** command)
{
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  pid_t child = -1;
  const bool started = posix_spawnp(&child, command[0], &actions, nullptr, command, environ) == 0;
  posix_spawn_file_actions_destroy(&actions);
  return started ? child : -1;
}

}  // namespace

int main(int argc, char** argv)
{
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  const pid_t child = argc > 1 ? start(argv + 1) : -1;
  int status = 0;
  rusage usage{};
  if (child < 0 || ::wait4(child, &status, 0, &usage) != child) {
    return 127;
  }
  const std::chrono::duration<double> wall = Clock::now() - begin;
  const double cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  if (std::printf("%.6f %.6f %ld\n", cpu, wall.count(), usage.ru_maxrss) < 0) {
    return 126;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}
