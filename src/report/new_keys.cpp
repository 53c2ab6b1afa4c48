#include "report/new_keys.hpp"

#include "dns/rrset.hpp"
#include "publish/forms.hpp"
#include "report/json.hpp"
#include "report/printable.hpp"

#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::report {
namespace {

std::string_view type_of(crypto::Algorithm algorithm)
{
  switch (algorithm) {
  case crypto::Algorithm::rsa_sha256: return "rsa";
  case crypto::Algorithm::ed25519_sha256: return "ed25519";
  }
  return {};
}

void write_key(JsonWriter& json, const NewKey& key)
{
  json.begin_object();
  json.key("domain").string(key.domain);
  json.key("selector").string(key.selector);
  json.key("owner").string(key.owner.text());
  json.key("algorithm").string(type_of(key.algorithm));
  json.key("bits").number(key.bits.count);
  json.key("file").string(key.file);
  json.key("record").string(key.record);
  json.end_object();
}

void write_failed(JsonWriter& json, const FailedKey& failed)
{
  json.begin_object();
  json.key("domain").string(failed.domain);
  json.key("reason").text(failed.reason);
  json.end_object();
}

}  // namespace

std::string new_keys_text(const NewKeys& made)
{
  std::string out;
  for (const NewKey& key : made.keys) {
    const dns::Rrset record = dns::make_txt(key.owner, key.record);
    out +=
        fmt::format("{}{} {} {}\n", out.empty() ? "" : "\n", key.domain, key.selector, printable(key.file));
    out += publish::panel_form(record, dns::Name::parse(key.domain).value_or(dns::Name{}));
  }
  return out;
}

std::string new_keys_json(const NewKeys& made)
{
  JsonWriter json;
  json.begin_object();
  json.key("schema").number(1);
  json.key("keys").begin_array();
  for (const NewKey& key : made.keys) {
    write_key(json, key);
  }
  json.end_array();
  json.key("failed").begin_array();
  for (const FailedKey& failed : made.failed) {
    write_failed(json, failed);
  }
  json.end_array();
  json.key("findings");
  write_findings(json, made.findings);
  json.end_object();
  return std::move(json).finish();
}

std::string new_file_json(const std::string& file, crypto::Bits bits, const std::vector<Finding>& findings)
{
  JsonWriter json;
  json.begin_object();
  json.key("schema").number(1);
  json.key("file").string(file);
  json.key("bits").number(bits.count);
  json.key("findings");
  write_findings(json, findings);
  json.end_object();
  return std::move(json).finish();
}

}  // namespace dkimctl::report
