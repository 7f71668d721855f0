#include "sim/run/trace/npz.h"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "sim/base/errors.h"

namespace lnsim {

namespace {

// Deflate needs at least a bit per 258 bytes: no honest member grows by more.
constexpr std::uint64_t kLargestExpansion = 1032;
constexpr std::uint64_t kSmallestClaimChecked = 1U << 20;

std::string zip_message(int code) {
  switch (code) {
    case ZIP_ER_NOZIP:
    case ZIP_ER_INCONS:
    case ZIP_ER_EOF:
      return "a file that is no zip archive, or is cut short";
    default: {
      zip_error_t error;
      zip_error_init_with_code(&error, code);
      std::string text = zip_error_strerror(&error);
      zip_error_fini(&error);
      return text;
    }
  }
}

class Member final : public ByteSource {
 public:
  Member(zip_file_t* file, std::uint64_t size, std::string archive, std::string member)
      : file_(file), size_(size), archive_(std::move(archive)), member_(std::move(member)) {}
  ~Member() override { zip_fclose(file_); }
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

  std::size_t read(std::span<unsigned char> buffer) override {
    std::size_t filled = 0;
    while (filled < buffer.size()) {
      const zip_int64_t got = zip_fread(file_, buffer.data() + filled, buffer.size() - filled);
      if (got < 0) {
        throw UserError(
            Diagnostic{{archive_},
                       member_,
                       fmt::format("damaged data ({})", zip_error_strerror(zip_file_get_error(file_))),
                       "a zip member that unpacks"});
      }
      if (got == 0) break;
      filled += static_cast<std::size_t>(got);
    }
    return filled;
  }
  std::uint64_t size() const override { return size_; }
  const std::string& name() const override { return archive_; }

 private:
  zip_file_t* file_;
  std::uint64_t size_;
  std::string archive_;
  std::string member_;
};

}  // namespace

struct NpzFile::Archive {
  std::string name;
  zip_t* zip = nullptr;
  ~Archive() {
    if (zip != nullptr) zip_discard(zip);
  }
};

NpzFile::NpzFile(const std::filesystem::path& path) : archive_(std::make_unique<Archive>()) {
  archive_->name = path.string();
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) {
    throw UserError(Diagnostic{{archive_->name}, "", "no such file", "the .npz with the trace's tensors"});
  }
  int code = 0;
  archive_->zip = zip_open(archive_->name.c_str(), ZIP_RDONLY, &code);
  if (archive_->zip == nullptr) {
    throw UserError(Diagnostic{{archive_->name}, "", zip_message(code), "the .npz with the trace's tensors"});
  }
}

NpzFile::~NpzFile() = default;
NpzFile::NpzFile(NpzFile&&) noexcept = default;
NpzFile& NpzFile::operator=(NpzFile&&) noexcept = default;

std::unique_ptr<ByteSource> NpzFile::open(const std::string& key) const {
  const std::string member = key + ".npy";
  const auto fail = [&](std::string got, std::string expected) {
    throw UserError(Diagnostic{{archive_->name}, key, std::move(got), std::move(expected)});
  };
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_stat(archive_->zip, member.c_str(), 0, &stat) != 0) fail("nothing", "a member " + member);
  const std::uint64_t limit = std::max(kSmallestClaimChecked, stat.comp_size * kLargestExpansion);
  if (stat.size > limit) {
    fail(fmt::format("{} bytes claimed by {} compressed ones", stat.size, stat.comp_size),
         fmt::format("at most {} times as many", kLargestExpansion));
  }
  zip_file_t* file = zip_fopen_index(archive_->zip, stat.index, 0);
  if (file == nullptr) fail(zip_strerror(archive_->zip), "a zip member that can be read");
  return std::make_unique<Member>(file, stat.size, archive_->name, key);
}

}  // namespace lnsim
