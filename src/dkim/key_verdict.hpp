// What the facts of a key come to.
#pragma once

#include "dkim/key_diagnosis.hpp"
#include "dkim/key_facts.hpp"

namespace dkimctl::dkim {

KeyDiagnosis judge(const KeyFacts& facts, const KeyUnderTest& key);

}  // namespace dkimctl::dkim
