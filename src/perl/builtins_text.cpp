#include "perl/arithmetic.hpp"
#include "perl/lexer.hpp"
#include "perl/machine.hpp"
#include "perl/regex.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace dkimctl::perl {
namespace {

char to_lower(char c)
{
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 0x20) : c;
}
char to_upper(char c)
{
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 0x20) : c;
}

std::string change_case(std::string text, std::string_view function)
{
  if (function == "lc" || function == "fc") {
    std::ranges::transform(text, text.begin(), to_lower);
  } else if (function == "uc") {
    std::ranges::transform(text, text.begin(), to_upper);
  } else if (!text.empty()) {
    text[0] = function == "lcfirst" ? to_lower(text[0]) : to_upper(text[0]);
  }
  return text;
}

std::string quote_meta(std::string_view text)
{
  std::string out;
  for (const char c : text) {
    if (!is_word_char(c)) {
      out += '\\';
    }
    out += c;
  }
  return out;
}

/// split on white space, as split(' ') does.
std::vector<std::string> words_of(std::string_view text)
{
  std::vector<std::string> out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t begin = i;
    while (i < text.size() && !is_blank(text[i])) {
      ++i;
    }
    if (i > begin) {
      out.emplace_back(text.substr(begin, i - begin));
    } else {
      ++i;
    }
  }
  return out;
}

/// The parts of a text; nothing where that is not evaluated.
struct Parts {
  std::vector<std::optional<std::string>> parts;  // nothing: undefined
  std::string_view why;                           // set: what is not evaluated
};

/// `match` is the m// that the pattern was written as; null: any other expression.
Parts parts_between(std::string_view text, const Value& pattern, const Node* match, std::int64_t limit)
{
  if (match == nullptr && pattern.is_string() && *pattern.string() == " ") {
    std::vector<std::string> words = limit == 0 ? words_of(text) : std::vector<std::string>{};
    return {{std::make_move_iterator(words.begin()), std::make_move_iterator(words.end())},
            limit == 0 ? std::string_view{} : "split of words with a limit"};
  }
  const std::string flags{match != nullptr ? match->flags : std::string_view{}};
  const Regex regex = pattern.regex() != nullptr
                          ? *pattern.regex()
                          : Regex{pattern.text() == "^" ? "(?m:^)" : pattern.text(), flags};
  const auto compiled = CompiledRegex::compile(regex);
  auto split = compiled ? compiled->split(text, limit > 0 ? static_cast<std::size_t>(limit) : 0)
                        : tl::unexpected(compiled.error());
  return split ? Parts{*std::move(split), {}} : Parts{{}, "split by a pattern"};
}

/// Without a limit the empty parts at the end are left out.
Parts split_text(std::string_view text, const Value& pattern, const Node* match, std::int64_t limit)
{
  Parts all = parts_between(text, pattern, match, limit);
  while (limit == 0 && !all.parts.empty() && all.parts.back().value_or("").empty()) {
    all.parts.pop_back();
  }
  return all;
}

// ---- functions of a number

Value hex(const Value& value)
{
  const std::string text = value.text();
  const bool prefixed = text.starts_with("0x") || text.starts_with("0X");
  return number_in_base(std::string_view{text}.substr(prefixed ? 2 : 0), 16);
}

Value oct(const Value& value)
{
  return octal(value.text());
}

Value ord(const Value& value)
{
  const std::string text = value.text();
  return static_cast<std::int64_t>(text.empty() ? 0 : static_cast<unsigned char>(text[0]));
}

std::optional<Value> chr(const Value& value)
{
  const std::int64_t code = value.as_integer();
  return code >= 0 && code < 256 ? std::optional{Value{std::string(1, static_cast<char>(code))}}
                                 : std::nullopt;
}

std::optional<Value> square_root(const Value& value)
{
  const double number = value.as_double();
  return number >= 0 ? std::optional{Value{std::sqrt(number)}} : std::nullopt;
}

/// An integer where a double holds it exactly.
Value integer_if_exact(double number)
{
  return std::fabs(number) < 1e15 && number == std::trunc(number) ? Value{static_cast<std::int64_t>(number)}
                                                                  : Value{number};
}

std::optional<Value> absolute(const Value& value)
{
  Value exact = value.number();
  if (exact.integer() != nullptr) {
    return *exact.integer() < 0 ? apply_unary("-", exact) : exact;
  }
  return integer_if_exact(std::fabs(*exact.floating()));
}

Value truncated(const Value& value)
{
  Value exact = value.number();
  return exact.integer() != nullptr ? exact : integer_if_exact(std::trunc(*exact.floating()));
}

/// One of the functions that take a number; for nothing, `why` says what it was.
struct NumberFunction {
  std::string_view name;
  std::optional<Value> (*function)(const Value&);
  std::string_view why;
};

template<Value (*kFunction)(const Value&)>
std::optional<Value> always(const Value& value)
{
  return kFunction(value);
}

/// Perl has 64 bits for these.
template<Value (*kFunction)(const Value&)>
std::optional<Value> exactly(const Value& value)
{
  const Value result = kFunction(value);
  const double* const floating = result.floating();
  return floating != nullptr && *floating < 1.9e19 ? std::nullopt : std::optional{result};
}

constexpr std::array kNumberFunctions{
    NumberFunction{"abs", absolute, "number beyond 63 bits"},
    NumberFunction{"chr", chr, "wide character"},
    NumberFunction{"hex", exactly<hex>, "number beyond 63 bits"},
    NumberFunction{"int", always<truncated>, {}},
    NumberFunction{"oct", exactly<oct>, "number beyond 63 bits"},
    NumberFunction{"ord", always<ord>, {}},
    NumberFunction{"sqrt", square_root, "root of a negative number"},
};

const Value* first_unknown(const List& values)
{
  const auto found = std::ranges::find_if(values, [](const Item& each) { return each.value.is_unknown(); });
  return found == values.end() ? nullptr : &found->value;
}

}  // namespace

Value Interpreter::Machine::do_join(const Node& node, List* /*out*/)
{
  const List values = list(node.kids);
  std::string text;
  UnknownPtr why;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::optional<std::string> part = text_of(values[i].value, why, node);
    if (!part) {
      return why;
    }
    if (i > 1) {
      text += values[0].value.text();
    }
    text += i > 0 ? *part : "";
    if (text.size() > kLongestString) {
      return unknown_value(node, "string of a size beyond reason");
    }
  }
  return Value{std::move(text)};
}

/// split on ' ' or on a pattern, with or without a limit; nothing else is evaluated.
Value Interpreter::Machine::do_split(const Node& node, List* out)
{
  const Node* const written = node.kids.empty() ? nullptr : node.kids[0];
  const Value subject = node.kids.size() > 1 ? scalar(*node.kids[1]) : variable<Scalar>("_")->value;
  const bool match = written != nullptr && written->kind == NodeKind::match;
  const Value pattern = written == nullptr ? Value{" "} : scalar(match ? *written->kids[0] : *written);
  const Value limit = node.kids.size() > 2 ? scalar(*node.kids[2]) : Value{std::int64_t{0}};
  for (const Value* const given : {&subject, &pattern, &limit}) {
    if (given->is_unknown()) {
      return unknown_result(node, out, given->unknown());
    }
  }
  if (is_address(subject)) {
    return unknown_result(node, out, unknown(place(node), "address of a reference"));
  }
  if (!step_for(subject)) {
    return {};
  }
  auto [parts, why] = split_text(subject.text(), pattern, match ? written : nullptr, limit.as_integer());
  if (!why.empty()) {
    return unknown_result(node, out, unknown(place(node), std::string{why}));
  }
  if (out == nullptr) {
    return static_cast<std::int64_t>(parts.size());
  }
  if (!step(parts.size())) {
    return {};
  }
  for (std::optional<std::string>& part : parts) {
    add(*out, node, part ? Value{*std::move(part)} : Value{});
  }
  return {};
}

Value Interpreter::Machine::do_sprintf(const Node& node, List* /*out*/)
{
  std::vector<Value> arguments;
  for (Item& each : list(node.kids)) {
    if (each.value.is_unknown()) {
      return each.value;
    }
    if (is_address(each.value)) {
      return unknown_value(node, "address of a reference");
    }
    arguments.push_back(std::move(each.value));
  }
  if (arguments.empty()) {
    return Value{""};
  }
  const std::string pattern = arguments.front().text();
  arguments.erase(arguments.begin());
  std::optional<std::string> text = format(pattern, arguments);
  return text ? Value{*std::move(text)} : unknown_value(node, "format of sprintf");
}

/// lc and its like, quotemeta, length.
Value Interpreter::Machine::do_text(const Node& node, List* /*out*/)
{
  const Value value = operand_or_topic(node);
  UnknownPtr why;
  if (node.text == "length" && value.is_undef()) {
    return {};
  }
  std::optional<std::string> text = text_of(value, why, node);
  if (!text) {
    return why;
  }
  if (node.text == "length") {
    return static_cast<std::int64_t>(text->size());
  }
  return node.text == "quotemeta" ? quote_meta(*text) : change_case(*std::move(text), node.text);
}

Value Interpreter::Machine::do_substring(const Node& node, List* /*out*/)
{
  const List arguments = items(node.kids);
  if (const Value* const why = first_unknown(arguments)) {
    return *why;
  }
  if (arguments.size() < 2 || arguments.size() > 3) {
    const UnknownPtr why = unknown(place(node), "substr that changes its argument");
    if (!node.kids.empty()) {
      make_unknown(*node.kids[0], why);
    }
    return why;
  }
  const std::string text = arguments[0].value.text();
  const auto size = static_cast<std::int64_t>(text.size());
  std::int64_t begin = arguments[1].value.as_integer();
  begin += begin < 0 ? size : 0;
  if (begin < 0 || begin > size) {
    return unknown_value(node, "substr beyond its string");
  }
  std::int64_t end = size;
  if (arguments.size() == 3 && !arguments[2].value.is_undef()) {
    const std::int64_t length = arguments[2].value.as_integer();
    end = length < 0 ? size + length : length > size - begin ? size : begin + length;
  }
  return text.substr(static_cast<std::size_t>(begin),
                     static_cast<std::size_t>(std::max<std::int64_t>(end - begin, 0)));
}

Value Interpreter::Machine::do_index(const Node& node, List* /*out*/)
{
  const List arguments = items(node.kids);
  if (const Value* const why = first_unknown(arguments)) {
    return *why;
  }
  if (arguments.size() != 2) {
    return unknown_value(node, fmt::format("{} with a start", node.text));
  }
  const std::string text = arguments[0].value.text();
  const std::string part = arguments[1].value.text();
  const std::size_t found = node.text == "index" ? text.find(part) : text.rfind(part);
  return found == std::string::npos ? std::int64_t{-1} : static_cast<std::int64_t>(found);
}

Value Interpreter::Machine::do_number(const Node& node, List* /*out*/)
{
  Value value = operand_or_topic(node);
  if (value.is_unknown()) {
    return value;
  }
  if (value.is_reference()) {
    return unknown_value(node, "address of a reference");
  }
  const auto* const row = std::ranges::find(kNumberFunctions, node.text, &NumberFunction::name);
  std::optional<Value> result = row->function(value);
  return result ? *std::move(result) : unknown_value(node, std::string{row->why});
}

Value Interpreter::Machine::do_chomp(const Node& node, List* /*out*/)
{
  UnknownPtr why;
  std::int64_t removed = 0;
  for (const ScalarPtr& cell : cells_to_chomp(node, why)) {
    if (cell->value.is_undef() || !cell->value.is_plain()) {
      continue;
    }
    std::string text = cell->value.text();
    if (!text.empty() && (node.text == "chop" || text.back() == '\n')) {
      text.pop_back();
      ++removed;
      store(*cell, Value{std::move(text)}, cell->set, {});
    }
  }
  return why != nullptr ? Value{why} : Value{removed};
}

/// None, and why, where they cannot be known.
std::vector<ScalarPtr> Interpreter::Machine::cells_to_chomp(const Node& node, UnknownPtr& why)
{
  if (node.kids.empty()) {
    return {variable<Scalar>("_")};
  }
  const Meant<Scalar> one = scalar_cell(*node.kids[0]);
  if (one.cell != nullptr) {
    return {one.cell};
  }
  std::vector<ScalarPtr> cells;
  why = one.unknown;
  if (why == nullptr) {
    for (Item& each : list(*node.kids[0])) {
      if (each.cell != nullptr) {
        cells.push_back(std::move(each.cell));
      }
    }
  }
  return cells;
}

}  // namespace dkimctl::perl
