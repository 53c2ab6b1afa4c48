// What a person may ask for, and when it is refused.
#pragma once

#include "base/result.hpp"
#include "rollover/learn.hpp"

#include <string>
#include <vector>

namespace dkimctl::rollover {

/// A rollover of each key of the domain that signs. Refused where none does, or one is under way.
/// `compromised`: the private key is known to others, so its record goes as soon as its successor signs.
Result<std::vector<KeyEvent>> ask_for_rollover(const std::vector<KeyLife>& keys, bool compromised,
                                               const std::string& reason, Now now);

/// Gives up the key that has not signed yet. Refused where there is none, or amavisd may already have been
/// told to sign with it: that is what a rollback is for.
Result<std::vector<KeyEvent>> cancel(const std::vector<KeyLife>& keys, const std::string& reason, Now now);

/// Back to the key that signed before. Refused where its record is, or may be, on its way out, its private
/// key is gone, or others know it.
Result<std::vector<KeyEvent>> ask_for_rollback(const std::vector<KeyLife>& keys, const std::string& reason,
                                               Now now);

/// The domain is signed no longer.
Result<std::vector<KeyEvent>> ask_for_removal(const std::vector<KeyLife>& keys, const std::string& reason,
                                              Now now);

/// No other host signs with that key. Refused where no key has that selector, or dkimctl made it.
Result<std::vector<KeyEvent>> confirm_retirement(const std::vector<KeyLife>& keys,
                                                 const std::string& selector, const std::string& reason,
                                                 Now now);

}  // namespace dkimctl::rollover
