// Memory for private keys: wiped when it is let go.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace dkimctl {

/// Overwrites memory in a way that the compiler may not leave out.
void wipe(void* data, std::size_t size) noexcept;

/// A fixed number of bytes, wiped when destroyed or moved over. It cannot be copied or printed.
class SecretBuffer {
public:
  SecretBuffer() = default;
  explicit SecretBuffer(std::size_t size);
  SecretBuffer(SecretBuffer&& other) noexcept;
  SecretBuffer& operator=(SecretBuffer&& other) noexcept;
  SecretBuffer(const SecretBuffer&) = delete;
  SecretBuffer& operator=(const SecretBuffer&) = delete;
  ~SecretBuffer();

  char* data() { return data_.get(); }
  std::size_t size() const { return size_; }
  std::string_view view() const { return {data_.get(), size_}; }
  /// Shortens to `size` bytes (no more than there are); the rest is wiped.
  void shrink(std::size_t size);

private:
  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace dkimctl
