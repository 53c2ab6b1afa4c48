#include "report/showkeys.hpp"

#include "amavis/listing.hpp"
#include "publish/forms.hpp"
#include "report/json.hpp"
#include "report/keys_json.hpp"

#include <string_view>
#include <utility>

namespace dkimctl::report {
namespace {

/// Without a record nothing can be published.
bool has_record(const ShownKey& shown)
{
  return shown.stored != nullptr && shown.key->certain();
}

template<class Form>
std::string blocks(const KeyListing& listing, Form form)
{
  std::string out;
  for (const ShownKey& shown : listing.keys) {
    const auto owner = has_record(shown) ? amavis::owner_name(*shown.key) : std::nullopt;
    if (owner) {
      out += out.empty() ? "" : "\n";
      out += form(dns::make_txt(*owner, amavis::key_record(*shown.key, shown.stored->public_key).value()),
                  *shown.key);
    }
  }
  return out;
}

}  // namespace

std::string amavisd_text(const KeyListing& listing)
{
  if (listing.keys.empty() && (listing.any_declared || listing.all_read)) {
    return std::string{listing.any_declared ? amavis::kNoKeysMatch : amavis::kNoKeysDeclared};
  }
  constexpr std::size_t kUsualRecord = 560;  // octets of a key of 2048 bits
  std::string out;
  out.reserve(listing.keys.size() * kUsualRecord);
  for (const ShownKey& shown : listing.keys) {
    if (has_record(shown)) {
      amavis::append_listing(out, amavis::listed_key(*shown.key, *shown.stored));
    }
  }
  return out;
}

std::string panel_text(const KeyListing& listing)
{
  return blocks(listing, [](const dns::Rrset& record, const amavis::DkimKey& key) {
    return publish::panel_form(record, dns::Name::parse(key.domain).value_or(dns::Name{}));
  });
}

std::string zone_text(const KeyListing& listing)
{
  return blocks(listing, [](const dns::Rrset& record, const amavis::DkimKey& /*key*/) {
    return publish::zone_form(record);
  });
}

std::string showkeys_json(const KeyListing& listing, const std::vector<Finding>& findings,
                          const amavis::Locate& locate)
{
  JsonWriter json;
  json.begin_object();
  json.key("schema").number(1);
  json.key("keys").begin_array();
  for (const ShownKey& shown : listing.keys) {
    write_key(json, shown, locate);
  }
  json.end_array();
  json.key("findings");
  write_findings(json, findings);
  json.end_object();
  return std::move(json).finish();
}

}  // namespace dkimctl::report
