// The moments at which something may happen, each with its formula. The symbols are those of RFC 7583.
#pragma once

#include "rollover/key_life.hpp"
#include "rollover/policy.hpp"

#include <optional>

namespace dkimctl::rollover {

/// How long all servers must have agreed before the key may sign.
///
///     Ipub - Dprp = max(TTLneg, TTLkey, safety, floor)          (RFC 7583 section 3.2.1: Ipub = Dprp +
///     TTLkey)
///
/// What a resolver may still hold of a new owner name is its absence: TTLneg = min(TTL of the SOA, its
/// MINIMUM), RFC 2308 section 5. Or what was there before: in a slot that is used again, or a first attempt
/// that was wrong and gone before anybody looked. For that TTLkey is the largest TTL seen at the name and
/// along its aliases. Both are in KeyLife::cache_time. Dprp is not computed, but observed. Where the state
/// was restored, the intent to end the record may be what was forgotten: then there must be time for every
/// server to have taken over the last change.
Seconds hold(const KeyLife& life, const Policy& policy);

/// When the hold is over, as long as the agreement lasts; nothing while there is none.
///
///     Trdy = Tpub + Dprp + hold          (RFC 7583 section 3.2.1: Trdy = Tpub + Ipub)
///
/// Tpub + Dprp is when the last server was seen to agree.
std::optional<Time> ready_time(const KeyLife& life, const Policy& policy);

/// How long the record stays after the key was last in use.
///
///     Iret = max(retain, TTLsig, queue + 2 d) + margin          (RFC 7583 section 3.2.1: Dsgn + Dprp +
///     TTLsig)
///
/// TTLsig is the longest validity (x= less t=) of a signature made with it; `queue` is how long Postfix keeps
/// a message that it cannot deliver. Dsgn is no part of it: Iret counts from when nothing signs with the key
/// any more.
Seconds retention(const KeyLife& life, const Policy& policy);

/// When no message signed with the key needs its record any more; nothing while it is in use.
///
///     Tdea = Tret + Iret          (RFC 7583 section 3.2.1)
///
/// What other hosts do with a key that was not made here, or was exported, is not seen: for such a key Tret
/// is not before a person said that none of them signs with it any more. A compromised key has no retention,
/// nor has one that never signed: then it is the time at which it was retired.
std::optional<Time> retention_end(const KeyLife& life, const Policy& policy);

/// When the tombstone, p= without a key, may be withdrawn: Trem of RFC 7583 section 3.2.1, which must not
/// come before Tdea.
std::optional<Time> tombstone_end(const KeyLife& life, const Policy& policy);

/// When the next rollover is due, for a key that signs.
///
///     Tret = Tact + Lzsk          (RFC 7583 section 3.2.1, with the interval for Lzsk)
std::optional<Time> due_time(const KeyLife& life, const Policy& policy);

/// What a rollover takes at the least from begin to end: an interval below it delays the next one.
Seconds shortest_interval(const KeyLife& life, const Policy& policy);

}  // namespace dkimctl::rollover
