// The times that are known of a key. They are what is stored; its state is computed from them.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace dkimctl::rollover {

using Time = std::chrono::sys_seconds;
using Seconds = std::chrono::seconds;

/// What can have happened to a key, once or, some of them, again: then the time is that of the last.
enum class Moment : std::uint8_t {
  reserved,           // its selector was chosen, and is not chosen again
  generated,          // its private key was on disk
  adopted,            // it was found in amavisd's configuration: not made here
  exported,           // its private key was given to another host
  handed_out,         // a person was asked to publish its record
  publishing,         // a program was about to be asked to publish its record
  called,             // a program that writes the DNS was last asked, for whatever it was
  seen,               // an authoritative server served its record
  agreed,             // since then all authoritative servers serve it
  ready,              // proven: it may sign
  switching,          // amavisd was about to be told to sign with it
  may_sign,           // from then on it may have signed, or what is known does not rule it out
  activated,          // amavisd signs with it
  confirmed,          // the running daemon, or a person, has said so
  lost,               // it signs, and some server has no longer served its record since
  stopping,           // amavisd was about to be told to sign with no key of the domain
  retired,            // another key signs in its place, or it was given up
  unused,             // since then it has not been seen in use
  successor_asked,    // a person asked for a rollover
  compromised,        // its private key is known to others
  cancelled,          // a person gave it up before it signed
  rollback_asked,     // a person wants to sign with it again
  removal_asked,      // a person wants the domain to be signed no longer
  retire_confirmed,   // a person said that no other host signs with it
  revoke_proposed,    // a run found that its record may be revoked
  revoking,           // its record was about to be revoked: no way back from here
  revoked,            // every authoritative server served p= without a key
  withdraw_proposed,  // a run found that its record may be withdrawn
  withdrawing,        // its record was about to be withdrawn: no way back from here
  gone,               // no authoritative server served a record
  destroy_proposed,   // a run found that its private key may be destroyed
  destroying,         // its private key was about to be destroyed
  destroyed,          // there is no private key any more
  restored,           // the state was lost or replaced by an older copy: its record may be on its way out
  failed,             // what was last tried with it did not work
};

inline constexpr std::size_t kMoments = static_cast<std::size_t>(Moment::failed) + 1;

/// As a column of a table has it: "retire_confirmed".
std::string_view to_string(Moment moment);

/// A set of moments.
class MomentSet {
public:
  constexpr MomentSet() = default;
  template<class... M>
  constexpr explicit MomentSet(M... moments)
      : bits_(((std::uint64_t{1} << static_cast<unsigned>(moments)) | ... | 0))
  {}
  constexpr bool has(Moment moment) const { return (bits_ >> static_cast<unsigned>(moment) & 1) != 0; }

private:
  std::uint64_t bits_ = 0;
};
static_assert(kMoments <= 64);

/// The times of one key; those that have not come are empty.
class Moments {
public:
  const std::optional<Time>& operator[](Moment moment) const { return at_[static_cast<std::size_t>(moment)]; }
  void set(Moment moment, Time at) { at_[static_cast<std::size_t>(moment)] = at; }
  void clear(Moment moment) { at_[static_cast<std::size_t>(moment)].reset(); }
  bool has(Moment moment) const { return (*this)[moment].has_value(); }
  friend bool operator==(const Moments&, const Moments&) = default;

private:
  std::array<std::optional<Time>, kMoments> at_;
};

}  // namespace dkimctl::rollover
