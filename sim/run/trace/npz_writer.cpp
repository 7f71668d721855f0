#include "sim/run/trace/npz_writer.h"

#include <unistd.h>
#include <zip.h>

#include <memory>
#include <system_error>

#include "sim/base/errors.h"

namespace lnsim {

namespace {

// Archives keep dates in the form of MS-DOS, from its first day on: 1 January 1980.
constexpr zip_uint16_t kFirstDay = 1U << 5U | 1U;

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, Discard>;

Archive opened(const std::filesystem::path& path, int flags, const char* expected) {
  int code = 0;
  Archive archive(zip_open(path.c_str(), flags, &code));
  if (archive) return archive;
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  const std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  throw UserError(Diagnostic{{path.string()}, "", text, expected});
}

class Writer {
 public:
  Writer(const std::filesystem::path& path, const std::filesystem::path& source)
      : path_(path), source_name_(source), temporary_(path) {
    temporary_ += "." + std::to_string(::getpid()) + ".part";
    if (!source.empty()) source_ = opened(source, ZIP_RDONLY, "the .npz with the trace's tensors");
    archive_ = opened(temporary_, ZIP_CREATE | ZIP_TRUNCATE, "a file that can be written");
  }

  void add(const NpzMember& member) {
    const std::string name = member.key + ".npy";
    // The library opens files when it closes the archive, and would not say which one is not there.
    if (!member.file.empty() && !std::filesystem::is_regular_file(member.file))
      throw UserError(
          Diagnostic{{member.file.string()}, member.key, "no such file", "the tensor's .npy file"});
    zip_source_t* data =
        member.file.empty() ? packed(name) : zip_source_file(archive_.get(), member.file.c_str(), 0, -1);
    if (data == nullptr) fail(member.key, zip_strerror(archive_.get()), "a tensor that can be copied");
    const zip_int64_t index = zip_file_add(archive_.get(), name.c_str(), data, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
      zip_source_free(data);
      fail(member.key, zip_strerror(archive_.get()), "a tensor that can be copied");
    }
    const auto at = static_cast<zip_uint64_t>(index);
    zip_set_file_compression(archive_.get(), at, method_, 0);
    zip_file_set_dostime(archive_.get(), at, 0, kFirstDay, 0);
  }

  void finish() {
    if (zip_close(archive_.get()) != 0) fail("", zip_strerror(archive_.get()), "a file that can be written");
    static_cast<void>(archive_.release());
    std::error_code error;
    std::filesystem::rename(temporary_, path_, error);
    if (!error) return;
    std::filesystem::remove(temporary_);
    fail("", error.message(), "a file that can be written");
  }

 private:
  [[noreturn]] void fail(const std::string& key, const std::string& got, const std::string& expected) const {
    throw UserError(Diagnostic{{path_.string()}, key, got, expected});
  }

  // A member of the source as it is packed there.
  zip_source_t* packed(const std::string& name) {
    zip_stat_t stat;
    zip_stat_init(&stat);
    if (zip_stat(source_.get(), name.c_str(), 0, &stat) != 0) {
      throw UserError(Diagnostic{{source_name_.string()}, "", "nothing", "a member " + name});
    }
    method_ = stat.comp_method;
    return zip_source_zip(archive_.get(), source_.get(), stat.index, ZIP_FL_COMPRESSED, 0, -1);
  }

  std::filesystem::path path_, source_name_, temporary_;
  Archive source_;  // outlives what is copied from it
  Archive archive_;
  zip_int32_t method_ = ZIP_CM_DEFLATE;  // of the member that is added
};

}  // namespace

void write_npz(const std::filesystem::path& path, const std::filesystem::path& source,
               std::span<const NpzMember> members) {
  Writer writer(path, source);
  for (const NpzMember& member : members) writer.add(member);
  writer.finish();
}

}  // namespace lnsim
