// The codes of what can be wrong with amavisd's configuration, or worth knowing of it.
#pragma once

#include "base/finding.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace dkimctl::amavis::findings {

inline constexpr FindingCode kSyntax{"amavis.syntax", Severity::error,
                                     "a configuration file does not compile"};
inline constexpr FindingCode kDied{"amavis.died", Severity::error,
                                   "a configuration file stops amavisd while it is read"};
inline constexpr FindingCode kMissingFile{"amavis.missing-file", Severity::error,
                                          "a configuration file is not there or cannot be read"};
inline constexpr FindingCode kNoAccess{"amavis.no-access", Severity::error,
                                       "dkimctl itself may not read a configuration or key file"};
inline constexpr FindingCode kIncludeDepth{"amavis.include-depth", Severity::error,
                                           "configuration files include each other too deeply"};
inline constexpr FindingCode kConfigAccess{"amavis.config-access", Severity::error,
                                           "owner or mode of a configuration file make amavisd refuse it"};
inline constexpr FindingCode kTemplate{"amavis.template", Severity::error,
                                       "a placeholder of a template has not been filled in"};
inline constexpr FindingCode kBadArgument{"amavis.bad-argument", Severity::error,
                                          "amavisd refuses the arguments of a dkim_key"};
inline constexpr FindingCode kDuplicateKey{"amavis.duplicate-key", Severity::error,
                                           "two keys are declared for one domain and selector"};
inline constexpr FindingCode kUnreadableKey{
    "amavis.unreadable-key", Severity::error,
    "a key file cannot be read, or holds no key that amavisd can use"};
inline constexpr FindingCode kKeyMode{"amavis.key-mode", Severity::warning,
                                      "others than amavisd's user can read or write a private key"};
inline constexpr FindingCode kDynamic{"amavis.dynamic", Severity::note,
                                      "a value cannot be known without running Perl"};
inline constexpr FindingCode kNoKeys{"amavis.no-keys", Severity::note, "no key is declared"};
inline constexpr FindingCode kWildcardKey{
    "amavis.wildcard-key", Severity::warning,
    "a key is declared for a pattern of domains, which DNS cannot publish"};
inline constexpr FindingCode kUnsigned{
    "amavis.unsigned", Severity::warning,
    "mail is not signed, because nothing fits what a signing map asks for"};
inline constexpr FindingCode kMisaligned{
    "amavis.misaligned", Severity::warning,
    "mail is signed in another domain's name, which DMARC does not accept"};
inline constexpr FindingCode kPinnedSelector{
    "amavis.pinned-selector", Severity::note,
    "a signing map names the selector, so the order of keys has no effect"};
inline constexpr FindingCode kCatchAllSelector{"amavis.catch-all-selector", Severity::warning,
                                               "the selector of the catch-all is inherited by other domains"};
inline constexpr FindingCode kSigningOff{"amavis.signing-off", Severity::warning,
                                         "signing is off, everywhere or in a policy bank"};
inline constexpr FindingCode kSigningService{"amavis.signing-service", Severity::note,
                                             "another program holds the keys and signs"};
inline constexpr FindingCode kUnknownBank{"amavis.unknown-bank", Severity::warning,
                                          "a policy bank is asked for that the configuration does not have"};
inline constexpr FindingCode kNotLoaded{"amavis.not-loaded", Severity::error,
                                        "the running amavisd signs otherwise than its configuration says"};
inline constexpr FindingCode kLiveUnavailable{"amavis.live-unavailable", Severity::warning,
                                              "the running amavisd could not be asked"};
inline constexpr FindingCode kZoneText{"amavis.zone-text", Severity::note,
                                       "amavisd's own listing of a key is no zone that loads"};
inline constexpr FindingCode kUnknownUser{"amavis.unknown-user", Severity::warning,
                                          "amavisd's user or group is not known on this host"};

inline constexpr std::array kAll{
    kSyntax,       kDied,           kMissingFile,      kNoAccess,     kIncludeDepth,
    kConfigAccess, kTemplate,       kBadArgument,      kDuplicateKey, kUnreadableKey,
    kKeyMode,      kDynamic,        kNoKeys,           kWildcardKey,  kUnsigned,
    kMisaligned,   kPinnedSelector, kCatchAllSelector, kSigningOff,   kSigningService,
    kUnknownBank,  kNotLoaded,      kLiveUnavailable,  kZoneText,     kUnknownUser,
};

/// Errors of these keep amavisd from starting, and from following a changed configuration.
inline constexpr std::array kStopAmavisd{
    kSyntax.code,   kDied.code,        kMissingFile.code,  kIncludeDepth.code,  kConfigAccess.code,
    kTemplate.code, kBadArgument.code, kDuplicateKey.code, kUnreadableKey.code,
};

constexpr bool stops_amavisd(const Finding& finding)
{
  return finding.severity == Severity::error &&
         std::find(kStopAmavisd.begin(), kStopAmavisd.end(), finding.code) != kStopAmavisd.end();
}

/// Errors of these leave open what amavisd does: it stops, or dkimctl could not look.
constexpr bool leaves_no_answer(const Finding& finding)
{
  return stops_amavisd(finding) || finding.code == kNoAccess.code;
}

static_assert(is_table_of_codes(kAll, "amavis."));

}  // namespace dkimctl::amavis::findings
