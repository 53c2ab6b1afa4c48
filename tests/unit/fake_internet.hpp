// An internet that is a table, for the tests of what asks DNS.
//
//     FakeInternet net;
//     net.add_zone("example.com", {"ns1.example.net"}, {txt("a.example.com", "v=DKIM1; p=")});
//     // That server has other records, and that one does not answer:
//     net.serve("ns2.example.net", "example.com", {});
//     net.break_server("ns3.example.net", dns::Outcome::timeout);
//     const auto evaluate = [&](dns::Inquiry& inquiry) { return dns::find_zone(inquiry, name); };
//     const auto zone = net.settle(evaluate);
//
// There are a root and the zones that were added; each is delegated to its servers by the zone above. A
// server has the address 192.0.2.N, in the order in which they were named.
#pragma once

#include "dns/answers.hpp"
#include "dns/messenger.hpp"
#include "dns/question.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dkimctl::test {

inline dns::Name name(std::string_view text)
{
  return *dns::Name::parse(text);
}

inline dns::Record txt(std::string_view owner, std::string_view value)
{
  return {name(owner), std::chrono::seconds{300}, dns::split_txt(value)};
}

inline dns::Record cname(std::string_view owner, std::string_view target)
{
  return {name(owner), std::chrono::seconds{300}, dns::Cname{name(target)}};
}

class FakeInternet {
public:
  using Records = std::vector<dns::Record>;

  FakeInternet() { add_zone(".", {"a.root"}, {}); }

  void add_zone(const std::string& apex, const std::vector<std::string>& hosts, const Records& records)
  {
    delegated_[apex] = hosts;
    for (const std::string& host : hosts) {
      serve(host, apex, records);
    }
  }
  /// Makes a server have this of a zone, whoever else has what.
  void serve(const std::string& host, const std::string& apex, Records records)
  {
    static_cast<void>(address(host));
    served_[host][apex] = std::move(records);
    hosts_of_.try_emplace(apex, delegated_[apex]);
  }
  /// What the zone's own NS records say, where that is not what its parent does.
  void name_servers(const std::string& apex, const std::vector<std::string>& hosts)
  {
    hosts_of_[apex] = hosts;
  }
  void break_server(const std::string& host, dns::Outcome outcome) { broken_[address(host)] = outcome; }
  /// Recursion says that a zone validates, or does not.
  void validate(const std::string& apex, dns::Outcome outcome) { validated_[apex] = outcome; }
  /// What a resolver has instead of what the world has.
  void serve_inside(const dns::Record& record) { inside_.push_back(record); }
  void set_primary(const std::string& host) { primary_ = host; }

  dns::ServerAddress address(const std::string& host)
  {
    const auto [at, is_new] = addresses_.try_emplace(host, static_cast<char>(addresses_.size() + 1));
    return {{std::string{"\xC0\x00\x02", 3} + at->second}};
  }

  /// Runs an evaluator until it is done.
  template<class Evaluate>
  auto settle(Evaluate evaluate)
  {
    dns::Answers answers;
    while (true) {
      dns::Inquiry inquiry(answers);
      auto done = evaluate(inquiry);
      if (done) {
        return *std::move(done);
      }
      if (inquiry.wanted().empty()) {
        throw std::logic_error("not done, and nothing is wanted");
      }
      for (const auto& wanted : inquiry.wanted()) {
        asked.push_back(wanted.question);
        answers.put(wanted.key, answer(wanted.question));
      }
    }
  }

  dns::Answer answer(const dns::Question& question)
  {
    switch (question.view) {
    case dns::View::authoritative: return ask_server(question);
    case dns::View::recursive: return ask_resolver(question);
    case dns::View::root: return recurse(question.name, question.type);
    }
    return {};
  }

  std::vector<dns::Question> asked;  // in order

private:
  using Zones = std::map<std::string, Records>;

  static dns::Answer with(dns::Outcome outcome)
  {
    dns::Answer answer;
    answer.outcome = outcome;
    return answer;
  }

  template<class Map>
  static std::optional<std::string> deepest(const Map& zones, const dns::Name& of)
  {
    std::optional<std::string> best;
    for (const auto& [apex, unused] : zones) {
      if (of.is_in(name(apex)) && (!best || name(apex).is_below(name(*best)))) {
        best = apex;
      }
    }
    return best;
  }

  dns::Record soa(const std::string& apex)
  {
    const std::string primary =
        primary_.empty() ? delegated_[apex].empty() ? "a.root" : delegated_[apex].front() : primary_;
    dns::Soa soa{name(primary), name("hostmaster.example"), 1};
    return {name(apex), std::chrono::seconds{300}, soa};
  }

  Records ns(const std::string& apex, const std::vector<std::string>& hosts)
  {
    Records records;
    for (const std::string& host : hosts) {
      records.push_back({name(apex), std::chrono::seconds{300}, dns::Ns{name(host)}});
    }
    return records;
  }

  /// Everything a zone holds on a server, with what each zone has.
  Records all_of(const std::string& apex, Records records)
  {
    records.push_back(soa(apex));
    std::ranges::copy(ns(apex, hosts_of_[apex]), std::back_inserter(records));
    return records;
  }

  dns::Answer look_up(const Records& records, const std::string& apex, const dns::Name& of, dns::RrType type)
  {
    dns::Answer answer = with(dns::Outcome::nodata);
    answer.authoritative = true;
    dns::Name at = of;
    for (int hops = 0; hops < 20; ++hops) {
      std::optional<dns::Name> next;
      for (const dns::Record& record : records) {
        const auto has = dns::type_of(record.rdata);
        if (record.owner == at && (has == type || has == dns::RrType::cname)) {
          answer.records.push_back(record);
          answer.outcome = dns::Outcome::answered;
          const auto* const alias = std::get_if<dns::Cname>(&record.rdata);
          next = alias == nullptr ? next : std::optional{alias->target};
        }
      }
      if (!next) {
        break;
      }
      at = *next;
    }
    if (answer.outcome == dns::Outcome::nodata) {
      const bool is_there =
          std::ranges::any_of(records, [&](const dns::Record& record) { return record.owner.is_in(of); });
      answer.outcome = is_there ? dns::Outcome::nodata : dns::Outcome::nxdomain;
      answer.authority.push_back(soa(apex));
    }
    return answer;
  }

  dns::Answer ask_server(const dns::Question& question)
  {
    if (const auto broken = broken_.find(question.server); broken != broken_.end()) {
      return with(broken->second);
    }
    std::optional<std::string> host;
    for (const auto& [each, unused] : addresses_) {
      host = address(each) == question.server ? std::optional{each} : host;
    }
    const auto zone = host ? deepest(served_[*host], question.name) : std::nullopt;
    if (!zone) {
      return with(dns::Outcome::refused);
    }
    const auto below = deepest(delegated_, question.name);
    if (below && name(*below).is_below(name(*zone))) {
      dns::Answer answer = with(dns::Outcome::referral);
      answer.authority = ns(*below, delegated_[*below]);
      return answer;
    }
    return look_up(all_of(*zone, served_[*host][*zone]), *zone, question.name, question.type);
  }

  dns::Answer ask_resolver(const dns::Question& question)
  {
    for (const dns::Record& record : inside_) {
      if (record.owner == question.name && dns::type_of(record.rdata) == question.type) {
        return look_up(inside_, ".", question.name, question.type);
      }
    }
    return recurse(question.name, question.type);
  }

  dns::Answer recurse(const dns::Name& of, dns::RrType type, int depth = 0)
  {
    for (const auto& [host, number] : addresses_) {
      if (of == name(host)) {
        dns::Answer answer = with(type == dns::RrType::a ? dns::Outcome::answered : dns::Outcome::nodata);
        if (type == dns::RrType::a) {
          answer.records.push_back({of, std::chrono::seconds{300}, address(host).address});
        } else {
          answer.authority.push_back(soa("."));
        }
        return answer;
      }
    }
    const auto zone = deepest(delegated_, of);
    const auto validated = validated_.find(*zone);
    if (validated != validated_.end() && validated->second == dns::Outcome::bogus) {
      dns::Answer answer = with(dns::Outcome::bogus);
      answer.reason = "signature expired";
      return answer;
    }
    for (const std::string& host : delegated_[*zone]) {
      if (!broken_.contains(address(host)) && served_[host].contains(*zone)) {
        dns::Answer answer = look_up(all_of(*zone, served_[host][*zone]), *zone, of, type);
        answer.authentic = validated != validated_.end();
        const auto* const alias =
            answer.records.empty() ? nullptr : std::get_if<dns::Cname>(&answer.records.back().rdata);
        if (depth < 8 && alias != nullptr && !alias->target.is_in(name(*zone))) {
          const dns::Answer rest = recurse(alias->target, type, depth + 1);
          std::ranges::copy(rest.records, std::back_inserter(answer.records));
        }
        return answer;
      }
    }
    return with(dns::Outcome::servfail);
  }

  std::map<std::string, std::vector<std::string>> delegated_;  // what parents say
  std::map<std::string, std::vector<std::string>> hosts_of_;   // what zones say of themselves
  std::map<std::string, Zones> served_;                        // by host
  std::map<std::string, char> addresses_;
  std::map<dns::ServerAddress, dns::Outcome> broken_;
  std::map<std::string, dns::Outcome> validated_;
  Records inside_;
  std::string primary_;
};

}  // namespace dkimctl::test
