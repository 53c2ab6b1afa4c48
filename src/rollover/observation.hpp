// What a run found out about a domain: plain data, gathered before anything is decided.
#pragma once

#include "rollover/key_life.hpp"
#include "rollover/policy.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dkimctl::rollover {

/// What an authoritative server serves at the owner name of a key.
enum class Served : std::uint8_t {
  ours,     // one record, and it is the key's
  absent,   // it has no TXT record there
  other,    // anything else: another key, several records, a record that verifiers refuse
  revoked,  // one record, its p= empty
  silent,   // no answer that means anything: timeout, refusal, failure, an answer without authority
};

/// An address of an authoritative server: "ns1.example.com/192.0.2.1".
struct ServerView {
  std::string server;
  Served served = Served::silent;
};

/// What somebody sees who asks a resolver.
enum class View : std::uint8_t {
  not_asked,  // not yet, or it could not be told
  ours,
  absent,
  other,
  revoked,
  bogus,  // DNSSEC validation fails
};

struct RecordView {
  std::vector<ServerView> servers;  // all that the delegation names; empty: could not be told
  Seconds cache_time{0};            // how long an answer without the record may be kept, see times.hpp
  View everyone = View::not_asked;  // from the root, validated
  View here = View::not_asked;      // this system's resolvers
};

/// What is known of amavisd, concerning one domain.
struct SignerView {
  bool is_known = false;       // its configuration was understood, as far as the domain's keys are concerned
  bool was_asked = false;      // the running daemon said, in each bank that signs, what it signs with
  bool old_workers = false;    // a process runs that began before the last reload
  std::vector<KeyId> signing;  // the keys that the running daemon signs with
  std::vector<KeyId> configured;  // those that the configuration makes some sender's
  std::vector<KeyId>
      named;  // those whose private key a statement in any loaded file names, by device and inode
  std::vector<KeyId> present;         // those whose private key is there, and amavisd's user can read it
  std::optional<Time> changed;        // when somebody else than dkimctl last changed a loaded file
  std::optional<Time> oldest_queued;  // arrival of the oldest message that the MTA still has to deliver
  Seconds expiry{0};                  // the longest validity of a signature that is in force for the domain
  std::string read_only;              // why the configuration is not to be changed; empty: it may be
};

struct Observation {
  std::vector<std::pair<KeyId, RecordView>> records;
  SignerView signer;

  /// Null where nothing was asked.
  const RecordView* record_of(const KeyId& key) const;
};

/// The server has a state that does not count: it has been silent for long enough.
bool is_waived(const ServerState& state, const Policy& policy, Time now, std::int64_t run);

}  // namespace dkimctl::rollover
