#include "amavis/key_files.hpp"

#include "amavis/daemon_user.hpp"
#include "amavis/findings.hpp"
#include "base/shell_word.hpp"
#include "crypto/base64.hpp"
#include "crypto/private_key.hpp"
#include "dkim/findings.hpp"

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dkimctl::amavis {
namespace {

constexpr std::size_t kLargestKeyFile = std::size_t{1}
                                        << 20U;  // bytes; 16384 bits with the text OpenSSL adds: 40 KB
// RFC 8301 section 3.2: verifiers must not take less than the first, signers should not use less than the
// second.
constexpr crypto::Bits kLeastBits{1024};
constexpr crypto::Bits kRecommendedBits{2048};

bool in_groups(const Identity& who, std::uint32_t gid)
{
  return who.gid == gid || std::find(who.groups.begin(), who.groups.end(), gid) != who.groups.end();
}

/// "read", "written", "read and written" or "".
std::string_view passive(bool read, bool write)
{
  return read && write ? "read and written" : read ? "read" : write ? "written" : "";
}

/// Who else may do what with a key file, in words that follow its name; empty where nobody may.
std::string exposure(const Host& host, const FileInfo& info, const Identity* daemon)
{
  std::vector<std::string> said;
  if (daemon != nullptr && info.uid != 0 && info.uid != daemon->uid) {
    said.push_back(fmt::format("belongs to {}", host.user_name(info.uid)));
  }
  const std::string_view by_all = passive((info.mode & 04U) != 0, (info.mode & 02U) != 0);
  const bool own_group = info.gid == 0 || daemon == nullptr || in_groups(*daemon, info.gid);
  const bool group_reads = (info.mode & 040U) != 0 && !own_group && (info.mode & 04U) == 0;
  const bool group_writes = (info.mode & 020U) != 0 && info.gid != 0 && (info.mode & 02U) == 0;
  const std::string_view by_group = passive(group_reads, group_writes);
  if (!by_group.empty()) {
    said.push_back(fmt::format("can be {} by group {}", by_group, host.group_name(info.gid)));
  }
  if (!by_all.empty()) {
    said.push_back(fmt::format("can be {} by everybody", by_all));
  }
  return said.empty() ? std::string{} : fmt::format("{}", fmt::join(said, ", "));
}

/// Why a file gives no key; `what` follows "key file NAME".
struct Refused {
  std::string what;
  std::string hint;
  const FindingCode* code = &findings::kUnreadableKey;
};

struct HashOfFile {
  std::size_t operator()(const FileId& id) const
  {
    return std::hash<std::uint64_t>{}(id.inode ^ id.device << 32U);
  }
};

}  // namespace

/// What has been found out about paths and files so far.
class KeyFilesReader {
public:
  KeyFilesReader(const Host& host, const Identity* daemon, const Locate& locate, std::size_t keys)
      : host_(host), daemon_(daemon), locate_(locate), paths_(keys, &memory_), files_(keys, &memory_)
  {
    out_.stored_.reserve(keys);
    out_.stored_of_.reserve(keys);
  }

  void read(const DkimKey& key)
  {
    out_.stored_of_.push_back(KeyFiles::kNone);
    if (key.file.empty()) {
      report_no_file(key);
      return;
    }
    const auto known = paths_.find(key.file);
    const File file = known != paths_.end() ? known->second : look_at(key);
    if (const auto obstacle = obstacles_.find(key.file); obstacle != obstacles_.end()) {
      report_obstacle(key, obstacle->second);
    }
    if (file.refused != nullptr) {
      report(*file.refused->code, key, fmt::format("key file {} {}", key.file, file.refused->what),
             file.refused->hint);
      return;
    }
    out_.stored_of_.back() = file.stored;
    report_type(key, out_.stored_[file.stored]);
    if (const auto loaded = std::exchange(unadvised_, std::nullopt)) {
      advise_on_size(key, loaded->modulus);
      advise_on_access(key, loaded->info);
    }
  }

  KeyFiles finish() && { return std::move(out_); }

private:
  /// What is looked at once a file.
  struct Loaded {
    FileInfo info;
    crypto::Bits modulus;
  };
  struct File {
    std::uint32_t stored = KeyFiles::kNone;
    const Refused* refused = nullptr;
  };

  /// At a path that no key named before.
  File look_at(const DkimKey& key)
  {
    const File file = load(key.file);
    paths_.emplace(key.file, file);
    if (daemon_ != nullptr && file.refused == nullptr) {
      auto obstacle = host_.obstacle(key.file, *daemon_, Access::read);
      if (obstacle && *obstacle) {
        obstacles_.emplace(key.file, **std::move(obstacle));
      }
    }
    return file;
  }

  /// Reads a file, and its key unless it was read under another name.
  File load(const std::string& name)
  {
    const auto content = host_.read_secret(name, kLargestKeyFile);
    if (!content) {
      return refuse(unreadable(content.error()));
    }
    const auto [known, is_new] = files_.try_emplace(content->info.id);
    if (!is_new) {
      return known->second;
    }
    auto key = crypto::public_key_of(content->content.view());
    if (!key) {
      return known->second = refuse({key.error().what, key.error().hint});
    }
    known->second.stored = static_cast<std::uint32_t>(out_.stored_.size());
    out_.stored_.push_back(
        {name, key->type, crypto::whole_octets(key->modulus), keep(crypto::base64(key->spki))});
    unadvised_ = Loaded{content->info, key->modulus};
    return known->second;
  }

  std::string_view keep(std::string_view text)
  {
    char* const kept =
        std::pmr::polymorphic_allocator<>(out_.memory_.get()).allocate_object<char>(text.size());
    std::ranges::copy(text, kept);
    return {kept, text.size()};
  }

  File refuse(Refused refused) { return {KeyFiles::kNone, &refused_.emplace_back(std::move(refused))}; }

  static Refused unreadable(const Error& error)
  {
    std::string what = fmt::format("cannot be read: {}", error.what);
    if (error.code == Errc::denied) {
      return {std::move(what), "run dkimctl as root", &findings::kNoAccess};
    }
    return {std::move(what),
            error.code == Errc::not_found
                ? "amavisd does not start until the file is there, or the dkim_key is taken out"
                : "name the file that holds the private key"};
  }

  void report(const FindingCode& code, const DkimKey& key, std::string text, std::string hint)
  {
    Finding finding = make_finding(code, key.file, std::move(text), std::move(hint));
    finding.key = key.number;
    const perl::Place& place = key.file_argument.place.known() ? key.file_argument.place : key.declared;
    if (place.known()) {
      finding.where = locate_(place);
    }
    out_.findings_.push_back(std::move(finding));
  }

  void report_no_file(const DkimKey& key)
  {
    const bool is_known = std::find(key.unknown.begin(), key.unknown.end(), "file") == key.unknown.end();
    if (is_known && key.file_argument.value().is_plain()) {
      report(findings::kUnreadableKey, key, "the key file has no name",
             "give the path of a private key as the third argument");
    }
  }

  std::string give_to_daemon(const std::string& file) const
  {
    const std::string word = shell_word(file);
    return daemon_ == nullptr ? fmt::format("let amavisd's user own it, then chmod 0400 {}", word)
                              : fmt::format("chown {0} {1}; chmod 0400 {1}", shell_word(daemon_->name), word);
  }

  void report_obstacle(const DkimKey& key, const Obstacle& obstacle)
  {
    const std::string hint = obstacle.type == FileType::folder ? let_enter(host_, *daemon_, obstacle.path)
                                                               : give_to_daemon(key.file);
    report(findings::kUnreadableKey, key,
           fmt::format("key file {} cannot be read by amavisd's user {}: {}", key.file, daemon_->name,
                       obstacle.text),
           hint);
  }

  void report_type(const DkimKey& key, const StoredKey& stored)
  {
    if (stored.type == crypto::KeyType::rsa_pss) {
      report(dkim::findings::kRsaPss, key,
             fmt::format("key file {} holds an RSA-PSS key, whose signatures verifiers refuse", key.file),
             "make an RSA key: openssl genrsa -out NEW 2048");
    }
  }

  /// amavisd signs with a key of any size.
  void advise_on_size(const DkimKey& key, crypto::Bits modulus)
  {
    constexpr std::string_view kHint = "make one of 2048 bits, under a new selector";
    if (modulus < kLeastBits) {
      report(dkim::findings::kShort, key,
             fmt::format("the key in {} has {} bits; verifiers must refuse one of less than {}", key.file,
                         modulus.count, kLeastBits.count),
             std::string{kHint});
    } else if (modulus < kRecommendedBits) {
      report(dkim::findings::kWeak, key,
             fmt::format("the key in {} has {} bits; {} are recommended", key.file, modulus.count,
                         kRecommendedBits.count),
             std::string{kHint});
    }
  }

  void advise_on_access(const DkimKey& key, const FileInfo& info)
  {
    const std::string exposed = exposure(host_, info, daemon_);
    if (!exposed.empty()) {
      report(findings::kKeyMode, key,
             fmt::format("key file {} ({}) {}", key.file, owner_and_mode(host_, info), exposed),
             give_to_daemon(key.file));
    }
  }

  const Host& host_;
  const Identity* daemon_;
  const Locate& locate_;
  KeyFiles out_;
  std::pmr::monotonic_buffer_resource memory_;  // of the two maps
  std::pmr::unordered_map<std::string_view, File> paths_;
  std::pmr::unordered_map<FileId, File, HashOfFile> files_;
  std::unordered_map<std::string_view, Obstacle> obstacles_;  // what keeps amavisd's user from a path
  std::deque<Refused> refused_;
  std::optional<Loaded> unadvised_;  // the file that was loaded last
};

KeyFiles KeyFiles::read(const Host& host, const DkimKeys& keys, const Identity* daemon, const Locate& locate)
{
  KeyFilesReader reader(host, daemon, locate, keys.size());
  for (const DkimKey& key : keys) {
    reader.read(key);
  }
  return std::move(reader).finish();
}

}  // namespace dkimctl::amavis
