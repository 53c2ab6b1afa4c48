// What the servers of a zone serve at one name, sorted by what it is.
#pragma once

#include "dkim/key_lookup.hpp"
#include "dkim/remark.hpp"
#include "dkim/rrset_diagnosis.hpp"
#include "dkim/value_diagnosis.hpp"
#include "dns/txt.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::dkim {

/// Servers that serve the same.
struct Share {
  std::vector<const dns::ServerAnswer*> servers;
  std::optional<dns::Name> target;  // of an alias; else
  std::vector<dns::Txt> records;    // none: the name has no TXT record there
  ValueDiagnosis diagnosis;         // of the records

  bool is_ours() const { return diagnosis.usable.has_value(); }
  bool is_absent() const { return !target && records.empty(); }
};

struct Survey {
  std::vector<Share> shares;                     // ours first, the absent last
  std::vector<const dns::ServerAnswer*> silent;  // no answer that means anything

  /// All that say anything serve the key.
  bool is_ours() const;
  /// None of them has a record.
  bool is_absent() const;
};

/// `hop` must outlive the survey.
Survey survey(const Hop& hop, std::string_view expected);

/// "ns1.example.com (192.0.2.1)".
std::string server_text(const dns::ServerAnswer& server);
/// "ns1.example.com (192.0.2.1, 2001:db8::1), ns2.example.com (192.0.2.2) and 3 more".
std::string servers_text(const std::vector<const dns::ServerAnswer*>& servers);

/// dkim.server-lame, .server-unreachable and .tcp-blocked, one an address, or a server that has none. Those
/// whose family this host lacks are passed over.
std::vector<PlacedRemark> remarks_on_silence(const Survey& survey, const Hop& hop);

/// dkim.servers-disagree or .wrong-zone where there is more than one share; `serial` tells what SOA serial a
/// server has.
using SerialOf = std::function<std::optional<std::uint32_t>(const dns::ServerAddress&)>;
std::optional<PlacedRemark> remark_on_disagreement(const Survey& survey, const Hop& hop,
                                                   const SerialOf& serial);

}  // namespace dkimctl::dkim
