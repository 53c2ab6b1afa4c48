// What every way to a KeyDiagnosis puts into it.
#pragma once

#include "dkim/key_diagnosis.hpp"
#include "dkim/value_diagnosis.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::dkim {

/// Without the final dot.
std::string text_of(const dns::Name& name);

/// Adds a remark that is fatal.
void add(KeyDiagnosis& diagnosis, const FindingCode& code, const dns::Name& name, std::string text,
         std::string hint);
/// What is wrong with the record at `name`; `server` is empty where all serve it.
void add_value(KeyDiagnosis& diagnosis, const KeyUnderTest& key, const ValueDiagnosis& value,
               const dns::Name& name, const std::string& server);

void conclude(KeyDiagnosis& diagnosis, Verdict verdict, std::string_view result);

/// amavisd's words for what is fatal, the first of it.
std::string_view failure_text(const std::vector<PlacedRemark>& remarks);
/// amavisd's words where nobody answers.
std::string timeout_text(const KeyUnderTest& key);
std::string publish_hint(const KeyUnderTest& key);

inline constexpr std::string_view kSignaturesHint =
    "look at the zone's signatures, and at the DS record at its parent";

}  // namespace dkimctl::dkim
