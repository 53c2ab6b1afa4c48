#include "perl/names.hpp"

#include "perl/lexer.hpp"

#include <algorithm>
#include <array>

namespace dkimctl::perl {
namespace {

// Variables that every package has (perlvar).
constexpr std::array<std::string_view, 12> kEverywhere{"$_",    "@_",   "$a",   "$b",   "%ENV", "@ARGV",
                                                       "$ARGV", "@INC", "%INC", "%SIG", "$INC", "$ENV"};

}  // namespace

Names::Names(const Vocabulary& vocabulary) : vocabulary_(vocabulary), scopes_(1) {}

void Names::enter()
{
  scopes_.push_back({{}, scopes_.back().strict, scopes_.back().foreign, false});
}
void Names::enter_early()
{
  enter();
  scopes_.back().early = true;
}
void Names::leave()
{
  scopes_.pop_back();
}

void Names::declare(std::string name, bool lexical)
{
  scopes_.back().variables.insert_or_assign(std::move(name), lexical);
}

bool Names::is_lexical(const std::string& name) const
{
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
    if (const auto found = scope->variables.find(name); found != scope->variables.end()) {
      return found->second;
    }
  }
  return false;
}

bool Names::is_lexical_around_early(const std::string& name) const
{
  bool outside = false;
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
    if (const auto found = scope->variables.find(name); found != scope->variables.end()) {
      return outside && found->second;
    }
    outside = outside || scope->early;
  }
  return false;
}

void Names::declare_sub(std::string name, std::optional<std::string> prototype)
{
  subs_.insert_or_assign(std::move(name), std::move(prototype));
}

bool Names::permits(char sigil, std::string_view name) const
{
  if (name.empty() || !is_word_start(name.front()) || name.find("::") != std::string_view::npos ||
      name.find('\'') != std::string_view::npos) {
    return true;  // $1, $!, $Package::name
  }
  const std::string whole = sigil + std::string{name};
  return std::ranges::find(kEverywhere, whole) != kEverywhere.end() ||
         (!scopes_.back().foreign && vocabulary_.has_variable(whole)) ||
         std::ranges::any_of(scopes_, [&](const Scope& scope) { return scope.variables.contains(whole); });
}

bool Names::is_sub(std::string_view name) const
{
  const std::string whole{vocabulary_.local_name(name)};
  return subs_.contains(whole) ||
         ((!scopes_.back().foreign || whole != name) && vocabulary_.function(whole) != nullptr);
}

std::optional<std::string> Names::prototype(std::string_view name) const
{
  const std::string whole{vocabulary_.local_name(name)};
  if (const auto own = subs_.find(whole); own != subs_.end()) {
    return own->second;
  }
  const Signature* const known = vocabulary_.function(whole);
  return known == nullptr || !known->prototype ? std::nullopt : std::optional{std::string{*known->prototype}};
}

}  // namespace dkimctl::perl
