// A folder of one test's own, gone with all that is in it when the test ends.
#pragma once

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include <boost/filesystem/operations.hpp>

namespace dkimctl {

class TemporaryFolder {
public:
  TemporaryFolder()
  {
    path_ = (boost::filesystem::temp_directory_path() / "dkimctl-test.XXXXXX").native();
    if (::mkdtemp(path_.data()) == nullptr) {
      throw std::runtime_error("cannot create " + path_);
    }
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder()
  {
    boost::system::error_code ignored;
    boost::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string{name}; }

  /// With its parent folders; what is there is replaced.
  std::string write(std::string_view name, std::string_view text) const
  {
    const boost::filesystem::path file = *this / name;
    boost::filesystem::create_directories(file.parent_path());
    std::ofstream{file.native(), std::ios::binary} << text;
    return file.native();
  }
  void make_folder(std::string_view name) const { boost::filesystem::create_directories(*this / name); }
  void make_link(const std::string& target, std::string_view name) const
  {
    boost::filesystem::create_symlink(target, *this / name);
  }

private:
  std::string path_;
};

}  // namespace dkimctl
