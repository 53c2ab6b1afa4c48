#include "sys/system_error.hpp"

#include "base/ascii.hpp"

#include <cerrno>
#include <system_error>

namespace dkimctl::sys {

std::string system_reason(int error_number)
{
  if (error_number == EISDIR) {
    return "is a folder";
  }
  std::string reason = std::generic_category().message(error_number);
  if (!reason.empty()) {
    reason.front() = ascii::lower(reason.front());
  }
  return reason;
}

Errc system_code(int error_number)
{
  switch (error_number) {
  case ENOENT: return Errc::not_found;
  case EACCES:
  case EPERM: return Errc::denied;
  default: return Errc::io;
  }
}

tl::unexpected<Error> system_error(int error_number, const std::string& doing)
{
  return tl::unexpected(Error{system_code(error_number), doing + system_reason(error_number)});
}

}  // namespace dkimctl::sys
