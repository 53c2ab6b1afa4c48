#include "perl/parser_impl.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace dkimctl::perl {
namespace {

constexpr int kMaxDepth = 200;

// Words that end a list operator's arguments.
constexpr std::array<std::string_view, 19> kEndingWords{
    "and", "or", "xor", "if", "unless", "while", "until", "for", "foreach", "x",
    "eq",  "ne", "lt",  "gt", "le",     "ge",    "cmp",   "isa", "continue"};

/// No term begins with one of these.
constexpr std::array<std::string_view, 21> kNoTerm{
    "if", "unless", "while", "until", "foreach", "for", "else", "elsif", "and",     "or",      "xor",
    "x",  "eq",     "ne",    "lt",    "gt",      "le",  "ge",   "cmp",   "__END__", "__DATA__"};

constexpr std::array<std::string_view, 5> kStandardHandles{"STDIN", "STDOUT", "STDERR", "DATA", "ARGV"};

/// Functions whose first argument may be a bare word: a file handle, or a module.
constexpr std::array<std::string_view, 18> kTakesWord{
    "binmode", "close",   "closedir", "eof",  "fileno", "flock",   "open",    "opendir",  "read",
    "readdir", "require", "seek",     "stat", "lstat",  "sysopen", "sysread", "syswrite", "tell"};

bool takes_word(std::string_view name)
{
  return std::ranges::find(kTakesWord, name) != kTakesWord.end();
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words)
{
  return std::ranges::find(words, word) != words.end();
}

/// Whether it is an array that push and its like may change, in whatever brackets.
bool is_array_variable(const Node& node)
{
  const bool wrapped =
      (node.kind == NodeKind::list || node.kind == NodeKind::declaration) && node.kids.size() == 1;
  return node.kind == NodeKind::array_variable || (node.kind == NodeKind::dereference && node.text == "@") ||
         (wrapped && is_array_variable(*node.kids[0])) ||
         (node.kind == NodeKind::conditional && is_array_variable(*node.kids[1]) &&
          is_array_variable(*node.kids[2]));
}

bool can_be_assigned(const Node& node)
{
  switch (node.kind) {
  case NodeKind::scalar_variable:
  case NodeKind::array_variable:
  case NodeKind::hash_variable:
  case NodeKind::array_last:
  case NodeKind::glob_variable:
  case NodeKind::declaration:
  case NodeKind::element:
  case NodeKind::entry:
  case NodeKind::array_slice:
  case NodeKind::hash_slice:
  case NodeKind::dereference:
  case NodeKind::assignment:
  case NodeKind::do_block:
  case NodeKind::reference:  // \$x = \$y, an experiment of newer Perls
  case NodeKind::nothing: return true;
  case NodeKind::list:
    return std::ranges::all_of(node.kids, [](const Node* kid) {
      return can_be_assigned(*kid) || (kid->kind == NodeKind::builtin && kid->text == "undef");
    });
  case NodeKind::conditional: return can_be_assigned(*node.kids[1]) && can_be_assigned(*node.kids[2]);
  case NodeKind::builtin: return is_one_of(node.text, {"substr", "local", "keys", "vec", "pos"});
  case NodeKind::unary: return node.text == "++" || node.text == "--";
  case NodeKind::call:
  case NodeKind::code_call:
  case NodeKind::method: return true;  // an lvalue sub, for all the grammar knows
  case NodeKind::number:
  case NodeKind::string:
  case NodeKind::interpolated:
  case NodeKind::version:
  case NodeKind::words:
  case NodeKind::regex:
  case NodeKind::match:
  case NodeKind::command:
  case NodeKind::code_variable:
  case NodeKind::pair_slice:
  case NodeKind::list_slice:
  case NodeKind::postfix:
  case NodeKind::binary:
  case NodeKind::logical:
  case NodeKind::array_literal:
  case NodeKind::hash_literal:
  case NodeKind::file_test:
  case NodeKind::read_line:
  case NodeKind::bareword:
  case NodeKind::anonymous_sub:
  case NodeKind::eval_block:
  case NodeKind::flow:
  case NodeKind::block:
  case NodeKind::branch:
  case NodeKind::loop:
  case NodeKind::for_each:
  case NodeKind::sub_definition:
  case NodeKind::package: return false;
  }
  return false;
}

NodeKind kind_of_sigil(std::string_view sigil)
{
  switch (sigil.front()) {
  case '@': return NodeKind::array_variable;
  case '%': return NodeKind::hash_variable;
  case '&': return NodeKind::code_variable;
  case '*': return NodeKind::glob_variable;
  default: return sigil == "$#" ? NodeKind::array_last : NodeKind::scalar_variable;
  }
}

/// Null for a token that is no operator, or one that binds less tightly.
const BinaryOperator* operator_of(const Token& token, int min_precedence)
{
  const bool may_be = token.kind == TokenKind::op || token.kind == TokenKind::word;
  const BinaryOperator* const found = may_be ? binary_operator(token.text) : nullptr;
  return found == nullptr || found->precedence < min_precedence ? nullptr : found;
}

bool is_logical(const BinaryOperator& op)
{
  return is_one_of(op.text, {"||", "&&", "//"});
}

/// Whether another operator of the same precedence may follow its right side (perlop, "Operator Precedence").
bool may_chain(const BinaryOperator& op)
{
  return op.fixity != Fixity::none || op.precedence == kPrecedenceRelational ||
         is_one_of(op.text, {"==", "!=", "eq", "ne"});
}

}  // namespace

// ---- from loose to tight

Node* Parser::expression()
{
  Node* left = word_and();
  while (next_is("or") || next_is("xor")) {
    const Token op = take(Expect::op);
    Node* const right = word_and();
    left =
        make(NodeKind::logical, {left->span.begin, last_end_}, op.text == "or" ? "||" : "xor", {left, right});
  }
  return left;
}

Node* Parser::word_and()
{
  Node* left = word_not();
  while (accept("and")) {
    Node* const right = word_not();
    left = make(NodeKind::logical, {left->span.begin, last_end_}, "&&", {left, right});
  }
  return left;
}

Node* Parser::word_not()
{
  const Token& next = lexer_.peek(Expect::term);
  if (next.kind != TokenKind::word || next.text != "not" || lexer_.fat_comma_at(next.span.end) ||
      lexer_.after_blanks(next.span.end) == '(') {
    return comma_list();
  }
  const Token word = take(Expect::term);
  if (++depth_ > kMaxDepth) {
    --depth_;
    return fail(word.span, "blocks or expressions are nested too deep");
  }
  Node* const operand = word_not();
  --depth_;
  return make(NodeKind::unary, {word.span.begin, last_end_}, "!", {operand});
}

bool Parser::at_end_of_expression(Expect mode)
{
  const Token& token = lexer_.peek(mode);
  if (token.kind == TokenKind::end) {
    return true;
  }
  if (token.kind == TokenKind::op) {
    return is_one_of(token.text, {")", "]", "}", ";", ":", "=", "==", "=>", ",", "?", "||", "&&", "//", ".",
                                  "..", "->"}) &&
           !(mode == Expect::term && token.text == "=>");
  }
  return token.kind == TokenKind::word && std::ranges::find(kEndingWords, token.text) != kEndingWords.end() &&
         !lexer_.fat_comma_at(token.span.end);
}

Node* Parser::comma_list()
{
  Node* const first = assignment();
  if (!next_is(",") && !next_is("=>")) {
    return first;
  }
  const std::size_t begin = pending_.size();
  pending_.push_back(first);
  while (next_is(",") || next_is("=>")) {
    take(Expect::op);
    while (next_is(",", Expect::term) || next_is("=>", Expect::term)) {
      take(Expect::term);  // any number of commas is one
    }
    if (at_end_of_expression()) {
      break;
    }
    pending_.push_back(assignment());
  }
  Node* const list = make(NodeKind::list, {first->span.begin, last_end_}, {}, Nodes{pending_}.subspan(begin));
  pending_.resize(begin);
  return list;
}

Nodes Parser::arguments_to_end()
{
  if (at_end_of_expression()) {
    return {};
  }
  Node* const list = comma_list();
  return list->kind == NodeKind::list && !list->parenthesised ? list->kids : keep(Nodes{&list, 1});
}

/// A string in single quotes behind which nothing but the end of the expression can follow: most of what a
/// configuration consists of, without a look at every level of precedence. Null for anything else.
Node* Parser::lone_constant()
{
  const Token& token = lexer_.peek(Expect::term);
  if (token.kind != TokenKind::quote || token.text != "q") {
    return nullptr;
  }
  const char behind = lexer_.after_blanks(token.span.end);
  return behind == ',' || behind == ')' || behind == ';' ? quoted(take(Expect::term)) : nullptr;
}

Node* Parser::assignment()
{
  if (Node* const constant = lone_constant()) {
    return constant;
  }
  Node* const left = conditional();
  const Token& next = lexer_.peek(Expect::op);
  if (next.kind != TokenKind::op || !is_assignment(next.text)) {
    return left;
  }
  const Token op = next;
  const bool constant = left->kind == NodeKind::call && names_.prototype(left->text).has_value();
  if (!can_be_assigned(*left) || constant) {
    return fail(left->span, "this cannot be assigned to");
  }
  take(Expect::op);
  if (++depth_ > kMaxDepth) {
    --depth_;
    return fail(op.span, "blocks or expressions are nested too deep");
  }
  Node* const right = assignment();
  --depth_;
  return make(NodeKind::assignment, {left->span.begin, last_end_}, op.text, {left, right});
}

Node* Parser::conditional()
{
  Node* const test = binary(kPrecedenceRange);
  if (!accept("?")) {
    return test;
  }
  Node* const then = assignment();
  expect(":");
  if (++depth_ > kMaxDepth) {
    --depth_;
    return fail(test->span, "blocks or expressions are nested too deep");
  }
  Node* const otherwise = assignment();
  --depth_;
  return make(NodeKind::conditional, {test->span.begin, last_end_}, {}, {test, then, otherwise});
}

Node* Parser::binary(int min_precedence)
{
  if (++depth_ > kMaxDepth) {
    --depth_;
    return fail(lexer_.peek(Expect::term).span, "blocks or expressions are nested too deep");
  }
  Node* left = unary();
  while (const BinaryOperator* const op = operator_of(lexer_.peek(Expect::op), min_precedence)) {
    take(Expect::op);
    Node* const right = binary(op->fixity == Fixity::right ? op->precedence : op->precedence + 1);
    left = make(is_logical(*op) ? NodeKind::logical : NodeKind::binary, {left->span.begin, last_end_},
                op->text, {left, right});
    const Token again = lexer_.peek(Expect::op);
    if (!may_chain(*op) && operator_of(again, op->precedence) != nullptr) {
      left =
          fail(again.span, fmt::format("'{}' cannot follow '{}' without parentheses", again.text, op->text));
      break;
    }
  }
  --depth_;
  return left;
}

Node* Parser::unary()
{
  const Token& next = lexer_.peek(Expect::term);
  if (next.kind != TokenKind::op || !is_one_of(next.text, {"!", "~", "\\", "+", "-", "++", "--"})) {
    return postfix();
  }
  const Token op = take(Expect::term);
  if (op.text == "-" && is_word_start(lexer_.raw()) && !is_word_char(lexer_.at(lexer_.offset() + 1))) {
    if (Node* const test = file_test(op)) {
      return test;
    }
  }
  if (op.text == "-" && is_word_start(lexer_.raw())) {
    const Token word = lexer_.peek(Expect::term);  // -word is the string "-word"
    if (word.kind == TokenKind::word && builtin(word.text) == nullptr && !names_.is_sub(word.text)) {
      take(Expect::term);
      return make(NodeKind::string, {op.span.begin, last_end_}, lexer_.slice({op.span.begin, last_end_}));
    }
  }
  if (++depth_ > kMaxDepth) {
    --depth_;
    return fail(op.span, "blocks or expressions are nested too deep");
  }
  // ** binds tighter than a sign before it.
  Node* operand = is_one_of(op.text, {"++", "--"}) ? postfix() : binary(kPrecedencePower);
  --depth_;
  const Span span{op.span.begin, last_end_};
  if (op.text == "\\") {
    return make(NodeKind::reference, span, {}, {operand});
  }
  if (is_one_of(op.text, {"++", "--"}) && !can_be_assigned(*operand)) {
    return fail(operand->span, "this cannot be changed");
  }
  return op.text == "+" ? operand : make(NodeKind::unary, span, op.text, {operand});
}

Node* Parser::file_test(const Token& minus)
{
  const std::string_view letter = lexer_.slice({lexer_.offset(), lexer_.offset() + 1});
  const std::uint32_t behind = lexer_.offset() + 1;
  std::uint32_t arrow = behind;  // "-x =>" is a string, but only where the arrow stands on the same line
  while (lexer_.at(arrow) == ' ' || lexer_.at(arrow) == '\t') {
    ++arrow;
  }
  if (std::string_view{"rwxoRWXOezsfdlpSbctugkTBAMC"}.find(letter) == std::string_view::npos ||
      (lexer_.at(arrow) == '=' && lexer_.at(arrow + 1) == '>')) {
    return nullptr;
  }
  Lexer ahead = lexer_;
  ahead.move_to(behind);
  const Token following = ahead.peek(Expect::term);
  const bool operand_missing =
      following.kind == TokenKind::end ||
      (following.kind == TokenKind::op && following.text != "(" && following.text != "\\");
  take(Expect::term);  // the letter, which may have been read as the start of a quote
  lexer_.move_to(behind);
  last_end_ = behind;
  Node* const operand = operand_missing ? make(NodeKind::nothing, minus.span) : named_unary_operand();
  return make(NodeKind::file_test, {minus.span.begin, last_end_}, letter, {operand});
}

Node* Parser::named_unary_operand()
{
  return binary(kPrecedenceUnary + 1);
}

Node* Parser::postfix()
{
  Node* const base = subscripts(term());
  const Token& next = lexer_.peek(Expect::op);
  if (next.kind == TokenKind::op && (next.text == "++" || next.text == "--")) {
    if (!can_be_assigned(*base)) {
      return fail(base->span, "this cannot be changed");
    }
    const Token op = take(Expect::op);
    return make(NodeKind::postfix, {base->span.begin, last_end_}, op.text, {base});
  }
  return base;
}

// ---- subscripts

Node* Parser::subscripts(Node* base)
{
  while (!failed_) {
    const Token& next = lexer_.peek(Expect::op);
    if (next.kind != TokenKind::op ||
        (next.text != "->" && next.text != "[" && next.text != "{" && next.text != "(")) {
      return base;
    }
    const Token op = next;
    const bool chained = base->kind == NodeKind::element || base->kind == NodeKind::entry ||
                         base->kind == NodeKind::list_slice ||
                         (base->kind == NodeKind::code_call && base->parenthesised);
    if (op.text == "->") {
      base = arrow(base);
    } else if (chained && (op.text == "[" || op.text == "{")) {
      base = part_of(base, op.text[0], false);
    } else if (op.text == "(" && (base->kind == NodeKind::element || base->kind == NodeKind::entry)) {
      base = call_of(base, take(Expect::op));
    } else {
      return base;
    }
  }
  return base;
}

/// What `bracket`, "[" or "{", picks from the array or hash that `base` refers to.
Node* Parser::part_of(Node* base, char bracket, bool many)
{
  return subscript(dereference(base->span, bracket == '[' ? "@" : "%", base), bracket, many);
}

/// `base` refers to a function.
Node* Parser::call_of(Node* base, const Token& open)
{
  Node* const arguments = bracketed(open, NodeKind::list, ")");
  Node* const call = make(NodeKind::code_call, {base->span.begin, last_end_}, {}, {base, arguments});
  call->parenthesised = true;
  return call;
}

/// ->@*, ->%*, ->$*, ->$#*, ->@[...]; null where no such thing follows.
Node* Parser::postfix_dereference(Node* base)
{
  const char sigil = lexer_.raw();
  if (sigil != '@' && sigil != '%' && sigil != '$') {
    return nullptr;
  }
  const std::uint32_t begin = lexer_.offset();
  const std::uint32_t star = lexer_.at(begin + 1) == '#' ? begin + 2 : begin + 1;
  const char behind = lexer_.at(star);
  if (behind == '*') {
    lexer_.move_to(star + 1);
    last_end_ = star + 1;
    return dereference({base->span.begin, last_end_}, lexer_.slice({begin, star}), base);
  }
  if (sigil == '@' && (behind == '[' || behind == '{')) {
    lexer_.move_to(star);
    return part_of(base, behind, true);
  }
  return nullptr;
}

Node* Parser::arrow(Node* base)
{
  take(Expect::op);
  if (Node* const whole = postfix_dereference(base)) {
    return whole;
  }
  if (const std::optional<Token> name = lexer_.plain_word()) {
    last_end_ = name->span.end;
    return method(base, *name);
  }
  const Token token = lexer_.peek(Expect::term);
  if (token.kind == TokenKind::op && (token.text == "[" || token.text == "{")) {
    return part_of(base, token.text[0], false);
  }
  if (token.kind == TokenKind::op && token.text == "(") {
    return call_of(base, take(Expect::term));
  }
  if (token.kind != TokenKind::variable || token.sigil != "$") {
    return unexpected(token, "'[', '{' or a method's name");
  }
  return method(base, take(Expect::term));
}

Node* Parser::method(Node* invocant, const Token& name)
{
  Node* arguments = make(NodeKind::list, name.span);
  if (next_is("(")) {
    const Token open = take(Expect::op);
    arguments = bracketed(open, NodeKind::list, ")");
  }
  return make(NodeKind::method, {invocant->span.begin, last_end_}, name.text, {invocant, arguments});
}

/// A reference followed; under `use strict` a string is none.
Node* Parser::dereference(Span span, std::string_view sigil, Node* inner)
{
  Node* const made = make(NodeKind::dereference, span, sigil, {inner});
  made->flags = names_.strict().refs ? "strict" : "";
  return made;
}

/// Behind a container: [index] or {key}; with `slice` any number of them.
Node* Parser::subscript(Node* container, char open, bool slice)
{
  take(Expect::op);
  Node* index = nullptr;
  if (open == '{') {
    if (const std::optional<Token> key = lexer_.simple_key()) {
      last_end_ = key->span.end;
      index = make(NodeKind::string, key->span, key->text);
    }
  }
  if (index == nullptr) {
    index = expression();
  }
  expect(open == '{' ? "}" : "]");
  const NodeKind kind = open == '{' ? (slice ? NodeKind::hash_slice : NodeKind::entry)
                                    : (slice ? NodeKind::array_slice : NodeKind::element);
  return make(kind, {container->span.begin, last_end_}, {}, {container, index});
}

// ---- terms

Node* Parser::term()
{
  const Token token = lexer_.peek(Expect::term);
  switch (token.kind) {
  case TokenKind::number:
    take(Expect::term);
    return make(std::ranges::count(token.text, '.') > 1 ? NodeKind::version : NodeKind::number, token.span,
                token.text);
  case TokenKind::quote:
  case TokenKind::here_document: take(Expect::term); return quoted(token);
  case TokenKind::read_line:
    take(Expect::term);
    interpolate(token.span, {token.span.begin + 1, token.span.end - 1}, '<', false);  // for the names in it
    return make(NodeKind::read_line, token.span, token.text.substr(1, token.text.size() - 2));
  case TokenKind::variable: take(Expect::term); return variable(token);
  case TokenKind::cast: take(Expect::term); return cast(token);
  case TokenKind::word: take(Expect::term); return word_term(token);
  case TokenKind::op: break;
  case TokenKind::end:
  case TokenKind::broken: return unexpected(token, "an expression");
  }
  if (token.text == "(") {
    take(Expect::term);
    return parenthesised(token);
  }
  if (token.text == "[") {
    take(Expect::term);
    return bracketed(token, NodeKind::array_literal, "]");
  }
  if (token.text == "{") {
    take(Expect::term);
    return bracketed(token, NodeKind::hash_literal, "}");
  }
  if (token.text == "-" || token.text == "!" || token.text == "+" || token.text == "\\") {
    return unary();
  }
  return unexpected(token, "an expression");
}

/// Two elements side by side lack a comma; of a call of `function` they are its arguments.
Node* Parser::closing_expected(std::string_view closing, std::string_view function)
{
  const Token token = lexer_.peek(Expect::term);
  const bool element = token.kind == TokenKind::quote || token.kind == TokenKind::number ||
                       token.kind == TokenKind::variable || token.kind == TokenKind::word;
  return element ? fail(token.span, "expected ','",
                        function.empty() ? std::string{"separate the elements of a list with commas"}
                                         : fmt::format("separate the arguments of {}()", function))
                 : unexpected(lexer_.peek(Expect::op), fmt::format("'{}'", closing));
}

/// A list in brackets whose opening one has been taken; `function`, whose arguments it is, is for messages.
Node* Parser::bracketed(const Token& open, NodeKind kind, std::string_view closing, std::string_view function)
{
  Node* list = nullptr;
  if (!next_is(closing, Expect::term)) {
    Node* const inside = expression();
    const bool several = inside->kind == NodeKind::list && !inside->parenthesised;
    list = several ? inside : make(kind, open.span, {}, {inside});
  } else {
    list = make(kind, open.span);
  }
  if (!failed_ && lexer_.peek(Expect::op).kind == TokenKind::end) {
    return fail(open.span, fmt::format("this '{}' is never closed", open.text),
                fmt::format("add the missing '{}'", closing));
  }
  if (!accept(closing)) {
    return closing_expected(closing, function);
  }
  list->kind = kind;
  list->span = {open.span.begin, last_end_};
  return list;
}

Node* Parser::parenthesised(const Token& open)
{
  Node* const list = bracketed(open, NodeKind::list, ")");
  list->parenthesised = true;
  if (next_is("[")) {
    const Token bracket = take(Expect::op);
    Node* const index = bracketed(bracket, NodeKind::list, "]");
    return make(NodeKind::list_slice, {open.span.begin, last_end_}, {}, {list, index});
  }
  return list;
}

Node* Parser::variable(const Token& token)
{
  if (token.sigil == "&") {
    return ampersand_call(token, make(NodeKind::code_variable, token.span, token.text));
  }
  if (token.sigil == "*") {
    Node* const glob = make(NodeKind::glob_variable, token.span, token.text);
    if (lexer_.raw() != '{') {
      return glob;
    }
    Node* const slot = subscript(glob, '{', true);  // *STDOUT{IO}
    slot->kind = NodeKind::pair_slice;
    return slot;
  }
  // What follows decides which variable is meant: $x[0] is an element of @x.
  const char following = in_string_ ? lexer_.raw() : lexer_.after_blanks();
  const bool part = following == '[' || following == '{';
  if (part && token.sigil != "$#") {
    const char sigil = following == '[' ? '@' : '%';
    check_name(sigil, token.text, token.span);
    Node* const container =
        make(following == '[' ? NodeKind::array_variable : NodeKind::hash_variable, token.span, token.text);
    if (token.sigil == "%") {
      Node* const pairs = subscript(container, following, true);
      pairs->kind = NodeKind::pair_slice;
      return pairs;
    }
    return subscript(container, following, token.sigil == "@");
  }
  check_name(token.sigil == "$#" ? '@' : token.sigil.front(), token.text, token.span);
  return make(kind_of_sigil(token.sigil), token.span, token.text);
}

/// ${...}, @$x, %{...}, $#{...}, &$x and what may follow them.
Node* Parser::cast(const Token& token)
{
  Node* inner = nullptr;
  if (lexer_.raw() == '{') {
    const Token open = take(Expect::op);
    if (const std::optional<Token> name = lexer_.simple_key(); name && token.sigil != "&") {
      last_end_ = name->span.end;
      expect("}");
      Token plain = token;  // ${name} is $name
      plain.text = name->text;
      plain.span = {token.span.begin, last_end_};
      if (in_string_ && token.sigil != "$#") {  // "${name}[0]" is $name and "[0]"
        check_name(token.sigil.front(), plain.text, plain.span);
        return make(kind_of_sigil(token.sigil), plain.span, plain.text);
      }
      return variable(plain);
    }
    if (Node* const element = braced_element(token)) {
      return element;
    }
    inner = cast_block(open);
  } else {
    const Token name = take(Expect::term);
    if (name.kind == TokenKind::cast) {
      if (++depth_ > kMaxDepth) {
        --depth_;
        return fail(name.span, "blocks or expressions are nested too deep");
      }
      inner = cast_operand(name);
      --depth_;
    } else if (name.kind == TokenKind::variable && name.sigil == "$") {
      check_name('$', name.text, name.span);
      inner = make(NodeKind::scalar_variable, name.span, name.text);
    } else {
      return unexpected(name, "a variable");
    }
  }
  return container_part(inner, token.sigil, {token.span.begin, last_end_});
}

/// What stands in %{...}: an expression, or a block whose last value counts.
Node* Parser::cast_block(const Token& open)
{
  Node* inner = nullptr;
  if (next_is("{", Expect::term)) {  // %{{ a => 1 }}: a hash, no block
    inner = expression();
    expect("}");
    return inner;
  }
  names_.enter();
  Node* const body = statements("}");
  names_.leave();
  if (!next_is("}", Expect::term) && !failed_) {
    return fail(open.span, "this '{' is never closed", "add the missing '}'");
  }
  accept("}", Expect::term);
  return body->kids.size() == 1 ? body->kids.front() : make(NodeKind::do_block, body->span, {}, {body});
}

/// ${name[0]} and ${name{key}}, which are $name[0] and $name{key}; null where it is something else.
Node* Parser::braced_element(const Token& sigil)
{
  if (sigil.sigil != "$" && sigil.sigil != "@") {
    return nullptr;
  }
  const Lexer before = lexer_;
  const std::optional<Token> name = lexer_.plain_word();
  if (!name || (lexer_.raw() != '[' && lexer_.raw() != '{') || names_.is_sub(name->text) ||
      builtin(name->text) != nullptr) {
    lexer_ = before;
    return nullptr;
  }
  Token plain = sigil;
  plain.text = name->text;
  plain.span = {sigil.span.begin, name->span.end};
  Node* const element = variable(plain);
  expect("}");
  element->span = {sigil.span.begin, last_end_};
  return element;
}

/// The reference that `$$x` in `$$$x` or `@$$x` is.
Node* Parser::cast_operand(const Token& token)
{
  if (lexer_.raw() == '{') {
    take(Expect::op);
    Node* const inside = expression();
    expect("}");
    return dereference({token.span.begin, last_end_}, "$", inside);
  }
  const Token name = take(Expect::term);
  if (++depth_ > kMaxDepth) {
    --depth_;
    return fail(name.span, "blocks or expressions are nested too deep");
  }
  Node* inner = nullptr;
  if (name.kind == TokenKind::cast) {
    inner = cast_operand(name);
  } else if (name.kind == TokenKind::variable && name.sigil == "$") {
    check_name('$', name.text, name.span);
    inner = make(NodeKind::scalar_variable, name.span, name.text);
  } else {
    inner = unexpected(name, "a variable");
  }
  --depth_;
  return dereference({token.span.begin, last_end_}, "$", inner);
}

/// A dereferenced `inner` with `sigil` before it, and the subscript behind it if there is one.
Node* Parser::container_part(Node* inner, std::string_view sigil, Span span)
{
  if (sigil == "&") {
    Token token;
    token.span = span;
    return ampersand_call(token, inner);
  }
  const char following = lexer_.raw();
  if ((sigil == "$" || sigil == "@") && (following == '[' || following == '{')) {
    Node* const container = dereference(span, following == '[' ? "@" : "%", inner);
    return subscript(container, following, sigil == "@");
  }
  return dereference(span, sigil, inner);
}

Node* Parser::ampersand_call(const Token& sigil, Node* code)
{
  if (next_is("(")) {
    const Token open = take(Expect::op);
    Node* const arguments = bracketed(open, NodeKind::list, ")");
    Node* const call = make(NodeKind::code_call, {sigil.span.begin, last_end_}, {}, {code, arguments});
    call->parenthesised = true;
    return call;
  }
  if (code->kind == NodeKind::code_variable) {
    return code;  // a call with the caller's @_, or what \& refers to
  }
  return make(NodeKind::code_call, {sigil.span.begin, last_end_}, {}, {code});
}

/// What begins with a word of Perl's own that is no function.
const Parser::Keyword* Parser::keyword(std::string_view word)
{
  static constexpr std::array kKeywords{
      Keyword{"not", &Parser::negation},    Keyword{"my", &Parser::declaration},
      Keyword{"our", &Parser::declaration}, Keyword{"state", &Parser::declaration},
      Keyword{"local", &Parser::localized}, Keyword{"do", &Parser::do_term},
      Keyword{"eval", &Parser::eval_term},  Keyword{"sub", &Parser::anonymous_sub},
      Keyword{"return", &Parser::flow},     Keyword{"next", &Parser::flow},
      Keyword{"last", &Parser::flow},       Keyword{"redo", &Parser::flow},
      Keyword{"goto", &Parser::flow},       Keyword{"dump", &Parser::flow},
  };
  const auto* const found = std::ranges::find(kKeywords, word, &Keyword::word);
  return found == kKeywords.end() ? nullptr : found;
}

Node* Parser::word_term(const Token& word)
{
  const std::string_view text = word.text;
  if (lexer_.fat_comma_at(word.span.end) && text.find(':') == std::string_view::npos) {
    return make(NodeKind::string, word.span, text);
  }
  if (text.size() > 1 && text[0] == 'v' && std::all_of(text.begin() + 1, text.end(), is_digit)) {
    return version(word);
  }
  if (const Keyword* const known = keyword(text)) {
    return (this->*known->read)(word);
  }
  if (std::ranges::find(kNoTerm, text) != kNoTerm.end()) {
    return unexpected(word, "an expression");
  }
  if (const Builtin* const found = builtin(text.starts_with("CORE::") ? text.substr(6) : text)) {
    Node* const made = builtin_call(word, *found);
    const bool of_array = is_one_of(found->name, {"push", "unshift", "pop", "shift", "splice"});
    if (of_array && !made->kids.empty() && !is_array_variable(*made->kids[0])) {
      complain(made->kids[0]->span, fmt::format("the first argument of {} is no array", found->name),
               "write @name, or @{$reference}");
    }
    return made;
  }
  return function_call(word);
}

/// v5.36.0
Node* Parser::version(const Token& word)
{
  while (lexer_.raw() == '.' && is_digit(lexer_.at(lexer_.offset() + 1))) {
    const Token part = take(Expect::term);  // ".98"
    if (part.kind != TokenKind::number) {
      return unexpected(part, "a version number");
    }
  }
  const Span span{word.span.begin, last_end_};
  return make(NodeKind::version, span, lexer_.slice(span));
}

/// With parentheses it binds as a function does.
Node* Parser::negation(const Token& word)
{
  Node* const operand = lexer_.after_blanks() == '(' ? term() : assignment();
  return make(NodeKind::unary, {word.span.begin, last_end_}, "!", {operand});
}

Node* Parser::eval_term(const Token& word)
{
  if (next_is("{", Expect::term)) {
    Node* const body = block();
    return make(NodeKind::eval_block, {word.span.begin, last_end_}, {}, {body});
  }
  Node* const operand = at_end_of_expression() ? make(NodeKind::nothing, word.span) : named_unary_operand();
  return make(NodeKind::builtin, {word.span.begin, last_end_}, "eval", {operand});
}

/// local $x, local @{...}: what it hides and gives back.
Node* Parser::localized(const Token& word)
{
  Node* const operand = binary(kPrecedencePower);
  const char sigil = operand->kind == NodeKind::scalar_variable  ? '$'
                     : operand->kind == NodeKind::array_variable ? '@'
                     : operand->kind == NodeKind::hash_variable  ? '%'
                                                                 : '\0';
  if (sigil != '\0' && names_.is_lexical(sigil + std::string{operand->text})) {
    complain(operand->span,
             fmt::format("local cannot change {}{}, which 'my' declared", sigil, operand->text));
  }
  Node* const made = make(NodeKind::declaration, {word.span.begin, last_end_}, word.text, {operand});
  made->parenthesised = operand->kind == NodeKind::list;
  return made;
}

/// One name behind my, our or state, or undef in a list of them; null where it is neither.
Node* Parser::declared(const Token& word, const Token& name)
{
  if (name.kind == TokenKind::word && name.text == "undef") {
    return make(NodeKind::builtin, name.span, "undef");
  }
  if (name.kind != TokenKind::variable || !is_one_of(name.sigil, {"$", "@", "%"})) {
    return nullptr;
  }
  declared_.emplace_back(std::string{name.sigil} + std::string{name.text}, word.text != "our");
  if (name.text.find(':') != std::string_view::npos) {
    complain(name.span, fmt::format("'{}' cannot declare a variable of a package", word.text));
  }
  return make(kind_of_sigil(name.sigil), name.span, name.text);
}

Node* Parser::declaration(const Token& word)
{
  const bool list = accept("(", Expect::term);
  std::vector<Node*> kids;
  while (!failed_ && !(list && accept(")", Expect::term))) {
    const Token name = take(Expect::term);
    Node* const variable = declared(word, name);
    if (variable == nullptr) {
      return unexpected(name, "a variable to declare");
    }
    kids.push_back(variable);
    if (!list) {
      break;
    }
    if (!next_is(")", Expect::op)) {
      expect(",");
    }
  }
  Node* const made = make(NodeKind::declaration, {word.span.begin, last_end_}, word.text, kids);
  made->parenthesised = list;
  return made;
}

Node* Parser::do_term(const Token& word)
{
  if (next_is("{", Expect::term)) {
    Node* const body = block();
    return make(NodeKind::do_block, {word.span.begin, last_end_}, {}, {body});
  }
  Node* const operand = named_unary_operand();
  return make(NodeKind::builtin, {word.span.begin, last_end_}, "do", {operand});
}

Node* Parser::flow(const Token& word)
{
  std::vector<Node*> kids;
  std::string_view label;
  if (word.text == "return" && !at_end_of_expression()) {
    kids.push_back(comma_list());
  } else if (word.text == "goto" && !at_end_of_expression()) {
    kids.push_back(assignment());
  } else if (word.text != "return" && lexer_.peek(Expect::term).kind == TokenKind::word &&
             !at_end_of_expression()) {
    label = take(Expect::term).text;
  }
  Node* const made = make(NodeKind::flow, {word.span.begin, last_end_}, word.text, kids);
  made->flags = label;
  return made;
}

Node* Parser::anonymous_sub(const Token& word)
{
  auto outer = std::exchange(declared_, {});
  names_.enter();
  signature();
  settle_declarations();
  Node* const body = block();
  names_.leave();
  declared_ = std::move(outer);
  return make(NodeKind::anonymous_sub, {word.span.begin, last_end_}, {}, {body});
}

/// lc $x, close FH, require Module::Name: without parentheses; null where there is no operand.
Node* Parser::unary_argument(const Builtin& found)
{
  const Token first = lexer_.peek(Expect::term);
  if (first.kind == TokenKind::word && takes_word(found.name) && builtin(first.text) == nullptr) {
    take(Expect::term);
    return make(NodeKind::bareword, first.span, first.text);
  }
  return !next_is("//") && !next_is("<") && !at_end_of_expression() ? named_unary_operand() : nullptr;
}

/// Whether a file handle, or the name of a comparison, begins the arguments: a word or a variable with no
/// operator behind it.
bool Parser::handle_follows()
{
  Lexer ahead = lexer_;
  const Token first = ahead.next(Expect::term);
  const char behind = ahead.after_blanks();
  if (first.kind == TokenKind::word) {
    return builtin(first.text) == nullptr && !names_.is_sub(first.text) && behind != '(' && behind != ',' &&
           behind != '-';
  }
  const bool term_follows =
      behind == '"' || behind == '\'' || behind == '$' || behind == '@' || is_word_start(behind);
  if (first.kind != TokenKind::variable || first.sigil != "$" || !term_follows) {
    return false;
  }
  const Token& following = ahead.peek(Expect::op);
  return following.kind != TokenKind::word ||
         (binary_operator(following.text) == nullptr &&
          std::ranges::find(kEndingWords, following.text) == kEndingWords.end());
}

/// What may stand before the arguments proper: a file handle, a block, a comparison's name; null where
/// nothing does.
Node* Parser::leading_argument(const Builtin& found)
{
  const bool takes_block = found.arity == Arity::block || found.arity == Arity::print;
  if (takes_block && next_is("{", Expect::term)) {
    Node* const body = block();
    accept(",", Expect::op);
    return body;
  }
  if (found.arity == Arity::print || found.name == "sort") {
    if (!handle_follows()) {
      return nullptr;
    }
    const Token handle = take(Expect::term);
    return make(NodeKind::bareword, handle.span, handle.text);
  }
  if (!takes_word(found.name)) {
    return nullptr;
  }
  Lexer ahead = lexer_;
  const Token first = ahead.next(Expect::term);
  const char behind = ahead.after_blanks();
  if (first.kind != TokenKind::word || builtin(first.text) != nullptr || (behind != ',' && behind != ')')) {
    return nullptr;
  }
  take(Expect::term);
  accept(",");
  return make(NodeKind::bareword, first.span, first.text);
}

Node* Parser::builtin_call(const Token& word, const Builtin& found)
{
  std::vector<Node*> kids;
  const bool parentheses = lexer_.after_blanks() == '(';
  if (found.arity == Arity::none) {
    if (parentheses) {
      take(Expect::op);
      expect(")", Expect::term);
    }
    return make(NodeKind::builtin, {word.span.begin, last_end_}, found.name);
  }
  if (found.arity == Arity::unary && !parentheses) {
    if (Node* const argument = unary_argument(found)) {
      kids.push_back(argument);
    }
    return make(NodeKind::builtin, {word.span.begin, last_end_}, found.name, kids);
  }
  const Token open = parentheses ? take(Expect::op) : Token{};
  if (Node* const leading = leading_argument(found)) {
    kids.push_back(leading);
  }
  if (parentheses) {
    Node* const list = bracketed(open, NodeKind::list, ")", word.text);
    kids.insert(kids.end(), list->kids.begin(), list->kids.end());
  } else {
    const Nodes rest = arguments_to_end();
    kids.insert(kids.end(), rest.begin(), rest.end());
  }
  if (found.arity == Arity::unary && kids.size() > 1) {
    complain(kids[1]->span, fmt::format("too many arguments for {}: it takes one", found.name));
  }
  return make(NodeKind::builtin, {word.span.begin, last_end_}, found.name, kids);
}

Node* Parser::function_call(const Token& word)
{
  const bool parentheses = lexer_.after_blanks() == '(';
  const bool known = names_.is_sub(word.text);
  const std::optional<std::string> prototype = known ? names_.prototype(word.text) : std::nullopt;
  if (!known && !parentheses) {
    return class_or_bareword(word);
  }
  if (lexer_.raw() == '-' && lexer_.at(lexer_.offset() + 1) == '>') {
    return class_or_bareword(word);
  }
  Node* made = nullptr;
  if (parentheses) {
    const Token open = take(Expect::op);
    made = bracketed(open, NodeKind::call, ")", word.text);
    made->text = word.text;
  } else if (prototype && (*prototype == "$" || *prototype == "_" || *prototype == ";$")) {
    made = make(NodeKind::call, word.span, word.text);
    if (!at_end_of_expression()) {
      add_kid(*made, named_unary_operand());
    }
  } else {
    const bool takes_none = prototype && prototype->empty();
    made = make(NodeKind::call, word.span, word.text, takes_none ? Nodes{} : arguments_to_end());
  }
  made->span = {word.span.begin, last_end_};
  if (prototype) {
    check_prototype(word, *prototype, made->kids);
  }
  return made;
}

bool Parser::check_prototype(const Token& name, std::string_view prototype, Nodes arguments)
{
  const std::string_view required = prototype.substr(0, prototype.find(';'));
  const auto scalars =
      static_cast<std::size_t>(std::ranges::count_if(required, [](char c) { return c == '$'; }));
  const bool open_ended = prototype.find_first_of("@%") != std::string_view::npos;
  const auto most =
      static_cast<std::size_t>(std::ranges::count_if(prototype, [](char c) { return c == '$'; }));
  if (arguments.size() < scalars) {
    complain({name.span.begin, last_end_},
             fmt::format("not enough arguments for {}: it takes {}, here are {}", name.text, scalars,
                         arguments.size()),
             scalars > 1
                 ? "each argument is an expression of its own: a list such as qw(...) or @x counts as one"
                 : "");
    return false;
  }
  if (!open_ended && arguments.size() > most && prototype.find_first_of("\\&*_+[") == std::string::npos) {
    complain(arguments[most]->span, fmt::format("too many arguments for {}: it takes {}", name.text, most));
    return false;
  }
  return true;
}

/// `new Class(...)`; null where no class follows.
Node* Parser::indirect_method(const Token& word)
{
  const Token following = lexer_.peek(Expect::op);
  if (following.kind != TokenKind::word || binary_operator(following.text) != nullptr ||
      std::ranges::find(kEndingWords, following.text) != kEndingWords.end()) {
    return nullptr;
  }
  const Token class_name = lexer_.peek(Expect::term);
  if (class_name.kind != TokenKind::word || class_name.text.front() < 'A' || class_name.text.front() > 'Z') {
    return nullptr;
  }
  take(Expect::term);
  Node* arguments = make(NodeKind::list, class_name.span);
  if (next_is("(")) {
    const Token open = take(Expect::op);
    arguments = bracketed(open, NodeKind::list, ")");
  }
  return make(NodeKind::method, {word.span.begin, last_end_}, word.text,
              {make(NodeKind::bareword, class_name.span, class_name.text), arguments});
}

/// A function that some module brought along, as far as can be told.
Node* Parser::imported_call(const Token& word)
{
  if (at_end_of_expression() || lexer_.peek(Expect::op).kind == TokenKind::word ||
      binary_operator(lexer_.peek(Expect::op).text) != nullptr) {
    return make(NodeKind::call, word.span, word.text);
  }
  std::vector<Node*> kids = next_is("{", Expect::term) ? std::vector<Node*>{block()} : std::vector<Node*>{};
  const Nodes rest = arguments_to_end();
  kids.insert(kids.end(), rest.begin(), rest.end());
  return make(NodeKind::call, {word.span.begin, last_end_}, word.text, kids);
}

/// A word that is no function known here: a class, a file handle, an old-style method call, or a mistake.
Node* Parser::class_or_bareword(const Token& word)
{
  Node* const made = make(NodeKind::bareword, word.span, word.text);
  const Token following = lexer_.peek(Expect::op);
  if ((following.kind == TokenKind::op && (following.text == "->" || following.text == "::")) ||
      word.text.ends_with("::")) {
    accept("::");
    return made;
  }
  if (Node* const called = indirect_method(word)) {
    return called;
  }
  if (names_.imports_unknown()) {
    return imported_call(word);
  }
  const bool handle = std::ranges::find(kStandardHandles, word.text) != kStandardHandles.end();
  if (names_.strict().subs && !handle) {
    complain(word.span,
             fmt::format("'{}' is neither quoted nor known, and 'use strict' forbids that", word.text),
             "put a string in quotes");
  }
  return made;
}

}  // namespace dkimctl::perl
