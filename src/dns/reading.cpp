#include "dns/reading.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace dkimctl::dns {
namespace {

bool has_answer(const Response& response, RrType type)
{
  return std::ranges::any_of(response.answer, [&](const Record& record) {
    const RrType has = type_of(record.rdata);
    return has == type || has == RrType::cname;
  });
}

bool names_servers_below_the_root(const Response& response, const Name& name)
{
  return std::ranges::any_of(response.authority, [&](const Record& record) {
    return type_of(record.rdata) == RrType::ns && !record.owner.is_root() && name.is_in(record.owner);
  });
}

Outcome outcome_without_error(const Response& response, const Question& question)
{
  if (has_answer(response, question.type)) {
    return question.view == View::authoritative && !response.authoritative ? Outcome::lame
                                                                           : Outcome::answered;
  }
  if (question.view != View::authoritative || response.authoritative) {
    return Outcome::nodata;
  }
  return names_servers_below_the_root(response, question.name) ? Outcome::referral : Outcome::lame;
}

/// A server that does not recurse for us, whatever it says: RFC 1035 section 4.1.1, RA.
bool is_no_resolver(const Response& response, const Question& question)
{
  return question.view == View::recursive && !response.recursive && !response.authoritative &&
         !has_answer(response, question.type) &&
         (response.rcode == Rcode::no_error || response.rcode == Rcode::nxdomain);
}

Outcome outcome_of(const Response& response, const Question& question)
{
  if (is_no_resolver(response, question)) {
    return Outcome::refused;
  }
  switch (response.rcode) {
  case Rcode::no_error: return outcome_without_error(response, question);
  case Rcode::nxdomain:
    // With a CNAME, the name itself is there: RFC 6604 section 3.
    if (has_answer(response, question.type)) {
      return outcome_without_error(response, question);
    }
    return question.view == View::authoritative && !response.authoritative ? Outcome::lame
                                                                           : Outcome::nxdomain;
  case Rcode::server_failure: return Outcome::servfail;
  case Rcode::refused: return Outcome::refused;
  case Rcode::format_error:
  case Rcode::not_implemented:
  case Rcode::bad_version:
  case Rcode::other: return Outcome::rcode_other;
  }
  return Outcome::garbage;
}

std::size_t txt_octets(const Record& record)
{
  const auto* const txt = std::get_if<Txt>(&record.rdata);
  return txt == nullptr ? 0 : txt->value().size();
}

std::vector<Record> bounded(std::vector<Record> records)
{
  std::size_t octets = 0;
  std::size_t kept = 0;
  while (kept < records.size() && kept < kMostRecords) {
    octets += txt_octets(records[kept]);
    if (kept > 0 && octets > kMostTxtOctets) {
      break;
    }
    ++kept;
  }
  records.erase(records.begin() + static_cast<std::ptrdiff_t>(kept), records.end());
  return records;
}

}  // namespace

Answer answer_of(Response response, const Question& question)
{
  const Outcome outcome = outcome_of(response, question);
  Answer answer{outcome,
                response.authoritative,
                response.authentic,
                bounded(std::move(response.answer)),
                bounded(std::move(response.authority)),
                bounded(std::move(response.additional)),
                {}};
  if (outcome == Outcome::rcode_other) {
    answer.reason = to_string(response.rcode);
  }
  return answer;
}

}  // namespace dkimctl::dns
