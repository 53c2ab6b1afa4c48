#pragma once

#include "store/connection.hpp"
#include "store/members.hpp"

namespace dkimctl::store {

class SqlMembers final : public Members {
public:
  explicit SqlMembers(Connection& connection) : connection_(&connection) {}

  Stored<std::vector<Member>> all() override;
  Stored<Member> self() override;
  Stored<Member> record_run(const Member& self, const rollover::ClockMark& run, bool only_looked) override;

private:
  Connection* connection_;
};

/// All rows of the table, by id.
Stored<std::vector<Member>> read_members(Session& session);
Stored<void> insert_member(Session& session, const Member& member);
/// The host is another machine from now on. Inside a change.
Stored<void> set_machine(Session& session, const Member& member, const std::string& name,
                         const std::string& machine);

}  // namespace dkimctl::store
