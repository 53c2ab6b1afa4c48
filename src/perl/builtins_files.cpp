#include "perl/machine.hpp"
#include "perl/parser.hpp"

#include <algorithm>
#include <memory>
#include <span>

#include <fmt/format.h>

namespace dkimctl::perl {
namespace {

constexpr int kDeepestEval = 50;

}  // namespace

/// eval STRING: a text that is known is run as something that may happen; any other may change everything.
Value Interpreter::Machine::do_eval(const Node& node, List* /*out*/)
{
  const Value text = node.kids.empty() ? Value{} : scalar(*node.kids[0]);
  const UnknownPtr why = unknown(place(node), "eval of a string");
  if (text.is_plain()) {
    run_string(text.text(), why);
  } else {
    taint(why, "dkim_key");
    make_everything_unknown(why);
  }
  return why;
}

/// do FILE and require FILE; use VERSION and use MODULE.
Value Interpreter::Machine::do_include(const Node& node, List* /*out*/)
{
  const Node* const operand = node.kids.empty() ? nullptr : node.kids[0];
  if (operand != nullptr && operand->kind == NodeKind::bareword) {
    unknown(place(*operand),
            fmt::format("module {}", operand->text));  // whether it is installed, what it changes
    return std::int64_t{1};
  }
  if (operand == nullptr || operand->kind == NodeKind::number || operand->kind == NodeKind::version) {
    return std::int64_t{1};
  }
  Value path = scalar(*operand);
  if (stopped()) {
    return {};
  }
  if (path.is_unknown()) {
    taint(path.unknown(), "files that are included");
    make_everything_unknown(path.unknown());
    return path;
  }
  return include(node, path.text());
}

Value Interpreter::Machine::include(const Node& node, const std::string& path)
{
  const bool require = node.text == "require";
  if (rehearsing_) {
    return guard();
  }
  if (!included_.insert(path).second && require) {
    return std::int64_t{1};
  }
  if (!has_folder(path)) {
    if (require && !guarded()) {
      fail(FailureKind::died, place(node), fmt::format("require does not look for {} in this folder", path),
           fmt::format("write ./{}, or the whole path", path));
    }
    return unknown_value(node, fmt::format("value of {}", node.text));
  }
  taint(guard(), "files that are included");
  const std::size_t failures = failures_.size();
  const std::size_t files = files_.size();
  const bool good = run_file(path, require ? Missing::fails : Missing::is_skipped, place(node));
  if (files_.size() > files) {
    files_[files].by_do = true;
  }
  const bool hopeless = includes_too_deep_ || steps_ >= most_steps_;  // here, too
  if (!good && !require && !hopeless) {
    pass_over(node, path, failures);
  }
  // Not noted before it reaches something: nearly always it does not.
  return std::make_shared<const Unknown>(Unknown{fmt::format("value of {}", node.text), place(node)});
}

/// do FILE goes on whatever is wrong with the file: nothing of one that does not compile has run, and of one
/// that dies what stands before. What failed in a file that it includes is not known so well.
void Interpreter::Machine::pass_over(const Node& node, const std::string& path, std::size_t first_failure)
{
  const std::span<Failure> failed = std::span{failures_}.subspan(first_failure);
  const bool its_own = std::ranges::all_of(failed, [&](const Failure& failure) {
    return failure.file == path &&
           (failure.kind == FailureKind::syntax || failure.kind == FailureKind::placeholder ||
            failure.kind == FailureKind::died);
  });
  for (Failure& failure : failed) {
    failure.passed_over = its_own;
  }
  if (!its_own) {
    failures_.resize(first_failure);
    unknown(place(node), fmt::format("file {}, which does not run to its end", path),
            "files that are included");
  }
}

/// The text of eval, as something that may happen. eval goes on, whatever the text is.
void Interpreter::Machine::run_string(std::string text, const UnknownPtr& why)
{
  if (!step(1 + text.size())) {
    return;
  }
  const Location where = locate(why->where);
  const auto kept = std::make_shared<const SourceText>(fmt::format("eval at {}:{}", where.file, where.line),
                                                       std::move(text));
  const std::uint32_t source = add_source({kept, {}, why->where, true});
  ParseResult parsed = parse(kept->text(), surroundings_.vocabulary);
  if (!parsed.errors.empty() || file_depth_ > kDeepestEval) {
    return;
  }
  units_[source] = Unit{kept, std::move(parsed.syntax)};
  const std::uint32_t outer = std::exchange(source_, source);
  for (const Node* const sub : units_[source].syntax.subs) {
    subs_.insert_or_assign(sub->text, Sub{sub->kids.front(), source});
  }
  ++file_depth_;
  run_guarded(*units_[source].syntax.root, why);
  --file_depth_;
  source_ = outer;
}

}  // namespace dkimctl::perl
