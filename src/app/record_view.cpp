#include "app/record_view.hpp"

#include "base/ascii.hpp"
#include "dkim/key_lookup.hpp"
#include "dkim/resolver_view.hpp"
#include "dkim/rrset_diagnosis.hpp"
#include "dkim/tag_list.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::app {
namespace {

using rollover::Served;
using rollover::View;

/// One record, its p= there and empty (RFC 6376 section 3.6.1).
bool is_revoked(const std::vector<dns::Txt>& records)
{
  if (records.size() != 1) {
    return false;
  }
  const std::string value = records.front().value();
  const auto tags = dkim::parse_tag_list(value);
  return tags && std::ranges::any_of(*tags, [](const dkim::Tag& tag) {
           return tag.name == "p" && dkim::without_blanks(tag.value).empty();
         });
}

Served served_in(const std::vector<dns::Txt>& records, const dkim::KeyUnderTest& key)
{
  if (records.empty()) {
    return Served::absent;
  }
  if (dkim::diagnose_records(records, key.expected).usable) {
    return Served::ours;
  }
  return is_revoked(records) ? Served::revoked : Served::other;
}

View view_in(const dns::Answer& answer, const dkim::KeyUnderTest& key)
{
  if (answer.outcome == dns::Outcome::bogus) {
    return View::bogus;
  }
  if (!answer.says()) {
    return View::not_asked;
  }
  switch (served_in(dkim::records_in(answer, key.owner), key)) {
  case Served::ours: return View::ours;
  case Served::absent: return View::absent;
  case Served::other: return View::other;
  case Served::revoked: return View::revoked;
  case Served::silent: break;
  }
  return View::not_asked;
}

class Viewer {
public:
  Viewer(dns::Inquiry& inquiry, const dkim::KeyUnderTest& key, const dkim::Vantage& vantage)
      : inquiry_(inquiry), key_(key), vantage_(vantage)
  {}

  std::optional<rollover::RecordView> run(Resolvers resolvers)
  {
    const auto lookup = dkim::look_up_key(inquiry_, key_.domain, key_.owner);
    if (!lookup) {
      return std::nullopt;
    }
    bool complete = true;
    for (const auto& hop : lookup->chain) {
      complete = add_negative_ttl(hop->zone) && complete;
      add_hop(*hop, hop == lookup->chain.back(), lookup->too_long);
    }
    if (resolvers == Resolvers::asked) {
      complete = ask_everyone() && complete;
      complete = ask_here() && complete;
    }
    if (!complete) {
      return std::nullopt;
    }
    for (const auto& [server, served] : servers_) {
      record_.servers.push_back({server, served});
    }
    return std::move(record_);
  }

private:
  void keep_for(std::chrono::seconds ttl) { record_.cache_time = std::max(record_.cache_time, ttl); }

  bool add_negative_ttl(const dns::Zone& zone)
  {
    const auto answers = dns::ask_all(inquiry_, zone, zone.apex, dns::RrType::soa);
    for (const dns::ServerAnswer& each : answers.value_or(std::vector<dns::ServerAnswer>{})) {
      for (const dns::Record& record : each.answer->records) {
        if (const auto* const soa = std::get_if<dns::Soa>(&record.rdata)) {
          keep_for(std::min(record.ttl, soa->minimum));
        }
      }
    }
    return answers.has_value();
  }

  void add_hop(const dkim::Hop& hop, bool is_last, bool is_too_long)
  {
    for (const dns::ServerAnswer& each : hop.answers) {
      if (each.answer->outcome == dns::Outcome::no_route) {
        continue;
      }
      const std::string name =
          fmt::format("{}/{}", each.server->host.text(dns::FinalDot::without), each.address.text());
      const Served served = is_last && is_too_long ? Served::other : served_at(each, hop, is_last);
      const auto [at, is_new] = servers_.try_emplace(ascii::lower(name), served);
      if (!is_new && at->second == Served::ours) {
        at->second = served;
      }
      for (const dns::Record& record : each.answer->records) {
        if (record.owner == hop.name) {
          keep_for(record.ttl);
        }
      }
    }
    for (const dns::NameServer& server : hop.zone.servers) {
      if (server.addresses.empty()) {
        servers_.try_emplace(ascii::lower(server.host.text(dns::FinalDot::without)), Served::silent);
      }
    }
  }

  Served served_at(const dns::ServerAnswer& each, const dkim::Hop& hop, bool is_last) const
  {
    if (!each.answer->says()) {
      return Served::silent;
    }
    const auto target = dkim::alias_target(*each.answer, hop.name);
    const auto records = dkim::txt_at(*each.answer, hop.name);
    if (is_last) {
      return target ? Served::other : served_in(records, key_);
    }
    if (target) {
      return target == hop.target ? Served::ours : Served::other;
    }
    // A server without the alias may have the record itself: to whom it answers that is as good.
    return served_in(records, key_);
  }

  bool ask_everyone()
  {
    const dns::Answer* const answer = inquiry_.ask({dns::View::root, key_.owner, dns::RrType::txt});
    if (answer != nullptr) {
      record_.everyone = view_in(*answer, key_);
    }
    return answer != nullptr;
  }

  bool ask_here()
  {
    const auto resolved = dkim::ask_resolvers(inquiry_, vantage_, key_.owner, dns::RrType::txt);
    if (resolved && resolved->answer != nullptr) {
      record_.here = view_in(*resolved->answer, key_);
    }
    return resolved.has_value();
  }

  dns::Inquiry& inquiry_;
  const dkim::KeyUnderTest& key_;
  const dkim::Vantage& vantage_;
  rollover::RecordView record_;
  std::map<std::string, Served> servers_;
};

}  // namespace

std::optional<rollover::RecordView> view_record(dns::Inquiry& inquiry, const dkim::KeyUnderTest& key,
                                                const dkim::Vantage& vantage, Resolvers resolvers)
{
  return Viewer(inquiry, key, vantage).run(resolvers);
}

}  // namespace dkimctl::app
