#include "cli/commands.hpp"

#include "app/explain.hpp"
#include "app/genkey.hpp"
#include "app/genrsa.hpp"
#include "app/read_settings.hpp"
#include "app/rotation.hpp"
#include "app/show_config.hpp"
#include "app/showkeys.hpp"
#include "app/status.hpp"
#include "app/testkeys.hpp"
#include "cli/command_line.hpp"
#include "cli/output.hpp"
#include "report/config.hpp"
#include "report/explain.hpp"
#include "report/findings.hpp"
#include "report/history.hpp"
#include "report/json.hpp"
#include "report/new_keys.hpp"
#include "report/printable.hpp"
#include "report/rotation.hpp"
#include "report/showkeys.hpp"
#include "report/status.hpp"
#include "report/testkeys.hpp"
#include "settings/table.hpp"
#include "sys/real_host.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace dkimctl::cli {
namespace {

ExitStatus print_plugin(const report::PluginResult& result)
{
  print_result(result.line);
  return static_cast<ExitStatus>(result.status);
}

/// Runs a command on the host that is meant; without one it is a mistake of the command line.
template<class Run>
ExitStatus on_host(const Invocation& invocation, Run run)
{
  const sys::RealHost host(invocation.root.empty() ? "/" : invocation.root);
  const auto root = host.info("/");
  if (root && root->type == FileType::folder) {
    return run(host);
  }
  const std::string object = fmt::format("--root {}", invocation.root);
  const std::string reason = root ? "is no folder" : root.error().what;
  if (invocation.nagios) {
    return print_plugin(report::plugin_unknown(object + ": " + reason));
  }
  const bool denied = !root && root.error().code == Errc::denied;
  print_trouble(render(UsageError{
      object, reason,
      denied ? "run dkimctl as root" : "name the folder in which the other host's etc and var lie"}));
  return ExitStatus::usage;
}

ExitStatus status_of(report::Verdict verdict)
{
  switch (verdict) {
  case report::Verdict::in_order: return ExitStatus::in_order;
  case report::Verdict::problems: return ExitStatus::problems;
  case report::Verdict::unreadable: return ExitStatus::unreadable;
  }
  return ExitStatus::failed;
}

/// To stderr, unless JSON carries them; the exit status is theirs.
ExitStatus conclude(const Invocation& invocation, const std::vector<Finding>& findings)
{
  if (!invocation.json) {
    print_trouble(report::render(
        findings, {use_color(invocation.color, stderr), invocation.quiet ? Severity::error : Severity::note,
                   !invocation.root.empty()}));
  }
  return status_of(report::verdict(findings));
}

/// What is wrong with the settings: then nothing else is done.
ExitStatus refuse(const Invocation& invocation, const std::vector<Finding>& findings)
{
  if (invocation.nagios) {
    const Finding& first = findings.front();
    const std::string place =
        first.where ? fmt::format("{}:{}", first.where->file, first.where->line) : first.object;
    return print_plugin(report::plugin_unknown(fmt::format("{}: {}", place, first.text)));
  }
  if (invocation.json) {
    print_result(report::findings_json(findings));
  }
  return conclude(invocation, findings);
}

/// Runs a command on the host that is meant, with its settings.
template<class Run>
ExitStatus with_settings(const Invocation& invocation, Run run)
{
  return on_host(invocation, [&](const Host& host) {
    const settings::Reading read = app::read_settings(host, invocation.settings);
    return read.usable() ? run(host, read) : refuse(invocation, read.findings);
  });
}

/// Those of the settings come first: they are of every command.
void put_before(std::vector<Finding>& findings, const std::vector<Finding>& of_settings)
{
  findings.insert(findings.begin(), of_settings.begin(), of_settings.end());
}

app::NamedFiles amavisd_files(const Invocation& invocation, const settings::Settings& settings)
{
  if (!invocation.amavisd_conf.empty()) {
    return {invocation.amavisd_conf};
  }
  return {settings.host.amavisd_conf, "amavisd_conf in " + settings.file};
}

/// For somebody who waits at a terminal; an answer may take a minute.
app::OnAsking progress(const Invocation& invocation)
{
  if (invocation.quiet || !is_terminal(stderr)) {
    return {};
  }
  return [](const std::string& endpoint) {
    print_trouble(fmt::format("asking amavisd at {} ...\n", report::printable(endpoint)));
  };
}

void print_listing(const report::KeyListing& listing, KeyFormat format)
{
  switch (format) {
  case KeyFormat::amavisd: report::write_amavisd(listing, print_result); break;
  case KeyFormat::txt: report::write_panel(listing, print_result); break;
  case KeyFormat::zone: report::write_zone(listing, print_result); break;
  }
}

ExitStatus print_keys(const Invocation& invocation, const app::ShowKeys& shown, KeyFormat format)
{
  const auto locate = [&](const perl::Place& place) { return shown.facts->locate(place); };
  if (invocation.json) {
    print_result(report::showkeys_json(shown.listing, shown.findings, locate));
  } else {
    print_listing(shown.listing, format);
  }
  return conclude(invocation, shown.findings);
}

}  // namespace

ExitStatus run_showkeys(const Invocation& invocation)
{
  return with_settings(invocation, [&](const Host& host, const settings::Reading& read) {
    auto shown = app::show_keys(host, {amavisd_files(invocation, read.settings), invocation.operands});
    put_before(shown.findings, read.findings);
    return print_keys(invocation, shown, invocation.format);
  });
}

namespace {

/// For somebody who waits at a terminal, from the second second on; the line is taken back at the end.
class Progress {
public:
  explicit Progress(const Invocation& invocation)
      : shown_(!invocation.quiet && !invocation.nagios && is_terminal(stderr))
  {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress()
  {
    if (drawn_) {
      print_trouble("\r\x1b[K");
    }
  }

  void operator()(std::string_view doing, std::size_t done, std::size_t all)
  {
    const auto now = std::chrono::steady_clock::now();
    if (shown_ && now >= next_) {
      print_trouble(fmt::format("\r{}: {} of {} keys done\x1b[K", doing, done, all));
      drawn_ = true;
      next_ = now + std::chrono::milliseconds{200};
    }
  }

private:
  bool shown_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now() + std::chrono::seconds{1};
};

ExitStatus print_error(const Error& error)
{
  const std::string hint = report::printable(error.hint);
  print_trouble(fmt::format("dkimctl: {}\n{}", report::printable(error.what),
                            hint.empty() ? "" : fmt::format("  hint: {}\n", hint)));
  if (error.code == Errc::usage) {
    return ExitStatus::usage;
  }
  return error.code == Errc::config ? ExitStatus::unreadable : ExitStatus::failed;
}

ExitStatus status_of(report::TestOutcome outcome)
{
  switch (outcome) {
  case report::TestOutcome::in_order: return ExitStatus::in_order;
  case report::TestOutcome::problems: return ExitStatus::problems;
  case report::TestOutcome::unreadable: return ExitStatus::unreadable;
  case report::TestOutcome::temporary: return ExitStatus::temporary;
  }
  return ExitStatus::failed;
}

ExitStatus print_tests(const Invocation& invocation, const app::TestKeys& tested)
{
  const auto locate = [&](const perl::Place& place) { return tested.facts->locate(place); };
  const Severity least = invocation.quiet ? Severity::error : Severity::note;
  if (invocation.nagios) {
    return print_plugin(report::testkeys_plugin(tested.tests));
  }
  if (invocation.json) {
    print_result(report::testkeys_json(tested.tests, locate));
  } else {
    print_result(report::testkeys_text(tested.tests, {use_color(invocation.color, stdout), least, false}));
    conclude(invocation, tested.tests.findings);
  }
  return status_of(report::outcome(tested.tests));
}

/// An option goes before the setting, which is named with its place.
app::Wish wish(const std::string& given, std::string option, const std::string& setting,
               const settings::Settings& settings)
{
  if (!given.empty()) {
    return {given, std::move(option)};
  }
  std::string name = option.substr(option.find_first_not_of('-'));
  std::ranges::replace(name, '-', '_');
  const Location* const place = settings.place("", name);
  return {setting, place == nullptr ? name : fmt::format("{}:{}: {}", place->file, place->line, name), true};
}

app::DnsWishes dns_wishes(const Invocation& invocation, const settings::Settings& settings)
{
  const settings::HostSettings& host = settings.host;
  return {
      invocation.quick,
      {invocation.resolver, "--resolver"},
      host.resolver,
      wish(invocation.root_hints, "--root-hints", host.root_hints, settings),
      wish(invocation.trust_anchor, "--trust-anchor", host.trust_anchor, settings),
      wish(invocation.dns_user, "--dns-user", host.dns_user, settings),
  };
}

}  // namespace

ExitStatus run_testkeys(const Invocation& invocation)
{
  return with_settings(invocation, [&](const Host& host, const settings::Reading& read) {
    auto tested = [&] {
      Progress progress(invocation);
      return app::test_keys(host,
                            {{amavisd_files(invocation, read.settings), invocation.operands},
                             dns_wishes(invocation, read.settings),
                             [&](std::size_t done, std::size_t all) { progress("asking DNS", done, all); }});
    }();
    if (!tested) {
      return invocation.nagios ? print_plugin(report::plugin_unknown(tested.error().what))
                               : print_error(tested.error());
    }
    put_before(tested->tests.findings, read.findings);
    return print_tests(invocation, *tested);
  });
}

ExitStatus run_txt(const Invocation& invocation)
{
  return with_settings(invocation, [&](const Host& host, const settings::Reading& read) {
    std::string domain = invocation.operands.front();
    if (domain.starts_with('.')) {
      print_trouble(render(UsageError{domain, "txt takes one domain, not all those below one",
                                      "dkimctl showkeys --format txt " + domain}));
      return ExitStatus::usage;
    }
    domain.resize(domain.ends_with('.') ? domain.size() - 1 : domain.size());  // as DNS writes it
    auto shown = app::show_records(host, {amavisd_files(invocation, read.settings), {domain}});
    put_before(shown.findings, read.findings);
    return print_keys(invocation, shown, KeyFormat::txt);
  });
}

ExitStatus run_config(const Invocation& invocation)
{
  return with_settings(invocation, [&](const Host& host, const settings::Reading& read) {
    auto shown = app::show_config(host, amavisd_files(invocation, read.settings));
    put_before(shown.findings, read.findings);
    const auto locate = [&](const perl::Place& place) { return shown.facts->locate(place); };
    print_result(invocation.json ? report::config_json(shown.view, shown.findings, locate)
                                 : report::config_text(shown.view, locate));
    return conclude(invocation, shown.findings);
  });
}

ExitStatus run_explain(const Invocation& invocation)
{
  return with_settings(invocation, [&](const Host& host, const settings::Reading& read) {
    const bool elsewhere = !invocation.root.empty() && invocation.root != "/";
    auto explained =
        app::explain(host, {amavisd_files(invocation, read.settings), invocation.operands.front(),
                            invocation.bank, invocation.live, elsewhere, progress(invocation)});
    if (!explained) {
      return print_error(explained.error());
    }
    put_before(explained->findings, read.findings);
    print_result(invocation.json ? report::explain_json(*explained) : report::explain_text(*explained));
    const ExitStatus found = conclude(invocation, explained->findings);
    return explained->live_failed ? ExitStatus::failed : found;
  });
}

ExitStatus run_settings(const Invocation& /*invocation*/)
{
  for (const settings::Setting& row : settings::table().settings) {
    print_result(fmt::format("{}\t{}\t{}\t{}\t{}\n", row.name, row.standard, to_string(row.type),
                             to_string(row.scope), row.purpose));
  }
  return ExitStatus::in_order;
}

namespace {

std::optional<app::NewKeyType> key_type(const Invocation& invocation)
{
  if (!invocation.key_type) {
    return {};
  }
  return *invocation.key_type == KeyType::ed25519 ? app::NewKeyType::ed25519 : app::NewKeyType::rsa;
}

app::GenkeyQuery genkey_query(const Invocation& invocation, const settings::Settings& settings)
{
  app::GenkeyQuery query;
  query.files = amavisd_files(invocation, settings);
  query.root = invocation.root;
  query.domains = invocation.operands;
  query.wishes = {invocation.signer == KeySigner::other ? app::Signer::other : app::Signer::amavisd,
                  key_type(invocation),
                  invocation.bits,
                  invocation.selector,
                  invocation.selector_template,
                  invocation.key_dir,
                  invocation.owner};
  query.ask_dns = !invocation.no_dns;
  query.dns = dns_wishes(invocation, settings);
  const auto now = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  query.today = std::chrono::year_month_day{now};
  return query;
}

ExitStatus print_wish_errors(const std::vector<app::WishError>& errors)
{
  for (const app::WishError& wrong : errors) {
    if (wrong.where) {
      print_trouble(render(*wrong.where, "error", report::printable(wrong.error.what), wrong.error.hint));
    } else {
      print_error(wrong.error);
    }
  }
  return ExitStatus::usage;
}

ExitStatus print_new_keys(const Invocation& invocation, const report::NewKeys& made)
{
  print_result(invocation.json ? report::new_keys_json(made) : report::new_keys_text(made));
  for (const report::FailedKey& failed : made.failed) {
    print_error({Errc::io, failed.reason, failed.hint});
  }
  const ExitStatus found = conclude(invocation, made.findings);
  return made.failed.empty() ? found : ExitStatus::failed;
}

}  // namespace

ExitStatus run_genkey(const Invocation& invocation)
{
  return with_settings(invocation, [&](const Host& host, const settings::Reading& read) {
    auto made = [&] {
      Progress progress(invocation);
      app::GenkeyQuery query = genkey_query(invocation, read.settings);
      query.progress = std::ref(progress);
      return app::genkey(host, query, read.settings);
    }();
    if (!made) {
      return print_wish_errors(made.error());
    }
    put_before(made->findings, read.findings);
    return print_new_keys(invocation, *made);
  });
}

ExitStatus run_genrsa(const Invocation& invocation)
{
  return on_host(invocation, [&](const Host& /*host*/) {
    const auto word = [&](std::size_t i) {
      return i < invocation.operands.size() ? invocation.operands[i] : std::string{};
    };
    const auto made = app::genrsa({invocation.root, word(0), word(1)});
    if (!made) {
      print_trouble(report::printable(made.error().what) + "\n");  // amavisd's line, as it is
      return made.error().code == Errc::usage ? ExitStatus::usage : ExitStatus::failed;
    }
    if (invocation.json) {
      print_result(report::new_file_json(word(0), made->bits, made->findings));
    } else {
      print_trouble((invocation.quiet ? "" : made->advice) + report::printable(made->success) + "\n");
    }
    return conclude(invocation, made->findings);
  });
}

namespace {

app::StateQuery state_query(const Invocation& invocation, const settings::Settings& settings)
{
  return {amavisd_files(invocation, settings), invocation.root, invocation.operands,
          std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())};
}

}  // namespace

ExitStatus run_status(const Invocation& invocation)
{
  return with_settings(invocation, [&](const Host& host, const settings::Reading& read) {
    auto status = app::status(host, read.settings, state_query(invocation, read.settings));
    if (!status) {
      return print_error(status.error());
    }
    put_before(status->findings, read.findings);
    print_result(invocation.json ? report::status_json(*status) : report::status_text(*status));
    return conclude(invocation, status->findings);
  });
}

ExitStatus run_todo(const Invocation& invocation)
{
  return with_settings(invocation, [&](const Host& host, const settings::Reading& read) {
    auto status = app::status(host, read.settings, state_query(invocation, read.settings));
    if (!status) {
      return print_error(status.error());
    }
    put_before(status->findings, read.findings);
    print_result(invocation.json ? report::todo_json(*status) : report::todo_text(*status));
    const ExitStatus found = conclude(invocation, status->findings);
    return found == ExitStatus::in_order && is_anything_to_do(*status) ? ExitStatus::to_do : found;
  });
}

namespace {

std::chrono::minutes day_time()
{
  const std::tm local = fmt::localtime(std::time(nullptr));
  return std::chrono::hours{local.tm_hour} + std::chrono::minutes{local.tm_min};
}

ExitStatus print_rotation(const Invocation& invocation, const report::RotationPlan& plan)
{
  print_result(invocation.json ? report::rotation_json(plan) : report::rotation_text(plan));
  const ExitStatus found = conclude(invocation, plan.findings);
  if (found != ExitStatus::in_order) {
    return found;
  }
  // Of all domains some are on their way already; who names one wants it to begin.
  if (!invocation.operands.empty() && is_any_refused(plan)) {
    return ExitStatus::problems;
  }
  return plan.is_silent ? ExitStatus::temporary : ExitStatus::in_order;
}

}  // namespace

ExitStatus run_rotate(const Invocation& invocation)
{
  if (!invocation.dry_run) {
    print_trouble(render(UsageError{"rotate", "it cannot begin a rollover yet, only plan one",
                                    "see what it would do: dkimctl rotate --dry-run"}));
    return ExitStatus::usage;
  }
  return with_settings(invocation, [&](const Host& host, const settings::Reading& read) {
    auto plan = [&] {
      Progress progress(invocation);
      return app::plan_rotation(
          host, read.settings,
          {state_query(invocation, read.settings), invocation.compromised, day_time(),
           dns_wishes(invocation, read.settings),
           [&](std::size_t done, std::size_t all) { progress("asking DNS", done, all); }});
    }();
    if (!plan) {
      return print_error(plan.error());
    }
    put_before(plan->findings, read.findings);
    return print_rotation(invocation, *plan);
  });
}

ExitStatus run_history(const Invocation& invocation)
{
  return with_settings(invocation, [&](const Host& host, const settings::Reading& read) {
    auto history = app::history(host, read.settings, state_query(invocation, read.settings));
    if (!history) {
      return print_error(history.error());
    }
    put_before(history->findings, read.findings);
    print_result(invocation.json ? report::history_json(*history) : report::history_text(*history));
    return conclude(invocation, history->findings);
  });
}

ExitStatus run_findings(const Invocation& /*invocation*/)
{
  for (const FindingCode& row : report::all_codes()) {
    print_result(fmt::format("{} {} {}\n", row.code, to_string(row.severity), row.title));
  }
  return ExitStatus::in_order;
}

}  // namespace dkimctl::cli
