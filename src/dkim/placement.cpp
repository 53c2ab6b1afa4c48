#include "dkim/placement.hpp"

#include "dkim/disguise.hpp"
#include "dkim/key_lookup.hpp"
#include "dkim/lookup_findings.hpp"
#include "dkim/published_record.hpp"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

namespace dkimctl::dkim {
namespace {

/// Whose record may rightly be at a place.
enum class Other {
  nobody,       // a key record there is a mistake, whatever its key
  another_key,  // it may be the owner name of another key
};

/// A place as a pattern: {0} the selector, {1} the domain, {2} its zone, {3} this host.
struct PlaceRow {
  const FindingCode* code;
  Depth depth;
  Other other;
  std::string_view pattern;
};

struct Place {
  const PlaceRow* row;
  std::string name;  // without a final dot
};

struct Names {
  std::string selector;
  std::string domain;
  std::string zone;
  std::string host;  // empty: not known
};

constexpr std::array kPlaces{
    PlaceRow{&findings::kAtApex, Depth::usual, Other::nobody, "{1}"},
    PlaceRow{&findings::kAtDomainkey, Depth::usual, Other::nobody, "_domainkey.{1}"},
    PlaceRow{&findings::kWithoutDomainkey, Depth::thorough, Other::nobody, "{0}.{1}"},
    PlaceRow{&findings::kDoubledSuffix, Depth::thorough, Other::another_key, "{0}._domainkey.{1}.{1}"},
    PlaceRow{&findings::kDoubledSuffix, Depth::thorough, Other::another_key, "{0}._domainkey.{1}.{2}"},
    PlaceRow{&findings::kMisspeltName, Depth::thorough, Other::nobody, "{0}.domainkey.{1}"},
    PlaceRow{&findings::kMisspeltName, Depth::thorough, Other::nobody, "{0}_domainkey.{1}"},
    PlaceRow{&findings::kMisspeltName, Depth::thorough, Other::nobody, "{0}-domainkey.{1}"},
    PlaceRow{&findings::kMisspeltName, Depth::thorough, Other::another_key, "_{0}._domainkey.{1}"},
    PlaceRow{&findings::kMisspeltName, Depth::thorough, Other::nobody, "{0}._domainkeys.{1}"},
    PlaceRow{&findings::kMisspeltName, Depth::thorough, Other::nobody, "{0}._domain_key.{1}"},
    PlaceRow{&findings::kMisspeltName, Depth::thorough, Other::nobody, "{0}.__domainkey.{1}"},
    PlaceRow{&findings::kMisspeltName, Depth::thorough, Other::nobody, "{0}._domain.{1}"},
    PlaceRow{&findings::kMisspeltName, Depth::thorough, Other::nobody, "{0}._dkim.{1}"},
    PlaceRow{&findings::kMisspeltName, Depth::thorough, Other::nobody, "_domainkey.{0}.{1}"},
    PlaceRow{&findings::kMisspeltName, Depth::thorough, Other::another_key, "{1}._domainkey.{1}"},
    PlaceRow{&findings::kMisspeltName, Depth::thorough, Other::another_key, "{0}._domainkey._domainkey.{1}"},
    PlaceRow{&findings::kUnderHost, Depth::thorough, Other::another_key, "{0}._domainkey.{3}"},
    PlaceRow{&findings::kUnderHost, Depth::thorough, Other::another_key, "{0}._domainkey.mail.{1}"},
};

std::vector<Place> places(const Names& names, Depth depth)
{
  std::vector<Place> places;
  for (const PlaceRow& row : kPlaces) {
    const bool needs_host = row.pattern.find("{3}") != std::string_view::npos;
    if (row.depth > depth || (needs_host && names.host.empty())) {
      continue;
    }
    std::string name =
        fmt::format(fmt::runtime(row.pattern), names.selector, names.domain, names.zone, names.host);
    if (std::ranges::find(places, name, &Place::name) == places.end()) {
      places.push_back({&row, std::move(name)});
    }
  }
  return places;
}

bool is_ours(const dns::Txt& txt, std::string_view expected)
{
  const PublishedRecord record = read_record(undisguise(txt.value()).value);
  return record.published.key && record.published.key->published() == expected;
}

Names names_of(const PlacementSearch& search)
{
  const auto text = [](const dns::Name& name) { return name.text(dns::FinalDot::without); };
  return {search.key.selector, text(search.key.domain), text(search.zone.apex),
          search.vantage.host ? text(*search.vantage.host) : ""};
}

/// A place that has TXT records.
struct Hit {
  Place place;
  dns::Name name;
  std::vector<dns::Txt> records;
};

/// What the server at hand, or one of the host's own zone, has at a place. Nothing: not yet.
std::optional<std::vector<dns::Txt>> records_at(dns::Inquiry& inquiry, const PlacementSearch& search,
                                                const Place& place, const dns::Name& name)
{
  if (name.is_in(search.zone.apex)) {
    const dns::Answer* const answer =
        inquiry.ask({dns::View::authoritative, name, dns::RrType::txt, search.server});
    return answer == nullptr ? std::nullopt : std::optional{content_at(*answer, name).records};
  }
  if (place.row->code != &findings::kUnderHost || !search.vantage.host) {
    return std::vector<dns::Txt>{};
  }
  const auto zone = dns::find_zone(inquiry, *search.vantage.host);
  const auto answers = zone ? dns::ask_all(inquiry, *zone, name, dns::RrType::txt) : std::nullopt;
  if (!answers) {
    return std::nullopt;
  }
  const auto found =
      std::ranges::find_if(*answers, [](const dns::ServerAnswer& each) { return each.answer->says(); });
  return found == answers->end() ? std::vector<dns::Txt>{} : content_at(*found->answer, name).records;
}

std::optional<std::vector<Hit>> look_at_places(dns::Inquiry& inquiry, const PlacementSearch& search)
{
  std::vector<Hit> hits;
  bool complete = true;
  for (const Place& place : places(names_of(search), search.depth)) {
    const auto name = dns::Name::parse(place.name);
    if (!name || *name == search.key.owner || search.vantage.owners.contains(name->folded())) {
      continue;
    }
    auto records = records_at(inquiry, search, place, *name);
    complete = complete && records.has_value();
    if (records && !records->empty()) {
      hits.push_back({place, *name, *std::move(records)});
    }
  }
  return complete ? std::optional{std::move(hits)} : std::nullopt;
}

}  // namespace

Wildcard content_at(const dns::Answer& answer, const dns::Name& name)
{
  return answer.says() ? Wildcard{txt_at(answer, name), alias_target(answer, name)} : Wildcard{};
}

std::optional<Wildcard> wildcard_of(dns::Inquiry& inquiry, const Vantage& vantage, const dns::Name& parent,
                                    const dns::ServerAddress& server)
{
  const auto label = dns::Name::parse(vantage.unused_label);
  const auto name = label ? label->before(parent) : std::nullopt;
  if (!name) {
    return Wildcard{};
  }
  const dns::Answer* const answer = inquiry.ask({dns::View::authoritative, *name, dns::RrType::txt, server});
  if (answer == nullptr) {
    return std::nullopt;
  }
  Wildcard wildcard = content_at(*answer, *name);
  const auto target = wildcard.target ? wildcard.target->labels() : std::vector<std::string_view>{};
  if (!target.empty() && target.front() == vantage.unused_label) {  // of a DNAME: RFC 6672 section 2.2
    return Wildcard{};
  }
  return wildcard;
}

bool is_key_record(const dns::Txt& txt, std::string_view expected)
{
  return undisguise(txt.value()).value.find("v=DKIM1") != std::string::npos || is_ours(txt, expected);
}

std::optional<std::vector<Misplaced>> find_misplaced(dns::Inquiry& inquiry, const PlacementSearch& search)
{
  const auto hits = look_at_places(inquiry, search);
  if (!hits) {
    return std::nullopt;
  }
  const auto everywhere = hits->empty()  // *.example.com is no mistake of a place
                              ? std::optional{Wildcard{}}
                              : wildcard_of(inquiry, search.vantage, search.key.domain, search.server);
  if (!everywhere) {
    return std::nullopt;
  }
  std::vector<Misplaced> misplaced;
  for (const Hit& hit : *hits) {
    const bool by_wildcard = hit.records == search.wildcard.records || hit.records == everywhere->records;
    const bool counts_any = hit.place.row->other == Other::nobody;
    const auto found = std::ranges::find_if(hit.records, [&](const dns::Txt& txt) {
      return counts_any ? is_key_record(txt, search.key.expected) : is_ours(txt, search.key.expected);
    });
    if (found != hit.records.end() && (!by_wildcard || hit.name == search.key.domain)) {
      misplaced.push_back({hit.place.row->code, hit.name, is_ours(*found, search.key.expected)});
    }
  }
  return misplaced;
}

}  // namespace dkimctl::dkim
