// Whether amavisd signs a message, with which key and tags, and which statement decided each of them.
#pragma once

#include "amavis/key_choice.hpp"
#include "amavis/lookup.hpp"
#include "amavis/signing_view.hpp"
#include "base/finding.hpp"
#include "base/result.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::amavis {

enum class Outcome { signs, does_not_sign, unknown };

/// What decided one tag.
struct Because {
  std::string tag;                   // "bank", "d", "s", "a", "c", "i", "ttl", "x" or "key"
  std::optional<std::string> value;  // nothing: undef. Of a value that cannot be known, the construct
  bool dynamic = false;              // it cannot be known; `where` is the construct's place
  std::optional<Location> where;     // nothing: amavisd's own default
  std::string why;                   // "entry '.' of a signing map", "amavisd's default"
};

/// The answer for one message. What is not known of it, or not in the signature, is not there.
struct Decision {
  Outcome outcome = Outcome::does_not_sign;
  std::string bank;    // the policy bank, or several as amavisd joins them: "ORIGINATING/MYNETS"; empty: none
  std::string reason;  // why it is not signed, or what cannot be known; a phrase
  std::string address;                          // of the candidates, the one that decided
  std::optional<std::string> domain;            // d=, ASCII
  std::optional<std::string> selector;          // s=, ASCII
  std::optional<std::string> algorithm;         // a=
  std::optional<std::string> canonicalization;  // c=; "simple/simple" where the signature leaves it out
  std::optional<std::string> identity;          // i=
  std::optional<std::chrono::seconds> ttl;      // x= is that long after the time of signing
  std::optional<std::int64_t> expires;          // an x= that is fixed, in seconds since 1970
  std::optional<std::uint32_t> key;             // declaration number
  std::string key_file;                         // as written
  std::vector<Because> because;
  std::vector<Finding> findings;
};

/// Same answer, apart from the bank and from what decided it.
bool same_answer(const Decision& a, const Decision& b);

/// What the keys are used for, as far as the configuration tells: of the sender that each map entry is for,
/// and of each domain that has a key, with a subdomain of it, in every bank that signs.
struct KeyUse {
  std::set<std::uint32_t> keys;                          // declaration numbers of those that sign
  std::map<std::string, std::chrono::seconds> validity;  // by d=: the longest of its signatures
  std::string unknown;                                   // what cannot be known; empty: nothing
  std::string other_signer;  // $dkim_signing_service, where that signs instead; empty: amavisd does
};

/// Decides as amavisd's dkim_make_signatures and get_dkim_key do (2.13 to 2.15).
class Signer {
public:
  /// What `view` refers to must outlive the signer.
  explicit Signer(SigningView view);

  /// For a message whose originators are `candidates`: the author first, then Sender, then the envelope
  /// sender, in the form that needs no quotes; empty and repeated ones count for nothing. `banks` are names
  /// that commas separate, loaded one over the other. An unknown name is Errc::usage, and the hint says
  /// which there are.
  Result<Decision> decide(const std::vector<std::string>& candidates, std::string_view banks) const;

  /// The same in each policy bank that signs outgoing mail: those that sockets load first, in their order,
  /// then MYNETS, then mail without a bank, then the others by name. Where none signs, one Decision that says
  /// so.
  std::vector<Decision> decide_in_signing_banks(const std::vector<std::string>& candidates) const;

  /// As the daemon would with these banks: it passes over a name that it does not know. The Decision's bank
  /// has all of them.
  Decision decide_in_known(const std::vector<std::string>& candidates, std::string_view banks) const;

  /// The banks that sockets load, defined or not, and MYNETS if it is defined: what outgoing mail may come in
  /// by. Those that speak another protocol than mail are left out.
  std::vector<std::string> banks_of_mail() const;

  /// No bank (""), those of banks_of_mail(), MYNETS, and every other that is defined, but for MYUSERS, which
  /// is only ever loaded over another.
  std::vector<std::string> all_banks() const;

  /// What is wrong, or worth knowing, with keys and maps together: every map entry and every domain that has
  /// a key is decided for.
  std::vector<Finding> check() const;

  KeyUse key_use() const;

private:
  /// What a policy bank, or several one over the other, makes of the settings.
  struct Bank {
    std::string path;
    Setting enable;
    std::string enabled_by;  // "$enable_dkim_signing", "enable_dkim_signing of policy bank X"
    Setting originating;
    Setting service;
    Setting may_add_header;
    LookupOptions lookup;
    perl::UnknownPtr lookup_unknown;
    Setting maps_setting;
    AddressMaps maps;
  };
  class Draft;

  using Path = std::vector<const BankView*>;  // in the order of loading; empty: no policy bank

  const BankView* find_bank(std::string_view name) const;
  Result<Path> find_banks(std::string_view names) const;
  std::string known_banks_text(std::string_view wanted) const;
  void add_bank_of_mail(std::vector<std::string>& names, const std::string& name) const;
  Setting setting(const Path& path, std::string_view name) const;
  Setting originating(const Path& path) const;
  Setting may_add_header(const Path& path) const;
  Bank load(const Path& path) const;
  std::vector<Path> paths() const;
  std::vector<Bank> signing_banks() const;
  std::vector<Finding> check(const Bank& bank) const;
  void add_use(KeyUse& use, const Bank& bank) const;

  Decision decide_in(const Bank& bank, const std::vector<std::string>& candidates) const;
  std::optional<Decision> obstacle(const Bank& bank, const std::string& author) const;
  Decision nothing_signs(const std::string& author) const;

  SigningView view_;
  KeyRing ring_;
};

}  // namespace dkimctl::amavis
