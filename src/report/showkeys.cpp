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
void write_blocks(const KeyListing& listing, const Write& write, Form form)
{
  std::string_view gap;
  for (const ShownKey& shown : listing.keys) {
    const auto owner = has_record(shown) ? amavis::owner_name(*shown.key) : std::nullopt;
    if (owner) {
      write(gap);
      write(form(dns::make_txt(*owner,
                               amavis::key_record(*shown.key, std::string{shown.stored->public_key}).value()),
                 *shown.key));
      gap = "\n";
    }
  }
}

}  // namespace

void write_amavisd(const KeyListing& listing, const Write& write)
{
  if (listing.keys.empty() && (listing.any_declared || listing.all_read)) {
    write(listing.any_declared ? amavis::kNoKeysMatch : amavis::kNoKeysDeclared);
  }
  std::string text;
  for (const ShownKey& shown : listing.keys) {
    if (has_record(shown)) {
      text.clear();
      amavis::append_listing(text, amavis::listed_key(*shown.key, *shown.stored));
      write(text);
    }
  }
}

void write_panel(const KeyListing& listing, const Write& write)
{
  write_blocks(listing, write, [](const dns::Rrset& record, const amavis::DkimKey& key) {
    return publish::panel_form(record, dns::Name::parse(key.domain).value_or(dns::Name{}));
  });
}

void write_zone(const KeyListing& listing, const Write& write)
{
  write_blocks(listing, write, [](const dns::Rrset& record, const amavis::DkimKey& /*key*/) {
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
