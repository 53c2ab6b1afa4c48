// mutated_keys COUNT PEM...: makes COUNT faulty keys of the PKCS#1 files and holds the fast way into a
// private key against OpenSSL's. Exit status 1 where it is not inside.
#include "mutation.hpp"
#include "oracle.hpp"
#include "read_file.hpp"

#include <cstdlib>

#include <fmt/format.h>

int main(int argc, char** argv)
{
  using namespace dkimctl::test;
  if (argc < 3) {
    fmt::print(stderr, "usage: mutated_keys COUNT PEM...\n");
    return 2;
  }
  const unsigned long count = std::strtoul(argv[1], nullptr, 10);
  std::vector<std::string> pems;
  for (int i = 2; i < argc; ++i) {
    pems.push_back(read_file(argv[i]));
  }

  KeyMutator mutator(pems, 6376);
  unsigned long canonical = 0;
  unsigned long general = 0;
  unsigned long outside = 0;
  unsigned long telling = 0;
  for (unsigned long i = 0; i < count; ++i) {
    const std::string pem = mutator.next();
    const Verdicts verdicts = verdicts_of(pem);
    canonical += verdicts.canonical ? 1U : 0U;
    general += verdicts.general ? 1U : 0U;
    if (!fast_way_is_inside(verdicts)) {
      ++outside;
      fmt::print("mutation {} is not taken alike:\n{}\n", i, pem);
    }
    if (!verdicts.general && !is_harmless(verdicts.general.error())) {
      ++telling;
      fmt::print("mutation {}: the message shows too much: {}\n", i, verdicts.general.error().what);
    }
  }
  fmt::print("{} mutated keys: OpenSSL takes {}, the fast way {} of these; {} not alike\n", count, general,
             canonical, outside);
  return outside == 0 && telling == 0 && canonical > count / 20 && general - canonical > count / 20 ? 0 : 1;
}
