#include "crypto/openssl_memory.hpp"

#include "base/secret.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

#include <openssl/crypto.h>

namespace dkimctl::crypto {
namespace {

struct alignas(std::max_align_t) BlockHeader {
  std::size_t size;
};

void* allocate(std::size_t size, const char* /*file*/, int /*line*/)
{
  void* const block =
      size > 0 && size <= SIZE_MAX - sizeof(BlockHeader) ? std::malloc(sizeof(BlockHeader) + size) : nullptr;
  return block == nullptr ? nullptr : new (block) BlockHeader{size} + 1;
}

void release(void* memory, const char* /*file*/, int /*line*/)
{
  if (memory != nullptr) {
    BlockHeader* const header = static_cast<BlockHeader*>(memory) - 1;
    wipe(memory, header->size);
    std::free(header);
  }
}

void* reallocate(void* memory, std::size_t size, const char* file, int line)
{
  void* const larger = allocate(size, file, line);
  if (memory != nullptr && (larger != nullptr || size == 0)) {
    if (larger != nullptr) {
      std::memcpy(larger, memory, std::min(size, (static_cast<BlockHeader*>(memory) - 1)->size));
    }
    release(memory, file, line);
  }
  return larger;
}

}  // namespace

void wipe_what_openssl_frees()
{
  [[maybe_unused]] static const bool once = CRYPTO_set_mem_functions(allocate, reallocate, release) == 1;
}

}  // namespace dkimctl::crypto
