// Who may roll over: of several hosts that share a database, one at a time.
#pragma once

#include "rollover/moment.hpp"
#include "store/failure.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace dkimctl::store {

struct Holding {
  std::string holder;  // a host's id; empty: nobody's
  std::optional<rollover::Time> until;
  std::int64_t epoch = 0;  // counts the changes of holder
  std::int64_t revision = 0;

  friend bool operator==(const Holding&, const Holding&) = default;
};

/// No safety rests on it: a host that held it may go on without knowing that its time is over. It keeps two
/// hosts from doing the same work; what protects a key is the revision of its row.
class Lease {
public:
  Lease() = default;
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  virtual ~Lease() = default;

  virtual Stored<Holding> look() = 0;
  /// Takes it, or holds it longer. `conflict`: another holder's time is not over.
  virtual Stored<Holding> take(const std::string& holder, rollover::Time now, rollover::Seconds length) = 0;
  /// Gives back what take() gave. `conflict`: it is another's by now.
  virtual Stored<void> give_back(const Holding& held) = 0;
};

}  // namespace dkimctl::store
