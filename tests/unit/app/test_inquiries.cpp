#include "app/inquiries.hpp"
#include "fake_internet.hpp"

#include <deque>

#include <doctest/doctest.h>

using namespace dkimctl;
using test::name;

namespace {

dns::Question about(const std::string& text)
{
  return {dns::View::root, name(text), dns::RrType::txt};
}

/// Answers what it is asked, the last question first, one at a time.
class Echo final : public dns::Messenger {
public:
  void send(const dns::NumberedQuestion& question) override
  {
    asked.push_back(question.question.name.text());
    open_.push_front(question.number);
  }
  Result<std::vector<dns::NumberedAnswer>> receive(std::chrono::milliseconds /*longest*/) override
  {
    if (fails) {
      return tl::unexpected(Error{Errc::io, "gone"});
    }
    if (open_.empty() || silent) {
      return std::vector<dns::NumberedAnswer>{};
    }
    const std::uint32_t number = open_.front();
    open_.pop_front();
    return std::vector<dns::NumberedAnswer>{
        {number, dns::Answer{dns::Outcome::nodata, {}, {}, {}, {}, {}, {}}}};
  }

  std::vector<std::string> asked;
  bool fails = false;
  bool silent = false;

private:
  std::deque<std::uint32_t> open_;
};

}  // namespace

TEST_SUITE_BEGIN("app::inquiries");

TEST_CASE("what several ask is asked once, and each goes on with its own answers")
{
  Echo echo;
  std::vector<int> runs(3, 0);
  app::Inquiries inquiries;
  inquiries.count = 3;
  inquiries.evaluate = [&](std::size_t index, dns::Inquiry& inquiry) {
    ++runs[index];
    const bool shared = inquiry.ask(about("shared.example")) != nullptr;
    return shared && inquiry.ask(about("own" + std::to_string(index) + ".example")) != nullptr;
  };
  REQUIRE(app::run(inquiries, echo));
  CHECK(echo.asked ==
        std::vector<std::string>{"shared.example.", "own0.example.", "own1.example.", "own2.example."});
  CHECK(runs == std::vector<int>{3, 3, 3});
}

TEST_CASE("an evaluator may go on with any of its answers")
{
  Echo echo;
  int runs = 0;
  app::Inquiries inquiries;
  inquiries.count = 1;
  inquiries.evaluate = [&](std::size_t, dns::Inquiry& inquiry) {
    ++runs;
    const bool first = inquiry.ask(about("a.example")) != nullptr;
    const bool second = inquiry.ask(about("b.example")) != nullptr;
    inquiry.continue_with_any();
    return first || second;
  };
  REQUIRE(app::run(inquiries, echo));
  CHECK(runs == 2);
}

TEST_CASE("ten thousand are done, however few may be begun at once")
{
  Echo echo;
  std::size_t done = 0;
  app::Inquiries inquiries;
  inquiries.count = 10000;
  inquiries.evaluate = [&](std::size_t index, dns::Inquiry& inquiry) {
    return inquiry.ask(about(std::to_string(index) + ".example")) != nullptr;
  };
  inquiries.progress = [&](std::size_t now) { done = now; };
  REQUIRE(app::run(inquiries, echo));
  CHECK(done == 10000);
  CHECK(echo.asked.size() == 10000);
}

TEST_CASE("a messenger that fails, or is silent, ends the run")
{
  app::Inquiries inquiries;
  inquiries.count = 1;
  inquiries.evaluate = [&](std::size_t, dns::Inquiry& inquiry) {
    return inquiry.ask(about("a.example")) != nullptr;
  };
  Echo failing;
  failing.fails = true;
  const auto failed = app::run(inquiries, failing);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().what == "gone");

  Echo silent;
  silent.silent = true;
  inquiries.longest_silence = std::chrono::seconds{0};
  const auto ended = app::run(inquiries, silent);
  REQUIRE_FALSE(ended);
  CHECK(ended.error().what == "dkimctl-dns: it does not answer any more");
}

TEST_CASE("when the time is over what is not done stays so")
{
  Echo silent;
  silent.silent = true;
  app::Inquiries inquiries;
  inquiries.count = 1;
  inquiries.longest = std::chrono::seconds{0};
  bool answered = false;
  inquiries.evaluate = [&](std::size_t, dns::Inquiry& inquiry) {
    answered = inquiry.ask(about("a.example")) != nullptr;
    return answered;
  };
  REQUIRE(app::run(inquiries, silent));
  CHECK_FALSE(answered);
}

TEST_CASE("what an evaluator does not want any more it does not wait for")
{
  Echo echo;  // it answers b first
  std::vector<std::string> runs;
  app::Inquiries inquiries;
  inquiries.count = 1;
  inquiries.evaluate = [&](std::size_t, dns::Inquiry& inquiry) {
    const bool slow = inquiry.ask(about("a.example")) != nullptr;
    const bool quick = inquiry.ask(about("b.example")) != nullptr;
    runs.push_back(std::string(slow ? "a" : "") + (quick ? "b" : ""));
    if (!slow && !quick) {
      inquiry.continue_with_any();
      return false;
    }
    inquiry.go_on_without();
    return inquiry.ask(about("c.example")) != nullptr;
  };
  REQUIRE(app::run(inquiries, echo));
  CHECK(runs == std::vector<std::string>{"", "b", "b"});
}
