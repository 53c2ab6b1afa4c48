#include "cli/output.hpp"

#include <cstdlib>

#include <unistd.h>

namespace dkimctl::cli {

void print_result(std::string_view text)
{
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stdout));
}

void print_trouble(std::string_view text)
{
  static_cast<void>(std::fflush(stdout));  // where both go to one place, in the order in which they were said
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
}

bool is_terminal(std::FILE* file)
{
  return ::isatty(::fileno(file)) == 1;
}

bool use_color(Color wish, const Stream& stream)
{
  switch (wish) {
  case Color::always: return true;
  case Color::never: return false;
  case Color::automatic: break;
  }
  const bool unwanted = stream.no_color.has_value() && !stream.no_color->empty();
  return stream.is_terminal && !unwanted && !stream.term.empty() && stream.term != "dumb";
}

bool use_color(Color wish, std::FILE* file)
{
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const term = std::getenv("TERM");
  Stream stream{is_terminal(file), {}, term == nullptr ? "" : term};
  if (no_color != nullptr) {
    stream.no_color = no_color;
  }
  return use_color(wish, stream);
}

}  // namespace dkimctl::cli
