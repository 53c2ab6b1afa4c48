#include "dkim/placement.hpp"

#include "crypto/base64.hpp"
#include "dkim/disguise.hpp"
#include "dkim/key_lookup.hpp"
#include "dkim/lookup_findings.hpp"
#include "dkim/published_record.hpp"
#include "dkim/value_diagnosis.hpp"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

namespace dkimctl::dkim {
namespace {

struct Place {
  const FindingCode* code;
  std::string name;  // without a final dot
};

struct Names {
  std::string selector;
  std::string domain;
  std::string zone;
  std::string host;  // empty: not known
};

/// A place as a pattern: {s} the selector, {d} the domain, {z} its zone, {h} this host, in that order of the
/// arguments.
struct PlaceRow {
  const FindingCode* code;
  Depth depth;
  std::string_view pattern;
};

constexpr std::array kPlaces{
    PlaceRow{&findings::kAtApex, Depth::usual, "{1}"},
    PlaceRow{&findings::kAtDomainkey, Depth::usual, "_domainkey.{1}"},
    PlaceRow{&findings::kWithoutDomainkey, Depth::thorough, "{0}.{1}"},
    PlaceRow{&findings::kDoubledSuffix, Depth::thorough, "{0}._domainkey.{1}.{1}"},
    PlaceRow{&findings::kDoubledSuffix, Depth::thorough, "{0}._domainkey.{1}.{2}"},
    PlaceRow{&findings::kMisspeltName, Depth::thorough, "{0}.domainkey.{1}"},
    PlaceRow{&findings::kMisspeltName, Depth::thorough, "{0}_domainkey.{1}"},
    PlaceRow{&findings::kMisspeltName, Depth::thorough, "{0}-domainkey.{1}"},
    PlaceRow{&findings::kMisspeltName, Depth::thorough, "_{0}._domainkey.{1}"},
    PlaceRow{&findings::kMisspeltName, Depth::thorough, "{0}._domainkeys.{1}"},
    PlaceRow{&findings::kMisspeltName, Depth::thorough, "{0}._domain_key.{1}"},
    PlaceRow{&findings::kMisspeltName, Depth::thorough, "{0}.__domainkey.{1}"},
    PlaceRow{&findings::kMisspeltName, Depth::thorough, "{0}._domain.{1}"},
    PlaceRow{&findings::kMisspeltName, Depth::thorough, "{0}._dkim.{1}"},
    PlaceRow{&findings::kMisspeltName, Depth::thorough, "_domainkey.{0}.{1}"},
    PlaceRow{&findings::kMisspeltName, Depth::thorough, "{1}._domainkey.{1}"},
    PlaceRow{&findings::kMisspeltName, Depth::thorough, "{0}._domainkey._domainkey.{1}"},
    PlaceRow{&findings::kUnderHost, Depth::thorough, "{0}._domainkey.{3}"},
    PlaceRow{&findings::kUnderHost, Depth::thorough, "{0}._domainkey.mail.{1}"},
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
      places.push_back({row.code, std::move(name)});
    }
  }
  return places;
}

PlacedRemark found_at(const Place& place, const dns::Name& name, const KeyUnderTest& key, const dns::Txt& txt)
{
  const std::string owner = key.owner.text(dns::FinalDot::without);
  const bool ours = diagnose_value(txt, key.expected).usable.has_value();
  return {{place.code,
           fmt::format("{} is at {}, not at {}", ours ? "the record" : "a key record", place.name, owner),
           fmt::format("delete it there and enter it at {}; a panel that adds {} itself wants {}", owner,
                       key.domain.text(dns::FinalDot::without),
                       key.owner.relative_to(key.domain).value_or(owner)),
           true},
          name,
          {}};
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

std::optional<std::vector<Hit>> look_at_places(dns::Inquiry& inquiry, const PlacementSearch& search)
{
  std::vector<Hit> hits;
  bool complete = true;
  for (const Place& place : places(names_of(search), search.depth)) {
    const auto name = dns::Name::parse(place.name);
    if (!name || *name == search.key.owner || !name->is_in(search.zone.apex)) {
      continue;
    }
    const dns::Answer* const answer =
        inquiry.ask({dns::View::authoritative, *name, dns::RrType::txt, search.server});
    complete = complete && answer != nullptr;
    auto records = answer == nullptr ? std::vector<dns::Txt>{} : txt_at(*answer, *name);
    if (!records.empty()) {
      hits.push_back({place, *name, std::move(records)});
    }
  }
  return complete ? std::optional{std::move(hits)} : std::nullopt;
}

}  // namespace

std::optional<std::vector<dns::Txt>> wildcard_of(dns::Inquiry& inquiry, const Vantage& vantage,
                                                 const dns::Name& parent, const dns::ServerAddress& server)
{
  const auto label = dns::Name::parse(vantage.unused_label);
  const auto name = label ? label->before(parent) : std::nullopt;
  if (!name) {
    return std::vector<dns::Txt>{};
  }
  const dns::Answer* const answer = inquiry.ask({dns::View::authoritative, *name, dns::RrType::txt, server});
  return answer == nullptr ? std::nullopt : std::optional{txt_at(*answer, *name)};
}

bool is_key_record(const dns::Txt& txt, std::string_view expected)
{
  const std::string meant = undisguise(txt.value()).value;
  if (meant.find("v=DKIM1") != std::string::npos) {
    return true;
  }
  const PublishedRecord record = read_record(meant);
  return record.published.key && record.published.key->published() == expected;
}

std::optional<std::vector<PlacedRemark>> find_misplaced(dns::Inquiry& inquiry, const PlacementSearch& search)
{
  const auto hits = look_at_places(inquiry, search);
  if (!hits) {
    return std::nullopt;
  }
  const auto everywhere = hits->empty()  // *.example.com is no mistake of a place
                              ? std::optional{std::vector<dns::Txt>{}}
                              : wildcard_of(inquiry, search.vantage, search.key.domain, search.server);
  if (!everywhere) {
    return std::nullopt;
  }
  std::vector<PlacedRemark> remarks;
  for (const Hit& hit : *hits) {
    const bool by_wildcard = hit.records == search.wildcard || hit.records == *everywhere;
    const auto found = std::ranges::find_if(
        hit.records, [&](const dns::Txt& txt) { return is_key_record(txt, search.key.expected); });
    if (found != hit.records.end() && (!by_wildcard || hit.name == search.key.domain)) {
      remarks.push_back(found_at(hit.place, hit.name, search.key, *found));
    }
  }
  return remarks;
}

}  // namespace dkimctl::dkim
