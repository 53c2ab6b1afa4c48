#include "world.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace simulation {

namespace rollover = dkimctl::rollover;

namespace {

const Time kBegin{std::chrono::seconds(1'800'000'000)};

KeyId id_of(int key)
{
  return fmt::format("k{}", key);
}

}  // namespace

Time to_time(Seconds since_begin)
{
  return kBegin + since_begin;
}

World::World(const Parameters& parameters) : parameters_(parameters)
{
  for (int i = 0; i < parameters.servers; ++i) {
    servers_.push_back(
        {fmt::format("ns{}", i), {}, -1, Seconds{0}, i == 0 ? Seconds{0} : parameters.lag, false});
  }
  servers_made_ = parameters.servers;
  other_host_ = parameters.other_host;
}

Seconds World::ttl_of(int value) const
{
  return value == kAbsent ? parameters_.negative_ttl : parameters_.positive_ttl;
}

void World::violate(const std::string& what)
{
  violations_.push_back(fmt::format("{} s: {}", now_.count(), what));
}

// ---- time ----

void World::advance(Seconds to)
{
  while (!updates_.empty()) {
    const auto next = std::ranges::min_element(updates_, {}, &Update::at);
    if (next->at > to) {
      break;
    }
    const Update update = *next;
    updates_.erase(next);
    now_ = std::max(now_, update.at);
    if (update.server >= servers_.size() || servers_[update.server].silent) {
      continue;  // one that is down takes the zone over when it comes back
    }
    Server& server = servers_[update.server];
    const int before = effective(server, update.name);
    server.served[static_cast<std::size_t>(update.name)] = update.value;
    if (!server.silent && effective(server, update.name) != before) {
      served_no_longer(server, update.name, before);
    }
    if (running_by_tool_ && keys_[static_cast<std::size_t>(running_)].name == update.name &&
        master_[static_cast<std::size_t>(update.name)] != running_) {
      violate(id_of(running_) + ": signs, and its record is ended");
    }
  }
  now_ = std::max(now_, to);
  std::erase_if(held_, [&](const Held& held) { return held.until <= now_; });
  std::erase_if(queue_, [&](const HeldMessage& message) { return message.until < now_; });
  sign();
}

void World::sign()
{
  const auto signs = [&](int key, Seconds until) {
    if (key >= 0) {
      Seconds& last = keys_[static_cast<std::size_t>(key)].last_signed;
      last = std::max(last, std::min(now_, until));
    }
  };
  signs(running_, now_);
  signs(old_running_, old_until_);
  if (other_host_) {
    signs(0, now_);
  }
}

// ---- the name servers ----

int World::effective(const Server& server, int name)
{
  return server.lost_name == name ? kAbsent : server.served[static_cast<std::size_t>(name)];
}

void World::served_no_longer(const Server& server, int name, int value, bool excused)
{
  if (!excused) {
    held_.push_back({server.name, name, value, now_ + ttl_of(value)});
  }
}

bool World::is_served_everywhere(int name, int value) const
{
  return std::ranges::all_of(servers_,
                             [&](const Server& server) { return effective(server, name) == value; });
}

void World::write_record(int name, int value)
{
  master_[static_cast<std::size_t>(name)] = value;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    const Seconds at = now_ + servers_[i].lag;
    std::erase_if(updates_,
                  [&](const Update& late) { return late.server == i && late.name == name && late.at >= at; });
    updates_.push_back({at, i, name, value});
  }
  advance(now_);
}

void World::note_look()
{
  last_look_ = now_;
}

void World::lose(int server, int key)
{
  Server& one = servers_[static_cast<std::size_t>(server) % servers_.size()];
  const int name = key < 0 ? -1 : keys_[static_cast<std::size_t>(key)].name;
  if (one.lost_name < 0 && name >= 0 && effective(one, name) == key) {
    one.lost_name = name;
    one.lost_at = now_;
  }
}

void World::regain(int server)
{
  Server& one = servers_[static_cast<std::size_t>(server) % servers_.size()];
  if (one.lost_name >= 0) {
    const int name = one.lost_name;
    one.lost_name = -1;
    served_no_longer(one, name, kAbsent, one.silent || last_look_ < one.lost_at);
  }
}

void World::silence(int server, bool silent)
{
  Server& one = servers_[static_cast<std::size_t>(server) % servers_.size()];
  if (silent && !one.silent) {
    for (int name = 0; name < static_cast<int>(names_.size()); ++name) {
      const bool was_unseen =
          last_look_ < one.joined_at || (one.lost_name == name && last_look_ < one.lost_at);
      served_no_longer(one, name, effective(one, name), was_unseen);
    }
  }
  if (!silent && one.silent && one.lost_name >= 0) {
    one.lost_at = now_;  // for whoever looks
  }
  if (!silent && one.silent && running_by_tool_) {
    judge_return(one);
  }
  if (silent && !one.silent) {
    one.silent_at = now_;
  }
  if (!silent && one.silent) {
    const auto index = static_cast<std::size_t>(&one - servers_.data());
    for (int name = 0; name < static_cast<int>(names_.size()); ++name) {
      updates_.push_back({now_ + one.lag, index, name, master_[static_cast<std::size_t>(name)]});
    }
  }
  one.silent = silent;
}

void World::add_server(bool up_to_date)
{
  Server server{fmt::format("ns{}", servers_made_++), master_, -1, Seconds{0}, parameters_.lag, false};
  if (!up_to_date) {
    std::ranges::fill(server.served, kAbsent);
    for (int name = 0; name < static_cast<int>(names_.size()); ++name) {
      updates_.push_back(
          {now_ + server.lag + Seconds{1}, servers_.size(), name, master_[static_cast<std::size_t>(name)]});
    }
  }
  server.joined_at = now_;
  servers_.push_back(std::move(server));
}

void World::remove_server()
{
  if (servers_.size() < 2) {
    return;
  }
  silence(static_cast<int>(servers_.size()) - 1, true);
  if (last_look_ < servers_.back().joined_at) {  // nobody could know of it
    std::erase_if(held_, [&](const Held& held) { return held.server == servers_.back().name; });
  }
  servers_.pop_back();
  std::erase_if(updates_, [&](const Update& update) { return update.server >= servers_.size(); });
}

void World::heal()
{
  for (int i = 0; i < static_cast<int>(servers_.size()); ++i) {
    regain(i);
    silence(i, false);
    set_lag(i, i == 0 ? Seconds{0} : parameters_.lag);
  }
}

void World::set_lag(int server, Seconds lag)
{
  servers_[static_cast<std::size_t>(server) % servers_.size()].lag = lag;
}

// ---- keys and amavisd ----

int World::name_of(const std::string& selector)
{
  const auto known = std::ranges::find(names_, selector);
  if (known != names_.end()) {
    return static_cast<int>(known - names_.begin());
  }
  names_.push_back(selector);
  master_.push_back(kAbsent);
  for (Server& server : servers_) {
    server.served.push_back(kAbsent);
  }
  return static_cast<int>(names_.size()) - 1;
}

int World::add_key(std::string selector)
{
  const int name = name_of(selector);
  keys_.push_back({std::move(selector), name, false, false, Seconds{-1}});
  return static_cast<int>(keys_.size()) - 1;
}

void World::make_file(int key)
{
  keys_[static_cast<std::size_t>(key)].has_file = true;
}

void World::destroy_file(int key)
{
  keys_[static_cast<std::size_t>(key)].has_file = false;
  if (key == running_ || std::ranges::find(declared_, key) != declared_.end()) {
    violate(id_of(key) + ": private key destroyed, and amavisd needs it");
  }
  if (key == 0 && other_host_) {
    violate("k0: private key destroyed, and another host signs with it");
  }
}

void World::configure(int key)
{
  configured_ = key;
  declared_ = {key};
}

void World::reload(bool by_tool)
{
  if (configured_ == running_) {
    return;
  }
  for (const int key : declared_) {
    if (key >= 0 && !keys_[static_cast<std::size_t>(key)].has_file) {
      violate(id_of(key) + ": amavisd is to read its private key, and it is not there");
      return;
    }
  }
  sign();
  old_running_ = running_;
  old_until_ = now_ + parameters_.old_workers;
  running_ = configured_;
  running_by_tool_ = by_tool && running_ >= 0;
  running_since_ = now_;
  if (by_tool) {
    judge_use(running_);
  }
  sign();
}

void World::hand_edit(int key)
{
  configured_ = key;
  declared_.push_back(key);  // what was there stays
  reload(false);
  changed_by_hand_ = now_;
}

void World::hold_message(Seconds until)
{
  if (running_ >= 0) {
    queue_.push_back({running_, now_, until});
  }
}

rollover::RecordView World::look(int key, bool resolvers) const
{
  const int name = keys_[static_cast<std::size_t>(key)].name;
  rollover::RecordView view;
  view.cache_time = parameters_.negative_ttl;
  const auto served_as = [&](int value) {
    if (value == key) {
      return rollover::Served::ours;
    }
    return value == kAbsent ? rollover::Served::absent
                            : (value == kRevoked ? rollover::Served::revoked : rollover::Served::other);
  };
  rollover::View seen = rollover::View::not_asked;
  for (const Server& server : servers_) {
    const auto served = server.silent ? rollover::Served::silent : served_as(effective(server, name));
    view.servers.push_back({server.name, served});
    if (served != rollover::Served::absent && served != rollover::Served::silent) {
      view.cache_time = std::max(view.cache_time, parameters_.positive_ttl);
    }
    if (served != rollover::Served::silent && seen == rollover::View::not_asked) {
      seen = served == rollover::Served::ours ? rollover::View::ours : rollover::View::absent;
    }
  }
  if (resolvers) {
    view.everyone = bogus_ ? rollover::View::bogus : seen;
    view.here = seen;
  }
  return view;
}

rollover::SignerView World::look_at_signer() const
{
  rollover::SignerView view;
  view.is_known = true;
  view.was_asked = parameters_.can_be_asked && !deaf_;
  view.old_workers = old_until_ > now_;
  if (view.was_asked && running_ >= 0) {
    view.signing.push_back(id_of(running_));
  }
  if (configured_ >= 0) {
    view.configured.push_back(id_of(configured_));
  }
  for (const int key : declared_) {
    view.named.push_back(id_of(key));
  }
  for (int key = 0; key < static_cast<int>(keys_.size()); ++key) {
    if (keys_[static_cast<std::size_t>(key)].has_file) {
      view.present.push_back(id_of(key));
    }
  }
  view.expiry = parameters_.validity;
  if (changed_by_hand_) {
    view.changed = to_time(*changed_by_hand_);
  }
  for (const HeldMessage& message : queue_) {
    if (const Time at = to_time(message.since); !view.oldest_queued || at < *view.oldest_queued) {
      view.oldest_queued = at;
    }
  }
  return view;
}

// ---- judgement ----

Seconds World::needed_until(int key) const
{
  const Key& one = keys_[static_cast<std::size_t>(key)];
  if (one.last_signed < Seconds{0} || one.compromised) {
    return Seconds{-1};
  }
  Seconds until =
      one.last_signed + (parameters_.validity > Seconds{0} ? parameters_.validity : parameters_.queued);
  for (const HeldMessage& message : queue_) {
    if (message.key == key) {
      until = std::max(until, message.until);
    }
  }
  return until;
}

// A server that was silent for a short time has not been waited for.
void World::judge_return(const Server& server)
{
  const int name = keys_[static_cast<std::size_t>(running_)].name;
  const bool was_waived = now_ - server.silent_at >= std::chrono::hours(12);
  if (!was_waived && running_since_ >= server.silent_at && server.lost_name != name &&
      effective(server, name) != running_ && master_[static_cast<std::size_t>(name)] == running_) {
    violate(fmt::format("{} signs, and {} does not serve it after a short silence", id_of(running_),
                        server.name));
  }
}

void World::judge_use(int key)
{
  if (key < 0) {
    violate("amavisd was told to sign with no key");
    return;
  }
  const int name = keys_[static_cast<std::size_t>(key)].name;
  bool any = false;
  for (const Server& server : servers_) {
    if (!server.silent && effective(server, name) != key) {
      violate(fmt::format("{} signs, and {} does not serve it", id_of(key), server.name));
    }
    any = any || !server.silent;
  }
  for (const Held& held : held_) {
    if (held.name == name && held.value != key && held.until > now_) {
      violate(fmt::format("{} signs, and a resolver may hold an older answer until {} s", id_of(key),
                          held.until.count()));
    }
  }
  if (bogus_ || !any) {
    violate(fmt::format("{} signs, and nobody can look up its record", id_of(key)));
  }
}

void World::judge_end(int key)
{
  advance(now_);
  if (key == running_ || key == configured_ || (key == old_running_ && old_until_ > now_)) {
    violate(id_of(key) + ": record ended while amavisd signs with it");
  }
  if (key == 0 && other_host_) {
    violate("k0: record ended while another host signs with it");
  }
  if (const Seconds until = needed_until(key); until > now_) {
    violate(fmt::format("{}: record ended, and messages need it until {} s", id_of(key), until.count()));
  }
  const bool is_needed = keys_[static_cast<std::size_t>(key)].last_signed >= Seconds{0};
  if (is_needed && running_ >= 0 &&
      !is_served_everywhere(keys_[static_cast<std::size_t>(running_)].name, running_)) {
    const auto is_silent_or_right = [&](const Server& server) {
      return server.silent || effective(server, keys_[static_cast<std::size_t>(running_)].name) == running_;
    };
    if (!std::ranges::all_of(servers_, is_silent_or_right)) {
      violate(fmt::format("{}: record ended while that of {}, which signs, is not served", id_of(key),
                          id_of(running_)));
    }
  }
}

}  // namespace simulation
