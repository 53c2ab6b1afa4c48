#include "rollover/recall.hpp"
#include "rollover/todo.hpp"
#include "told_keys.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace dkimctl::test;

namespace {

const std::string kNs1 = "ns1.example.net/192.0.2.1";
const std::string kNs2 = "ns2.example.net/192.0.2.2";

std::string text(const std::vector<Story>& stories, Seconds after, const Policy& policy = {},
                 const SignerView& signer = {})
{
  std::vector<KeyLife> keys;
  for (const Story& story : stories) {
    keys.push_back(told(story));
  }
  Observation observation = last_known(keys);
  observation.signer = signer;
  std::string out;
  for (const Todo& todo : todos(keys, observation, policy, {kStart + after, 100})) {
    out += fmt::format("{}{}: {}\n  {}\n", todo.urgent ? "urgent " : "", to_string(todo.task), todo.text,
                       todo.hint);
  }
  return out;
}

const SignerView kPresent{.is_known = true, .present = {"new"}};

}  // namespace

TEST_SUITE_BEGIN("rollover::todo");

TEST_CASE("nothing is asked for keys that are in order, or have not been looked at")
{
  CHECK(text({{"dkim", adopted()}}, 1h).empty());
  CHECK(text({{"dkim", {at(0s, K::adopted)}}}, 1h).empty());
  CHECK(
      text({{"dkim", adopted() + std::vector{at(1h, K::retired, "new"), at(2h, K::timeline)}}}, 3h).empty());
  CHECK(text({{"dkim", adopted() + std::vector{at(1h, K::server_silent, kNs2)}}}, 2h).empty());
}

TEST_CASE("a new record is to be published, mended where something else is served, and spread after a day")
{
  CHECK(text({{"new", handed_out(0s)}}, 1h) ==
        "publish-record: example.com: publish the record of new\n"
        "  enter it at new._domainkey.example.com; the next run sees it by itself\n");
  CHECK(text({{"new", handed_out(0s) + std::vector{at(1h, K::server_wrong, kNs2, "other")}}}, 1h) ==
        "mend-record: example.com: mend the record of new: ns2.example.net/192.0.2.2 serves something else\n"
        "  at new._domainkey.example.com there belongs this record, whole and alone\n");
  const auto half = handed_out(0s) + std::vector{at(1h, K::seen, kNs1), at(1h, K::server_right, kNs1)};
  CHECK(text({{"new", half}}, 24h).empty());
  CHECK(text({{"new", half}}, 25h) ==
        "spread-record: example.com: the record of new is on some servers for a day: "
        "ns2.example.net/192.0.2.2 serves no record\n"
        "  see why the zone is not transferred there, or enter the record at new._domainkey.example.com "
        "there too\n");
  CHECK(text({{"new", handed_out(0s) + std::vector{at(1h, K::cancelled)}}}, 2h).empty());
  CHECK(text({{"new", {at(0s, K::reserved), at(0s, K::generated), at(0s, K::servers_changed, {}, kServers)}}},
             1h)
            .empty());
}

TEST_CASE("a lost record of a key that signs is urgent")
{
  CHECK(text({{"dkim", adopted() + std::vector{at(1h, K::server_wrong, kNs1, "absent"),
                                               at(1h, K::server_wrong, kNs2, "revoked")}}},
             2h) ==
        "urgent restore-record: example.com: put the record of dkim back, mail is signed with it: "
        "ns2.example.net/192.0.2.2 serves p= without a key\n"
        "  at dkim._domainkey.example.com there belongs this record, whole and alone\n");
  Policy program;
  program.publisher = Publisher::program;
  CHECK(text({{"dkim", adopted() + std::vector{at(1h, K::server_wrong, kNs1, "absent")}}}, 2h, program)
            .empty());
}

TEST_CASE("what a program failed at is said")
{
  Policy program;
  program.publisher = Publisher::program;
  const std::vector<Event> events{at(0s, K::reserved), at(0s, K::generated),
                                  at(0s, K::servers_changed, {}, kServers),
                                  at(1h, K::failed, "publish", "exit status 3")};
  CHECK(text({{"new", events}}, 2h, program, kPresent) ==
        "mend-failure: example.com: what was last tried with new failed: publish: exit status 3\n"
        "  mend that; the next run tries again by itself\n");
}

TEST_CASE("the end of a record is a person's where a person publishes")
{
  const auto retired = adopted() + std::vector{at(1h, K::retired, "new"), at(2h, K::retire_confirmed)};
  CHECK(text({{"old", retired + std::vector{at(10 * kDay, K::revoking)}}}, 11 * kDay) ==
        "revoke-record: example.com: revoke the record of old: give it an empty p=\n"
        "  at old._domainkey.example.com, in place of the key's record; verifiers then refuse what others "
        "sign with it\n");
  CHECK(
      text({{"old", retired + std::vector{at(10 * kDay, K::revoking), at(10 * kDay, K::revoked)}}}, 11 * kDay)
          .empty());
  CHECK(text({{"old", retired + std::vector{at(10 * kDay, K::revoking), at(11 * kDay, K::withdrawing)}}},
             11 * kDay) ==
        "withdraw-record: example.com: delete the record of old\n"
        "  at old._domainkey.example.com, and nothing else; its name is not used again\n");
  CHECK(
      text({{"old", retired + std::vector{at(11 * kDay, K::withdrawing), at(12 * kDay, K::gone)}}}, 13 * kDay)
          .empty());
  Policy program;
  program.publisher = Publisher::program;
  CHECK(text({{"old", retired + std::vector{at(10 * kDay, K::revoking)}}}, 11 * kDay, program).empty());
}

TEST_CASE("a retired key that was found needs a word, until it has been given")
{
  const auto retired = adopted() + std::vector{at(1h, K::retired, "new")};
  CHECK(
      text({{"old", retired}}, 2h) ==
      "confirm-retirement: example.com: say whether another host signs with old, which dkimctl did not make\n"
      "  if none does any more: dkimctl retire example.com old\n");
  CHECK(text({{"old", retired + std::vector{at(2h, K::retire_confirmed)}}}, 3h).empty());
}

TEST_CASE("amavisd is to be asked where another key waits for the answer")
{
  const auto old = adopted() + std::vector{at(1h, K::retired, "new"), at(2h, K::retire_confirmed)};
  const auto signing = handed_out(0s) + std::vector{at(1h, K::server_right, kNs1),
                                                    at(1h, K::server_right, kNs2), at(1h, K::activated)};
  const std::string asked =
      "let-amavisd-be-asked: example.com: let amavisd be asked whether it signs with new\n"
      "  the key that it replaces stays until then: `dkimctl explain --live somebody@example.com` says what "
      "is missing\n";
  CHECK(text({{"new", signing}, {"old", old}}, 3h) == asked);
  CHECK(text({{"new", signing}}, 3h).empty());
  CHECK(text({{"new", signing + std::vector{at(2h, K::confirmed)}}, {"old", old}}, 3h).empty());
  CHECK(text({{"new", signing}, {"old", old}}, 3h, {}, {.is_known = true, .was_asked = true}).empty());
}

TEST_CASE("a key in use whose record is on its way out goes before everything else")
{
  const auto old = adopted() + std::vector{at(1h, K::retired, "new"), at(2h, K::retire_confirmed),
                                           at(10 * kDay, K::revoking)};
  CHECK(
      text({{"old", old}}, 11 * kDay, {}, {.is_known = true, .configured = {"old"}}) ==
      "urgent stop-using-key: example.com: amavisd is to sign with old, whose record is on its way out\n"
      "  let it sign with another key: `dkimctl explain somebody@example.com` tells which statement decides\n"
      "revoke-record: example.com: revoke the record of old: give it an empty p=\n"
      "  at old._domainkey.example.com, in place of the key's record; verifiers then refuse what others "
      "sign with it\n");
}

TEST_CASE("a private key that is gone before it signs, and an interval that is too short, are said")
{
  const auto published = handed_out(0s) + std::vector{at(1h, K::seen, kNs1), at(1h, K::server_right, kNs1),
                                                      at(1h, K::server_right, kNs2)};
  CHECK(
      text({{"new", published}}, 2h, {}, {.is_known = true}) ==
      "restore-key: example.com: the private key of new, /keys/new.pem, is not there, or amavisd cannot read "
      "it\n"
      "  put it back with its owner and mode; or give it up: dkimctl cancel example.com\n");
  CHECK(text({{"new", published}}, 2h, {}, kPresent).empty());
  Policy policy;
  policy.automatic = true;
  policy.publisher = Publisher::program;
  policy.interval = 3 * kDay;
  CHECK(
      text({{"dkim", adopted()}}, 1h, policy) ==
      "lengthen-interval: example.com: make interval longer: it is 3 d, and hold and retention take 7 d 7 h\n"
      "  in dkimctl.conf; until then no rollover of example.com begins by itself\n");
}

TEST_CASE("what is to be published is the record of the key, or one without a key")
{
  KeyLife key = told({"new", {}});
  CHECK(record_wanted({.task = Task::publish_record}, key) == "v=DKIM1; p=MIIBnew");
  CHECK(record_wanted({.task = Task::revoke_record}, key) == "v=DKIM1; p=");
  CHECK(record_wanted({.task = Task::withdraw_record}, key).empty());
  key.facts.algorithm = "ed25519";
  CHECK(record_wanted({.task = Task::mend_record}, key) == "v=DKIM1; k=ed25519; p=MIIBnew");
  key.facts.public_key.clear();
  CHECK(record_wanted({.task = Task::restore_record}, key).empty());
}

TEST_SUITE_END();
