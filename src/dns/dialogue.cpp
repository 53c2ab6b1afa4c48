#include "dns/dialogue.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include <fmt/format.h>

namespace dkimctl::dns {
namespace {

constexpr std::size_t kSizeOctets = 4;
constexpr unsigned kOctetBits = 8;
constexpr std::size_t kMostRoots = 64;
constexpr std::size_t kMostStrings = 512;  // of one TXT record

// An owner name, three more in an SOA, its numbers, what is before each; strings may be empty.
constexpr std::size_t kLongestRecord = 4UL * 257 + 64 + 2 * kMostStrings;
static_assert(3 * (kMostRecords * kLongestRecord + 2 * kMostTxtOctets) + kLongestReason <
              kLongestDialogueBody);

class Writer {
public:
  Writer() : out_(kSizeOctets, '\0') {}

  void number(std::uint64_t value, std::size_t octets)
  {
    for (std::size_t i = octets; i > 0; --i) {
      out_ += static_cast<char>(value >> (kOctetBits * (i - 1)) & 0xffU);
    }
  }
  void octet(unsigned value) { number(value, 1); }
  void text(std::string_view text)
  {
    number(text.size(), 2);
    out_ += text;
  }
  std::string message() &&
  {
    const std::size_t size = out_.size() - kSizeOctets;
    for (std::size_t i = 0; i < kSizeOctets; ++i) {
      out_[i] = static_cast<char>(size >> (kOctetBits * (kSizeOctets - 1 - i)) & 0xffU);
    }
    return std::move(out_);
  }

private:
  std::string out_;
};

/// Remembers that something was wrong; what is read from then on means nothing.
class Reader {
public:
  explicit Reader(std::string_view body) : rest_(body) {}

  std::uint64_t number(std::size_t octets)
  {
    std::uint64_t value = 0;
    for (const char octet : take(octets)) {
      value = value << kOctetBits | static_cast<unsigned char>(octet);
    }
    return value;
  }
  std::uint32_t number32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint16_t number16() { return static_cast<std::uint16_t>(number(2)); }
  /// At most `most`.
  std::uint64_t bounded(std::size_t octets, std::uint64_t most)
  {
    const std::uint64_t value = number(octets);
    good_ = good_ && value <= most;
    return good_ ? value : 0;
  }
  bool boolean() { return bounded(1, 1) == 1; }
  std::string text(std::size_t most = std::numeric_limits<std::uint16_t>::max())
  {
    return std::string{take(bounded(2, most))};
  }
  Name name()
  {
    auto name = Name::from_wire(text());
    good_ = good_ && name.has_value();
    return name ? *std::move(name) : Name{};
  }
  Address address()
  {
    Address address{text()};
    good_ = good_ && (address.octets.size() == 4 || address.octets.size() == 16);
    return address;
  }
  void reject() { good_ = false; }

  bool good() const { return good_; }
  bool at_end() const { return good_ && rest_.empty(); }

private:
  std::string_view take(std::size_t count)
  {
    good_ = good_ && count <= rest_.size();
    if (!good_) {
      return {};
    }
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  std::string_view rest_;
  bool good_ = true;
};

template<class T>
Result<T> whole(const Reader& reader, T value, std::string_view what)
{
  if (!reader.at_end()) {
    return tl::unexpected(Error{Errc::refused, fmt::format("no {}", what)});
  }
  return value;
}

void write(Writer& writer, const ServerAddress& server)
{
  writer.text(server.address.octets);
  writer.number(server.port, 2);
}

ServerAddress read_server(Reader& reader)
{
  Address address = reader.address();
  return {std::move(address), reader.number16()};
}

struct WriteRdata {
  Writer& writer;
  void operator()(const Txt& txt) const
  {
    const std::size_t count = std::min(txt.strings.size(), kMostStrings);
    writer.number(count, 2);
    for (std::size_t i = 0; i < count; ++i) {
      writer.text(txt.strings[i]);
    }
  }
  void operator()(const Address& address) const { writer.text(address.octets); }
  void operator()(const Ns& ns) const { writer.text(ns.host.wire()); }
  void operator()(const Cname& cname) const { writer.text(cname.target.wire()); }
  void operator()(const Soa& soa) const
  {
    writer.text(soa.primary.wire());
    writer.text(soa.mailbox.wire());
    writer.number(soa.serial, 4);
    for (const std::chrono::seconds each : {soa.refresh, soa.retry, soa.expire, soa.minimum}) {
      writer.number(static_cast<std::uint64_t>(each.count()), 4);
    }
  }
};

Txt read_txt(Reader& reader)
{
  Txt txt;
  const std::uint64_t count = reader.bounded(2, kMostStrings);
  for (std::uint64_t i = 0; i < count && reader.good(); ++i) {
    txt.strings.push_back(reader.text(255));
  }
  if (txt.strings.empty()) {
    reader.reject();
  }
  return txt;
}

std::chrono::seconds read_time(Reader& reader)
{
  return std::chrono::seconds{reader.number32()};
}

Soa read_soa(Reader& reader)
{
  Soa soa;
  soa.primary = reader.name();
  soa.mailbox = reader.name();
  soa.serial = reader.number32();
  soa.refresh = read_time(reader);
  soa.retry = read_time(reader);
  soa.expire = read_time(reader);
  soa.minimum = read_time(reader);
  return soa;
}

Rdata read_address(Reader& reader, std::size_t size)
{
  Address address = reader.address();
  if (address.octets.size() != size) {
    reader.reject();
  }
  return address;
}

Rdata read_rdata(Reader& reader)
{
  switch (static_cast<RrType>(reader.number16())) {
  case RrType::a: return read_address(reader, 4);
  case RrType::aaaa: return read_address(reader, 16);
  case RrType::ns: return Ns{reader.name()};
  case RrType::cname: return Cname{reader.name()};
  case RrType::soa: return read_soa(reader);
  case RrType::txt: return read_txt(reader);
  }
  reader.reject();
  return Txt{};
}

void write(Writer& writer, const std::vector<Record>& records)
{
  const std::size_t count = std::min(records.size(), kMostRecords);
  writer.number(count, 2);
  for (std::size_t i = 0; i < count; ++i) {
    writer.text(records[i].owner.wire());
    writer.number(static_cast<std::uint64_t>(records[i].ttl.count()), 4);
    writer.number(static_cast<std::uint16_t>(type_of(records[i].rdata)), 2);
    std::visit(WriteRdata{writer}, records[i].rdata);
  }
}

std::vector<Record> read_records(Reader& reader)
{
  std::vector<Record> records;
  const std::uint64_t count = reader.bounded(2, kMostRecords);
  for (std::uint64_t i = 0; i < count && reader.good(); ++i) {
    Record record;
    record.owner = reader.name();
    record.ttl = read_time(reader);
    record.rdata = read_rdata(reader);
    records.push_back(std::move(record));
  }
  return records;
}

bool is_printable(std::string_view text)
{
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

bool is_asked_for(RrType type)
{
  return !to_string(type).empty();
}

}  // namespace

std::string encode(const Roots& roots)
{
  Writer writer;
  writer.number(std::min(roots.servers.size(), kMostRoots), 2);
  for (std::size_t i = 0; i < std::min(roots.servers.size(), kMostRoots); ++i) {
    write(writer, roots.servers[i]);
  }
  writer.number(std::min(roots.trust_anchors.size(), kMostRoots), 2);
  for (std::size_t i = 0; i < std::min(roots.trust_anchors.size(), kMostRoots); ++i) {
    writer.text(roots.trust_anchors[i]);
  }
  return std::move(writer).message();
}

std::string encode(const NumberedQuestion& question)
{
  const Question& asked = question.question;
  Writer writer;
  writer.number(question.number, 4);
  writer.octet(static_cast<unsigned>(asked.view));
  writer.octet((asked.checking_disabled ? 1U : 0U) | (asked.again ? 2U : 0U));
  writer.number(static_cast<std::uint16_t>(asked.type), 2);
  writer.text(asked.name.wire());
  if (asked.view != View::root) {
    write(writer, asked.server);
  }
  return std::move(writer).message();
}

std::string encode(const NumberedAnswer& answer)
{
  const Answer& told = answer.answer;
  Writer writer;
  writer.number(answer.number, 4);
  writer.octet(static_cast<unsigned>(told.outcome));
  writer.octet(told.authoritative ? 1 : 0);
  writer.octet(told.authentic ? 1 : 0);
  write(writer, told.records);
  write(writer, told.authority);
  write(writer, told.additional);
  writer.text(std::string_view{told.reason}.substr(0, kLongestReason));
  return std::move(writer).message();
}

Result<Roots> decode_roots(std::string_view body)
{
  Reader reader(body);
  Roots roots;
  const std::uint64_t servers = reader.bounded(2, kMostRoots);
  for (std::uint64_t i = 0; i < servers && reader.good(); ++i) {
    roots.servers.push_back(read_server(reader));
  }
  const std::uint64_t anchors = reader.bounded(2, kMostRoots);
  for (std::uint64_t i = 0; i < anchors && reader.good(); ++i) {
    roots.trust_anchors.push_back(reader.text());
  }
  return whole(reader, std::move(roots), "list of root servers");
}

Result<NumberedQuestion> decode_question(std::string_view body)
{
  Reader reader(body);
  NumberedQuestion question;
  Question& asked = question.question;
  question.number = reader.number32();
  asked.view = static_cast<View>(reader.bounded(1, static_cast<std::uint64_t>(View::root)));
  const std::uint64_t flags = reader.bounded(1, 3);
  asked.checking_disabled = (flags & 1U) != 0;
  asked.again = (flags & 2U) != 0;
  asked.type = static_cast<RrType>(reader.number16());
  asked.name = reader.name();
  if (asked.view != View::root) {
    asked.server = read_server(reader);
  }
  if (!is_asked_for(asked.type)) {
    reader.reject();
  }
  return whole(reader, std::move(question), "question");
}

Result<NumberedAnswer> decode_answer(std::string_view body)
{
  Reader reader(body);
  NumberedAnswer answer;
  Answer& told = answer.answer;
  answer.number = reader.number32();
  told.outcome = static_cast<Outcome>(reader.bounded(1, static_cast<std::uint64_t>(Outcome::no_route)));
  told.authoritative = reader.boolean();
  told.authentic = reader.boolean();
  told.records = read_records(reader);
  told.authority = read_records(reader);
  told.additional = read_records(reader);
  told.reason = reader.text(kLongestReason);
  if (!is_printable(told.reason)) {
    reader.reject();
  }
  return whole(reader, std::move(answer), "answer");
}

Result<std::vector<std::string>> MessageReader::feed(std::string_view octets)
{
  rest_ += octets;
  std::vector<std::string> bodies;
  std::size_t at = 0;
  while (rest_.size() - at >= kSizeOctets) {
    const std::uint64_t size = Reader(std::string_view{rest_}.substr(at, kSizeOctets)).number(kSizeOctets);
    if (size > kLongestDialogueBody) {
      return tl::unexpected(Error{Errc::refused, fmt::format("a message of {} octets", size)});
    }
    if (rest_.size() - at - kSizeOctets < size) {
      break;
    }
    bodies.push_back(rest_.substr(at + kSizeOctets, size));
    at += kSizeOctets + size;
  }
  rest_.erase(0, at);
  return bodies;
}

}  // namespace dkimctl::dns
