#include "app/read_settings.hpp"
#include "fake_host.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace dkimctl;
using app::read_settings;

namespace {

/// "CODE OBJECT: TEXT (HINT)" of the one finding there is.
std::string said(const settings::Reading& reading)
{
  REQUIRE(reading.findings.size() == 1);
  const Finding& finding = reading.findings.front();
  return std::string{finding.code} + " " + finding.object + ": " + finding.text + " (" + finding.hint + ")";
}

}  // namespace

TEST_SUITE_BEGIN("app::read_settings");

TEST_CASE("the default file need not be there, one that is named must")
{
  FakeHost host;
  const settings::Reading nothing = read_settings(host, "");
  CHECK(nothing.usable());
  CHECK(nothing.settings.host.max_open == 20);
  const settings::Reading missing = read_settings(host, "/none");
  CHECK_FALSE(missing.usable());
  CHECK(said(missing) ==
        "settings.unreadable /none: no such file or directory (name another, or none: --settings FILE)");
}

TEST_CASE("a file is read where it is")
{
  FakeHost host;
  host.add_file("/etc/dkimctl/dkimctl.conf", "max_open = 7\n");
  host.add_file("/other", "max_open = 8\n");
  CHECK(read_settings(host, "").settings.host.max_open == 7);
  CHECK(read_settings(host, "").settings.file == "/etc/dkimctl/dkimctl.conf");
  CHECK(read_settings(host, "/other").settings.host.max_open == 8);
}

TEST_CASE("a default file that cannot be read is an error: what it says is not known")
{
  FakeHost host;
  host.add_file("/etc/dkimctl/dkimctl.conf", "", {.error = Error{Errc::denied, "permission denied"}});
  CHECK(said(read_settings(host, "")) ==
        "settings.unreadable /etc/dkimctl/dkimctl.conf: permission denied (run dkimctl as root)");
  host.add_file("/etc/dkimctl/dkimctl.conf", "", {.error = Error{Errc::io, "input/output error"}});
  CHECK(said(read_settings(host, "")) ==
        "settings.unreadable /etc/dkimctl/dkimctl.conf: input/output error ()");
}

TEST_SUITE_END();
