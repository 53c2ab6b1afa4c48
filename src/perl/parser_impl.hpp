// The parser's inside, shared by parser.cpp (statements), terms.cpp (expressions) and strings.cpp (quotes).
#pragma once

#include "perl/lexer.hpp"
#include "perl/names.hpp"
#include "perl/operators.hpp"
#include "perl/parser.hpp"

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dkimctl::perl {

/// Recursive descent. After the first syntax error the lexer stands at the end of the text, so that every
/// loop ends by itself and no caller needs to look.
class Parser {
public:
  Parser(std::string_view text, const Vocabulary& vocabulary, ParseResult& result);
  void parse_file();

private:
  friend class StringParser;

  // statements (parser.cpp)
  Node* statements(std::string_view closing);
  Node* statement();
  Node* block();
  Node* compound(const Token& word);
  Node* branch(const Token& word);
  Node* else_part();
  Node* while_loop(const Token& word);
  Node* for_loop(const Token& word);
  Node* counted_loop(const Token& word);
  Node* condition(bool negated);
  Node* sub_definition(const Token& word);
  std::optional<std::string> signature();
  Node* package(const Token& word);
  Node* use(const Token& word);
  void require_version(const Token& first, bool on);
  void apply_pragma(bool on, std::string_view module, const std::vector<std::string_view>& names);
  Node* simple_statement();
  Node* with_modifier(Node* statement);
  void end_of_statement();
  Node* constants(const Token& word);
  void settle_declarations();

  // expressions (terms.cpp)
  Node* expression();  // with `or`, `and`, `not`
  Node* word_not();
  Node* word_and();
  Node* comma_list();        // one expression, or a list
  Nodes arguments_to_end();  // of a list operator without parentheses
  Node* assignment();
  Node* lone_constant();
  Node* conditional();
  Node* binary(int min_precedence);
  Node* unary();
  Node* named_unary_operand();
  Node* postfix();
  Node* subscripts(Node* base);
  Node* part_of(Node* base, char bracket, bool many);
  Node* call_of(Node* base, const Token& open);
  Node* postfix_dereference(Node* base);
  Node* arrow(Node* base);
  Node* method(Node* invocant, const Token& name);
  Node* dereference(Span span, std::string_view sigil, Node* inner);
  Node* cast_block(const Token& open);
  Node* subscript(Node* container, char open, bool slice);
  Node* term();
  Node* word_term(const Token& word);
  /// A word of Perl's own that is no function, and what reads what it begins.
  struct Keyword {
    std::string_view word;
    Node* (Parser::*read)(const Token&);
  };
  static const Keyword* keyword(std::string_view word);
  Node* version(const Token& word);
  Node* negation(const Token& word);
  Node* eval_term(const Token& word);
  Node* localized(const Token& word);
  Node* declared(const Token& word, const Token& name);
  Node* declaration(const Token& word);
  Node* builtin_call(const Token& word, const Builtin& found);
  Node* unary_argument(const Builtin& found);
  Node* leading_argument(const Builtin& found);
  bool handle_follows();
  Node* do_term(const Token& word);
  Node* flow(const Token& word);
  Node* function_call(const Token& word);
  Node* ampersand_call(const Token& sigil, Node* code);
  Node* indirect_method(const Token& word);
  Node* imported_call(const Token& word);
  Node* class_or_bareword(const Token& word);
  Node* variable(const Token& token);
  Node* cast(const Token& token);
  Node* braced_element(const Token& sigil);
  Node* cast_operand(const Token& token);
  Node* container_part(Node* inner, std::string_view sigil, Span span);
  Node* parenthesised(const Token& open);
  Node* bracketed(const Token& open, NodeKind kind, std::string_view closing, std::string_view function = {});
  Node* closing_expected(std::string_view closing, std::string_view function);
  Node* anonymous_sub(const Token& word);
  Node* file_test(const Token& minus);
  bool check_prototype(const Token& name, std::string_view prototype, Nodes arguments);

  // quotes (strings.cpp)
  Node* quoted(const Token& token);
  Node* quoted_bytes(const Token& token);
  Node* word_list(const Token& token);
  Node* single_quoted(Span span, Span body, char delimiter);
  Node* interpolate(Span span, Span body, char delimiter, bool regex);
  Node* here_document(const Token& token);
  void check_pattern(const Node& pattern, const Token& token);

  // helpers
  Node* make(NodeKind kind, Span span, std::string_view text = {}, Nodes kids = {});
  Node* make(NodeKind kind, Span span, std::string_view text, std::initializer_list<Node*> kids);
  void add_kid(Node& node, Node* kid);
  Nodes keep(Nodes nodes);
  std::string_view keep(std::string_view text);
  Node* fail(Span where, std::string what, std::string hint = {});
  Node* unexpected(const Token& token, std::string_view wanted);
  void complain(Span where, std::string what, std::string hint = {});
  bool next_is(std::string_view op, Expect expect = Expect::op);
  bool accept(std::string_view op, Expect expect = Expect::op);
  void expect(std::string_view op, Expect mode = Expect::op);
  bool at_end_of_expression(Expect mode = Expect::term);
  std::string hint_for_name(char sigil, std::string_view name) const;
  void check_name(char sigil, std::string_view name, Span span);
  std::uint32_t last_end() const { return last_end_; }
  Token take(Expect mode);

  std::string_view text_;
  const Vocabulary& vocabulary_;
  ParseResult& result_;
  Lexer lexer_;
  Names names_;
  std::vector<std::pair<std::string, bool>> declared_;  // in this statement, and whether by `my`
  std::uint32_t last_end_ = 0;
  std::vector<Node*> pending_;  // elements of the lists that are being read, the innermost last
  int depth_ = 0;
  bool failed_ = false;
  bool in_string_ = false;  // the lexer stands inside a string, where a blank ends a variable
};

}  // namespace dkimctl::perl
