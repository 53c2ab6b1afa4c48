// Writes a state for the tests of what reads it: `store_story FOLDER MACHINE`. Of example.com a key that was
// found and signs; of example.org one that is being replaced, whose successor is published on one of two
// servers, and one whose record is to be revoked.
#include "store/database.hpp"

#include <cstdio>
#include <string>
#include <vector>

namespace {

using namespace dkimctl;
using rollover::Event;
using K = rollover::EventKind;

constexpr rollover::Time kStart{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
constexpr std::chrono::hours kDay{24};
const std::string kNs1 = "ns1.example.net/192.0.2.1";
const std::string kNs2 = "ns2\x1b[2J.example.net/192.0.2.2";  // text from DNS is hostile

Event at(std::chrono::hours after, K kind, std::string object = {}, std::string detail = {})
{
  return {kind, kStart + after, 1 + after / std::chrono::hours{1}, std::move(object), std::move(detail), {}};
}

std::vector<Event> seen_everywhere(std::vector<Event> events)
{
  events.push_back(at(kDay, K::servers_changed, {}, kNs1 + " " + kNs2));
  events.push_back(at(kDay, K::seen, kNs1));
  events.push_back(at(kDay, K::server_right, kNs1));
  events.push_back(at(kDay, K::server_right, kNs2));
  events.push_back(at(kDay, K::agreed));
  return events;
}

std::vector<store::NewKey> story()
{
  const std::vector<Event> found{at(kDay, K::adopted, "/var/lib/dkim/example.org.pem")};
  std::vector<Event> old = seen_everywhere(
      {at(0 * kDay, K::reserved), at(0 * kDay, K::generated, {}, "MIIBold"), at(kDay, K::activated)});
  old.push_back(at(2 * kDay, K::retired, "dkim"));
  old.push_back(at(2 * kDay, K::unused));
  old.push_back(at(20 * kDay, K::revoking));
  std::vector<store::NewKey> keys;
  keys.push_back({{"11111111-1111-4111-8111-111111111111", "example.com", "dkim", 0, "rsa", 2048,
                   "/var/lib/dkim/example.com.pem", "", ""},
                  seen_everywhere({at(kDay, K::adopted, "/var/lib/dkim/example.com.pem")})});
  keys.push_back(
      {{"22222222-2222-4222-8222-222222222222", "example.org", "202601a", 0, "rsa", 2048,
        "/var/lib/dkim/example.org.pem", "", "33333333-3333-4333-8333-333333333333"},
       {at(30 * kDay, K::reserved, "/var/lib/dkim/example.org.pem"),
        at(30 * kDay, K::generated, {}, "MIIBnew"), at(30 * kDay, K::servers_changed, {}, kNs1 + " " + kNs2),
        at(30 * kDay, K::handed_out), at(31 * kDay, K::seen, kNs1), at(31 * kDay, K::server_right, kNs1),
        at(31 * kDay, K::server_wrong, kNs2, "other")}});
  keys.push_back({{"33333333-3333-4333-8333-333333333333", "example.org", "dkim", 0, "rsa", 2048,
                   "/var/lib/dkim/example.org.pem", "", ""},
                  seen_everywhere(found)});
  keys.push_back({{"44444444-4444-4444-8444-444444444444", "example.org", "old", 0, "rsa", 2048,
                   "/var/lib/dkim/old.pem", "", ""},
                  old});
  return keys;
}

int write(const std::string& folder, const std::string& machine)
{
  const auto fail = [](const Error& error) {
    std::fputs((error.what + "\n").c_str(), stderr);
    return 1;
  };
  auto opened = store::open({folder, {machine, "mail.example.com"}, kStart});
  if (!opened) {
    return fail(opened.error());
  }
  const auto written = opened->database->store().write({story(), {}});
  if (!written) {
    return fail(written.error());
  }
  const auto self = opened->database->members().self();
  const rollover::ClockMark run{kStart + 31 * kDay, "boot", std::chrono::seconds{60}, 745};
  const auto recorded = self ? opened->database->members().record_run(*self, run, false) : self;
  return recorded ? 0 : fail(recorded.error());
}

}  // namespace

int main(int argc, char** argv)
{
  if (argc != 3) {
    std::fputs("usage: store_story FOLDER MACHINE\n", stderr);
    return 2;
  }
  return write(argv[1], argv[2]);
}
