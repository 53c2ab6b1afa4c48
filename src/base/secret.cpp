#include "base/secret.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace dkimctl {

void wipe(void* data, std::size_t size) noexcept
{
  if (size > 0) {
    ::explicit_bzero(data, size);
  }
}

SecretBuffer::SecretBuffer(std::size_t size)
    : data_(new char[size]), size_(size), capacity_(size)  // not zeroed: the caller fills it
{}

SecretBuffer::SecretBuffer(SecretBuffer&& other) noexcept
    : data_(std::move(other.data_)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0))
{}

SecretBuffer& SecretBuffer::operator=(SecretBuffer&& other) noexcept
{
  if (this != &other) {
    wipe(data_.get(), capacity_);
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
  }
  return *this;
}

SecretBuffer::~SecretBuffer()
{
  wipe(data_.get(), capacity_);
}

void SecretBuffer::shrink(std::size_t size)
{
  const std::size_t kept = std::min(size, size_);
  wipe(data_.get() + kept, size_ - kept);
  size_ = kept;
}

}  // namespace dkimctl
