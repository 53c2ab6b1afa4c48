// testkeys: what DNS serves for the keys of a configuration, and whether the world verifies with it.
#pragma once

#include "app/facts.hpp"
#include "app/showkeys.hpp"
#include "base/host.hpp"
#include "base/result.hpp"
#include "report/testkeys.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace dkimctl::app {

struct DnsWishes {
  bool quick = false;         // ask the resolvers only
  std::string resolver;       // instead of resolv.conf's; empty: those
  std::string root_hints;     // a file; empty: the Internet's root
  std::string trust_anchors;  // a file; empty: the Internet's, or none with root_hints
  std::string user;           // who asks DNS, where dkimctl runs as root
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

/// Fails where DNS cannot be asked at all: with `usage` for a wish that makes no sense, else for the child
/// that asks.
Result<TestKeys> test_keys(const Host& host, const TestQuery& query);

}  // namespace dkimctl::app
