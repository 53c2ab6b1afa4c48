// The values that settings may have. Errors point into the value, and are the reason alone.
#pragma once

#include "base/result.hpp"
#include "settings/settings.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::settings {

/// What a value is held to beside its grammar.
struct Limits {
  std::int64_t least = 0;  // of a count, or of a duration in seconds
  std::int64_t most = 0;
  std::span<const std::string_view> choices = {};  // empty: any
};

/// "yes" or "no".
Parsed<bool> read_yes_no(std::string_view text);

/// Which of `choices` it is, from 0.
Parsed<std::size_t> read_choice(std::string_view text, std::span<const std::string_view> choices);

///     count = 1*DIGIT
Parsed<std::uint32_t> read_count(std::string_view text, const Limits& limits);

///     duration = 1*DIGIT ( "m" / "h" / "d" / "w" ) / "0"
Parsed<std::chrono::seconds> read_duration(std::string_view text, const Limits& limits);

/// As read_duration() takes it: days where they are whole ones and two at least, else hours or minutes.
std::string duration_text(std::chrono::seconds duration);

/// Permission bits in octal digits, one of `choices`.
Parsed<std::uint32_t> read_mode(std::string_view text, std::span<const std::string_view> choices);

/// An absolute path, as it is.
Parsed<std::string> read_path(std::string_view text);

///     paths = path *( "," path )      with blanks around the commas
Parsed<std::vector<std::string>> read_paths(std::string_view text);

///     servers = server *( "," server )      with blanks around the commas; server as dns::parse_server()
Parsed<std::vector<dns::ServerAddress>> read_servers(std::string_view text);

/// The name of a user: letters, digits, "_", "-" and ".", not beginning with "-" or a digit, 32 at most.
Parsed<std::string> read_user(std::string_view text);

///     window = "always" / time "-" time
///     time   = 2DIGIT ":" 2DIGIT          00:00 to 23:59, and 24:00 as an end
Parsed<std::optional<DayWindow>> read_window(std::string_view text);

/// What a selector is made from: its letters, and placeholders in braces.
///
///     template = 1*( ALPHA / DIGIT / "-" / "_" / "." / "{" 1*ALPHA "}" )
Parsed<std::string> read_template(std::string_view text);

}  // namespace dkimctl::settings
