#include "rollover/recall.hpp"

#include <sstream>

namespace dkimctl::rollover {

namespace {

Served served(LastAnswer answer)
{
  switch (answer) {
  case LastAnswer::right: return Served::ours;
  case LastAnswer::other: return Served::other;
  case LastAnswer::revoked: return Served::revoked;
  case LastAnswer::none:  // of a new set of servers; that it had nothing is not noted down
  case LastAnswer::absent: break;
  }
  return Served::absent;
}

Served served_by(const KeyLife& key, const std::string& server)
{
  if (key.has(Moment::gone)) {
    return Served::absent;
  }
  if (is_ending(key)) {
    return Served::revoked;
  }
  const auto known = key.exceptions.find(server);
  if (known == key.exceptions.end()) {
    return Served::ours;
  }
  return known->second.silent_since ? Served::silent : served(known->second.last);
}

}  // namespace

Observation last_known(const std::vector<KeyLife>& keys)
{
  Observation observation;
  for (const KeyLife& key : keys) {
    const bool is_between = is_ending(key) && !key.has(Moment::revoked) && !key.has(Moment::gone);
    if (key.servers.empty() || is_between) {
      continue;
    }
    RecordView record;
    record.cache_time = key.cache_time;
    std::istringstream words(key.servers);
    for (std::string server; words >> server;) {
      const Served now = served_by(key, server);
      record.servers.push_back({std::move(server), now});
    }
    observation.records.emplace_back(key.facts.id, std::move(record));
  }
  return observation;
}

}  // namespace dkimctl::rollover
