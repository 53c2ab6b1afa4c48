// bench_make_keys COUNT FOLDER: COUNT different RSA keys of 2048 bits in FOLDER/0.pem, FOLDER/1.pem, ...
//
// Finding two primes for each would take hours. Of k primes every pair makes a key, k (k - 1) / 2 in all.
// That makes these keys worthless for anything but being read: who has two of them may have a third's prime.
#define OPENSSL_API_COMPAT 0x10100000L  // RSA_set0_key() and its like: the shortest way to PKCS#1

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <openssl/bn.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <sys/stat.h>

namespace {

template<auto release>
struct Release {
  template<class T>
  void operator()(T* object) const
  {
    static_cast<void>(release(object));
  }
};
using Number = std::unique_ptr<BIGNUM, Release<BN_free>>;
using Context = std::unique_ptr<BN_CTX, Release<BN_CTX_free>>;
using Key = std::unique_ptr<RSA, Release<RSA_free>>;
using File = std::unique_ptr<std::FILE, Release<std::fclose>>;

constexpr unsigned long kExponent = 65537;
constexpr int kPrimeBits = 1024;  // the upper two are set, so that a product has 2048

Number make_prime()
{
  Number prime(BN_new());
  do {
    BN_generate_prime_ex(prime.get(), kPrimeBits, 0, nullptr, nullptr, nullptr);
  } while (BN_mod_word(prime.get(), kExponent) == 1);
  return prime;
}

std::vector<Number> make_primes(std::size_t count)
{
  std::vector<Number> primes(count);
  const std::size_t workers = std::max(1U, std::thread::hardware_concurrency());
  std::vector<std::thread> threads;
  for (std::size_t worker = 0; worker < workers; ++worker) {
    threads.emplace_back([&primes, worker, workers] {
      for (std::size_t i = worker; i < primes.size(); i += workers) {
        primes[i] = make_prime();
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  return primes;
}

/// RFC 8017 section 3.2, with Euler's function for Carmichael's, as OpenSSL used to do.
Key combine(const BIGNUM* p, const BIGNUM* q, BN_CTX* context)
{
  BIGNUM* const n = BN_new();
  BIGNUM* const e = BN_new();
  BIGNUM* const d = BN_new();
  BIGNUM* const dp = BN_new();
  BIGNUM* const dq = BN_new();
  BIGNUM* const qinv = BN_new();
  const Number p1(BN_dup(p));
  const Number q1(BN_dup(q));
  const Number phi(BN_new());
  BN_sub_word(p1.get(), 1);
  BN_sub_word(q1.get(), 1);
  BN_set_word(e, kExponent);
  BN_mul(n, p, q, context);
  BN_mul(phi.get(), p1.get(), q1.get(), context);
  BN_mod_inverse(d, e, phi.get(), context);
  BN_mod(dp, d, p1.get(), context);
  BN_mod(dq, d, q1.get(), context);
  BN_mod_inverse(qinv, q, p, context);
  Key key(RSA_new());
  RSA_set0_key(key.get(), n, e, d);
  RSA_set0_factors(key.get(), BN_dup(p), BN_dup(q));
  RSA_set0_crt_params(key.get(), dp, dq, qinv);
  return key;
}

void write_key(const std::string& path, RSA* key)
{
  const File file(std::fopen(path.c_str(), "wx"));
  if (file == nullptr ||
      PEM_write_RSAPrivateKey(file.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    std::cerr << "bench_make_keys: cannot write " << path << '\n';
    std::exit(1);
  }
}

}  // namespace

int main(int argc, char** argv)
{
  ::umask(0077);  // as private keys are kept; showkeys would warn of others
  const std::size_t count = argc == 3 ? std::strtoul(argv[1], nullptr, 10) : 0;
  if (count == 0) {
    std::cerr << "usage: bench_make_keys COUNT FOLDER\n";
    return 2;
  }
  std::size_t needed = 2;
  while (needed * (needed - 1) / 2 < count) {
    ++needed;
  }
  const std::vector<Number> primes = make_primes(needed);
  const Context context(BN_CTX_new());
  std::size_t made = 0;
  for (std::size_t i = 1; i < needed; ++i) {
    for (std::size_t j = 0; j < i && made < count; ++j, ++made) {
      // The larger prime first, as OpenSSL has it.
      const bool larger = BN_cmp(primes[i].get(), primes[j].get()) > 0;
      const Key key = combine(primes[larger ? i : j].get(), primes[larger ? j : i].get(), context.get());
      write_key(std::string{argv[2]} + "/" + std::to_string(made) + ".pem", key.get());
    }
  }
}
