#include "perl/operators.hpp"

#include <algorithm>
#include <array>

namespace dkimctl::perl {
namespace {

constexpr std::array kBinaryOperators{
    BinaryOperator{"..", 1, Fixity::none},  BinaryOperator{"...", 1, Fixity::none},
    BinaryOperator{"||", 2, Fixity::left},  BinaryOperator{"//", 2, Fixity::left},
    BinaryOperator{"&&", 3, Fixity::left},  BinaryOperator{"|", 4, Fixity::left},
    BinaryOperator{"^", 4, Fixity::left},   BinaryOperator{"&", 5, Fixity::left},
    BinaryOperator{"==", 6, Fixity::none},  BinaryOperator{"!=", 6, Fixity::none},
    BinaryOperator{"<=>", 6, Fixity::none}, BinaryOperator{"eq", 6, Fixity::none},
    BinaryOperator{"ne", 6, Fixity::none},  BinaryOperator{"cmp", 6, Fixity::none},
    BinaryOperator{"~~", 6, Fixity::none},  BinaryOperator{"<", 7, Fixity::none},
    BinaryOperator{">", 7, Fixity::none},   BinaryOperator{"<=", 7, Fixity::none},
    BinaryOperator{">=", 7, Fixity::none},  BinaryOperator{"lt", 7, Fixity::none},
    BinaryOperator{"gt", 7, Fixity::none},  BinaryOperator{"le", 7, Fixity::none},
    BinaryOperator{"ge", 7, Fixity::none},  BinaryOperator{"isa", 7, Fixity::none},
    BinaryOperator{"<<", 10, Fixity::left}, BinaryOperator{">>", 10, Fixity::left},
    BinaryOperator{"+", 11, Fixity::left},  BinaryOperator{"-", 11, Fixity::left},
    BinaryOperator{".", 11, Fixity::left},  BinaryOperator{"*", 12, Fixity::left},
    BinaryOperator{"/", 12, Fixity::left},  BinaryOperator{"%", 12, Fixity::left},
    BinaryOperator{"x", 12, Fixity::left},  BinaryOperator{"=~", 13, Fixity::left},
    BinaryOperator{"!~", 13, Fixity::left}, BinaryOperator{"**", 15, Fixity::right},
};

constexpr std::array<std::string_view, 16> kAssignments{
    "=", "+=", "-=", "*=", "/=", ".=", "%=", "x=", "&=", "|=", "^=", "**=", "||=", "&&=", "//=", "<<="};

// By name, for the binary search.
constexpr std::array kBuiltins{
    Builtin{"__FILE__", Arity::none},    Builtin{"__LINE__", Arity::none},
    Builtin{"__PACKAGE__", Arity::none}, Builtin{"__SUB__", Arity::none},
    Builtin{"abs", Arity::unary},        Builtin{"alarm", Arity::unary},
    Builtin{"atan2", Arity::list},       Builtin{"binmode", Arity::list},
    Builtin{"bless", Arity::list},       Builtin{"caller", Arity::unary},
    Builtin{"chdir", Arity::unary},      Builtin{"chmod", Arity::list},
    Builtin{"chomp", Arity::unary},      Builtin{"chop", Arity::unary},
    Builtin{"chown", Arity::list},       Builtin{"chr", Arity::unary},
    Builtin{"close", Arity::unary},      Builtin{"closedir", Arity::unary},
    Builtin{"cos", Arity::unary},        Builtin{"crypt", Arity::list},
    Builtin{"defined", Arity::unary},    Builtin{"delete", Arity::unary},
    Builtin{"die", Arity::list},         Builtin{"each", Arity::unary},
    Builtin{"eof", Arity::unary},        Builtin{"exec", Arity::list},
    Builtin{"exists", Arity::unary},     Builtin{"exit", Arity::unary},
    Builtin{"exp", Arity::unary},        Builtin{"fc", Arity::unary},
    Builtin{"fileno", Arity::unary},     Builtin{"flock", Arity::list},
    Builtin{"fork", Arity::none},        Builtin{"getgrgid", Arity::unary},
    Builtin{"getgrnam", Arity::unary},   Builtin{"gethostbyname", Arity::unary},
    Builtin{"getppid", Arity::none},     Builtin{"getpwnam", Arity::unary},
    Builtin{"getpwuid", Arity::unary},   Builtin{"glob", Arity::unary},
    Builtin{"gmtime", Arity::unary},     Builtin{"grep", Arity::block},
    Builtin{"hex", Arity::unary},        Builtin{"index", Arity::list},
    Builtin{"int", Arity::unary},        Builtin{"ioctl", Arity::list},
    Builtin{"join", Arity::list},        Builtin{"keys", Arity::unary},
    Builtin{"kill", Arity::list},        Builtin{"lc", Arity::unary},
    Builtin{"lcfirst", Arity::unary},    Builtin{"length", Arity::unary},
    Builtin{"link", Arity::list},        Builtin{"localtime", Arity::unary},
    Builtin{"lock", Arity::unary},       Builtin{"log", Arity::unary},
    Builtin{"lstat", Arity::unary},      Builtin{"map", Arity::block},
    Builtin{"mkdir", Arity::list},       Builtin{"oct", Arity::unary},
    Builtin{"open", Arity::list},        Builtin{"opendir", Arity::list},
    Builtin{"ord", Arity::unary},        Builtin{"pack", Arity::list},
    Builtin{"pipe", Arity::list},        Builtin{"pop", Arity::unary},
    Builtin{"pos", Arity::unary},        Builtin{"print", Arity::print},
    Builtin{"printf", Arity::print},     Builtin{"push", Arity::list},
    Builtin{"quotemeta", Arity::unary},  Builtin{"rand", Arity::unary},
    Builtin{"read", Arity::list},        Builtin{"readdir", Arity::unary},
    Builtin{"readline", Arity::unary},   Builtin{"readlink", Arity::unary},
    Builtin{"readpipe", Arity::unary},   Builtin{"ref", Arity::unary},
    Builtin{"rename", Arity::list},      Builtin{"require", Arity::unary},
    Builtin{"reverse", Arity::list},     Builtin{"rindex", Arity::list},
    Builtin{"rmdir", Arity::unary},      Builtin{"say", Arity::print},
    Builtin{"scalar", Arity::unary},     Builtin{"seek", Arity::list},
    Builtin{"select", Arity::list},      Builtin{"shift", Arity::unary},
    Builtin{"sin", Arity::unary},        Builtin{"sleep", Arity::unary},
    Builtin{"socket", Arity::list},      Builtin{"sort", Arity::block},
    Builtin{"splice", Arity::list},      Builtin{"split", Arity::list},
    Builtin{"sprintf", Arity::list},     Builtin{"sqrt", Arity::unary},
    Builtin{"srand", Arity::unary},      Builtin{"stat", Arity::unary},
    Builtin{"substr", Arity::list},      Builtin{"symlink", Arity::list},
    Builtin{"sysopen", Arity::list},     Builtin{"sysread", Arity::list},
    Builtin{"system", Arity::list},      Builtin{"syswrite", Arity::list},
    Builtin{"tell", Arity::unary},       Builtin{"tie", Arity::list},
    Builtin{"tied", Arity::unary},       Builtin{"time", Arity::none},
    Builtin{"times", Arity::none},       Builtin{"truncate", Arity::list},
    Builtin{"uc", Arity::unary},         Builtin{"ucfirst", Arity::unary},
    Builtin{"umask", Arity::unary},      Builtin{"undef", Arity::unary},
    Builtin{"unlink", Arity::list},      Builtin{"unpack", Arity::list},
    Builtin{"unshift", Arity::list},     Builtin{"untie", Arity::unary},
    Builtin{"utime", Arity::list},       Builtin{"values", Arity::unary},
    Builtin{"vec", Arity::list},         Builtin{"wait", Arity::none},
    Builtin{"waitpid", Arity::list},     Builtin{"wantarray", Arity::none},
    Builtin{"warn", Arity::list},        Builtin{"write", Arity::unary},
};
static_assert(std::ranges::is_sorted(kBuiltins, {}, &Builtin::name));

}  // namespace

const BinaryOperator* binary_operator(std::string_view text)
{
  constexpr std::string_view kNever = ",;()[]{}:?";  // most of what follows a term
  if (text.empty() || kNever.find(text.front()) != std::string_view::npos) {
    return nullptr;
  }
  const auto* const found = std::ranges::find(kBinaryOperators, text, &BinaryOperator::text);
  return found == kBinaryOperators.end() ? nullptr : found;
}

bool is_assignment(std::string_view text)
{
  return std::ranges::find(kAssignments, text) != kAssignments.end() || text == ">>=";
}

const Builtin* builtin(std::string_view name)
{
  const auto* const found = std::ranges::lower_bound(kBuiltins, name, {}, &Builtin::name);
  return found == kBuiltins.end() || found->name != name ? nullptr : found;
}

}  // namespace dkimctl::perl
