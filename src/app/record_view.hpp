// A key's record in DNS as a rollover sees it.
#pragma once

#include "dkim/key_diagnosis.hpp"
#include "dns/answers.hpp"
#include "rollover/observation.hpp"

#include <cstdint>
#include <optional>

namespace dkimctl::app {

/// Whether resolvers may be asked: one that is asked too early keeps the absence of the record for others.
enum class Resolvers : std::uint8_t { asked, left_alone };

/// What each address of the authoritative servers serves, of the key's name and of every name that it is an
/// alias of: the worst of these. An address that this host has no route to is left out. `cache_time` is the
/// longest that an answer from there may be kept: the negative TTL of the zones (RFC 2308 section 5), and the
/// TTLs of what is served. Nothing yet where answers are missing.
std::optional<rollover::RecordView> view_record(dns::Inquiry& inquiry, const dkim::KeyUnderTest& key,
                                                const dkim::Vantage& vantage, Resolvers resolvers);

}  // namespace dkimctl::app
