// Handles of C libraries in a std::unique_ptr.
#pragma once

namespace dkimctl {

/// Calls the library's own function for letting go: std::unique_ptr<BIO, Release<BIO_free>>.
template<auto release>
struct Release {
  template<class T>
  void operator()(T* object) const
  {
    release(object);
  }
};

}  // namespace dkimctl
