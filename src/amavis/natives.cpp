#include "amavis/natives.hpp"

#include "amavis/findings.hpp"
#include "amavis/vocabulary.hpp"
#include "base/ascii.hpp"
#include "dns/idn.hpp"
#include "perl/placeholder.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <string_view>

#include <fmt/format.h>

namespace dkimctl::amavis {
namespace {

using perl::Call;
using perl::Interpreter;
using perl::Item;
using perl::Outcome;
using perl::Value;

constexpr std::size_t kLargestTable = std::size_t{64} << 20U;
constexpr std::size_t kLargestMailname = std::size_t{1} << 16U;  // bytes
constexpr std::size_t kDuplicatesCompared = 100;  // amavisd stops comparing when it has more keys than that

Outcome returns(Value value)
{
  return {{{std::move(value), {}, nullptr, false}}, {}};
}
Outcome returns_unknown(perl::UnknownPtr why)
{
  return {{{std::move(why), {}, nullptr, true}}, {}};
}

// ---- dkim_key

/// A wildcard domain as the regular expression that amavisd makes of it: '*' is any text, dots included.
perl::Regex wildcard(std::string_view domain)
{
  std::string pattern;
  for (std::size_t i = 0; i < domain.size(); ++i) {
    if (domain[i] == '*') {
      pattern += i > 0 && domain[i - 1] == '*' ? "" : ".*";
    } else {
      pattern += std::string_view{"@#/.^$|+?(){}[]\\"}.find(domain[i]) != std::string_view::npos ? "\\" : "";
      pattern += domain[i];
    }
  }
  return {pattern.starts_with(".*") ? pattern.substr(2) + "\\z" : "^" + pattern + "\\z", ""};
}

class KeyReader {
public:
  KeyReader(Interpreter& interpreter, const Call& call, Declarations& declarations)
      : interpreter_(interpreter), call_(call), declarations_(declarations)
  {}

  void read()
  {
    key_.declared = call_.place;
    key_.condition = call_.condition;
    const bool good = read_options() && read_name("domain", 0) && read_name("selector", 1);
    read_file();
    if (good) {
      declare();
    }
  }

private:
  bool refuse(const FindingCode& code, std::string text, perl::Place where, std::string hint)
  {
    Finding finding = make_finding(code, std::string{interpreter_.locate(call_.place).file}, std::move(text),
                                   std::move(hint));
    finding.where = interpreter_.locate(where.known() ? where : call_.place);
    declarations_.findings.push_back(std::move(finding));
    return false;
  }

  void note_unknown(std::string what, const Value& value)
  {
    interpreter_.taint(value.unknown(), "dkim_key");
    key_.unknown.push_back(std::move(what));
  }

  bool read_options()
  {
    const perl::List& arguments = call_.arguments;
    const auto many = std::ranges::find_if(arguments, &Item::many);
    if (many != arguments.end()) {
      note_unknown("options", many->value);
    } else if ((arguments.size() - 3) % 2 != 0) {
      return refuse(findings::kBadArgument, "dkim_key: a list of key/value pairs expected as options",
                    arguments.back().place, "write each option as NAME => VALUE");
    }
    for (std::size_t i = 3; i + 1 < arguments.size() && !arguments[i].many; i += 2) {
      if (arguments[i].value.is_unknown()) {
        note_unknown("options", arguments[i].value);
        continue;
      }
      add_option({arguments[i].value.text(), arguments[i + 1].value, arguments[i + 1].place});
    }
    return true;
  }

  void add_option(KeyOption option)
  {
    if (option.value.is_unknown()) {
      note_unknown("option " + option.name, option.value);
    }
    const auto same = std::ranges::find(key_.options, option.name, &KeyOption::name);
    if (same != key_.options.end()) {
      *same = std::move(option);
    } else {
      key_.options.push_back(std::move(option));
    }
  }

  /// Domain or selector.
  bool read_name(std::string_view which, std::size_t index)
  {
    const Item& argument = call_.arguments[index];
    const Value& value = argument.value;
    Argument& kept = index == 0 ? key_.domain_argument : key_.selector_argument;
    kept.place = argument.place;
    if (!value.is_plain()) {
      kept.other = std::make_shared<const Value>(value);
    }
    if (value.is_unknown()) {
      note_unknown(std::string{which}, value);
      return true;
    }
    if (value.is_undef() || (value.is_plain() && value.text().empty())) {
      return refuse(findings::kBadArgument, fmt::format("dkim_key: {} must not be empty", which),
                    argument.place,
                    index == 0 ? "name the domain that is to sign" : "name the selector, for example 'dkim'");
    }
    if (value.is_reference() && value.regex() == nullptr) {
      interpreter_.taint(interpreter_.note_unknown(argument.place, "address of a reference"), "dkim_key");
      key_.unknown.emplace_back(which);
      return true;
    }
    if (index == 0) {
      set_domain(value);
    } else {
      key_.selector = dns::to_ace(value.text());
    }
    warn_of_placeholder(which, value.text(), argument.place);
    return true;
  }

  /// amavisd takes it for what it says.
  void warn_of_placeholder(std::string_view which, std::string_view text, perl::Place where)
  {
    const std::string_view found = perl::placeholder(text);
    if (found.empty()) {
      return;
    }
    refuse(findings::kTemplate,
           fmt::format("the {} of a dkim_key has '{}' in it, which looks like a template's placeholder",
                       which, found),
           where, "fill it in");
    declarations_.findings.back().severity = Severity::warning;
  }

  void set_domain(const Value& value)
  {
    const bool regex = value.regex() != nullptr;
    key_.domain = regex ? value.text() : dns::to_ace(value.text());
    key_.pattern = regex || key_.domain.find('*') != std::string::npos;
    if (key_.pattern) {
      key_.regex = std::make_shared<const perl::Regex>(regex ? *value.regex() : wildcard(key_.domain));
    }
  }

  void read_file()
  {
    const Item& argument = call_.arguments[2];
    key_.file_argument.place = argument.place;
    if (argument.value.is_plain()) {
      key_.file = argument.value.text();
    }
    if (!key_.file.empty()) {
      warn_of_placeholder("file", key_.file, argument.place);
      return;
    }
    key_.file_argument.other = std::make_shared<const Value>(argument.value);
    if (argument.value.is_unknown()) {
      note_unknown("file", argument.value);
    } else if (argument.value.is_reference()) {
      interpreter_.note_unknown(argument.place, "key that is no file", "dkim_key");
      key_.unknown.emplace_back("file");
    }
  }

  bool name_is_known() const
  {
    return std::ranges::none_of(
        key_.unknown, [](const std::string& what) { return what == "domain" || what == "selector"; });
  }

  void declare()
  {
    key_.number = static_cast<std::uint32_t>(declarations_.keys.size() + 1);
    if (!key_.condition && name_is_known()) {
      const std::size_t name =
          std::hash<std::string>{}(key_.domain) * 31 + std::hash<std::string>{}(key_.selector);
      const DkimKey* const first = find_same(name);
      if (first != nullptr && !report_duplicate(*first)) {
        return;
      }
      if (first == nullptr) {
        declarations_.by_name.emplace(name, key_.number - 1);
      }
    }
    declarations_.keys.push_back(std::move(key_));
  }

  /// A certain key of the same domain and selector; null where there is none.
  const DkimKey* find_same(std::size_t name) const
  {
    const auto [begin, end] = declarations_.by_name.equal_range(name);
    for (auto candidate = begin; candidate != end; ++candidate) {
      const DkimKey& key = declarations_.keys[candidate->second];
      if (key.domain == key_.domain && key.selector == key_.selector) {
        return &key;
      }
    }
    return nullptr;
  }

  /// True where amavisd takes the key all the same.
  bool report_duplicate(const DkimKey& first)
  {
    const Location other = interpreter_.locate(first.declared);
    const Location here = interpreter_.locate(call_.place);
    const std::string hint =
        here == other ? fmt::format("{} is read twice: name or include it once", here.file)
        : here.file == other.file
            ? fmt::format("the first is at {}:{}:{}; remove one of them", other.file, other.line,
                          other.column)
            : fmt::format(
                  "the first is at {}:{}:{}; remove one of them, or rename a copy so that amavisd no "
                  "longer reads it: in conf.d, give it a name with a dot",
                  other.file, other.line, other.column);
    refuse(findings::kDuplicateKey,
           fmt::format("dkim_key: selector {} for domain {} already in use", key_.selector, key_.domain),
           call_.place, hint);
    const bool accepted = declarations_.keys.size() > kDuplicatesCompared;
    if (accepted) {
      declarations_.findings.back().severity = Severity::warning;
    }
    return accepted;
  }

  Interpreter& interpreter_;
  const Call& call_;
  Declarations& declarations_;
  DkimKey key_;
};

// ---- includes and tables

Outcome include(Interpreter& interpreter, const Call& call, perl::Missing missing)
{
  for (const Item& argument : call.arguments) {
    if (argument.value.is_unknown() || argument.value.is_reference()) {
      interpreter.taint(argument.value.is_unknown()
                            ? argument.value.unknown()
                            : interpreter.note_unknown(argument.place, "address of a reference"),
                        "files that are included");
      continue;
    }
    if (call.condition != nullptr) {
      interpreter.taint(call.condition, "files that are included");
    }
    interpreter.run_file(argument.value.text(), missing, call.place);
  }
  return returns(Value{std::int64_t{1}});
}

/// Where the first of `stops` stands outside of "...", in which a backslash hides a quote; the end if
/// nowhere.
std::size_t find_unquoted(std::string_view line, std::string_view stops)
{
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') {
      quoted = !quoted;
    } else if (quoted && line[i] == '\\') {
      ++i;
    } else if (!quoted && stops.find(line[i]) != std::string_view::npos) {
      return i;
    }
  }
  return line.size();
}

std::string unquoted(std::string_view text)
{
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      continue;
    }
    if (text[i] == '\\' && i + 1 < text.size()) {
      ++i;
    }
    out += text[i];
  }
  return out;
}

/// A line of a lookup table up to a '#': an address and what it gives, with the blanks between them. Nothing
/// for a source route, which only amavisd understands.
std::optional<std::pair<std::string, std::string>> table_line(std::string_view line)
{
  const std::size_t comment = find_unquoted(line, "#");
  const bool commented = comment < line.size();
  line = line.substr(0, comment);
  const std::size_t blank = find_unquoted(line, " \t");
  std::string_view rest = line.substr(blank);
  while (commented && !rest.empty() && (rest.back() == ' ' || rest.back() == '\t')) {
    rest.remove_suffix(1);
  }
  const std::string_view address = line.substr(0, blank);
  if (address.starts_with('@') && address.find(':') != std::string_view::npos) {
    return std::nullopt;
  }
  return std::pair{unquoted(address), std::string{rest}};
}

/// "User@Exämple.com" as a key of a lookup table: the local part in lower case, the domain in ASCII.
std::string table_key(const std::string& address)
{
  const std::size_t at = address.rfind('@');
  return at == std::string::npos ? ascii::lower(address)
                                 : ascii::lower(address.substr(0, at)) + dns::to_ace(address.substr(at));
}

/// What was to be filled is not known any more.
Outcome gives_up(Interpreter& interpreter, const Call& call, std::string construct)
{
  const perl::UnknownPtr why = interpreter.note_unknown(call.place, std::move(construct));
  const Value given = call.arguments.empty() ? Value{} : call.arguments[0].value;
  if (const perl::HashPtr hash = given.hash_ptr()) {
    hash->unknown = why;
  } else if (const perl::ArrayPtr array = given.array_ptr()) {
    array->unknown = why;
  }
  return returns_unknown(why);
}

/// The lines of a file into the hash, or where that is null into the array. False where a line is not
/// understood.
bool fill_table(std::string_view text, perl::Place place, perl::Hash* hash, perl::Array* array)
{
  const auto cell = [&](std::string value) {
    return std::make_shared<perl::Scalar>(perl::Scalar{Value{std::move(value)}, place, 0});
  };
  while (!text.empty()) {
    const std::size_t newline = std::min(text.find('\n'), text.size());
    const auto line = table_line(text.substr(0, newline));
    text.remove_prefix(std::min(newline + 1, text.size()));
    if (!line) {
      return false;
    }
    const auto& [key, gap_and_value] = *line;
    const std::size_t begin = std::min(gap_and_value.find_first_not_of(" \t"), gap_and_value.size());
    const std::string value = gap_and_value.substr(begin);
    if (key.empty() && value.empty()) {
      continue;
    }
    if (hash != nullptr) {
      hash->entries.insert_or_assign(table_key(key),
                                     perl::HashEntry{cell(value.empty() ? "1" : value), place});
    } else {
      array->items.push_back(cell(value.empty() ? key : key + gap_and_value));
    }
  }
  return true;
}

/// read_hash([\%hash,] FILE) and read_array([\@array,] FILE).
Outcome read_table(Interpreter& interpreter, const Call& call, bool as_hash)
{
  const bool given = !call.arguments.empty() && call.arguments[0].value.is_reference();
  const std::size_t index = given ? 1 : 0;
  if (index >= call.arguments.size() || call.arguments[index].value.is_unknown()) {
    return gives_up(interpreter, call, fmt::format("{} of a computed name", call.name));
  }
  const std::string path = call.arguments[index].value.text();
  const Result<TextFile> file = interpreter.host().read_text(path, kLargestTable);
  if (!file) {
    return {{}, fmt::format("{}: cannot open file {}: {}", call.name, path, file.error().what)};
  }
  interpreter.note_read(path, file->text.size());
  const auto hash = given ? call.arguments[0].value.hash_ptr() : std::make_shared<perl::Hash>();
  const auto array = given ? call.arguments[0].value.array_ptr() : std::make_shared<perl::Array>();
  if ((as_hash && hash == nullptr) || (!as_hash && array == nullptr) || call.condition != nullptr) {
    return gives_up(interpreter, call, fmt::format("{} that may not be reached", call.name));
  }
  if (!fill_table(file->text, call.place, as_hash ? hash.get() : nullptr, array.get())) {
    return gives_up(interpreter, call, fmt::format("source route in {}", path));
  }
  return returns(as_hash ? Value{hash} : Value{array});
}

// What read_l10n_templates sets.
constexpr std::array<std::string_view, 9> kTemplates{"notify_sender_templ",
                                                     "notify_virus_sender_templ",
                                                     "notify_spam_sender_templ",
                                                     "notify_virus_admin_templ",
                                                     "notify_spam_admin_templ",
                                                     "notify_virus_recips_templ",
                                                     "notify_spam_recips_templ",
                                                     "bdy_encoding",
                                                     "hdr_encoding"};

struct Constructor {
  std::string_view function;
  std::string_view class_name;
};

constexpr std::array kConstructors{
    Constructor{"new_RE", "Amavis::Lookup::RE"},
    Constructor{"q_sql_s", "Amavis::Lookup::SQLfield"},
    Constructor{"q_sql_n", "Amavis::Lookup::SQLfield"},
    Constructor{"q_sql_b", "Amavis::Lookup::SQLfield"},
    Constructor{"q_ldap_s", "Amavis::Lookup::LDAPattr"},
    Constructor{"q_ldap_n", "Amavis::Lookup::LDAPattr"},
    Constructor{"q_ldap_b", "Amavis::Lookup::LDAPattr"},
    Constructor{"q_dns_a", "Amavis::Lookup::DNSxL"},
    Constructor{"Opaque", "Amavis::Lookup::Opaque"},
    Constructor{"OpaqueRef", "Amavis::Lookup::OpaqueRef"},
};

Outcome construct(Interpreter& /*interpreter*/, const Call& call, std::string_view class_name)
{
  const auto many = std::ranges::find_if(call.arguments, &Item::many);
  if (many != call.arguments.end()) {
    return returns_unknown(many->value.unknown());
  }
  perl::Object object{std::string{class_name}, std::string{call.name}, {}, call.place};
  for (const Item& argument : call.arguments) {
    object.arguments.push_back(argument.value);
  }
  return returns(Value{std::make_shared<const perl::Object>(std::move(object))});
}

// ---- what is there before any file

std::optional<Value> initial_value(const Host& host, std::string_view name)
{
  if (name == "$myhostname") {
    return Value{host.node_name()};
  }
  if (name == "%policy_bank") {  // but for its own bank '', of which no file speaks
    return Value{std::make_shared<perl::Hash>()};
  }
  const Name* const found = variable_name(name);
  if (found == nullptr || found->initial == Initial::unknown) {
    return std::nullopt;
  }
  if (name.front() == '@') {
    const auto array = std::make_shared<perl::Array>();
    for (std::string_view rest = found->value; !rest.empty();) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      array->items.push_back(
          std::make_shared<perl::Scalar>(perl::Scalar{Value{std::string{rest.substr(0, end)}}, {}, 0}));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return Value{array};
  }
  if (name.front() == '%') {
    return Value{std::make_shared<perl::Hash>()};
  }
  return found->initial == Initial::nothing ? Value{} : Value{std::string{found->value}};
}

/// The two commands of Debian's stock configuration, answered without running them.
std::optional<std::string> run_command(const Host& host, std::string_view command)
{
  constexpr std::string_view kMailname = "head -n 1 /etc/mailname";
  while (!command.empty() && (command.back() == ' ' || command.back() == '\n')) {
    command.remove_suffix(1);
  }
  if (command == kMailname) {
    const Result<TextFile> file = host.read_text("/etc/mailname", kLargestMailname);
    if (!file) {
      return file.error().code == Errc::not_found ? std::optional<std::string>{""} : std::nullopt;
    }
    return file->text.substr(0, std::min(file->text.find('\n'), file->text.size() - 1) + 1);
  }
  if (command == "hostname --fqdn" || command == "hostname -f") {
    const std::optional<std::string> name = host.qualified_host_name();
    return name ? std::optional{*name + "\n"} : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

perl::Surroundings surroundings(const Host& host, Declarations& declarations)
{
  perl::Surroundings all;
  all.vocabulary = vocabulary();
  all.functions["dkim_key"] = [&declarations](Interpreter& interpreter, const Call& call) {
    if (call.arguments.size() < 3) {
      return Outcome{{}, "dkim_key: domain must not be empty"};  // &dkim_key(...), which no prototype checks
    }
    KeyReader(interpreter, call, declarations).read();
    return returns(Value{static_cast<std::int64_t>(declarations.keys.size())});
  };
  all.functions["include_config_files"] = [](Interpreter& interpreter, const Call& call) {
    return include(interpreter, call, perl::Missing::fails);
  };
  all.functions["include_optional_config_files"] = [](Interpreter& interpreter, const Call& call) {
    return include(interpreter, call, perl::Missing::is_skipped);
  };
  all.functions["read_l10n_templates"] = [](Interpreter& interpreter, const Call& /*call*/) {
    const auto text = std::make_shared<const perl::Unknown>(perl::Unknown{"text of a localization", {}});
    for (const std::string_view name : kTemplates) {
      interpreter.scalar(name)->value = text;
    }
    return returns(Value{std::int64_t{1}});
  };
  all.functions["read_hash"] = [](Interpreter& interpreter, const Call& call) {
    return read_table(interpreter, call, true);
  };
  all.functions["read_array"] = [](Interpreter& interpreter, const Call& call) {
    return read_table(interpreter, call, false);
  };
  for (const Constructor& each : kConstructors) {
    all.functions[std::string{each.function}] = [&each](Interpreter& interpreter, const Call& call) {
      return construct(interpreter, call, each.class_name);
    };
  }
  for (const auto& [name, prototype] : all.vocabulary.functions) {
    if (const std::optional<int> value = constant(name)) {
      all.functions[std::string{name}] = [value](Interpreter& /*interpreter*/, const Call& /*call*/) {
        return returns(Value{std::int64_t{*value}});
      };
    }
  }
  all.run_command = [&host](std::string_view command) { return run_command(host, command); };
  all.initial_value = [&host](std::string_view name) { return initial_value(host, name); };
  return all;
}

}  // namespace dkimctl::amavis
