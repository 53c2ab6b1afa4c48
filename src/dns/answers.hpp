// The table of answers, and how an evaluator reads it: what is not there yet is noted down, the evaluator
// says "not yet", and is run again when its own answers have come.
#pragma once

#include "dns/question.hpp"

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace dkimctl::dns {

class Answers {
public:
  /// Null where there is none yet. It stays where it is until it is forgotten.
  const Answer* find(const std::string& key) const;
  void put(const std::string& key, Answer answer);
  void forget(const std::string& key) { table_.erase(key); }
  std::size_t size() const { return table_.size(); }

private:
  std::unordered_map<std::string, Answer> table_;
};

/// One run of one evaluator.
///
///     std::optional<Zone> find_zone(Inquiry& inquiry, const Name& domain)
///     {
///       const Answer* soa = inquiry.ask({View::root, domain, RrType::soa});
///       if (soa == nullptr) {
///         return std::nullopt;  // not yet
///       }
///       return zone_of(*soa);
///     }
class Inquiry {
public:
  struct Wanted {
    std::string key;
    Question question;
  };

  explicit Inquiry(const Answers& answers) : answers_(&answers) {}

  /// The answer, or null: then the question is among those wanted. Ask all that can be asked before giving
  /// up.
  const Answer* ask(const Question& question);

  /// The evaluator can go on with any of the answers, and not only with all of them.
  void continue_with_any() { any_will_do_ = true; }
  /// What was asked so far and is not answered is not waited for.
  void go_on_without()
  {
    wanted_.clear();
    any_will_do_ = false;
  }

  const std::vector<Wanted>& wanted() const { return wanted_; }
  bool any_will_do() const { return any_will_do_; }
  /// The keys of all that was asked, answered or not.
  const std::vector<std::string>& asked() const { return asked_; }

private:
  const Answers* answers_;
  std::vector<Wanted> wanted_;
  std::vector<std::string> asked_;
  bool any_will_do_ = false;
};

}  // namespace dkimctl::dns
