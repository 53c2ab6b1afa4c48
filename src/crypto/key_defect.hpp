// Why a text is no key that amavisd could sign with.
#pragma once

#include <string>
#include <string_view>

namespace dkimctl::crypto {

enum class KeyDefect {
  empty,        // nothing in it, or blanks
  utf16,        // a PEM text in UTF-16
  der,          // binary, as `openssl -outform DER` writes it
  pkcs12,       // binary, a key with certificates (.p12, .pfx)
  no_begin,     // no line that begins a PEM block
  one_line,     // PEM, but its lines are run together
  public_key,   // only a public key
  certificate,  // only certificates or requests for one
  openssh,      // the key format of ssh-keygen
  encrypted,    // needs a passphrase
  wrong_type,   // a private key, but none for RSA
  other_block,  // PEM, but no block of it is a key
  truncated,    // the text, or the key in it, stops early
  damaged,      // a private key that cannot be decoded
};

struct KeyError {
  KeyDefect defect = KeyDefect::damaged;
  std::string what;  // lower case, no full stop, to be put after the file's name: "is empty"
  std::string hint;  // what to do, OLD and NEW standing for the file and a new one; may be empty
};

/// What the decoder said on its way to refusing a text.
struct Refusal {
  bool asked_passphrase = false;
  std::string decoded_as;  // "EC": it is a private key, of that type; else empty
};

/// Finds the reason by looking at the text, which the decoder has refused.
KeyError diagnose(std::string_view text, const Refusal& refusal);

}  // namespace dkimctl::crypto
