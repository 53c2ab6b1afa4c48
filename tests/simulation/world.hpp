// A world in which a domain is signed for: name servers that lag and forget, an amavisd, people, a clock. It
// knows at any moment which keys a message may still need, and says so when one is ended or used too early.
#pragma once

#include "rollover/observation.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace simulation {

using dkimctl::rollover::KeyId;
using dkimctl::rollover::Seconds;
using dkimctl::rollover::Time;

/// A key is a number here; what is served at a name is one, or one of these.
inline constexpr int kAbsent = -1;
inline constexpr int kRevoked = -2;
inline constexpr int kOther = -3;
inline constexpr int kNone = -9;  // no key at all

struct Parameters {
  int servers = 2;
  Seconds negative_ttl{3600};
  Seconds positive_ttl{3600};
  Seconds lag{60};           // of the slowest server after the first
  Seconds validity{0};       // x= less t= of each signature; 0: none
  Seconds queued{86400};     // how long a message may wait in the queue of an MTA
  Seconds old_workers{120};  // how long a worker of amavisd signs on after a reload
  Seconds run_every{3600};
  Seconds person_delay{7200};  // before a person does what was asked
  bool person_errs = false;    // at first publishes something else
  bool person_removes = true;  // sees to withdrawals at all
  bool by_program = true;
  int slots = 0;
  bool can_be_asked = true;  // amavisd has a port for AM.PDP
  bool other_host = false;   // a second host signs with the first key
  Seconds tombstone{86400};
};

/// What somebody or something does to the world.
enum class Trouble : std::uint8_t {
  lag,      // a server is slower from now on
  lose,     // a server loses the record of the key that signs, or is to sign
  silence,  // a server does not answer anybody
  server_joins,
  server_leaves,
  bogus,       // signatures of the zone are not valid
  hook_fails,  // the next call of the program that publishes; mode 0: nothing done, 1: done all the same, 2:
               // not done but reported as done
  switch_fails,  // the next change of amavisd; mode 0: nothing changed, 1: changed, and then changed back
  crash,         // the next run ends at boundary `mode`
  clock,         // the clock is set; duration: until it is set right
  reboot,
  hand_edit,   // a person makes amavisd sign with another key of the domain; duration: until it is undone
  restore,     // the state is replaced by an older copy
  forget,      // the state is deleted
  other_host,  // the second host stops signing with the first key, and a person says so
  rotate,
  compromised,
  cancel,
  rollback,
  pause,  // the host runs no dkimctl; duration
  deaf,   // amavisd answers no AM.PDP; duration
  held,   // a message just signed waits in the queue; duration
};
inline constexpr int kTroubles = static_cast<int>(Trouble::held) + 1;

struct Incident {
  Trouble trouble = Trouble::lag;
  Seconds at{0};  // after the begin
  Seconds duration{0};
  int mode = 0;
  int server = 0;
};

struct History {
  Parameters parameters;
  std::vector<Incident> incidents;  // by time
};

History random_history(std::uint64_t seed);
std::string to_text(const History& history);

class World {
public:
  explicit World(const Parameters& parameters);

  Seconds now() const { return now_; }
  /// Lets time pass up to a moment, in which servers take over what was written.
  void advance(Seconds to);

  // ---- what the host can see ----

  struct Key {
    std::string selector;
    int name = 0;  // index of its owner name
    bool has_file = false;
    bool compromised = false;
    Seconds last_signed{-1};  // by any host; -1: never
  };
  dkimctl::rollover::RecordView look(int key, bool resolvers) const;
  dkimctl::rollover::SignerView look_at_signer() const;
  int running() const { return running_; }
  int configured() const { return configured_; }
  const std::vector<Key>& keys() const { return keys_; }
  int served_at_master(int name) const { return master_[static_cast<std::size_t>(name)]; }

  // ---- what the host can do ----

  int add_key(std::string selector);
  void make_file(int key);
  void destroy_file(int key);
  void write_record(int name, int value);
  void configure(int key);
  /// The running amavisd takes over the configuration. `by_tool`: then the key must be good for everybody.
  void reload(bool by_tool);
  /// A run looked at the servers just now.
  void note_look();

  // ---- trouble ----

  void lose(int server, int key);
  void regain(int server);
  void silence(int server, bool silent);
  void add_server(bool up_to_date);
  void remove_server();
  /// All servers do as they should from now on.
  void heal();
  void set_lag(int server, Seconds lag);
  void set_bogus(bool bogus) { bogus_ = bogus; }
  void set_deaf(bool deaf) { deaf_ = deaf; }
  void hand_edit(int key);
  /// A person takes out of the configuration what is not used.
  void tidy() { declared_ = {configured_}; }
  void hold_message(Seconds until);
  void compromise(int key) { keys_[static_cast<std::size_t>(key)].compromised = true; }
  void stop_other_host() { other_host_ = false; }
  bool other_host() const { return other_host_; }

  // ---- judgement ----

  /// The record of a key is about to be ended by the tool, or on its request.
  void judge_end(int key);
  const std::vector<std::string>& violations() const { return violations_; }
  void violate(const std::string& what);
  bool is_served_everywhere(int name, int value) const;

private:
  struct Server {
    std::string name;
    std::vector<int> served;  // by owner name
    int lost_name = -1;       // has forgotten this one
    Seconds lost_at{0};
    Seconds lag{0};
    bool silent = false;
    Seconds silent_at{0};
    Seconds joined_at{-1};
  };
  struct Update {
    Seconds at;
    std::size_t server;
    int name;
    int value;
  };

  static int effective(const Server& server, int name);
  void served_no_longer(const Server& server, int name, int value, bool excused = false);
  void sign();
  int name_of(const std::string& selector);
  Seconds needed_until(int key) const;
  void judge_use(int key);
  void judge_return(const Server& server);
  Seconds ttl_of(int value) const;

  Parameters parameters_;
  Seconds now_{0};
  Seconds last_look_{-1};
  std::vector<Key> keys_;
  std::vector<std::string> names_;
  std::vector<int> master_;
  std::vector<Server> servers_;
  std::vector<Update> updates_;
  // until when some resolver may hold what was served at a name: by name, by what it was
  struct Held {
    std::string server;
    int name;
    int value;
    Seconds until;
  };
  std::vector<Held> held_;
  int servers_made_ = 0;
  int running_ = kNone;
  int configured_ = kNone;
  std::vector<int> declared_;  // keys that some loaded statement names
  bool running_by_tool_ = false;
  int old_running_ = kNone;
  Seconds old_until_{-1};
  Seconds running_since_{0};
  std::optional<Seconds> changed_by_hand_;
  struct HeldMessage {
    int key;
    Seconds since;
    Seconds until;
  };
  std::vector<HeldMessage> queue_;
  bool bogus_ = false;
  bool deaf_ = false;
  bool other_host_ = false;
  std::vector<std::string> violations_;
};

Time to_time(Seconds since_begin);

}  // namespace simulation
