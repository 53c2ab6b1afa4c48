// What each command runs: reads its arguments, calls one job of app, prints what that returns.
#pragma once

#include "cli/exit_status.hpp"
#include "cli/invocation.hpp"

namespace dkimctl::cli {

ExitStatus run_showkeys(const Invocation& invocation);
ExitStatus run_testkeys(const Invocation& invocation);
ExitStatus run_txt(const Invocation& invocation);
ExitStatus run_config(const Invocation& invocation);
ExitStatus run_explain(const Invocation& invocation);
ExitStatus run_genkey(const Invocation& invocation);
ExitStatus run_genrsa(const Invocation& invocation);
ExitStatus run_status(const Invocation& invocation);
ExitStatus run_todo(const Invocation& invocation);
ExitStatus run_history(const Invocation& invocation);
ExitStatus run_rotate(const Invocation& invocation);

/// `__settings`: "NAME DEFAULT TYPE SCOPE PURPOSE" with tabs between, for every setting there is.
ExitStatus run_settings(const Invocation& invocation);
/// `__findings`: a line "CODE SEVERITY TITLE" for every code there is.
ExitStatus run_findings(const Invocation& invocation);

}  // namespace dkimctl::cli
