// How this host asks DNS.
#pragma once

#include "app/testkeys.hpp"
#include "base/host.hpp"
#include "base/result.hpp"
#include "dkim/key_diagnosis.hpp"
#include "sys/dns_child.hpp"

#include <memory>

namespace dkimctl::app {

struct DnsSetup {
  dkim::Vantage vantage;
  std::unique_ptr<sys::DnsChild> child;
};

/// Reads resolv.conf and the files that are named, and starts the child. `usage` or `config`: a wish that
/// makes no sense.
Result<DnsSetup> set_up_dns(const DnsWishes& wishes);

}  // namespace dkimctl::app
