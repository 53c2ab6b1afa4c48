// The syntax tree of one file.
#pragma once

#include "base/source.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace dkimctl::perl {

/// What a node is, and in brackets what its `text` and `kids` hold.
enum class NodeKind : std::uint8_t {
  // constants
  number,        // [text: as written]
  string,        // [text: the bytes meant, escapes done]
  interpolated,  // [kids: strings and expressions, to be joined]
  version,       // 127.0.0.1 [text: as written]
  words,         // qw(...) [kids: strings]
  regex,         // qr// [kids: the pattern; flags]
  match,         // m//, s///, tr/// [text: which; kids: the pattern; flags]: evaluated by split only
  command,       // `...` [kids: the command]
  // variables; text is the name without sigil
  scalar_variable,
  array_variable,
  hash_variable,
  array_last,     // $#name
  code_variable,  // &name, as in \&name
  glob_variable,
  declaration,  // my, our, local, state [text: which; kids: what is declared]
  // parts of a container; the first kid is an array_variable, hash_variable, dereference or declaration
  element,      // $a[i]
  entry,        // $h{k}
  array_slice,  // @a[...]
  hash_slice,   // @h{...}
  pair_slice,   // %h{...}, %a[...]: never evaluated
  list_slice,   // (...)[...]
  dereference,  // [text: the sigil, or "$#"; kids: the reference]
  // operators
  unary,          // [text: the operator; kids: operand]
  postfix,        // ++ and --
  binary,         // [text: the operator; kids: left, right]
  logical,        // && || // and or xor [kids: left, right]
  conditional,    // ?: [kids: condition, then, else]
  assignment,     // [text: "=", "+=" ...; kids: target, value]
  list,           // (...) or a, b [kids: elements]
  reference,      // \ [kids: operand]
  array_literal,  // [...]
  hash_literal,   // {...}
  // calls
  builtin,        // [text: name; kids: arguments; a block stands first]
  call,           // [text: name; kids: arguments]
  code_call,      // &name(...), &$code(...), $code->(...) [kids: code, arguments]
  method,         // [text: name; kids: invocant, arguments]
  file_test,      // -e [text: letter; kids: operand]
  read_line,      // <FH>
  bareword,       // a class or a file handle [text]
  anonymous_sub,  // [kids: block]
  do_block,
  eval_block,
  flow,  // return, next, last, redo [text: which; kids: value]
  // statements
  block,     // [kids: statements]
  branch,    // if, unless (its condition negated), and their postfix forms [kids: condition, then, else?]
  loop,      // while, until, C-style for: never counted [text: which; kids: parts]
  for_each,  // [kids: variable, list, body, the block of `continue`?]
  sub_definition,  // [text: name; kids: block]
  package,         // [text: name]
  nothing,
};

struct Node;
using Nodes = std::span<Node* const>;

struct Node {
  NodeKind kind = NodeKind::nothing;
  bool parenthesised = false;
  Span span;
  std::string_view text;   // into the source or the tree's memory
  std::string_view flags;  // of a regex; the label of a loop, or that a flow names; "strict" of a dereference
  Nodes kids;              // in the tree's memory
};
static_assert(std::is_trivially_destructible_v<Node>, "the tree's memory is let go without a look at it");

/// Owns the nodes. The source must outlive it.
struct Syntax {
  /// Of the nodes, their lists of kids, and the texts whose escapes were undone.
  std::unique_ptr<std::pmr::monotonic_buffer_resource> memory =
      std::make_unique<std::pmr::monotonic_buffer_resource>();
  Node* root = nullptr;          // a block
  bool imports_unknown = false;  // it uses modules, whose functions are not known
  std::vector<Node*> subs;       // wherever they stand: they exist before anything runs, and when all has run
  std::vector<Node*> early;      // BEGIN blocks and `use constant`: run before anything else, in this order
  /// Variables of `my`, with sigil, that a BEGIN block sees from outside, and where: what it leaves there is
  /// not known.
  std::map<std::string, Span> seen_early;
};

}  // namespace dkimctl::perl
