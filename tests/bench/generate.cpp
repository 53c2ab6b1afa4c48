// bench_generate COUNT: COUNT RSA keys of 2048 bits on all processors, and nothing done with them: the least
// that making keys can cost.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <thread>
#include <vector>

#include <openssl/evp.h>
#include <openssl/rsa.h>

namespace {

constexpr std::size_t kBits = 2048;

}  // namespace

int main(int argc, char** argv)
{
  const unsigned long count = argc == 2 ? std::strtoul(argv[1], nullptr, 10) : 0;
  if (count == 0) {
    std::cerr << "usage: bench_generate COUNT\n";
    return 2;
  }
  std::atomic<unsigned long> next{0};
  std::atomic<unsigned long> made{0};
  {
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
      workers.emplace_back([&] {
        while (next++ < count) {
          EVP_PKEY* const key = EVP_RSA_gen(kBits);
          made += key != nullptr ? 1 : 0;
          EVP_PKEY_free(key);
        }
      });
    }
  }
  return made == count ? 0 : 1;
}
