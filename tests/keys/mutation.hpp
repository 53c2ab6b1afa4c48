// Private keys, slightly wrong.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::test {

/// Makes texts that are nearly private keys out of some that are. The same seeds and the same number give the
/// same texts on every machine.
class KeyMutator {
public:
  /// `pems`: canonical PKCS#1 texts.
  KeyMutator(const std::vector<std::string>& pems, std::uint64_t seed);

  /// A key with a fault or two in its numbers, in its DER, in its PEM form or in several of them. Some of
  /// these make no difference, so that both verdicts occur often.
  std::string next();

private:
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  std::string random_bytes(std::size_t size);
  void mutate_numbers(std::vector<std::string>& elements);
  void mutate_element(std::string& element);
  void mutate_der(std::string& der);
  void mutate_pem(std::string& pem);
  void mutate_lines(std::string& pem);
  std::string wrap_in_pkcs8(const std::string& der);

  std::mt19937_64 random_;
  std::vector<std::vector<std::string>> keys_;  // of each key, the contents of its nine INTEGERs
};

/// A DER element of any contents.
std::string der_element(unsigned char tag, std::string_view contents);

/// PEM in lines of `columns`.
std::string pem_text(std::string_view label, std::string_view der, std::size_t columns = 64);

}  // namespace dkimctl::test
