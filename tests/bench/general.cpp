// bench_general LIST: what bench_floor does, by OpenSSL's general decoder and encoder.
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

int main(int argc, char** argv)
{
  if (argc != 2) {
    std::cerr << "usage: bench_general LIST\n";
    return 2;
  }
  std::ifstream list(argv[1]);
  for (std::string path; std::getline(list, path);) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    const std::string text = bytes.str();
    BIO* const bio = BIO_new_mem_buf(text.data(), static_cast<int>(text.size()));
    EVP_PKEY* const key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
    unsigned char* spki = nullptr;
    if (key == nullptr || i2d_PUBKEY(key, &spki) <= 0) {
      std::cerr << "bench_general: cannot read " << path << '\n';
      return 1;
    }
    OPENSSL_free(spki);
    EVP_PKEY_free(key);
    BIO_free(bio);
  }
}
