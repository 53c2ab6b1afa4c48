#include "base/suggest.hpp"
#include "perl/parser_impl.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace dkimctl::perl {
namespace {

constexpr int kMaxDepth = 200;  // nested expressions and blocks; a configuration has ten

constexpr std::array<std::string_view, 6> kModifiers{"if", "unless", "while", "until", "for", "foreach"};

std::string_view describe(const Token& token)
{
  return token.kind == TokenKind::end ? "end of file" : "";
}

/// A node that so many others are around that to evaluate it would take more stack than there is; null where
/// there is none. "a . b . c" is as deep as "(a . b) . c".
const Node* too_deep(const Node& root)
{
  constexpr int kDeepest = 500;
  std::vector<std::pair<const Node*, int>> waiting{{&root, 0}};
  while (!waiting.empty()) {
    const auto [node, depth] = waiting.back();
    waiting.pop_back();
    if (depth > kDeepest) {
      return node;
    }
    for (const Node* const kid : node->kids) {
      if (kid->kids.empty()) {
        continue;
      }
      waiting.emplace_back(kid, depth + 1);
    }
  }
  return nullptr;
}

}  // namespace

ParseResult parse(std::string_view text, const Vocabulary& vocabulary)
{
  ParseResult result;
  Parser(text, vocabulary, result).parse_file();
  std::ranges::stable_sort(result.errors, {}, [](const ParseError& error) { return error.where.begin; });
  return result;
}

Parser::Parser(std::string_view text, const Vocabulary& vocabulary, ParseResult& result)
    : text_(text), vocabulary_(vocabulary), result_(result), lexer_(text), names_(vocabulary)
{}

void Parser::parse_file()
{
  result_.syntax.root = statements({});
  result_.syntax.imports_unknown = names_.imports_unknown();
  const Token rest = lexer_.peek(Expect::term);
  if (!failed_ && rest.kind != TokenKind::end) {
    unexpected(rest, "a statement");
  }
  const std::vector<Node*>& early = result_.syntax.early;
  const Node* deep = too_deep(*result_.syntax.root);
  for (std::size_t i = 0; i < early.size() && deep == nullptr; ++i) {
    deep = too_deep(*early[i]);
  }
  if (deep != nullptr) {
    complain(deep->span, "blocks or expressions are nested too deep");
  }
}

// ---- helpers

/// `kids` are copied.
Node* Parser::make(NodeKind kind, Span span, std::string_view text, Nodes kids)
{
  std::pmr::polymorphic_allocator<> memory(result_.syntax.memory.get());
  return memory.new_object<Node>(Node{kind, false, span, text, {}, keep(kids)});
}

Node* Parser::make(NodeKind kind, Span span, std::string_view text, std::initializer_list<Node*> kids)
{
  return make(kind, span, text, Nodes{kids.begin(), kids.size()});
}

void Parser::add_kid(Node& node, Node* kid)
{
  std::vector<Node*> kids(node.kids.begin(), node.kids.end());
  kids.push_back(kid);
  node.kids = keep(kids);
}

Nodes Parser::keep(Nodes nodes)
{
  std::pmr::polymorphic_allocator<> memory(result_.syntax.memory.get());
  Node** const kept = memory.allocate_object<Node*>(nodes.size());
  std::ranges::copy(nodes, kept);
  return {kept, nodes.size()};
}

std::string_view Parser::keep(std::string_view text)
{
  std::pmr::polymorphic_allocator<> memory(result_.syntax.memory.get());
  char* const kept = memory.allocate_object<char>(text.size());
  std::ranges::copy(text, kept);
  return {kept, text.size()};
}

void Parser::complain(Span where, std::string what, std::string hint)
{
  if (!failed_) {
    result_.errors.push_back({where, std::move(what), std::move(hint)});
  }
}

Node* Parser::fail(Span where, std::string what, std::string hint)
{
  complain(where, std::move(what), std::move(hint));
  failed_ = true;
  lexer_.move_to(lexer_.end());
  return make(NodeKind::nothing, where);
}

Node* Parser::unexpected(const Token& token, std::string_view wanted)
{
  if (token.kind == TokenKind::broken) {
    return fail(token.span, std::string{token.text});
  }
  const std::string_view end = describe(token);
  const std::string got =
      end.empty() ? fmt::format("'{}'", lexer_.slice(token.span).substr(0, 40)) : std::string{end};
  // A missing ';' is found on the next line; the caret belongs where it is missing.
  const bool later_line =
      text_.substr(last_end_, token.span.begin - std::min(last_end_, token.span.begin)).find('\n') !=
      std::string_view::npos;
  const bool semicolon = wanted.find("';'") != std::string_view::npos;
  if (semicolon && later_line && token.kind != TokenKind::end) {
    return fail({last_end_, last_end_}, fmt::format("expected {} before {}", wanted, got),
                "end the statement before it with ';'");
  }
  return fail(token.span, fmt::format("expected {}, got {}", wanted, got));
}

Token Parser::take(Expect mode)
{
  Token token = lexer_.next(mode);
  last_end_ = token.span.end;
  return token;
}

bool Parser::next_is(std::string_view op, Expect expect)
{
  const Token& token = lexer_.peek(expect);
  return (token.kind == TokenKind::op || token.kind == TokenKind::word) && token.text == op;
}

bool Parser::accept(std::string_view op, Expect expect)
{
  if (!next_is(op, expect)) {
    return false;
  }
  take(expect);
  return true;
}

void Parser::expect(std::string_view op, Expect mode)
{
  if (!accept(op, mode)) {
    unexpected(lexer_.peek(mode), fmt::format("'{}'", op));
  }
}

/// What to do about a variable that nobody declared.
std::string Parser::hint_for_name(char sigil, std::string_view name) const
{
  if (in_string_ && sigil == '@') {
    return fmt::format("between double quotes '@' begins an array: write \\@{}, or use single quotes", name);
  }
  const std::string_view meant = nearest(sigil + std::string{name}, vocabulary_.variables);
  return meant.empty() ? "amavisd has no variable of that name: check its spelling, or declare it with 'my'"
                       : fmt::format("did you mean {}?", meant);
}

void Parser::check_name(char sigil, std::string_view name, Span span)
{
  if (names_.strict().vars && !names_.permits(sigil, name)) {
    complain(span, fmt::format("variable {}{} is not declared, and 'use strict' forbids that", sigil, name),
             hint_for_name(sigil, name));
  }
  std::string whole = sigil + std::string{name};
  if (names_.is_lexical_around_early(whole)) {
    result_.syntax.seen_early.emplace(std::move(whole), span);
  }
}

/// What was declared is seen from the next statement on.
void Parser::settle_declarations()
{
  for (auto& [name, lexical] : declared_) {
    names_.declare(std::move(name), lexical);
  }
  declared_.clear();
}

// ---- statements

Node* Parser::statements(std::string_view closing)
{
  const std::uint32_t begin = lexer_.offset();
  std::vector<Node*> kids;
  if (++depth_ > kMaxDepth) {
    --depth_;
    return fail(lexer_.peek(Expect::term).span, "blocks or expressions are nested too deep");
  }
  auto outer = std::exchange(declared_, {});  // of the statement this block is part of
  while (true) {
    lexer_.pass_pod();
    const Token& token = lexer_.peek(Expect::term);
    if (token.kind == TokenKind::end ||
        (!closing.empty() && token.kind == TokenKind::op && token.text == closing)) {
      break;
    }
    if (token.kind == TokenKind::word && (token.text == "__END__" || token.text == "__DATA__")) {
      lexer_.move_to(lexer_.end());
      break;
    }
    Node* const kid = statement();
    if (kid->kind != NodeKind::nothing) {
      kids.push_back(kid);
    }
  }
  settle_declarations();
  declared_ = std::move(outer);
  --depth_;
  return make(NodeKind::block, {begin, std::max(begin, last_end_)}, {}, kids);
}

Node* Parser::block()
{
  const Token open = lexer_.peek(Expect::term);
  if (open.kind != TokenKind::op || open.text != "{") {
    return unexpected(open, "'{'");
  }
  take(Expect::term);
  names_.enter();
  Node* const body = statements("}");
  names_.leave();
  if (!accept("}", Expect::term) && !failed_) {
    return fail(open.span, "this '{' is never closed", "add the missing '}'");
  }
  body->span = {open.span.begin, last_end_};
  return body;
}

Node* Parser::statement()
{
  settle_declarations();
  const Token& token = lexer_.peek(Expect::term);
  if (token.kind == TokenKind::op && token.text == ";") {
    return make(NodeKind::nothing, take(Expect::term).span);
  }
  if (token.kind == TokenKind::op && token.text == "{") {
    Lexer ahead = lexer_;
    ahead.next(Expect::term);
    const Token first = ahead.peek(Expect::term);
    const bool empty = first.kind == TokenKind::op && first.text == "}";  // an empty hash, and no block
    return empty ? simple_statement() : block();
  }
  if (token.kind == TokenKind::word && !lexer_.fat_comma_at(token.span.end)) {
    if (Node* const found = compound(Token{token})) {
      return found;
    }
  }
  return simple_statement();
}

/// A statement that a word begins; null where it begins an expression.
Node* Parser::compound(const Token& word)
{
  const std::string_view text = word.text;
  const auto begins = [&](auto... words) { return ((text == words) || ...); };
  if (begins("if", "unless")) {
    return branch(word);
  }
  if (begins("while", "until")) {
    return while_loop(word);
  }
  if (begins("for", "foreach")) {
    return for_loop(word);
  }
  if (begins("use", "no")) {
    return use(word);
  }
  if (begins("package")) {
    return package(word);
  }
  if (begins("BEGIN", "END", "INIT", "CHECK", "UNITCHECK") && lexer_.at(word.span.end) != ':') {
    take(Expect::term);
    names_.enter_early();
    Node* const body = block();
    names_.leave();
    if (text == "BEGIN" || text == "UNITCHECK") {
      result_.syntax.early.push_back(body);
    }
    return make(NodeKind::nothing, word.span);  // the others run when amavisd ends, or not at all
  }
  if (begins("sub")) {
    Lexer ahead = lexer_;
    ahead.next(Expect::term);
    return ahead.plain_word() ? sub_definition(word) : nullptr;
  }
  if (begins("format")) {
    return fail(word.span, "formats are not understood", "a configuration has no use for them");
  }
  // LABEL: statement
  if (lexer_.at(word.span.end) == ':' && lexer_.at(word.span.end + 1) != ':' && builtin(text) == nullptr) {
    take(Expect::term);
    take(Expect::op);
    Node* const labelled = statement();
    labelled->flags = text;
    return labelled;
  }
  return nullptr;
}

Node* Parser::condition(bool negated)
{
  expect("(");
  Node* const test = expression();
  expect(")");
  return negated ? make(NodeKind::unary, test->span, "!", {test}) : test;
}

Node* Parser::branch(const Token& word)
{
  take(Expect::term);
  names_.enter();
  Node* const test = condition(word.text == "unless");
  settle_declarations();
  Node* const then = block();
  Node* const otherwise = else_part();
  names_.leave();
  Node* const made = make(NodeKind::branch, {word.span.begin, last_end_}, word.text, {test, then});
  if (otherwise != nullptr) {
    add_kid(*made, otherwise);
  }
  return made;
}

Node* Parser::else_part()
{
  const Token word = lexer_.peek(Expect::term);
  if (word.kind != TokenKind::word || (word.text != "else" && word.text != "elsif")) {
    return nullptr;
  }
  take(Expect::term);
  if (word.text == "else") {
    return block();
  }
  if (depth_ >= kMaxDepth) {
    return fail(word.span, "blocks or expressions are nested too deep");
  }
  ++depth_;
  Node* const test = condition(false);
  Node* const then = block();
  Node* const otherwise = else_part();
  --depth_;
  Node* const made = make(NodeKind::branch, {word.span.begin, last_end_}, word.text, {test, then});
  if (otherwise != nullptr) {
    add_kid(*made, otherwise);
  }
  return made;
}

Node* Parser::while_loop(const Token& word)
{
  take(Expect::term);
  names_.enter();
  expect("(");
  Node* const test = next_is(")", Expect::term) ? make(NodeKind::nothing, word.span) : expression();
  expect(")", Expect::op);
  settle_declarations();
  Node* const body = block();
  if (accept("continue", Expect::term)) {
    add_kid(*body, block());
  }
  names_.leave();
  return make(NodeKind::loop, {word.span.begin, last_end_}, word.text, {test, body});
}

Node* Parser::for_loop(const Token& word)
{
  take(Expect::term);
  names_.enter();
  Node* variable_node = nullptr;
  const Token token = lexer_.peek(Expect::term);
  if (token.kind == TokenKind::word && (token.text == "my" || token.text == "our" || token.text == "state")) {
    const Token declarator = take(Expect::term);
    variable_node = declaration(declarator);
  } else if (token.kind == TokenKind::variable && token.sigil == "$") {
    variable_node = variable(take(Expect::term));
  } else {
    Node* const counted = counted_loop(word);
    if (counted != nullptr) {
      names_.leave();
      return counted;
    }
  }
  const Token list_token = lexer_.peek(Expect::term);
  Node* list = nullptr;
  if (list_token.kind == TokenKind::quote && list_token.text == "qw") {
    list = quoted(take(Expect::term));
  } else {
    expect("(", Expect::term);
    list = at_end_of_expression() ? make(NodeKind::list, word.span) : expression();
    expect(")");
  }
  settle_declarations();
  if (variable_node == nullptr) {
    variable_node = make(NodeKind::scalar_variable, word.span, "_");
  }
  Node* const made = make(NodeKind::for_each, word.span, word.text, {variable_node, list, block()});
  if (accept("continue", Expect::term)) {
    add_kid(*made, block());
  }
  names_.leave();
  made->span.end = last_end_;
  return made;
}

/// for (init; test; step) {...}; null where it is a foreach.
Node* Parser::counted_loop(const Token& word)
{
  const Lexer before = lexer_;
  const std::size_t errors = result_.errors.size();
  const std::uint32_t last = last_end_;
  if (!accept("(", Expect::term)) {
    return nullptr;
  }
  Node* const init = next_is(";", Expect::term) || next_is(")", Expect::term)
                         ? make(NodeKind::nothing, word.span)
                         : expression();
  if (!next_is(";") || failed_) {
    if (!failed_) {
      lexer_ = before;
      last_end_ = last;
      declared_.clear();
      result_.errors.resize(errors);
      return nullptr;
    }
    return make(NodeKind::nothing, word.span);
  }
  take(Expect::op);
  settle_declarations();
  Node* const test = next_is(";", Expect::term) ? make(NodeKind::nothing, word.span) : expression();
  expect(";");
  Node* const step = next_is(")", Expect::term) ? make(NodeKind::nothing, word.span) : expression();
  expect(")", Expect::op);
  Node* const body = block();
  return make(NodeKind::loop, {word.span.begin, last_end_}, word.text, {init, test, step, body});
}

/// A prototype "($$;@)", or a signature, which counts as none.
std::optional<std::string> Parser::signature()
{
  if (lexer_.after_blanks() != '(') {
    return std::nullopt;
  }
  take(Expect::op);
  const std::uint32_t begin = lexer_.offset();
  std::uint32_t end = begin;
  while (end < lexer_.end() && lexer_.at(end) != ')') {
    ++end;
  }
  lexer_.move_to(end);
  std::string text{lexer_.slice({begin, end})};
  std::erase_if(text, is_blank);
  expect(")");
  const bool prototype = text.find_first_not_of("$@%&*;\\[]+_") == std::string::npos;
  if (!prototype) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      std::size_t stop = i + 1;
      while ((text[i] == '$' || text[i] == '@' || text[i] == '%') && stop < text.size() &&
             is_word_char(text[stop])) {
        ++stop;
      }
      if (stop > i + 1) {
        declared_.emplace_back(text.substr(i, stop - i), true);
      }
    }
    return std::nullopt;
  }
  return text;
}

Node* Parser::sub_definition(const Token& word)
{
  take(Expect::term);
  const Token name = lexer_.plain_word().value_or(word);
  last_end_ = name.span.end;
  names_.enter();
  std::optional<std::string> prototype = signature();
  settle_declarations();
  Node* made = nullptr;
  if (accept(";", Expect::op)) {
    made = make(NodeKind::nothing, word.span);
    names_.leave();
    names_.declare_sub(std::string{name.text}, std::move(prototype));
    return made;
  }
  names_.declare_sub(std::string{name.text}, std::move(prototype));
  Node* const body = block();
  names_.leave();
  Node* const defined = make(NodeKind::sub_definition, {word.span.begin, last_end_}, name.text, {body});
  result_.syntax.subs.push_back(defined);
  return defined;
}

Node* Parser::package(const Token& word)
{
  take(Expect::term);
  const Token name = take(Expect::term);
  if (name.kind != TokenKind::word) {
    return unexpected(name, "a package's name");
  }
  if (next_is("{", Expect::term)) {
    names_.enter();
    names_.use_package(name.text);
    Node* const body = block();
    names_.leave();
    return make(NodeKind::package, {word.span.begin, last_end_}, name.text, {body});
  }
  end_of_statement();
  names_.use_package(name.text);
  return make(NodeKind::package, {word.span.begin, last_end_}, name.text);
}

void Parser::apply_pragma(bool on, std::string_view module, const std::vector<std::string_view>& names)
{
  Strictness& strict = names_.strict();
  if (module == "strict") {
    const auto covers = [&](std::string_view what) {
      return names.empty() || std::ranges::find(names, what) != names.end();
    };
    strict.vars = covers("vars") ? on : strict.vars;
    strict.subs = covers("subs") ? on : strict.subs;
    strict.refs = covers("refs") ? on : strict.refs;
  } else if (module == "vars" && on) {
    for (const std::string_view name : names) {
      names_.declare(std::string{name}, false);
    }
  } else if (module == "utf8") {
    names_.strict().utf8 = on;
  } else if (on && !std::ranges::all_of(module, [](char c) { return c == ':' || (c >= 'a' && c <= 'z'); })) {
    names_.import_unknown();  // a module, not a pragma
  }
}

/// `use v5.12`, `use 5.012`: passes over the rest of the number; from 5.11 on it implies `use strict`.
void Parser::require_version(const Token& first, bool on)
{
  while (lexer_.raw() == '.' || lexer_.raw() == '_' || is_digit(lexer_.raw())) {
    lexer_.move_to(lexer_.offset() + 1);
  }
  last_end_ = lexer_.offset();
  const std::string_view text = lexer_.slice({first.span.begin, last_end_});
  const std::size_t dot = text.find('.');
  const std::string_view minor = dot == std::string_view::npos ? std::string_view{} : text.substr(dot + 1);
  const std::string_view digits = text.front() == 'v' ? minor.substr(0, minor.find('.')) : minor.substr(0, 3);
  int number = 0;
  for (const char c : digits) {
    number = is_digit(c) && number < 1000 ? number * 10 + (c - '0') : number;
  }
  const char major = text.front() == 'v' ? text[1] : text.front();
  if (on && major > '5' && major <= '9') {
    complain({first.span.begin, last_end_}, fmt::format("{} asks for a Perl that there is not", text));
  }
  if (on && number >= 11) {
    Strictness& strict = names_.strict();
    strict.vars = strict.subs = strict.refs = true;
  }
}

/// use and no: pragmas count, modules are taken to change nothing that is read here.
Node* Parser::use(const Token& word)
{
  take(Expect::term);
  const Token module = take(Expect::term);
  std::vector<std::string_view> names;
  const bool version = module.kind == TokenKind::number || module.kind == TokenKind::broken ||
                       (module.text.size() > 1 && module.text[0] == 'v' &&
                        std::all_of(module.text.begin() + 1, module.text.end(), is_digit));
  if (version) {
    require_version(module, word.text == "use");
  } else if (module.kind != TokenKind::word) {
    return unexpected(module, "a module's name");
  }
  if (!version && lexer_.peek(Expect::term).kind == TokenKind::number) {
    take(Expect::term);  // use Module 1.14 qw(...)
  }
  if (!version && module.text == "constant" && word.text == "use" && !at_end_of_expression()) {
    return constants(word);
  }
  if (!at_end_of_expression()) {
    const Node* const list = expression();
    const auto collect = [&names](auto&& self, const Node* node) -> void {
      if (node->kind == NodeKind::string) {
        names.push_back(node->text);
      }
      for (const Node* kid : node->kids) {
        self(self, kid);
      }
    };
    collect(collect, list);
  }
  end_of_statement();
  if (!version && word.text == "use" &&
      !std::ranges::all_of(module.text, [](char c) { return c == ':' || (c >= 'a' && c <= 'z'); })) {
    result_.syntax.early.push_back(make(NodeKind::builtin, {word.span.begin, last_end_}, "use",
                                        {make(NodeKind::bareword, module.span, module.text)}));
  }
  if (!version) {
    apply_pragma(word.text == "use", module.text, names);
  }
  return make(NodeKind::nothing, {word.span.begin, last_end_});
}

/// use constant NAME => value; use constant {NAME => value, ...}.
Node* Parser::constants(const Token& word)
{
  Node* const list = expression();
  const bool many = list->kind == NodeKind::hash_literal;
  const Nodes kids = list->kind == NodeKind::list || many ? list->kids : Nodes{&list, 1};
  for (std::size_t i = 0; i < kids.size(); i += many ? 2 : kids.size()) {
    if (kids[i]->kind == NodeKind::string) {
      names_.declare_sub(std::string{kids[i]->text}, "");
    }
  }
  end_of_statement();
  Node* const made = make(NodeKind::builtin, {word.span.begin, last_end_}, "constant", kids);
  made->parenthesised = many;
  result_.syntax.early.push_back(made);
  return make(NodeKind::nothing, made->span);
}

Node* Parser::simple_statement()
{
  Node* made = with_modifier(expression());
  end_of_statement();
  return made;
}

Node* Parser::with_modifier(Node* statement)
{
  const Token& next = lexer_.peek(Expect::op);
  if (next.kind != TokenKind::word || std::ranges::find(kModifiers, next.text) == kModifiers.end()) {
    return statement;
  }
  const Token word = take(Expect::op);
  Node* const test = expression();
  const Span span{statement->span.begin, last_end_};
  if (word.text == "if") {
    return make(NodeKind::branch, span, word.text, {test, statement});
  }
  if (word.text == "unless") {
    return make(NodeKind::branch, span, word.text,
                {make(NodeKind::unary, test->span, "!", {test}), statement});
  }
  if (word.text == "for" || word.text == "foreach") {
    return make(NodeKind::for_each, span, word.text,
                {make(NodeKind::scalar_variable, word.span, "_"), test, statement});
  }
  return make(NodeKind::loop, span, word.text, {test, statement});
}

void Parser::end_of_statement()
{
  const Token& token = lexer_.peek(Expect::op);
  if (token.kind == TokenKind::op && token.text == ";") {
    take(Expect::op);
  } else if (token.kind != TokenKind::end && !(token.kind == TokenKind::op && token.text == "}")) {
    unexpected(Token{token}, "an operator or ';'");
  }
}

}  // namespace dkimctl::perl
