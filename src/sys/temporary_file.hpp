#pragma once

#include "base/result.hpp"
#include "sys/file_descriptor.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dkimctl::sys {

struct FileOwner {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
};

/// A file that is there as long as this object is. A signal that ends the process leaves it behind.
class TemporaryFile {
public:
  /// Creates FOLDER/dkimctl-XXXXXX, which was not there before, and writes `contents`. Only then others may
  /// read it: `reader` alone, whose file it becomes (mode 0600), if the folder is that user's too; else
  /// everybody (mode 0644 whatever the umask). Wherever a folder of somebody else really leads, no file in
  /// another's folder is ever given away. Errors name the folder or the file: "cannot create a file in /x:
  /// permission denied".
  static Result<TemporaryFile> create(const std::string& folder, std::string_view contents,
                                      const std::optional<FileOwner>& reader = {});

  TemporaryFile(TemporaryFile&& other) noexcept;
  TemporaryFile& operator=(TemporaryFile&& other) noexcept;
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile();

  const std::string& path() const { return path_; }

private:
  TemporaryFile(FileDescriptor folder, std::string path);
  const char* name() const;
  void remove() const;

  FileDescriptor folder_;
  std::string path_;  // empty once moved from
};

}  // namespace dkimctl::sys
