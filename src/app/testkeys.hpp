// testkeys: what DNS serves for the keys of a configuration, and whether the world verifies with it.
#pragma once

#include "app/facts.hpp"
#include "app/showkeys.hpp"
#include "base/host.hpp"
#include "base/result.hpp"
#include "dns/question.hpp"
#include "report/testkeys.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace dkimctl::app {

/// A value, and who asks for it. One that makes no sense is a `usage` error of the command line, or a
/// `config` error of the settings.
struct Wish {
  std::string value;
  std::string by;  // "--root-hints"; "/etc/dkimctl/dkimctl.conf:3: root_hints"
  bool in_settings = false;
};

struct DnsWishes {
  bool quick = false;                         // ask the resolvers only
  Wish resolver;                              // instead of `resolvers`; empty: those
  std::vector<dns::ServerAddress> resolvers;  // instead of resolv.conf's; empty: those
  Wish root_hints;                            // a file; empty: the Internet's root
  Wish trust_anchors;                         // a file; empty: the Internet's, or none with root_hints
  Wish user;                                  // who asks DNS, where dkimctl runs as root
};

struct TestQuery {
  KeyQuery keys;
  DnsWishes dns;
  std::function<void(std::size_t done, std::size_t all)> progress;  // may be empty
};

struct TestKeys {
  std::unique_ptr<Facts> facts;  // what `tests` refers to
  report::KeyTests tests;
};

/// Fails where DNS cannot be asked at all: for a wish that makes no sense, or for the child that asks.
Result<TestKeys> test_keys(const Host& host, const TestQuery& query);

}  // namespace dkimctl::app
