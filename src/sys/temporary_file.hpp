#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace dkimctl::sys {

/// A file that is there as long as this object is. A signal that ends the process leaves it behind.
class TemporaryFile {
public:
  /// Creates FOLDER/dkimctl-XXXXXX, which was not there before, writes `contents`, and only then lets
  /// everybody read it (mode 0644 whatever the umask). Errors name the folder or the file: "cannot create a
  /// file in /x: permission denied".
  static Result<TemporaryFile> create(const std::string& folder, std::string_view contents);

  TemporaryFile(TemporaryFile&& other) noexcept;
  TemporaryFile& operator=(TemporaryFile&& other) noexcept;
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile();

  const std::string& path() const { return path_; }

private:
  explicit TemporaryFile(std::string path);
  void remove() const;

  std::string path_;  // empty once moved from
};

}  // namespace dkimctl::sys
