#include "rollover/requests.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dkimctl::rollover {

namespace {

using M = Moment;

std::string domain_of(const std::vector<KeyLife>& keys)
{
  return keys.empty() ? "the domain" : keys.front().facts.domain;
}

tl::unexpected<Error> refuse(const std::vector<KeyLife>& keys, std::string_view reason, std::string hint = {})
{
  return tl::unexpected(
      Error{Errc::refused, fmt::format("{}: {}", domain_of(keys), reason), std::move(hint)});
}

KeyEvent event(const KeyLife& key, EventKind kind, const std::string& reason, Now now)
{
  return {key.facts.id, Event{kind, now.time, now.run, {}, reason, {}}};
}

}  // namespace

Result<std::vector<KeyEvent>> ask_for_rollover(const std::vector<KeyLife>& keys, bool compromised,
                                               const std::string& reason, Now now)
{
  const auto coming = std::ranges::find_if(keys, is_coming);
  if (coming != keys.end() && !compromised) {
    return refuse(keys, fmt::format("a rollover is under way, to selector {}", coming->facts.selector),
                  fmt::format("see: dkimctl status {}", domain_of(keys)));
  }
  std::vector<KeyEvent> events;
  for (const KeyLife& key : keys) {
    if (is_active(key) && key.has(M::successor_asked) && !compromised) {
      return refuse(keys, "a rollover was asked for already", "the next run begins it: dkimctl run");
    }
    if (is_active(key)) {
      events.push_back(
          event(key, compromised ? EventKind::compromised : EventKind::successor_asked, reason, now));
    }
  }
  if (events.empty()) {
    return refuse(keys, "no key of it signs",
                  fmt::format("to begin signing: dkimctl add {}", domain_of(keys)));
  }
  return events;
}

Result<std::vector<KeyEvent>> cancel(const std::vector<KeyLife>& keys, const std::string& reason, Now now)
{
  const auto coming = std::ranges::find_if(keys, is_coming);
  if (coming == keys.end()) {
    return refuse(keys, "no rollover is under way");
  }
  if (coming->has(M::switching)) {
    return refuse(keys, fmt::format("amavisd may already sign with {}", coming->facts.selector),
                  fmt::format("after the next run: dkimctl rollback {}", domain_of(keys)));
  }
  std::vector<KeyEvent> events{event(*coming, EventKind::cancelled, reason, now)};
  return events;
}

Result<std::vector<KeyEvent>> ask_for_rollback(const std::vector<KeyLife>& keys, const std::string& reason,
                                               Now now)
{
  const KeyLife* last = nullptr;
  for (const KeyLife& key : keys) {
    if (key.has(M::retired) && key.has(M::activated) && !key.has(M::gone) &&
        (last == nullptr || *key.at[M::retired] > *last->at[M::retired])) {
      last = &key;
    }
  }
  if (last == nullptr) {
    return refuse(keys, "there is no key that signed before");
  }
  if (is_ending(*last) || last->has(M::destroying)) {
    return refuse(keys, fmt::format("the record of {} is on its way out", last->facts.selector),
                  fmt::format("begin a rollover instead: dkimctl rotate {}", domain_of(keys)));
  }
  if (last->has(M::compromised)) {
    return refuse(keys, fmt::format("the private key of {} is known to others", last->facts.selector),
                  fmt::format("begin a rollover instead: dkimctl rotate {}", domain_of(keys)));
  }
  return std::vector<KeyEvent>{event(*last, EventKind::rollback_asked, reason, now)};
}

Result<std::vector<KeyEvent>> ask_for_removal(const std::vector<KeyLife>& keys, const std::string& reason,
                                              Now now)
{
  std::vector<KeyEvent> events;
  for (const KeyLife& key : keys) {
    if (is_coming(key)) {
      events.push_back(event(key, EventKind::cancelled, reason, now));
    }
    if (!key.has(M::gone)) {
      events.push_back(event(key, EventKind::removal_asked, reason, now));
    }
  }
  if (events.empty()) {
    return refuse(keys, "it has no key");
  }
  return events;
}

Result<std::vector<KeyEvent>> confirm_retirement(const std::vector<KeyLife>& keys,
                                                 const std::string& selector, const std::string& reason,
                                                 Now now)
{
  const auto key = std::ranges::find_if(
      keys, [&](const KeyLife& life) { return life.facts.selector == selector && !life.has(M::gone); });
  if (key == keys.end()) {
    return refuse(keys, fmt::format("it has no key with selector {}", selector));
  }
  if (is_ours_to_end(*key)) {
    return refuse(keys,
                  fmt::format("{} needs no confirmation: dkimctl made it, for this host alone", selector));
  }
  return std::vector<KeyEvent>{event(*key, EventKind::retire_confirmed, reason, now)};
}

}  // namespace dkimctl::rollover
