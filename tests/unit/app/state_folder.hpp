// A state that is written through the store, for the tests of what reads it.
#pragma once

#include "app/state.hpp"
#include "fake_host.hpp"
#include "settings/parse.hpp"
#include "store/database.hpp"
#include "temporary_folder.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace dkimctl::test {

constexpr rollover::Time kStart{std::chrono::sys_days{std::chrono::year{2026} / 11 / 1}};
inline const std::string kServers = "ns1.example.net/192.0.2.1 ns2.example.net/192.0.2.2";

class StateFolder {
public:
  std::string path() const { return folder_ / "dkimctl"; }

  /// With this folder as the state's.
  settings::Settings settings(const std::string& more = {}) const
  {
    return settings::parse({"/etc/dkimctl/dkimctl.conf", "state_directory = " + path() + "\n" + more})
        .settings;
  }

  /// As the machine of `host` writes it.
  void write(const Host& host, const std::vector<store::NewKey>& keys) const
  {
    auto opened = store::open({path(), app::machine_of(host), kStart});
    if (!opened || !opened->database->store().write({keys, {}})) {
      throw std::runtime_error("the state cannot be written");
    }
    const auto self = opened->database->members().self();
    const rollover::ClockMark mark{kStart, "boot", rollover::Seconds{60}, 7};
    if (!self || !opened->database->members().record_run(*self, mark, false)) {
      throw std::runtime_error("the run cannot be recorded");
    }
  }

private:
  TemporaryFolder folder_;
};

/// A host with a key of example.com and one of example.org, which its amavisd signs with.
inline void add_configuration(FakeHost& host)
{
  std::ifstream in(DKIMCTL_TEST_DATA "/keys/rsa2048.pem", std::ios::binary);
  const std::string pem{std::istreambuf_iterator<char>(in), {}};
  host.add_user({"amavis", 110, 115, {}});
  host.add_file("/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
  host.add_file("/com.pem", pem, {.mode = 0400, .uid = 110, .gid = 115});
  host.add_file("/org.pem", pem, {.mode = 0400, .uid = 110, .gid = 115});
  host.add_file("/etc/amavisd/amavisd.conf",
                "$daemon_user = 'amavis'; $daemon_group = 'amavis';\n"
                "$inet_socket_port = [10024, 10026];\n"
                "$interface_policy{'10026'} = 'ORIGINATING';\n"
                "$policy_bank{'ORIGINATING'} = { originating => 1, enable_dkim_signing => 1 };\n"
                "dkim_key('example.com', 'dkim', '/com.pem');\n"
                "dkim_key('example.org', 'dkim', '/org.pem');\n"
                "@dkim_signature_options_bysender_maps = ({\n"
                "  'example.org' => { d => 'example.org', ttl => 10*24*3600 },\n"
                "  '.' => { ttl => 30*24*3600 } });\n"
                "1;\n");
}

}  // namespace dkimctl::test
