// Where a key record was put that is not where verifiers look for it.
#pragma once

#include "dkim/key_diagnosis.hpp"
#include "dkim/remark.hpp"
#include "dns/answers.hpp"
#include "dns/delegation.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace dkimctl::dkim {

/// What every name has that is not there.
struct Wildcard {
  std::vector<dns::Txt> records;
  std::optional<dns::Name> target;  // of a CNAME

  bool is_there() const { return target || !records.empty(); }
  friend bool operator==(const Wildcard&, const Wildcard&) = default;
};

/// What a server has at exactly that name, in the same form.
Wildcard content_at(const dns::Answer& answer, const dns::Name& name);

/// The wildcard that covers what is not there directly below `parent`. Nothing yet where the answer is
/// missing.
std::optional<Wildcard> wildcard_of(dns::Inquiry& inquiry, const Vantage& vantage, const dns::Name& parent,
                                    const dns::ServerAddress& server);

/// Whether a TXT record is meant to be a key record: it says v=DKIM1, or its key is ours.
bool is_key_record(const dns::Txt& txt, std::string_view expected);

/// Which of the places are looked at.
enum class Depth {
  usual,     // the domain itself and _domainkey: where a key record is wrong even beside a right one
  thorough,  // every place that a mistake is known to put it
};

struct PlacementSearch {
  const KeyUnderTest& key;
  const Vantage& vantage;
  const dns::Zone& zone;             // that the domain lies in
  const dns::ServerAddress& server;  // one of its servers, which answers
  const Wildcard& wildcard;          // what every selector has that is not there
  Depth depth;
};

/// A key record at a place where it does not belong.
struct Misplaced {
  const FindingCode* code;
  dns::Name name;
  bool ours = false;  // its key is the one that signs
};

/// Asks one server of a zone, so that nobody's cache learns an absence. What a wildcard gives is not
/// misplaced, nor is what may be the record of another key: at SOMETHING._domainkey.SOMEWHERE only this key
/// counts, and none that the configuration has there. Nothing yet where answers are missing.
std::optional<std::vector<Misplaced>> find_misplaced(dns::Inquiry& inquiry, const PlacementSearch& search);

}  // namespace dkimctl::dkim
