#include "app/key_wishes.hpp"

#include "base/source.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::app {
namespace {

std::optional<std::uint32_t> as_number(std::string_view text)
{
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional{number} : std::nullopt;
}

class WishReader {
public:
  WishReader(const Host& host, const GenkeyQuery& query) : host_(host), query_(query) {}

  Result<NewKeyPlan, std::vector<WishError>> read()
  {
    plan_.defaults = query_.defaults;
    read_domains();
    read_type();
    read_bits();
    read_selector();
    read_folder();
    read_owner();
    if (!errors_.empty()) {
      return tl::unexpected(std::move(errors_));
    }
    return std::move(plan_);
  }

private:
  void fail(std::string what, std::string hint = {})
  {
    errors_.push_back({{Errc::usage, std::move(what), std::move(hint)}, {}});
  }

  void read_domains();
  void read_type();
  void read_bits();
  void read_selector();
  void read_template();
  void read_folder();
  void read_owner();

  const Host& host_;
  const GenkeyQuery& query_;
  NewKeyPlan plan_;
  std::vector<WishError> errors_;
};

void WishReader::read_domains()
{
  for (std::string word : query_.domains) {
    word.resize(word.ends_with('.') ? word.size() - 1 : word.size());  // as DNS writes it
    auto domain = dkim::Sdid::parse(word);
    if (!domain) {
      fail(domain.error().what);
    } else if (std::ranges::find(plan_.domains, *domain) == plan_.domains.end()) {
      plan_.domains.push_back(*std::move(domain));
    }
  }
}

void WishReader::read_type()
{
  plan_.type = query_.wishes.type.value_or(query_.defaults.type);
  if (plan_.type == NewKeyType::ed25519 && query_.wishes.signer == Signer::amavisd) {
    fail(
        "--type ed25519: amavisd, up to 2.15, loads and signs with RSA keys only, and does not start with "
        "this one",
        "for another signer: --for other");
  }
}

void WishReader::read_bits()
{
  const std::string& text = query_.wishes.bits;
  plan_.bits = plan_.defaults.bits;
  if (text.empty()) {
    return;
  }
  if (plan_.type == NewKeyType::ed25519) {
    fail(fmt::format("--bits '{}': an Ed25519 key has one size", text), "leave it out");
    return;
  }
  const auto number = as_number(text);
  if (!number || crypto::Bits{*number} < kLeastNewBits || crypto::Bits{*number} > kMostNewBits) {
    fail(
        fmt::format("--bits '{}': is no number from {} to {}", text, kLeastNewBits.count, kMostNewBits.count),
        fmt::format("{} is what verifiers and panels take best", plan_.defaults.bits.count));
    return;
  }
  plan_.bits = {*number};
}

void WishReader::read_selector()
{
  const std::string& text = query_.wishes.selector;
  read_template();
  if (text.empty()) {
    return;
  }
  if (!query_.wishes.selector_template.empty()) {
    fail("--selector and --template cannot both be given", "leave one out");
  }
  auto selector = dkim::Selector::parse(text);
  if (selector) {
    plan_.fixed = *std::move(selector);
  } else {
    fail(selector.error().what);
  }
}

void WishReader::read_template()
{
  const std::string& wish = query_.wishes.selector_template;
  const std::string& text = wish.empty() ? plan_.defaults.selector_template : wish;
  auto pattern = dkim::SelectorTemplate::parse(text);
  if (pattern) {
    plan_.pattern = *std::move(pattern);
    return;
  }
  const ParseError& error = pattern.error();
  errors_.push_back(
      {{Errc::usage, error.what, error.hint}, SourceText{"--template", text}.locate(error.where)});
}

void WishReader::read_folder()
{
  const std::string& wish = query_.wishes.folder;
  plan_.folder = wish.empty() ? plan_.defaults.folder : wish;
  while (plan_.folder.size() > 1 && plan_.folder.ends_with('/')) {
    plan_.folder.pop_back();
  }
}

/// A group alone decides nothing: the owner's comes with the owner.
void WishReader::read_owner()
{
  const std::string& wish = query_.wishes.owner;
  const std::string& text = wish.empty() ? query_.defaults.owner : wish;
  if (text.empty()) {
    return;
  }
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string name = text.substr(0, colon);
  const std::string group = text.substr(std::min(colon + 1, text.size()));
  const auto number = as_number(name);
  const auto user = number ? Identity{name, *number, *number, {}} : host_.user(name);
  if (!user) {
    fail(fmt::format("--owner '{}': {}", text, user.error().what));
    return;
  }
  const auto group_number = as_number(group);
  const auto gid = group.empty() ? user->gid : group_number ? *group_number : host_.group(group);
  if (!gid) {
    fail(fmt::format("--owner '{}': {}", text, gid.error().what));
    return;
  }
  constexpr std::uint32_t kNobody = UINT32_MAX;  // to chown(2) it means: as it is
  if (user->uid == kNobody || *gid == kNobody) {
    fail(fmt::format("--owner '{}': no such user or group", text));
    return;
  }
  plan_.owner = sys::FileOwner{user->uid, *gid};
}

}  // namespace

Result<NewKeyPlan, std::vector<WishError>> read_wishes(const Host& host, const GenkeyQuery& query)
{
  return WishReader{host, query}.read();
}

}  // namespace dkimctl::app
