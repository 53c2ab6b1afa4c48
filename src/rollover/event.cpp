#include "rollover/event.hpp"

#include "rollover/duration.hpp"

#include <algorithm>
#include <array>

namespace dkimctl::rollover {

namespace {

using K = EventKind;
using M = Moment;

template<class... Args>
constexpr MomentSet of(Args... moments)
{
  return MomentSet(moments...);
}

// clang-format off
constexpr std::array<EventRule, kEventKinds> kRules{{
    {K::reserved, "reserved", "selector chosen, its private key to be {object}", of(M::reserved)},
    {K::generated, "generated", "private key generated", of(M::generated), {}, of(M::failed)},
    {K::adopted, "adopted", "found in amavisd's configuration, with its private key {object}",
     of(M::adopted, M::activated), of(M::may_sign)},
    {K::exported, "exported", "private key given to {object}", {}, of(M::exported), of(M::retire_confirmed)},
    {K::handed_out, "handed-out", "record handed out to be published", of(M::handed_out)},
    {K::publishing, "publishing", "record about to be published", of(M::publishing)},
    {K::published, "published", "record published by program", of(M::called), {}, of(M::failed)},
    {K::seen, "seen", "record served by {object}", {}, of(M::seen)},
    {K::servers_changed, "servers-changed", "authoritative servers are {detail}", {}, {}, of(M::agreed, M::ready)},
    {K::server_right, "server-right", "{object} serves the record"},
    {K::server_wrong, "server-wrong", "{object} does not serve the record: {detail}", {}, {}, of(M::agreed, M::ready)},
    {K::server_silent, "server-silent", "{object} does not answer"},
    {K::cache_time, "cache-time", "answers at its name are kept for {span}"},
    {K::agreed, "agreed", "all authoritative servers serve the record", of(M::agreed), {}, of(M::lost)},
    {K::ready, "ready", "proven: may sign", of(M::ready)},
    {K::switching, "switching", "amavisd about to sign with it", of(M::switching), of(M::may_sign), of(M::unused)},
    {K::activated, "activated", "amavisd signs with it; {detail}", of(M::activated), of(M::may_sign),
     of(M::switching, M::retired, M::unused, M::rollback_asked, M::failed, M::cancelled, M::restored,
        M::retire_confirmed, M::removal_asked)},
    {K::confirmed, "confirmed", "the running amavisd was seen to sign with it", of(M::confirmed)},
    {K::switch_failed, "switch-failed", "amavisd does not sign with it: {detail}", of(M::failed), {}, of(M::switching)},
    {K::stopping, "stopping", "amavisd about to be told to sign no longer", of(M::stopping)},
    {K::retired, "retired", "replaced by {object}", of(M::retired), {},
     of(M::stopping, M::successor_asked, M::confirmed, M::switching, M::ready)},
    {K::in_use, "in-use", "seen in use: {detail}", {}, of(M::may_sign), of(M::unused)},
    {K::unused, "unused", "not in use any more", of(M::unused)},
    {K::expiry, "expiry", "its signatures are good for {span}"},
    {K::successor_asked, "successor-asked", "rollover asked for; {detail}", of(M::successor_asked)},
    {K::compromised, "compromised", "private key known to others; {detail}", of(M::compromised, M::successor_asked)},
    {K::cancelled, "cancelled", "given up before it signed; {detail}", of(M::cancelled, M::retired), {}, of(M::ready)},
    {K::rollback_asked, "rollback-asked", "to sign again; {detail}", of(M::rollback_asked)},
    {K::removal_asked, "removal-asked", "the domain to be signed no longer; {detail}", of(M::removal_asked)},
    {K::retire_confirmed, "retire-confirmed", "said not to be in use on any other host; {detail}", of(M::retire_confirmed)},
    {K::revoke_proposed, "revoke-proposed", "record may be revoked, if the next run agrees", of(M::revoke_proposed)},
    {K::revoke_dropped, "revoke-dropped", "record may not be revoked after all: {detail}", {}, {}, of(M::revoke_proposed)},
    {K::revoking, "revoking", "record about to be revoked", of(M::revoking), {},
     of(M::revoke_proposed, M::rollback_asked)},
    {K::revoke_sent, "revoke-sent", "record revoked by program", of(M::called), {}, of(M::failed)},
    {K::revoked, "revoked", "record revoked on all authoritative servers", of(M::revoked)},
    {K::withdraw_proposed, "withdraw-proposed", "record may be withdrawn, if the next run agrees", of(M::withdraw_proposed)},
    {K::withdraw_dropped, "withdraw-dropped", "record may not be withdrawn after all: {detail}", {}, {}, of(M::withdraw_proposed)},
    {K::withdrawing, "withdrawing", "record about to be withdrawn", of(M::withdrawing), {},
     of(M::withdraw_proposed, M::rollback_asked)},
    {K::withdraw_sent, "withdraw-sent", "record withdrawn by program", of(M::called), {}, of(M::failed)},
    {K::gone, "gone", "no authoritative server serves a record", of(M::gone)},
    {K::superseded, "superseded", "its name is used for another key", of(M::gone), of(M::retired)},
    {K::destroy_proposed, "destroy-proposed", "private key may be destroyed, if the next run agrees", of(M::destroy_proposed)},
    {K::destroy_dropped, "destroy-dropped", "private key may not be destroyed after all: {detail}", {}, {}, of(M::destroy_proposed)},
    {K::destroying, "destroying", "private key about to be destroyed", of(M::destroying), {}, of(M::destroy_proposed)},
    {K::destroyed, "destroyed", "private key destroyed", of(M::destroyed), {}, of(M::failed)},
    {K::revealed, "revealed", "private key published", of(M::destroyed), {}, of(M::failed)},
    {K::failed, "failed", "{object} failed: {detail}", of(M::failed, M::called)},
    {K::timeline, "timeline", "what is known is to be proven again: the state is an older copy, or its clock was wrong", of(M::restored), of(M::may_sign),
     of(M::agreed, M::ready, M::unused, M::revoke_proposed, M::withdraw_proposed, M::destroy_proposed)},
}};
// clang-format on

constexpr bool is_in_order(std::span<const EventRule> rules)
{
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (static_cast<std::size_t>(rules[i].kind) != i || rules[i].name.empty() || rules[i].phrase.empty()) {
      return false;
    }
  }
  return true;
}
static_assert(is_in_order(kRules), "a row for each kind, in the order of the kinds");

void replace(std::string& text, std::string_view placeholder, std::string_view value)
{
  if (const auto at = text.find(placeholder); at != std::string::npos) {
    text.replace(at, placeholder.size(), value);
  }
}

}  // namespace

std::span<const EventRule, kEventKinds> event_rules()
{
  return kRules;
}

const EventRule& rule_of(EventKind kind)
{
  return kRules[static_cast<std::size_t>(kind)];
}

std::optional<EventKind> event_kind(std::string_view name)
{
  const auto* const found = std::ranges::find(kRules, name, &EventRule::name);
  return found == kRules.end() ? std::nullopt : std::optional(found->kind);
}

std::string phrase(const Event& event)
{
  std::string text(rule_of(event.kind).phrase);
  if (event.detail.empty() && text.ends_with("; {detail}")) {
    text.resize(text.size() - std::string_view("; {detail}").size());
  }
  replace(text, "{object}", event.object.empty() ? "nothing" : event.object);
  replace(text, "{detail}", event.detail);
  replace(text, "{span}", event.span ? duration_text(*event.span) : "an unknown time");
  return text;
}

}  // namespace dkimctl::rollover
