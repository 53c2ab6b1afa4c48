// Runs texts as files of a host that is a map, in a package with a few variables and functions.
//
//     Run run{"$domain = 'a.example'; key('a', 'b');"};
//     CHECK(show(run.scalar("domain")->value) == "'a.example'");
//     CHECK(run.calls.at(0) == "key('a', 'b') at main:1:25");
//
// What the files find: $domain (undef), $host (not known), @list and %table (empty), key(NAME, FILE, ...),
// which notes how it was called, include(FILE, ...) and optional(FILE, ...).
#pragma once

#include "fake_host.hpp"
#include "perl/interpreter.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dkimctl::perl {

/// As Perl would write it: undef, 7, 'text', [1, 2], {a => 1}, \1, qr/.../ as its text; <why> of what is not
/// known.
inline std::string show(const Value& value)
{
  if (value.is_unknown()) {
    return "<" + value.unknown()->construct + ">";
  }
  if (const Array* const array = value.array()) {
    std::vector<std::string> items;
    for (const ScalarPtr& each : array->items) {
      items.push_back(show(each->value));
    }
    return array->unknown != nullptr ? "[<" + array->unknown->construct + ">]"
                                     : fmt::format("[{}]", fmt::join(items, ", "));
  }
  if (const Hash* const hash = value.hash()) {
    std::vector<std::string> items;
    for (const auto& [key, entry] : hash->entries) {
      items.push_back(fmt::format("{} => {}", key, show(entry.scalar->value)));
    }
    if (hash->unknown != nullptr) {
      items.push_back("<" + hash->unknown->construct + ">");
    }
    return fmt::format("{{{}}}", fmt::join(items, ", "));
  }
  if (const Scalar* const scalar = value.scalar()) {
    return "\\" + show(scalar->value);
  }
  return value.is_undef() ? "undef" : value.is_string() ? "'" + value.text() + "'" : value.text();
}

class Run {
public:
  using Files = std::map<std::string, std::string>;

  /// Runs `text` as the file "main"; `others` are there to be included.
  explicit Run(std::string text, const Files& others = {}, std::uint64_t most_steps = 100'000)
      : interpreter(host_, surroundings(most_steps))
  {
    host_.add_file("main", std::move(text));
    for (const auto& [path, other] : others) {
      host_.add_file(path, other);
    }
    succeeded = interpreter.run_file("main", Missing::fails);
  }

  ScalarPtr scalar(std::string_view name) const { return interpreter.scalar(name); }
  std::string domain() const { return show(scalar("domain")->value); }
  std::string list() const { return show(Value{interpreter.array("list")}); }
  std::string table() const { return show(Value{interpreter.hash("table")}); }

  /// "main:1:14"; "nowhere" for what no file set.
  std::string at(Place place) const
  {
    const Location where = interpreter.locate(place);
    return place.known() ? fmt::format("{}:{}:{}", where.file, where.line, where.column) : "nowhere";
  }
  /// The bytes meant.
  std::string_view text(Place place) const
  {
    return interpreter.files().at(place.source).source->at(place.span);
  }

  /// Each as "main:1:14: what it says [its hint]".
  std::vector<std::string> failures() const
  {
    std::vector<std::string> all;
    for (const Failure& each : interpreter.failures()) {
      const std::string where = each.where.known() ? at(each.where) : each.file;
      all.push_back(
          fmt::format("{}: {}{}", where, each.what, each.hint.empty() ? "" : " [" + each.hint + "]"));
    }
    return all;
  }

  /// Each as "main:1:14: construct: $a, $b", what it reaches last.
  std::vector<std::string> dynamics() const
  {
    std::vector<std::string> all;
    for (const Dynamic& each : interpreter.dynamics()) {
      all.push_back(fmt::format("{}: {}: {}", at(each.unknown->where), each.unknown->construct,
                                fmt::join(each.taints, ", ")));
    }
    return all;
  }

  std::vector<std::string> calls;  // of key: "key('a', 'b') at main:1:1 if <why>"
  std::vector<std::vector<Item>> arguments;
  bool succeeded = false;

private:
  static constexpr std::array<std::string_view, 4> kVariables{"$domain", "$host", "%table", "@list"};
  static constexpr std::array kFunctions{Signature{"include", "@"}, Signature{"key", "$$;@"},
                                         Signature{"optional", "@"}};

  static_assert(std::ranges::is_sorted(kVariables) &&
                std::ranges::is_sorted(kFunctions, {}, &Signature::name));

  Surroundings surroundings(std::uint64_t most_steps)
  {
    Surroundings all;
    all.vocabulary = {"Conf", kVariables, kFunctions};
    all.functions["key"] = [this](Interpreter& /*interpreter*/, const Call& call) { return note(call); };
    all.functions["include"] = [](Interpreter& running, const Call& call) {
      return include(running, call, Missing::fails);
    };
    all.functions["optional"] = [](Interpreter& running, const Call& call) {
      return include(running, call, Missing::is_skipped);
    };
    all.run_command = [](std::string_view command) {
      return command == "hostname" ? std::optional<std::string>{"mail\n"} : std::nullopt;
    };
    all.initial_value = [](std::string_view name) {
      return name == "$host"    ? std::nullopt
             : name == "@list"  ? std::optional{Value{std::make_shared<Array>()}}
             : name == "%table" ? std::optional{Value{std::make_shared<Hash>()}}
                                : std::optional{Value{}};
    };
    all.most_steps = most_steps;
    return all;
  }

  Outcome note(const Call& call)
  {
    std::vector<std::string> given;
    for (const Item& each : call.arguments) {
      given.push_back(show(each.value) + (each.many ? "..." : ""));
    }
    calls.push_back(fmt::format("key({}) at {}{}", fmt::join(given, ", "), at(call.place),
                                call.condition == nullptr ? "" : " if <" + call.condition->construct + ">"));
    arguments.push_back(call.arguments);
    return {{{Value{std::int64_t{1}}, {}, nullptr}}, {}};
  }

  static Outcome include(Interpreter& running, const Call& call, Missing missing)
  {
    for (const Item& each : call.arguments) {
      running.run_file(each.value.text(), missing, call.place);
    }
    return {{{Value{std::int64_t{1}}, {}, nullptr}}, {}};
  }

  FakeHost host_;

public:
  Interpreter interpreter;
};

}  // namespace dkimctl::perl
