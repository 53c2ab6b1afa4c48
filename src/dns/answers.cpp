#include "dns/answers.hpp"

#include <utility>

namespace dkimctl::dns {

const Answer* Answers::find(const std::string& key) const
{
  const auto found = table_.find(key);
  return found == table_.end() ? nullptr : &found->second;
}

void Answers::put(const std::string& key, Answer answer)
{
  table_.insert_or_assign(key, std::move(answer));
}

const Answer* Inquiry::ask(const Question& question)
{
  std::string key = question.key();
  const Answer* const answer = answers_->find(key);
  asked_.push_back(key);
  if (answer == nullptr) {
    wanted_.push_back({std::move(key), question});
  }
  return answer;
}

}  // namespace dkimctl::dns
