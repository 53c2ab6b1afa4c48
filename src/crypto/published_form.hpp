// What the octets of a p= are, told from their structure: nothing that somebody published meets a decoder.
#pragma once

#include "crypto/signature.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace dkimctl::crypto {

struct PublishedForm {
  KeyForm form = KeyForm::unreadable;
  std::string
      canonical;  // of the first five forms, as p= should have it: a SubjectPublicKeyInfo, or 32 octets
};

/// Strict DER; what is not, is unreadable.
PublishedForm form_of(std::string_view octets);

}  // namespace dkimctl::crypto
