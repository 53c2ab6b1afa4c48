#include "amavis/signing_view.hpp"

#include <array>

namespace dkimctl::amavis {
namespace {

/// The variables that signing depends on. A policy bank has them without the sigil.
constexpr std::array<std::string_view, 8> kVariables{
    "$enable_dkim_signing",
    "$originating",
    "@dkim_signature_options_bysender_maps",
    "$dkim_signing_service",
    "$recipient_delimiter",
    "$localpart_is_case_sensitive",
    "%allowed_added_header_fields",
    "$protocol",
};

BankView bank_view(const PolicyBank& bank)
{
  BankView view{bank.name, {}, bank.settings ? bank.settings->unknown : nullptr};
  for (const std::string_view variable : kVariables) {
    const std::string_view name = variable.substr(1);
    if (const perl::Scalar* const setting = bank.setting(name)) {
      view.settings.emplace(name, Setting{setting->value, setting->set});
    }
  }
  return view;
}

}  // namespace

SigningView signing_view(const Configuration& configuration)
{
  SigningView view;
  view.keys = configuration.keys();
  for (const std::string_view name : kVariables) {
    Variable variable = configuration.variable(name);
    view.settings.emplace(name.substr(1), Setting{std::move(variable.value), variable.place});
  }
  for (const PolicyBank& bank : configuration.banks()) {
    view.banks.push_back(bank_view(bank));
  }
  for (Listener& listener : configuration.listeners()) {
    view.listening.push_back(std::move(listener.bank));
  }
  view.locate = [&configuration](const perl::Place& place) { return configuration.locate(place); };
  return view;
}

const perl::Value& dereferenced(const perl::Value& value)
{
  const perl::Scalar* const target = value.scalar();
  return target == nullptr ? value : target->value;
}

}  // namespace dkimctl::amavis
