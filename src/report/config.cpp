#include "report/config.hpp"

#include "amavis/listing.hpp"
#include "report/json.hpp"
#include "report/keys_json.hpp"
#include "report/perl_text.hpp"
#include "report/printable.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dkimctl::report {
namespace {

constexpr std::string_view kSigningMaps = "@dkim_signature_options_bysender_maps";

/// What a policy bank may have that bears on signing.
constexpr auto kBankSettings = [] {
  std::array<std::string_view, amavis::kSigningVariables.size()> names;
  std::ranges::transform(amavis::kSigningVariables, names.begin(),
                         [](std::string_view variable) { return variable.substr(1); });
  return names;
}();

/// undef, or a list of nothing else, as amavisd's defaults are.
bool is_nothing(const perl::Value& value)
{
  if (const perl::Array* const array = value.array()) {
    return !array->unknown &&
           std::all_of(array->items.begin(), array->items.end(),
                       [](const perl::ScalarPtr& item) { return !item || is_nothing(item->value); });
  }
  if (const perl::Hash* const hash = value.hash()) {
    return !hash->unknown && hash->entries.empty();
  }
  return value.scalar() != nullptr ? is_nothing(value.scalar()->value) : value.is_undef();
}

/// What set a variable, or the first of its elements that was set: $interface_policy{'10026'} =
/// 'ORIGINATING'.
perl::Place set_by(const amavis::Variable& variable)
{
  if (variable.place.known()) {
    return variable.place;
  }
  if (const perl::Array* const array = variable.value.array()) {
    for (const perl::ScalarPtr& item : array->items) {
      if (item && item->set.known()) {
        return item->set;
      }
    }
  }
  if (const perl::Hash* const hash = variable.value.hash()) {
    for (const auto& [key, entry] : hash->entries) {
      if (entry.scalar && entry.scalar->set.known()) {
        return entry.scalar->set;
      }
    }
  }
  return {};
}

class ConfigText {
public:
  ConfigText(const ConfigView& view, const amavis::Locate& locate) : view_(view), locate_(locate) {}

  std::string write() &&
  {
    write_files();
    write_variables();
    write_banks();
    write_sockets();
    write_keys();
    return std::move(out_);
  }

private:
  template<class... Parts>
  void line(fmt::format_string<Parts...> format, Parts&&... parts)
  {
    out_ += fmt::format(format, std::forward<Parts>(parts)...);
    out_ += '\n';
  }

  void heading(std::string_view text)
  {
    out_ += out_.empty() ? "" : "\n";
    line("{}", text);
  }

  /// "FILE:LINE:COLUMN", or that nothing set it.
  std::string place(const perl::Place& where) const
  {
    if (!where.known()) {
      return "default";
    }
    const Location at = locate_(where);
    return fmt::format("{}:{}:{}", printable(at.file), at.line, at.column);
  }

  void write_files()
  {
    heading("Files, in the order in which amavisd reads them");
    for (const amavis::ConfigFile& file : view_.files) {
      line("  {}  ({})", printable(file.path), printable(file.why));
    }
    if (view_.files.empty()) {
      line("  none");
    }
  }

  void write_variables()
  {
    heading("Variables");
    for (const amavis::Variable& variable : view_.variables) {
      const perl::Place where = set_by(variable);
      if (variable.name == kSigningMaps && variable.value.array() != nullptr) {
        line("  {}  ({})", variable.name, place(where));
        write_maps(*variable.value.array(), "    ");
      } else if (where.known() || !is_nothing(variable.value)) {
        line("  {} = {}  ({})", variable.name, perl_text(variable.value), place(where));
      }
    }
  }

  /// Each map with all of its entries, since it is they that people look for.
  void write_maps(const perl::Array& maps, std::string_view indent)
  {
    if (maps.unknown) {
      line("{}dynamic: {}  ({})", indent, printable(maps.unknown->construct), place(maps.unknown->where));
    }
    std::size_t number = 0;
    for (const perl::ScalarPtr& item : maps.items) {
      const perl::Value value = item ? item->value : perl::Value{};
      if (value.hash() == nullptr) {
        line("{}map {}: {}  ({})", indent, ++number, perl_text(value),
             place(item ? item->set : perl::Place{}));
        continue;
      }
      line("{}map {}", indent, ++number);
      write_entries(*value.hash(), indent);
    }
  }

  void write_entries(const perl::Hash& map, std::string_view indent)
  {
    for (const auto& [key, entry] : map.entries) {
      const perl::Place where = entry.key.known() || !entry.scalar ? entry.key : entry.scalar->set;
      line("{}  {} => {}  ({})", indent, perl_text(perl::Value{key}),
           perl_text(entry.scalar ? entry.scalar->value : perl::Value{}), place(where));
    }
    if (map.unknown) {
      line("{}  dynamic: {}  ({})", indent, printable(map.unknown->construct), place(map.unknown->where));
    }
  }

  std::vector<std::string> sockets_of(std::string_view bank) const
  {
    std::vector<std::string> sockets;
    for (const amavis::ListenSocket& socket : view_.sockets) {
      if (std::find(socket.banks.begin(), socket.banks.end(), bank) != socket.banks.end()) {
        sockets.push_back(printable(socket.address));
      }
    }
    return sockets;
  }

  void write_banks()
  {
    heading("Policy banks");
    bool any = false;
    for (const amavis::PolicyBank& bank : view_.banks) {
      const std::vector<std::string> sockets = sockets_of(bank.name);
      const bool matters = std::any_of(kBankSettings.begin(), kBankSettings.end(),
                                       [&](std::string_view name) { return bank.setting(name) != nullptr; });
      const bool is_open = bank.settings && bank.settings->unknown;
      if (!matters && sockets.empty() && !is_open) {
        continue;
      }
      any = true;
      line("  {}{}{}", printable(bank.name), sockets.empty() ? "" : ", on ", fmt::join(sockets, ", "));
      write_bank(bank);
    }
    if (view_.banks_unknown) {
      line("  others: dynamic: {}  ({})", printable(view_.banks_unknown->construct),
           place(view_.banks_unknown->where));
    } else if (!any) {
      line("  none that bears on signing");
    }
  }

  void write_bank(const amavis::PolicyBank& bank)
  {
    for (const std::string_view name : kBankSettings) {
      const perl::Scalar* const setting = bank.setting(name);
      if (setting == nullptr) {
        continue;
      }
      if (const perl::Array* const maps = setting->value.array()) {
        line("    {}  ({})", name, place(setting->set));
        write_maps(*maps, "      ");
      } else {
        line("    {} = {}  ({})", name, perl_text(setting->value), place(setting->set));
      }
    }
    if (bank.settings && bank.settings->unknown) {
      const perl::Unknown& unknown = *bank.settings->unknown;
      line("    dynamic: {}  ({})", printable(unknown.construct), place(unknown.where));
    }
  }

  void write_sockets()
  {
    heading("Sockets");
    for (const amavis::ListenSocket& socket : view_.sockets) {
      line("  {}  {}", printable(socket.address),
           socket.banks.empty() ? "no policy bank"
                                : fmt::format("policy bank {}",
                                              printable(fmt::to_string(fmt::join(socket.banks, ", then ")))));
    }
    if (view_.sockets.empty()) {
      line("  none");
    }
  }

  void write_keys()
  {
    heading("Keys, in the order in which they are declared");
    for (const ShownKey& shown : view_.keys) {
      write_key(*shown.key, shown.stored);
    }
    if (view_.keys.empty()) {
      line("  none");
    }
  }

  static std::string name_of(std::string_view made, const amavis::Argument& argument)
  {
    return made.empty() ? perl_text(argument.value()) : printable(made);
  }

  void write_key(const amavis::DkimKey& key, const amavis::StoredKey* stored)
  {
    line("  key#{}  s={}, d={}  ({})", key.number, name_of(key.selector, key.selector_argument),
         name_of(key.domain, key.domain_argument), place(key.declared));
    const std::string_view without = key.file.empty() ? "" : ", no key was read from it";
    line("    file {}{}", name_of(key.file, key.file_argument),
         stored == nullptr ? std::string{without} : fmt::format(", {} bits", stored->bits.count));
    for (const amavis::KeyOption& option : key.options) {
      line("    {} = {}  ({})", printable(option.name), perl_text(option.value), place(option.place));
    }
    if (key.condition) {
      line("    only if: {}  ({})", printable(key.condition->construct), place(key.condition->where));
    }
    if (!key.unknown.empty()) {
      line("    cannot be known: {}", printable(fmt::format("{}", fmt::join(key.unknown, ", "))));
    }
  }

  const ConfigView& view_;
  const amavis::Locate& locate_;
  std::string out_;
};

void write_files(JsonWriter& json, const ConfigView& view)
{
  json.key("files").begin_array();
  for (const amavis::ConfigFile& file : view.files) {
    json.begin_object();
    json.key("file").string(file.path);
    json.key("why").text(file.why);
    json.end_object();
  }
  json.end_array();
}

void write_variables(JsonWriter& json, const ConfigView& view, const Locate& locate)
{
  json.key("variables").begin_object();
  for (const amavis::Variable& variable : view.variables) {
    json.key(variable.name);
    write_value(json, variable.value, locate);
  }
  json.end_object();
  json.key("set_by").begin_object();
  for (const amavis::Variable& variable : view.variables) {
    if (const perl::Place where = set_by(variable); where.known()) {
      json.key(variable.name).begin_object();
      write_place(json, locate(where));
      json.end_object();
    }
  }
  json.end_object();
}

void write_bank(JsonWriter& json, const amavis::PolicyBank& bank, const Locate& locate)
{
  json.key(bank.name);
  if (!bank.settings || bank.settings->unknown) {
    return write_value(json, bank.settings ? perl::Value{bank.settings} : perl::Value{}, locate);
  }
  json.begin_object();
  for (const std::string_view name : kBankSettings) {
    if (const perl::Scalar* const setting = bank.setting(name)) {
      json.key(name);
      write_value(json, setting->value, locate);
    }
  }
  json.end_object();
}

void write_banks(JsonWriter& json, const ConfigView& view, const Locate& locate)
{
  json.key("banks").begin_object();
  if (view.banks_unknown != nullptr) {
    json.key("$dynamic").string(view.banks_unknown->construct);
    write_place(json, locate(view.banks_unknown->where));
    json.key("known").begin_object();
  }
  for (const amavis::PolicyBank& bank : view.banks) {
    write_bank(json, bank, locate);
  }
  if (view.banks_unknown != nullptr) {
    json.end_object();
  }
  json.end_object();
}

void write_sockets(JsonWriter& json, const ConfigView& view)
{
  json.key("sockets").begin_array();
  for (const amavis::ListenSocket& socket : view.sockets) {
    json.begin_object();
    json.key("address").string(socket.address);
    json.key("banks").begin_array();
    for (const std::string& bank : socket.banks) {
      json.string(bank);
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
}

}  // namespace

std::string config_text(const ConfigView& view, const amavis::Locate& locate)
{
  return ConfigText(view, locate).write();
}

std::string config_json(const ConfigView& view, const std::vector<Finding>& findings,
                        const amavis::Locate& locate)
{
  JsonWriter json;
  json.begin_object();
  json.key("schema").number(1);
  write_files(json, view);
  write_variables(json, view, locate);
  write_banks(json, view, locate);
  write_sockets(json, view);
  json.key("keys").begin_array();
  for (const ShownKey& shown : view.keys) {
    write_key(json, shown, locate);
  }
  json.end_array();
  json.key("findings");
  write_findings(json, findings);
  json.end_object();
  return std::move(json).finish();
}

}  // namespace dkimctl::report
