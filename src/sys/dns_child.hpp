// The program that asks DNS for us, dkimctl-dns, as another user and without any key in its memory.
#pragma once

#include "base/host.hpp"
#include "dns/messenger.hpp"
#include "sys/file_descriptor.hpp"

#include <memory>
#include <optional>
#include <string>
#include <unordered_set>

namespace dkimctl::sys {

struct DnsChildSettings {
  std::string program;              // its path
  std::optional<Identity> account;  // whom it becomes; nothing: it stays who we are
  dns::Roots roots;
};

/// Where dkimctl-dns is: beside this program, in ../libexec/dkimctl from there, or where it was to be
/// installed.
std::string dns_child_program();

/// A running child. It is killed at the end; whatever is wrong with it is an error that names it: that it
/// ended, that what it says makes no sense, that it answers what nobody asked.
class DnsChild final : public dns::Messenger {
public:
  static Result<std::unique_ptr<DnsChild>> start(const DnsChildSettings& settings);
  DnsChild(const DnsChild&) = delete;
  DnsChild& operator=(const DnsChild&) = delete;
  ~DnsChild() override;

  void send(const dns::NumberedQuestion& question) override;
  Result<std::vector<dns::NumberedAnswer>> receive(std::chrono::milliseconds longest) override;

private:
  DnsChild(std::string program, int pid, FileDescriptor socket);
  Result<void> write_out();
  Result<std::vector<dns::NumberedAnswer>> take(std::string_view octets);

  std::string program_;
  int pid_;
  FileDescriptor socket_;
  dns::MessageReader reader_;
  std::string out_;
  std::unordered_set<std::uint32_t> open_;  // questions that are not answered
};

}  // namespace dkimctl::sys
