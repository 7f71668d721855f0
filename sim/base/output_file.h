// Writes a file so that it appears under its name only when it is complete.
#pragma once

#include <filesystem>
#include <fstream>
#include <string_view>

namespace lnsim {

// For what is written piece by piece.
class OutputFile {
 public:
  // Throws UserError for a place that takes no files.
  explicit OutputFile(std::filesystem::path path);
  // Without commit() there is no file.
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  std::ostream& stream() { return file_; }
  // Puts what was written under its name. Throws UserError when the disk does not take it; what stood there
  // before is then still there.
  void commit();

 private:
  [[noreturn]] void fail(const std::error_code& error);

  std::filesystem::path path_;
  std::filesystem::path temporary_;
  std::ofstream file_;
};

// The same at once. Throws UserError when the folder or the disk does not take it.
void write_file(const std::filesystem::path& path, std::string_view content);

// Throws what write_file would throw for a folder that takes no files, before work is put into the content.
void check_can_write(const std::filesystem::path& path);

// Makes an output folder, which must take files before an hour of work is put into them. Throws UserError.
void make_folder(const std::filesystem::path& folder);

}  // namespace lnsim
