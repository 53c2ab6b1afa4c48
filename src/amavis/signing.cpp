#include "amavis/signing.hpp"

#include "amavis/findings.hpp"
#include "amavis/merged_tags.hpp"
#include "base/ascii.hpp"
#include "dns/idn.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::amavis {
namespace {

using perl::UnknownPtr;

constexpr std::string_view kDefault = "amavisd's default";
constexpr std::string_view kDefaultAlgorithm = "rsa-sha256";
constexpr std::string_view kDefaultCanonicalization = "relaxed/simple";
constexpr std::array<std::string_view, 2> kAlgorithms{"rsa-sha1", "rsa-sha256"};
constexpr std::array<std::string_view, 4> kCanonicalizations{"simple", "relaxed", "nowsp", "seal"};
constexpr std::size_t kRefusalsTold = 3;

/// False are "" and "0", as in Perl.
bool is_true(std::string_view text)
{
  return !text.empty() && text != "0";
}

/// What follows the last "@"; empty where there is none.
std::string_view domain_after_at(std::string_view text)
{
  const std::size_t at = text.rfind('@');
  return at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
}

bool is_below(std::string_view name, std::string_view parent)
{
  return name.size() > parent.size() + 1 && name.ends_with(parent) &&
         name[name.size() - parent.size() - 1] == '.';
}

/// The domain itself, or one below it.
bool is_within(std::string_view name, std::string_view domain)
{
  return name == domain || (name.ends_with(domain) && name[name.size() - domain.size() - 1] == '.');
}

/// Whether two domains are of one organizational domain (RFC 7489 section 3.1.1, relaxed mode), as far as
/// that can be told without a list of public suffixes.
enum class Alignment { aligned, perhaps, not_aligned };

Alignment alignment(std::string_view a, std::string_view b)
{
  const auto last_labels = [](std::string_view name) {
    const std::size_t dot = name.rfind('.');
    const std::size_t before = dot == 0 || dot == std::string_view::npos ? dot : name.rfind('.', dot - 1);
    return dot == std::string_view::npos ? std::string_view{}
                                         : name.substr(before == std::string_view::npos ? 0 : before + 1);
  };
  const std::string_view shorter = a.size() < b.size() ? a : b;
  if (a == b || ((is_below(a, b) || is_below(b, a)) && shorter.find('.') != std::string_view::npos)) {
    return Alignment::aligned;
  }
  const std::string_view common = last_labels(a);
  return !common.empty() && common == last_labels(b) ? Alignment::perhaps : Alignment::not_aligned;
}

bool is_canonicalization(std::string_view text)
{
  const auto known = [](std::string_view name) {
    return std::find(kCanonicalizations.begin(), kCanonicalizations.end(), name) != kCanonicalizations.end();
  };
  const std::size_t slash = text.find('/');
  return known(text.substr(0, slash)) && (slash == std::string_view::npos || known(text.substr(slash + 1)));
}

/// The candidates that amavisd tries: each once, none of them empty.
std::vector<std::string> distinct(const std::vector<std::string>& candidates)
{
  std::vector<std::string> out;
  for (const std::string& address : candidates) {
    if (!address.empty() && std::find(out.begin(), out.end(), address) == out.end()) {
      out.push_back(address);
    }
  }
  return out;
}

std::string refusals_text(const std::vector<Refusal>& refusals)
{
  std::string text;
  for (std::size_t i = 0; i < std::min(refusals.size(), kRefusalsTold); ++i) {
    text += fmt::format("{}key #{} {}", i == 0 ? "" : ", ", refusals[i].key->number,
                        to_string(refusals[i].misfit));
  }
  return refusals.size() > kRefusalsTold ? fmt::format("{}, ...", text) : text;
}

}  // namespace

/// Works the decision out for one candidate address.
class Signer::Draft {
public:
  Draft(const Signer& signer, const Bank& bank, std::string author, const std::string& address)
      : signer_(signer), author_(std::move(author))
  {
    decision_.bank = bank.path;
    decision_.address = address;
    explain("bank", bank.path, located(bank.enable.place), bank.enabled_by);
    merge(bank);
  }

  /// After this the candidate is settled, or (does_not_sign without a key) the next may be tried.
  Decision decide() &&
  {
    if (!failed_ && choose_domain() && choose_key() && take_algorithm() && take_canonicalization() &&
        take_identity() && take_rest()) {
      decision_.outcome = Outcome::signs;
      warn_of_map();
    }
    return std::move(decision_);
  }

private:
  std::optional<Location> located(const perl::Place& place) const
  {
    return place.known() ? std::optional{signer_.view_.locate(place)} : std::nullopt;
  }

  void explain(std::string tag, std::optional<std::string> value, std::optional<Location> where,
               std::string why)
  {
    decision_.because.push_back({std::move(tag), std::move(value), false, std::move(where), std::move(why)});
  }

  /// From the tag of that name, with the value that came of it.
  void explain_tag(std::string_view name, std::string value)
  {
    const MergedTags::Tag* const tag = tags_.find(name);
    const bool used = tag != nullptr && !tag->value.is_undef();
    explain(std::string{name}, std::move(value), used ? located(tag->place) : std::nullopt,
            used ? tag->why : std::string{kDefault});
  }

  Finding& add(const FindingCode& code, std::string text, std::string hint, std::optional<Location> where)
  {
    Finding finding = make_finding(code, decision_.address, std::move(text), std::move(hint));
    finding.where = std::move(where);
    finding.key = decision_.key;
    return decision_.findings.emplace_back(std::move(finding));
  }

  std::optional<Location> place_of(std::string_view name) const
  {
    const MergedTags::Tag* const tag = tags_.find(name);
    return tag == nullptr ? std::nullopt : located(tag->place);
  }

  bool stop_unknown(std::string_view tag, const UnknownPtr& unknown)
  {
    decision_.outcome = Outcome::unknown;
    decision_.reason = fmt::format("{} cannot be known: {}", tag, unknown->construct);
    const std::optional<Location> where = located(unknown->where);
    decision_.because.push_back({std::string{tag}, unknown->construct, true, where, "only Perl can tell"});
    add(findings::kDynamic, decision_.reason, "ask the running amavisd with --live", where).severity =
        Severity::warning;
    return false;
  }

  /// amavisd goes on, and sends the message without a signature.
  bool stop_unsigned(std::string reason, std::string hint, std::optional<Location> where)
  {
    decision_.outcome = Outcome::does_not_sign;
    decision_.reason = reason;
    add(findings::kUnsigned, std::move(reason), std::move(hint), std::move(where));
    return false;
  }

  void merge(const Bank& bank)
  {
    if (bank.lookup_unknown) {
      tags_.add({{{}, bank.lookup_unknown->where, nullptr, bank.lookup_unknown}});
    } else {
      const auto matches = bank.maps.find(decision_.address, bank.lookup);
      if (!matches) {
        failed_ = true;
        stop_unsigned(fmt::format("amavisd fails and defers the message: {}", matches.error().what),
                      "write the maps as a list: [ { ... } ]", located(bank.maps_setting.place));
        return;
      }
      tags_.add(*matches);
    }
    tags_.add_default("c", std::string{kDefaultCanonicalization}, std::string{kDefault});
    tags_.add_default("a", std::string{kDefaultAlgorithm}, std::string{kDefault});
    const std::string_view domain = split_address(decision_.address).domain;
    tags_.add_default("d", std::string{domain.substr(domain.empty() ? 0 : 1)}, "the domain of the address");
  }

  bool choose_domain()
  {
    if (const UnknownPtr unknown = tags_.unknown("d")) {
      return stop_unknown("d", unknown);
    }
    const MergedTags::Tag& tag = *tags_.find("d");
    const std::string domain = dns::to_ace(tags_.text("d").value_or(""));
    explain("d", tag.value.is_undef() ? std::optional<std::string>{} : domain, located(tag.place), tag.why);
    if (domain.empty()) {
      decision_.reason = tag.place.known() ? fmt::format("{} turns signing off with an empty d", tag.why)
                                           : "the address has no domain";
      return false;
    }
    decision_.domain = domain;
    return true;
  }

  bool choose_key()
  {
    std::optional<std::string> selector = tags_.text("s");
    selector =
        selector && !selector->empty() ? std::optional{ascii::lower(dns::to_ace(*selector))} : std::nullopt;
    const KeyChoice choice = signer_.ring_.choose({*decision_.domain,
                                                   {selector, tags_.unknown("s")},
                                                   {tags_.text("a"), tags_.unknown("a")},
                                                   {tags_.text("i"), tags_.unknown("i")}});
    if (choice.unknown) {
      return stop_unknown("the key", choice.unknown);
    }
    if (choice.key == nullptr) {
      return no_key(choice, selector);
    }
    const DkimKey& key = *choice.key;
    key_ = &key;
    decision_.key = key.number;
    decision_.key_file = key.file;
    if (const UnknownPtr unknown = key.selector_argument.value().unknown()) {
      return stop_unknown("s", unknown);
    }
    decision_.selector = key.selector;
    if (selector) {
      explain_tag("s", key.selector);
    } else {
      explain("s", key.selector, located(key.selector_argument.place), "the first dkim_key that fits");
    }
    explain("key", key.file, located(key.declared), fmt::format("dkim_key #{}", key.number));
    return true;
  }

  bool no_key(const KeyChoice& choice, const std::optional<std::string>& selector)
  {
    const std::string domain = *std::exchange(decision_.domain, std::nullopt);
    if (choice.refusals.empty()) {
      return stop_unsigned(
          fmt::format("no key is declared for {}", domain),
          fmt::format("declare one with dkim_key('{}', ...), or name another d in a signing map", domain),
          place_of("d"));
    }
    if (selector) {
      explain_tag("s", *selector);
      const auto other = [](const Refusal& refusal) { return refusal.misfit == Misfit::selector; };
      if (std::all_of(choice.refusals.begin(), choice.refusals.end(), other)) {
        stop_unsigned(fmt::format("no key of {} has the selector '{}'", domain, *selector),
                      "name the selector of a declared key, or leave s out", place_of("s"));
        warn_of_inherited_selector(*selector, domain);
        return false;
      }
    }
    return stop_unsigned(fmt::format("no key of {} fits: {}", domain, refusals_text(choice.refusals)),
                         "change the options of a key, or the tags of the signing map", place_of("a"));
  }

  /// The signature would break where a value holds ';'.
  bool fits_in_tag(std::string_view name, std::string_view value)
  {
    if (value.find(';') == std::string_view::npos) {
      return true;
    }
    return stop_unsigned(fmt::format("{}={} holds ';', so signing fails", name, value), "take it out",
                         place_of(name));
  }

  bool take_algorithm()
  {
    if (const UnknownPtr unknown = tags_.unknown("a")) {
      return stop_unknown("a", unknown);
    }
    std::string algorithm = tags_.text("a").value_or(std::string{kDefaultAlgorithm});
    if (!is_true(algorithm)) {
      algorithm = "rsa-sha1";  // what Mail::DKIM takes for an empty one
    }
    explain_tag("a", algorithm);
    if (std::find(kAlgorithms.begin(), kAlgorithms.end(), ascii::lower(algorithm)) == kAlgorithms.end()) {
      return stop_unsigned(fmt::format("amavisd cannot sign with a={}", algorithm), "use rsa-sha256",
                           place_of("a"));
    }
    decision_.algorithm = algorithm;
    return true;
  }

  bool take_canonicalization()
  {
    if (const UnknownPtr unknown = tags_.unknown("c")) {
      return stop_unknown("c", unknown);
    }
    std::string text = tags_.text("c").value_or(std::string{kDefaultCanonicalization});
    if (!is_true(text) || text == "simple") {
      text = "simple/simple";
    }
    explain_tag("c", text);
    if (!is_canonicalization(ascii::lower(text))) {
      return stop_unsigned(fmt::format("amavisd cannot sign with c={}", text), "use relaxed/simple",
                           place_of("c"));
    }
    decision_.canonicalization = text;
    return true;
  }

  bool take_identity()
  {
    const std::optional<std::string> given = tags_.text("i");
    const KeyOption* const flags = key_->option("t");
    const UnknownPtr unknown = !given && flags != nullptr ? flags->value.unknown() : nullptr;
    if (unknown || tags_.unknown("i")) {
      return stop_unknown("i", unknown ? unknown : tags_.unknown("i"));
    }
    std::string identity = given ? *given : default_identity(flags == nullptr ? "" : flags->value.text());
    if (identity.empty()) {
      if (given) {
        decision_.identity = "";  // a tag without a value
        explain_tag("i", "");
      }
      return true;
    }
    if (identity.find('@') == std::string::npos) {
      identity.insert(0, 1, '@');
    }
    const std::string domain = dns::to_ace(domain_after_at(identity));
    if (!is_within(ascii::lower(domain), ascii::lower(*decision_.domain))) {
      explain_tag("i", identity);
      return stop_unsigned(fmt::format("i={} is not in d={}", identity, *decision_.domain),
                           "i has to be in d or in a subdomain of it (RFC 6376 section 3.5)", place_of("i"));
    }
    if (dns::to_ace(identity) == fmt::format("@{}", *decision_.domain)) {
      return true;  // what it is anyway
    }
    if (!fits_in_tag("i", identity)) {
      return false;
    }
    decision_.identity = ascii_identity(identity);
    if (given) {
      explain_tag("i", *decision_.identity);
    } else {
      explain("i", *decision_.identity, std::nullopt, "the address is in a subdomain of d");
    }
    return true;
  }

  static std::string ascii_identity(const std::string& identity)
  {
    const std::size_t at = identity.rfind('@');
    return identity.substr(0, at + 1) + dns::to_ace(std::string_view{identity}.substr(at + 1));
  }

  /// For an address in a subdomain of d, unless the key forbids it; else empty.
  std::string default_identity(std::string_view flags) const
  {
    const bool strict = fmt::format(":{}:", flags).find(":s:") != std::string::npos;
    const std::string_view domain = domain_after_at(decision_.address);
    return !strict && is_below(dns::to_ace(domain), *decision_.domain) ? fmt::format("@{}", domain) : "";
  }

  bool take_rest()
  {
    if (!fits_in_tag("d", *decision_.domain) || !fits_in_tag("q", tags_.text("q").value_or(""))) {
      return false;
    }
    const UnknownPtr unknown = tags_.unknown("ttl");
    if (unknown || tags_.unknown("x")) {
      stop_unknown(unknown ? "ttl" : "x", unknown ? unknown : tags_.unknown("x"));
      return true;  // it is signed, however long it is valid
    }
    const MergedTags::Tag* const ttl = tags_.find("ttl");
    const MergedTags::Tag* const fixed = tags_.find("x");
    if (ttl != nullptr && !ttl->value.is_undef() && ttl->value.as_double() > 0) {
      const double seconds = std::min(std::ceil(ttl->value.as_double()), 1e12);
      decision_.ttl = std::chrono::seconds{static_cast<std::int64_t>(seconds)};
      explain_tag("ttl", ttl->value.text());
    } else if (fixed != nullptr && !fixed->value.is_undef()) {
      decision_.expires =
          static_cast<std::int64_t>(std::ceil(std::clamp(fixed->value.as_double(), -1e15, 1e15)));
      explain_tag("x", fixed->value.text());
    }
    return true;
  }

  /// Says so, and is true, where s is that of the entry '.' but d is not.
  bool warn_of_inherited_selector(const std::string& selector, const std::string& domain)
  {
    const MergedTags::Tag* const s = tags_.find("s");
    const MergedTags::Tag* const d = tags_.find("d");
    if (s == nullptr || d == nullptr || !s->catch_all || d->catch_all || !d->place.known()) {
      return false;
    }
    add(findings::kCatchAllSelector,
        fmt::format("the selector '{}' comes from the entry '.', but d={} from another", selector, domain),
        "give every entry that has its own d its own s too, or leave s out", located(s->place));
    return true;
  }

  /// What to do for a signature of the author's own domain.
  std::string own_signature(const std::string& author) const
  {
    if (author.starts_with('[')) {
      return "; an address literal has none";
    }
    if (author.ends_with('.')) {
      return "; amavisd finds none for an address that ends with a dot";
    }
    const DkimKey* const key = signer_.ring_.first_of(author);
    return fmt::format(": {}, and give it an entry in a signing map: '{}' => {{ d => '{}' }}",
                       key == nullptr ? fmt::format("declare a key for {}", author)
                                      : fmt::format("key #{} is its own", key->number),
                       author, author);
  }

  void warn_of_map()
  {
    const MergedTags::Tag* const s = tags_.find("s");
    if (s != nullptr && !s->value.text().empty()) {
      if (!warn_of_inherited_selector(*decision_.selector, *decision_.domain)) {
        add(findings::kPinnedSelector,
            fmt::format("the selector '{}' is named in a signing map", *decision_.selector),
            "a new key signs only after this s is changed", located(s->place));
      }
    }
    const std::string author = dns::to_ace(domain_after_at(author_));
    const Alignment how = alignment(author, *decision_.domain);
    if (how == Alignment::aligned) {
      return;
    }
    const bool perhaps = how == Alignment::perhaps;
    Finding& finding = add(
        findings::kMisaligned,
        fmt::format("mail from {} is signed in the name of {}{}", author, *decision_.domain,
                    perhaps ? ", which is aligned only where both belong to one organizational domain" : ""),
        fmt::format("DMARC counts only signatures of the author's domain{}", own_signature(author)),
        place_of("d"));
    finding.severity = perhaps ? Severity::note : finding.severity;
  }

  const Signer& signer_;
  std::string author_;
  Decision decision_;
  MergedTags tags_;
  const DkimKey* key_ = nullptr;
  bool failed_ = false;
};

bool same_answer(const Decision& a, const Decision& b)
{
  const auto answer = [](const Decision& d) {
    return std::tie(d.outcome, d.reason, d.domain, d.selector, d.algorithm, d.canonicalization, d.identity,
                    d.ttl, d.expires, d.key);
  };
  return answer(a) == answer(b);
}

Signer::Signer(SigningView view) : view_(std::move(view)), ring_(*view_.keys) {}

Result<Decision> Signer::decide(const std::vector<std::string>& candidates, std::string_view banks) const
{
  DKIMCTL_TRY(const auto path, find_banks(banks));
  return decide_in(load(path), candidates);
}

std::vector<Decision> Signer::decide_in_signing_banks(const std::vector<std::string>& candidates) const
{
  std::vector<Decision> decisions;
  for (const Bank& bank : signing_banks()) {
    decisions.push_back(decide_in(bank, candidates));
  }
  if (decisions.empty()) {
    decisions.push_back(nothing_signs(candidates.empty() ? "" : candidates.front()));
  }
  return decisions;
}

Decision Signer::decide_in(const Bank& bank, const std::vector<std::string>& candidates) const
{
  const std::vector<std::string> addresses = distinct(candidates);
  const std::string author = addresses.empty() ? "" : addresses.front();
  if (std::optional<Decision> stopped = obstacle(bank, author)) {
    return *std::move(stopped);
  }
  std::optional<Decision> first;
  for (const std::string& address : addresses) {
    Decision decision = Draft{*this, bank, author, address}.decide();
    if (decision.outcome != Outcome::does_not_sign || decision.key) {
      return decision;
    }
    if (!first) {
      first = std::move(decision);
    }
  }
  if (!first) {
    first.emplace();
    first->bank = bank.path;
    first->reason = "the null sender has no domain to sign for";
  }
  return *std::move(first);
}

}  // namespace dkimctl::amavis
