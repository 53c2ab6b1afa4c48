#include "perl/interpreter.hpp"

#include "perl/machine.hpp"

#include <fmt/format.h>

namespace dkimctl::perl {
namespace {

constexpr std::uint64_t kStepsAByte = 32;    // that going through what was read may take
constexpr std::uint64_t kStepsAFile = 1000;  // that reading it costs
constexpr std::uint64_t kBytesAStep = 64;    // of a text that is read or copied
constexpr int kDeepestNesting = 800;

template<class Map>
auto& find_or_make(Map& map, std::string_view name)
{
  auto& found = map[std::string{name}];
  if (!found) {
    found = std::make_shared<typename std::decay_t<decltype(found)>::element_type>();
  }
  return found;
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
  return machine_->global<Scalar>(name);
}
ArrayPtr Interpreter::array(std::string_view name) const
{
  return machine_->global<Array>(name);
}
HashPtr Interpreter::hash(std::string_view name) const
{
  return machine_->global<Hash>(name);
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
void Interpreter::note_read(const std::string& path, std::size_t bytes)
{
  machine_->note_read(path, bytes);
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
      package_(surroundings_.vocabulary.package),
      most_steps_(surroundings_.most_steps)
{}

Location Interpreter::Machine::locate(Place place) const
{
  return place.known() ? files_.at(place.source).source->locate(place.span) : Location{};
}

bool Interpreter::Machine::step(std::uint64_t cost)
{
  const bool fresh = steps_ < most_steps_;
  steps_ += cost;
  if (steps_ < most_steps_) {
    return true;
  }
  if (fresh) {
    fail(FailureKind::died, {source_, {}}, "this takes too long to evaluate",
         "a loop runs over too many elements");
  }
  flow_ = Flow::dead;
  return false;
}

/// For a value that is copied, or made.
bool Interpreter::Machine::step_for(const Value& value)
{
  const std::string* const text = value.string();
  return step(1 + (text == nullptr ? 0 : text->size() / kBytesAStep));
}

/// Reading a file again allows nothing more.
void Interpreter::Machine::note_read(const std::string& path, std::size_t bytes)
{
  if (read_.insert(path).second) {
    most_steps_ += kStepsAByte * bytes + kStepsAFile;
  }
  step(kStepsAFile + bytes / kBytesAStep);
}

Interpreter::Machine::Nested::Nested(Machine& machine) : machine_(machine)
{
  if (++machine_.nesting_ > kDeepestNesting && !machine_.stopped()) {
    machine_.fail(FailureKind::died, {machine_.source_, {}}, "this is nested too deep to be evaluated");
  }
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

}  // namespace dkimctl::perl
