#include "dkim/result_text.hpp"

#include "dkim/findings.hpp"
#include "dkim/lookup_findings.hpp"
#include "dkim/published_findings.hpp"

#include <algorithm>
#include <array>

namespace dkimctl::dkim {
namespace {

struct Row {
  const FindingCode* code;
  std::string_view text;
};

constexpr std::string_view kSyntaxError = "invalid (public key: syntax error)";
constexpr std::string_view kInvalidData = "invalid (public key: invalid data)";
constexpr std::string_view kMissingP = "invalid (public key: missing p= tag)";
constexpr std::string_view kVersionText = "invalid (public key: unsupported version)";
constexpr std::string_view kKeyTypeText = "invalid (public key: unsupported key type)";

constexpr std::array kRows{
    Row{&findings::kLiteralQuotes, kSyntaxError},
    Row{&findings::kBackslash, kVersionText},
    Row{&findings::kSmartQuotes, kInvalidData},
    Row{&findings::kInvisibleCharacter, kInvalidData},
    Row{&findings::kLineBreak, kInvalidData},
    Row{&findings::kHtmlEntity, kSyntaxError},
    Row{&findings::kUrlEncoded, kVersionText},
    Row{&findings::kZoneLine, kSyntaxError},
    Row{&findings::kPemHeader, kInvalidData},
    Row{&findings::kSeparator, kVersionText},
    Row{&findings::kDuplicateTag, kSyntaxError},
    Row{&findings::kTagSyntax, kSyntaxError},
    Row{&findings::kVersionNotFirst, kSyntaxError},
    Row{&findings::kVersion, kVersionText},
    Row{&findings::kNoPublicKey, kMissingP},
    Row{&findings::kRevoked, "invalid (public key: revoked)"},
    Row{&findings::kBase64, kInvalidData},
    Row{&findings::kTruncated, kInvalidData},
    Row{&findings::kChunkMissing, kInvalidData},
    Row{&findings::kChunkOrder, kInvalidData},
    Row{&findings::kPkcs1, kInvalidData},
    Row{&findings::kEd25519Spki, kKeyTypeText},
    Row{&findings::kKeyType, kKeyTypeText},
    Row{&findings::kRsaPss, kKeyTypeText},
    Row{&findings::kPrivateKeyPublished, kInvalidData},
    Row{&findings::kHash, "invalid (public key: does not support hash algorithm 'sha256')"},
    Row{&findings::kService, "invalid (public key: does not support email)"},
    Row{&findings::kOtherKey, kBadSignature},
    Row{&findings::kShort, kBadSignature},
    Row{&findings::kDnssecBogus, kServfail},
    Row{&findings::kSeveralRecords, kSyntaxError},
    Row{&findings::kSplitRecords, kInvalidData},
};

}  // namespace

std::string_view result_text(const FindingCode& code)
{
  const auto* const row = std::ranges::find(kRows, &code, &Row::code);
  return row == kRows.end() ? kNotAvailable : row->text;
}

}  // namespace dkimctl::dkim
