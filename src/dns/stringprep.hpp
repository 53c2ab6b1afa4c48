// The tables of stringprep (RFC 3454) that IDNA2003 needs and IDNA2008's library does not have.
#pragma once

namespace dkimctl::dns {

/// Whether Unicode 3.2 has no such character: table A.1. IDNA2003 as libidn's callers use it refuses them.
bool is_unassigned(char32_t c);

/// Whether a character has bidirectional property R or AL: table D.1.
bool is_right_to_left(char32_t c);

}  // namespace dkimctl::dns
