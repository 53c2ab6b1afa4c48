// key_verdicts FILE...
// key_verdicts --mutated COUNT PEM...
//
// key_verdicts --hint FILE
//
// Writes a line for each text, the files' own or mutated ones: NAME, the text in base64, and either the bits
// and the SubjectPublicKeyInfo in base64 or "refused", separated by tabs. same_as_perl.pl judges them.
// With --hint only what to do about a refused file.
#include "crypto/base64.hpp"
#include "crypto/private_key.hpp"
#include "mutation.hpp"
#include "read_file.hpp"

#include <string_view>

namespace {

using namespace dkimctl;

void print_verdict(std::string_view name, std::string_view pem)
{
  const auto key = crypto::public_key_of(pem);
  fmt::print(
      "{}\t{}\t{}\n", name, crypto::base64(pem),
      key ? fmt::format("{}\t{}", whole_octets(key->modulus).count, crypto::base64(key->spki)) : "refused");
}

}  // namespace

int main(int argc, char** argv)
{
  if (argc == 3 && std::string_view{argv[1]} == "--hint") {
    const auto key = crypto::public_key_of(test::read_file(argv[2]));
    fmt::print("{}\n", key ? "" : key.error().hint);
    return 0;
  }
  const bool mutated = argc > 3 && std::string_view{argv[1]} == "--mutated";
  std::vector<std::string> pems;
  for (int i = mutated ? 3 : 1; i < argc; ++i) {
    pems.push_back(test::read_file(argv[i]));
    if (!mutated) {
      print_verdict(argv[i], pems.back());
    }
  }
  if (mutated) {
    test::KeyMutator mutator(pems, 4871);
    for (unsigned long i = 0, count = std::strtoul(argv[2], nullptr, 10); i < count; ++i) {
      print_verdict(fmt::format("mutation {}", i), mutator.next());
    }
  }
}
