#include "amavis/signing_view.hpp"

#include "amavis/sockets.hpp"

namespace dkimctl::amavis {
namespace {

BankView bank_view(const std::string& name, const perl::Value& bank)
{
  BankView view{name, {}, bank.unknown()};
  const perl::Hash* const settings = bank.hash();
  if (settings == nullptr) {
    return view;
  }
  view.unknown = settings->unknown;
  for (const std::string_view variable : kSigningVariables) {
    const std::string_view setting = variable.substr(1);
    if (const perl::Scalar* const own = settings->find(setting)) {
      view.settings.emplace(setting, Setting{own->value, own->set});
    }
  }
  return view;
}

}  // namespace

SigningView signing_view(const Configuration& configuration)
{
  SigningView view;
  view.keys = &configuration.keys();
  for (const std::string_view name : kSigningVariables) {
    Variable variable = configuration.variable(name);
    view.settings.emplace(name.substr(1), Setting{std::move(variable.value), variable.place});
  }
  const perl::Value banks = configuration.variable("%policy_bank").value;
  const perl::UnknownPtr whole = banks.hash()->unknown;
  for (const auto& [name, entry] : banks.hash()->entries) {
    if (name.empty()) {
      continue;
    }
    view.banks.push_back(bank_view(name, entry.scalar->value));
    if (whole && whole->where.known()) {  // else only amavisd's own '' is not known
      view.banks.back().unknown = whole;
    }
  }
  for (ListenSocket& socket : listen_sockets(configuration)) {
    view.listening.push_back(socket.banks.empty() ? std::string{} : std::move(socket.banks.back()));
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
