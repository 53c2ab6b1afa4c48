#include "perl/machine.hpp"
#include "perl/parser.hpp"
#include "perl/placeholder.hpp"

#include <fmt/format.h>

namespace dkimctl::perl {
namespace {

constexpr std::size_t kLargestFile = std::size_t{64} * 1024 * 1024;
constexpr int kDeepestInclude = 100;  // amavisd's own limit

}  // namespace

bool Interpreter::Machine::run_file(const std::string& path, Missing missing, Place included_by)
{
  if (includes_too_deep_ || !step()) {
    return false;  // amavisd would stop there; files that include each other twice would take ages to end
  }
  const std::size_t failures = failures_.size();
  Result<TextFile> read = host_.read_text(path, kLargestFile);
  if (!read) {
    return cannot_read(path, read.error(), missing, included_by);
  }
  if (file_depth_ + 1 >= kDeepestInclude) {
    includes_too_deep_ = true;
    failures_.push_back(
        {FailureKind::too_deep, path, "files include one another more than 99 deep", {}, included_by});
    return false;
  }
  note_read(path, read->text.size());
  auto text = std::make_shared<const SourceText>(path, std::move(read->text));
  const std::uint32_t source = add_source({std::move(text), read->info, included_by, false});
  if (compile(source)) {
    Syntax& syntax = units_[source].syntax;
    run_text(source, *syntax.root);
    if (syntax.subs.empty()) {
      syntax.memory.reset();  // nothing in it is run again
    }
  }
  return failures_.size() == failures;
}

/// Whether that is no failure.
bool Interpreter::Machine::cannot_read(const std::string& path, const Error& error, Missing missing,
                                       Place included_by)
{
  const bool not_found = error.code == Errc::not_found;
  if (not_found && missing == Missing::is_skipped) {
    errno_set_ = true;
    return true;
  }
  const FailureKind kind = not_found                    ? FailureKind::missing
                           : error.code == Errc::denied ? FailureKind::denied
                                                        : FailureKind::unreadable;
  failures_.push_back({kind, path, error.what, {}, included_by});
  return false;
}

std::uint32_t Interpreter::Machine::add_source(ReadFile file)
{
  files_.push_back(std::move(file));
  units_.resize(files_.size());
  return static_cast<std::uint32_t>(files_.size() - 1);
}

/// False where it does not compile, which is said.
bool Interpreter::Machine::compile(std::uint32_t source)
{
  const std::shared_ptr<const SourceText> text = files_[source].source;
  ParseResult parsed = parse(text->text(), surroundings_.vocabulary);
  for (ParseError& error : parsed.errors) {
    const Location where = text->locate(error.where);
    const std::string_view found = placeholder_near(where.excerpt, where.column);
    failures_.push_back(
        {found.empty() ? FailureKind::syntax : FailureKind::placeholder,
         std::string{text->path()},
         std::move(error.what),
         found.empty() ? std::move(error.hint)
                       : fmt::format("'{}' looks like a template's placeholder that nobody filled in", found),
         {source, error.where}});
  }
  if (parsed.errors.empty()) {
    units_[source] = Unit{text, std::move(parsed.syntax)};
  }
  return parsed.errors.empty();
}

/// Before anything else. A variable of `my` around a BEGIN block is not followed from here into the file.
void Interpreter::Machine::run_early(const Syntax& syntax)
{
  for (const auto& [name, where] : syntax.seen_early) {
    const std::string_view bare = std::string_view{name}.substr(1);
    if (name.front() == '$') {
      lexicals_.push_back({bare, new_scalar({}, {source_, where})});
    } else if (name.front() == '@') {
      lexicals_.push_back({bare, new_array()});
    } else {
      lexicals_.push_back({bare, new_hash()});
    }
    forget(lexicals_.back(), where);
  }
  for (const Node* const early : syntax.early) {
    run(*early);
  }
  lexicals_.clear();
}

void Interpreter::Machine::run_text(std::uint32_t source, const Node& root)
{
  const std::uint32_t outer_source = std::exchange(source_, source);
  std::vector<Lexical> outer_lexicals = std::exchange(lexicals_, {});
  const std::string outer_package = std::exchange(package_, surroundings_.vocabulary.package);
  const UnknownPtr outer_uncertain = std::exchange(uncertain_, nullptr);
  const Flow outer_flow = std::exchange(flow_, Flow::none);
  const std::size_t guards = guards_.size();
  const bool outer_errno = std::exchange(errno_set_, false);
  last_value_ = {};
  ++file_depth_;
  for (const Node* const sub : units_[source].syntax.subs) {
    subs_.insert_or_assign(sub->text, Sub{sub->kids.front(), source});
  }
  run_early(units_[source].syntax);
  last_value_ = Value{std::int64_t{1}};
  run_block(root);
  --file_depth_;
  if (errno_set_ && last_value_.is_undef() && !stopped() && !root.kids.empty()) {
    fail(FailureKind::died, {source, root.kids.back()->span},
         "the file ends with an undefined value after a file was not found, which amavisd takes for a "
         "failure to read it",
         "end the file with 1;");
  }
  errno_set_ = outer_errno;
  guards_.resize(guards);
  flow_ = outer_flow;  // what includes it goes on, though amavisd would not: all that is wrong is to be found
  uncertain_ = outer_uncertain;
  package_ = outer_package;
  lexicals_ = std::move(outer_lexicals);
  source_ = outer_source;
}

}  // namespace dkimctl::perl
