#include "report/keys_json.hpp"

#include "amavis/listing.hpp"

#include <algorithm>
#include <memory>

namespace dkimctl::report {
namespace {

std::string_view algorithm(crypto::KeyType type)
{
  switch (type) {
  case crypto::KeyType::rsa: return "rsa";
  case crypto::KeyType::rsa_pss: return "rsa-pss";
  }
  return "";
}

bool is_known(const amavis::DkimKey& key, std::string_view what)
{
  return std::find(key.unknown.begin(), key.unknown.end(), what) == key.unknown.end();
}

/// What amavisd makes of an argument where that is known, else the argument itself.
void write_argument(JsonWriter& json, std::string_view made, const amavis::Argument& argument,
                    const Locate& locate)
{
  if (made.empty()) {
    write_value(json, argument.value(), locate);
  } else {
    json.string(made);
  }
}

void write_names(JsonWriter& json, const amavis::DkimKey& key, const Locate& locate)
{
  json.key("domain");
  write_argument(json, is_known(key, "domain") ? key.domain : "", key.domain_argument, locate);
  json.key("selector");
  write_argument(json, is_known(key, "selector") ? key.selector : "", key.selector_argument, locate);
  if (const auto owner = amavis::owner_name(key)) {
    json.key("owner").string(owner->text());
  }
}

void write_options(JsonWriter& json, const amavis::DkimKey& key, const Locate& locate)
{
  json.key("options");
  if (!is_known(key, "options")) {
    return write_value(
        json, std::make_shared<const perl::Unknown>(perl::Unknown{"options of dkim_key", key.declared}),
        locate);
  }
  json.begin_object();
  for (const amavis::KeyOption& option : key.options) {
    json.key(option.name);
    write_value(json, option.value, locate);
  }
  json.end_object();
}

void write_uncertainty(JsonWriter& json, const amavis::DkimKey& key, const Locate& locate)
{
  if (key.condition) {
    json.key("conditional");
    write_value(json, key.condition, locate);
  }
  if (!key.unknown.empty()) {
    json.key("unknown").begin_array();
    for (const std::string& what : key.unknown) {
      json.string(what);
    }
    json.end_array();
  }
}

bool options_are_known(const amavis::DkimKey& key)
{
  return std::none_of(key.unknown.begin(), key.unknown.end(),
                      [](const std::string& what) { return what.starts_with("option"); });
}

}  // namespace

void write_key_names(JsonWriter& json, const ShownKey& shown, const Locate& locate)
{
  json.key("number").number(shown.key->number);
  write_names(json, *shown.key, locate);
  json.key("file");
  write_argument(json, shown.key->file, shown.key->file_argument, locate);
}

void write_key(JsonWriter& json, const ShownKey& shown, const Locate& locate)
{
  const amavis::DkimKey& key = *shown.key;
  json.begin_object();
  json.key("number").number(key.number);
  write_names(json, key, locate);
  if (shown.stored != nullptr) {
    json.key("algorithm").string(algorithm(shown.stored->type));
    json.key("bits").number(shown.stored->bits.count);
  }
  json.key("file");
  write_argument(json, key.file, key.file_argument, locate);
  write_options(json, key, locate);
  if (shown.stored != nullptr && options_are_known(key)) {
    json.key("record").string(amavis::key_record(key, std::string{shown.stored->public_key}).value());
  }
  json.key("pattern").boolean(key.pattern);
  write_uncertainty(json, key, locate);
  if (key.declared.known()) {
    json.key("declared").begin_object();
    write_place(json, locate(key.declared));
    json.end_object();
  }
  json.end_object();
}

}  // namespace dkimctl::report
