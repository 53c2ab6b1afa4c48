// Perl values as a configuration would make them, for tests that read no file. Each key and value gets a
// place of its own: the n-th that is made stands at line n of "50-user".
#pragma once

#include "amavis/signing_view.hpp"
#include "perl/value.hpp"

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dkimctl::amavis::testing {

inline std::uint32_t& line_counter()
{
  static std::uint32_t lines = 0;
  return lines;
}

inline perl::Place next_place()
{
  const std::uint32_t line = ++line_counter();
  return {0, {line, line + 1}};
}

inline Location locate(const perl::Place& place)
{
  return {"50-user", place.span.begin, 1, {}, 1};
}

inline perl::ScalarPtr scalar(perl::Value value)
{
  return std::make_shared<perl::Scalar>(perl::Scalar{std::move(value), next_place(), 0});
}

using Pairs = std::vector<std::pair<std::string, perl::Value>>;

inline perl::HashPtr hash(const Pairs& pairs)
{
  auto made = std::make_shared<perl::Hash>();
  for (const auto& [key, value] : pairs) {
    const perl::Place place = next_place();
    made->entries[key] = {scalar(value), place};
  }
  return made;
}

inline perl::ArrayPtr array(const std::vector<perl::Value>& values)
{
  auto made = std::make_shared<perl::Array>();
  for (const perl::Value& value : values) {
    made->items.push_back(scalar(value));
  }
  return made;
}

inline perl::RegexPtr regex(std::string pattern, std::string flags = {})
{
  return std::make_shared<const perl::Regex>(perl::Regex{std::move(pattern), std::move(flags)});
}

inline perl::ObjectPtr object(std::string constructor, std::vector<perl::Value> arguments)
{
  return std::make_shared<const perl::Object>(
      perl::Object{"Amavis::Lookup", std::move(constructor), std::move(arguments), next_place()});
}

inline perl::UnknownPtr unknown(std::string construct)
{
  return std::make_shared<const perl::Unknown>(perl::Unknown{std::move(construct), next_place()});
}

inline perl::ScalarPtr reference(perl::Value value)
{
  return scalar(std::move(value));
}

}  // namespace dkimctl::amavis::testing
