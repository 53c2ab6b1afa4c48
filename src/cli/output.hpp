// The two streams, and whether they may be coloured.
#pragma once

#include "cli/invocation.hpp"

#include <cstdio>
#include <optional>
#include <string_view>

namespace dkimctl::cli {

/// Results go to stdout, whatever is wrong to stderr. Neither reports nor throws: run() looks at stdout at
/// the end.
void print_result(std::string_view text);
void print_trouble(std::string_view text);

bool is_terminal(std::FILE* file);

/// What decides about colour, beside --color.
struct Stream {
  bool is_terminal = false;
  std::optional<std::string_view> no_color;  // $NO_COLOR (no-color.org): set and not empty, it asks for none
  std::string_view term;                     // $TERM; "dumb" can show none
};

bool use_color(Color wish, const Stream& stream);

/// The same for stdout or stderr as they are.
bool use_color(Color wish, std::FILE* file);

}  // namespace dkimctl::cli
