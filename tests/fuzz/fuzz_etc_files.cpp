// What another host's tree, or a configuration, may say: tables in /etc, paths, endpoints.
#include "sys/etc_files.hpp"
#include "sys/path_walk.hpp"
#include "sys/stream_exchange.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

void require(bool holds)
{
  if (!holds) {
    std::abort();
  }
}

void walk(std::string_view text)
{
  using namespace dkimctl;
  // The text is the path, and every other component a link to all of it.
  const auto read_link = [&](const std::string& path) -> Result<std::optional<std::string>> {
    return path.size() % 2 == 0 && !path.ends_with(".") ? std::optional(std::string{text}) : std::nullopt;
  };
  const auto walked = sys::walk_path(text, read_link);
  if (!walked) {
    return;
  }
  require(!walked->path.empty());
  if (walked->path.front() == '/') {
    require((walked->path + "/").find("/../") == std::string::npos);
    require(walked->path == "/" || walked->path.back() != '/');
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  using namespace dkimctl::sys;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const PasswdEntry& user : parse_passwd(text)) {
    require(!user.name.empty() && user.name.find_first_of(":\n") == std::string::npos);
  }
  const auto groups = parse_group(text);
  for (const GroupEntry& group : groups) {
    require(group.members.empty() || !groups_of(groups, group.members.back()).empty());
  }
  const std::string host = parse_hostname(text);
  require(host.find('\n') == std::string::npos);
  const auto canonical = canonical_host_name(text, host);
  require(!canonical || !canonical->empty());
  const auto endpoint = Endpoint::parse(text);
  require(!endpoint || Endpoint::parse(endpoint->text()).value() == *endpoint);
  walk(text.substr(0, 256));  // 40 times over, if it is a link to itself
  return 0;
}
