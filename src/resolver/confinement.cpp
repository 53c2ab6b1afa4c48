#include "resolver/confinement.hpp"

#include "base/release.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include <fcntl.h>
#include <grp.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace dkimctl::resolver {
namespace {

constexpr rlim_t kDescriptors = 4096;
[[maybe_unused]] constexpr rlim_t kMemory =
    2UL * 1024 * 1024 * 1024;  // address space, of which threads reserve much

tl::unexpected<Error> failed(const std::string& what)
{
  return tl::unexpected(Error{Errc::io, what + ": " + std::strerror(errno)});
}

void limit(int resource, rlim_t most)
{
  rlimit limits{};
  ::getrlimit(static_cast<__rlimit_resource_t>(resource), &limits);
  limits.rlim_cur = std::min(limits.rlim_max, most);
  limits.rlim_max = limits.rlim_cur;
  ::setrlimit(static_cast<__rlimit_resource_t>(resource), &limits);
}

using Filter = std::unique_ptr<void, Release<seccomp_release>>;

/// The libraries do without any file: to them there is none.
[[maybe_unused]] constexpr std::array kOpening{SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(openat2),
                                               SCMP_SYS(creat)};

constexpr std::uint64_t kUnix = AF_UNIX;
constexpr std::uint64_t kNetlink = AF_NETLINK;
constexpr std::uint64_t kPacket = AF_PACKET;

constexpr std::array kForbidden{
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(kill),
    SCMP_SYS(tkill),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(chroot),
    SCMP_SYS(pivot_root),
    SCMP_SYS(setuid),
    SCMP_SYS(setgid),
    SCMP_SYS(setresuid),
    SCMP_SYS(setresgid),
    SCMP_SYS(setgroups),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
    SCMP_SYS(rename),
    SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
    SCMP_SYS(mkdir),
    SCMP_SYS(mkdirat),
    SCMP_SYS(rmdir),
    SCMP_SYS(link),
    SCMP_SYS(linkat),
    SCMP_SYS(symlink),
    SCMP_SYS(symlinkat),
    SCMP_SYS(chmod),
    SCMP_SYS(fchmod),
    SCMP_SYS(fchmodat),
    SCMP_SYS(chown),
    SCMP_SYS(fchown),
    SCMP_SYS(lchown),
    SCMP_SYS(fchownat),
    SCMP_SYS(truncate),
    SCMP_SYS(ftruncate),
    SCMP_SYS(mknod),
    SCMP_SYS(mknodat),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(bpf),
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(keyctl),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(tgkill),
    SCMP_SYS(rt_sigqueueinfo),
    SCMP_SYS(rt_tgsigqueueinfo),
    SCMP_SYS(pidfd_open),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(pidfd_send_signal),
    SCMP_SYS(ioctl),
    SCMP_SYS(io_uring_setup),
};

}  // namespace

Result<void> confine(const std::optional<Account>& account)
{
  ::close_range(STDERR_FILENO + 1, ~0U, 0);  // what a shell left open
  limit(RLIMIT_NOFILE, kDescriptors);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
#ifndef DKIMCTL_SANITIZED
  limit(RLIMIT_AS, kMemory);
#endif
  if (account) {
    if (::setgroups(0, nullptr) != 0 || ::setresgid(account->gid, account->gid, account->gid) != 0 ||
        ::setresuid(account->uid, account->uid, account->uid) != 0) {
      return failed("cannot become user " + std::to_string(account->uid));
    }
  }
  ::setsid();  // without a terminal that could be typed into
  ::prctl(PR_SET_DUMPABLE, 0);
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return failed("cannot give up new privileges");
  }
  return {};
}

Result<void> forbid_system_calls()
{
  const Filter filter(seccomp_init(SCMP_ACT_ALLOW));
  if (!filter) {
    return failed("cannot make a filter of system calls");
  }
  const std::uint32_t refuse = SCMP_ACT_ERRNO(EPERM);
  for (const int call : kForbidden) {
    seccomp_rule_add_array(filter.get(), refuse, call, 0,
                           nullptr);  // one that this machine does not have is no matter
  }
#ifndef DKIMCTL_SANITIZED  // a sanitizer opens files to tell what it found
  for (const int call : kOpening) {
    seccomp_rule_add_array(filter.get(), SCMP_ACT_ERRNO(ENOENT), call, 0, nullptr);
  }
#endif
  for (const std::uint64_t family : {kUnix, kNetlink, kPacket}) {
    const scmp_arg_cmp is_family{0, SCMP_CMP_EQ, family, 0};
    seccomp_rule_add_array(filter.get(), refuse, SCMP_SYS(socket), 1, &is_family);
  }
  const int status = seccomp_load(filter.get());
  const bool has_no_filters = status == -ENOSYS || status == -EINVAL;  // the kernel, or where we run
  if (status != 0 && !has_no_filters) {
    errno = -status;
    return failed("cannot set the filter of system calls");
  }
  return {};
}

}  // namespace dkimctl::resolver
