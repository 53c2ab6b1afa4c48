// The tables under /etc of a host tree that is not the running one: passwd(5), group(5), hosts(5),
// hostname(5). Lines that are none of theirs are passed over, as the C library does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::sys {

struct PasswdEntry {
  std::string name;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
};

struct GroupEntry {
  std::string name;
  std::uint32_t gid = 0;
  std::vector<std::string> members;
};

///     line = name ":" password ":" uid ":" gid ":" comment ":" home ":" shell
/// Lines without four fields, with a number that is none (0 to 4294967294), or of NIS ("+", "-") are left
/// out.
std::vector<PasswdEntry> parse_passwd(std::string_view text);

///     line = name ":" password ":" gid ":" [member *( "," member )]
/// As above, with three fields.
std::vector<GroupEntry> parse_group(std::string_view text);

/// gid of every group that lists `user`, in the file's order, each once.
std::vector<std::uint32_t> groups_of(const std::vector<GroupEntry>& groups, std::string_view user);

/// The first name on the first line of hosts(5) text that holds `name`, compared without regard to ASCII
/// case.
///     line = address 1*( blank name ) [ "#" comment ]
std::optional<std::string> canonical_host_name(std::string_view hosts, std::string_view name);

/// The first line that is neither empty nor a comment, without the blanks around it; "" if there is none.
std::string parse_hostname(std::string_view text);

}  // namespace dkimctl::sys
