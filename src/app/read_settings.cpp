#include "app/read_settings.hpp"

#include "settings/findings.hpp"

#include <utility>

namespace dkimctl::app {
namespace {

constexpr std::size_t kLongestFile = 64 << 20;  // octets

}  // namespace

settings::Reading read_settings(const Host& host, const std::string& named)
{
  const std::string path = named.empty() ? std::string{settings::kDefaultFile} : named;
  auto file = host.read_text(path, kLongestFile);
  if (file) {
    return settings::parse({path, std::move(file->text)});
  }
  settings::Reading nothing = settings::parse({path, ""});
  const Errc code = file.error().code;
  if (named.empty() && code == Errc::not_found) {
    return nothing;
  }
  nothing.findings.push_back(make_finding(settings::findings::kUnreadable, path, std::move(file).error().what,
                                          code == Errc::denied      ? "run dkimctl as root"
                                          : code == Errc::not_found ? "name another, or none: --settings FILE"
                                                                    : ""));
  return nothing;
}

}  // namespace dkimctl::app
