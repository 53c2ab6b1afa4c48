#pragma once

namespace dkimctl::crypto {

/// OpenSSL frees the text and the DER of a key as they are. Its allocator is replaced by one that knows how
/// large each block is, and wipes it. Works only before OpenSSL's first allocation, so where another part of
/// the process was first it does not; keys are read all the same. To be called before a private key is read,
/// as often as one likes.
void wipe_what_openssl_frees();

}  // namespace dkimctl::crypto
