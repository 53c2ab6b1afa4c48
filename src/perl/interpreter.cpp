#include "perl/interpreter.hpp"

#include "perl/machine.hpp"
#include "perl/parser.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace dkimctl::perl {
namespace {

constexpr std::size_t kLargestFile = 64 * 1024 * 1024;
constexpr int kDeepestInclude = 100;              // amavisd's own limit
constexpr std::uint64_t kMostSteps = 20'000'000;  // statements and expressions; no configuration has so many

template<class Map>
auto& find_or_make(Map& map, std::string_view name)
{
  auto& found = map[std::string{name}];
  if (!found) {
    found = std::make_shared<typename std::decay_t<decltype(found)>::element_type>();
  }
  return found;
}

bool is_word(char c)
{
  return (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
}

/// "PH_NAME", "{{ name }}", "@NAME@" or "%%NAME%%", as templates have them; empty where there is none.
std::string_view placeholder(std::string_view line)
{
  const auto between = [&](std::string_view open, std::string_view close,
                           auto is_inside) -> std::string_view {
    for (std::size_t begin = line.find(open); begin != std::string_view::npos;
         begin = line.find(open, begin + 1)) {
      std::size_t end = begin + open.size();
      while (end < line.size() && is_inside(line[end])) {
        ++end;
      }
      if (end > begin + open.size() + 1 && line.substr(end).starts_with(close)) {
        return line.substr(begin, end + close.size() - begin);
      }
    }
    return {};
  };
  const auto capital = [](char c) { return is_word(c); };
  const auto jinja = [](char c) { return c != '}' && c != '{' && c != '\n'; };
  std::string_view found = between("{{", "}}", jinja);
  found = found.empty() ? between("<%", "%>", [](char c) { return c != '%' && c != '\n'; }) : found;
  found = found.empty() ? between("%%", "%%", capital) : found;
  found = found.empty() ? between("@", "@", capital) : found;
  return found.empty() ? between("PH_", "", capital) : found;
}

}  // namespace

ScalarPtr& Globals::scalar(std::string_view name)
{
  return find_or_make(scalars, name);
}
ArrayPtr& Globals::array(std::string_view name)
{
  return find_or_make(arrays, name);
}
HashPtr& Globals::hash(std::string_view name)
{
  return find_or_make(hashes, name);
}

Interpreter::Interpreter(const Host& host, Surroundings surroundings)
    : machine_(std::make_unique<Machine>(*this, host, std::move(surroundings)))
{}

Interpreter::~Interpreter() = default;

Globals& Interpreter::globals()
{
  return machine_->globals_;
}
const Globals& Interpreter::globals() const
{
  return machine_->globals_;
}

ScalarPtr Interpreter::scalar(std::string_view name) const
{
  return machine_->global_scalar(name);
}
ArrayPtr Interpreter::array(std::string_view name) const
{
  return machine_->global_array(name);
}
HashPtr Interpreter::hash(std::string_view name) const
{
  return machine_->global_hash(name);
}

bool Interpreter::run_file(const std::string& path, Missing missing, Place included_by)
{
  return machine_->run_file(path, missing, included_by);
}

const std::vector<ReadFile>& Interpreter::files() const
{
  return machine_->files_;
}
const std::vector<Failure>& Interpreter::failures() const
{
  return machine_->failures_;
}
const std::vector<Dynamic>& Interpreter::dynamics() const
{
  return machine_->dynamics_;
}
UnknownPtr Interpreter::condition() const
{
  return machine_->guard();
}

UnknownPtr Interpreter::note_unknown(Place where, std::string construct, std::string_view taints)
{
  return machine_->unknown(where, std::move(construct), taints);
}

void Interpreter::taint(const UnknownPtr& unknown, std::string_view what)
{
  machine_->taint(unknown, what);
}
const Host& Interpreter::host() const
{
  return machine_->host_;
}
Location Interpreter::locate(Place place) const
{
  return machine_->locate(place);
}

Interpreter::Machine::Machine(Interpreter& interpreter, const Host& host, Surroundings surroundings)
    : interpreter_(interpreter),
      host_(host),
      surroundings_(std::move(surroundings)),
      package_(surroundings_.vocabulary.package)
{}

Location Interpreter::Machine::locate(Place place) const
{
  return place.known() ? files_.at(place.source).source->locate(place.span) : Location{};
}

/// Counts; false, once, when there were too many.
bool Interpreter::Machine::step()
{
  if (++steps_ < kMostSteps) {
    return true;
  }
  if (steps_ == kMostSteps) {
    fail(FailureKind::died, {source_, {}}, "this takes too long to evaluate",
         "a loop runs over too many elements");
  }
  flow_ = Flow::dead;
  return false;
}

void Interpreter::Machine::fail(FailureKind kind, Place where, std::string what, std::string hint)
{
  std::string file = where.known() ? std::string{files_[where.source].source->path()} : std::string{};
  failures_.push_back({kind, std::move(file), std::move(what), std::move(hint), where});
  flow_ = Flow::dead;
}

UnknownPtr Interpreter::Machine::unknown(Place where, std::string construct, std::string_view taints)
{
  const std::string key =
      where.known() ? fmt::format("{}:{}-{}", where.source, where.span.begin, where.span.end) : construct;
  const auto [found, fresh] = dynamic_at_.emplace(key, dynamics_.size());
  if (fresh) {
    dynamics_.push_back({std::make_shared<const Unknown>(Unknown{std::move(construct), where}), {}});
  }
  Dynamic& dynamic = dynamics_[found->second];
  if (!taints.empty()) {
    dynamic.taints.emplace(taints);
  }
  return dynamic.unknown;
}

Value Interpreter::Machine::unknown_value(const Node& node, std::string construct)
{
  return unknown(place(node), std::move(construct));
}

void Interpreter::Machine::taint(const UnknownPtr& unknown, std::string_view what)
{
  if (unknown != nullptr && !what.empty()) {
    this->unknown(unknown->where, unknown->construct, what);
  }
}

bool Interpreter::Machine::run_file(const std::string& path, Missing missing, Place included_by)
{
  const std::size_t failures = failures_.size();
  Result<TextFile> read = host_.read_text(path, kLargestFile);
  if (!read) {
    if (read.error().code == Errc::not_found && missing == Missing::is_skipped) {
      errno_set_ = true;
      return true;
    }
    const bool missing_file = read.error().code == Errc::not_found;
    failures_.push_back({missing_file ? FailureKind::missing : FailureKind::unreadable,
                         path,
                         read.error().what,
                         {},
                         included_by});
    return false;
  }
  if (file_depth_ + 1 >= kDeepestInclude) {
    failures_.push_back(
        {FailureKind::too_deep, path, "files include one another more than 99 deep", {}, included_by});
    return false;
  }
  const auto source = static_cast<std::uint32_t>(files_.size());
  files_.push_back(
      {std::make_shared<const SourceText>(path, std::move(read->text)), read->info, included_by, false});
  const std::shared_ptr<const SourceText> text = files_.back().source;
  units_.resize(files_.size());
  ParseResult parsed = parse(text->text(), surroundings_.vocabulary);
  for (ParseError& error : parsed.errors) {
    const Location where = text->locate(error.where);
    const std::string_view found = placeholder(where.excerpt);
    failures_.push_back(
        {FailureKind::syntax,
         path,
         std::move(error.what),
         found.empty() ? std::move(error.hint)
                       : fmt::format("'{}' looks like a template's placeholder that nobody filled in", found),
         {source, error.where}});
  }
  if (failures_.size() == failures) {
    units_[source] = Unit{text, std::move(parsed.syntax)};
    run_text(source, *units_[source].syntax.root);
    if (!units_[source].syntax.defines_subs) {
      units_[source].syntax.memory.reset();  // nothing in it is run again
    }
  }
  return failures_.size() == failures;
}

void Interpreter::Machine::run_text(std::uint32_t source, const Node& root)
{
  const std::uint32_t outer_source = std::exchange(source_, source);
  std::vector<Lexical> outer_lexicals = std::exchange(lexicals_, {});
  const std::string outer_package = std::exchange(package_, surroundings_.vocabulary.package);
  const UnknownPtr outer_uncertain = std::exchange(uncertain_, nullptr);
  const Flow outer_flow = std::exchange(flow_, Flow::none);
  const std::size_t guards = guards_.size();
  const Node* const outer_last = std::exchange(last_statement_, nullptr);
  const bool outer_errno = std::exchange(errno_set_, false);
  last_value_ = {};
  ++file_depth_;
  for (const Node* const early : units_[source].syntax.early) {
    run(*early);
  }
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
  last_statement_ = outer_last;
  guards_.resize(guards);
  flow_ = outer_flow;  // what includes it goes on, though amavisd would not: all that is wrong is to be found
  uncertain_ = outer_uncertain;
  package_ = outer_package;
  lexicals_ = std::move(outer_lexicals);
  source_ = outer_source;
}

}  // namespace dkimctl::perl
