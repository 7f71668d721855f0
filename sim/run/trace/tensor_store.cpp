#include <algorithm>
#include <cstdint>
#include <fstream>
#include <memory>
#include <optional>
#include <utility>

#include "sim/base/errors.h"
#include "sim/run/trace/npy.h"
#include "sim/run/trace/npz.h"
#include "sim/run/trace/trace.h"

namespace lnsim {

namespace {

class FileSource final : public ByteSource {
 public:
  explicit FileSource(const std::filesystem::path& path, const std::string& key)
      : name_(path.string()), file_(path, std::ios::binary) {
    std::error_code error;
    size_ = std::filesystem::file_size(path, error);
    if (error || !file_) throw UserError(Diagnostic{{name_}, key, "no such file", "the tensor's .npy file"});
  }
  std::size_t read(std::span<unsigned char> buffer) override {
    file_.read(reinterpret_cast<char*>(buffer.data()), static_cast<std::streamsize>(buffer.size()));
    return static_cast<std::size_t>(file_.gcount());
  }
  std::uint64_t size() const override { return size_; }
  const std::string& name() const override { return name_; }

 private:
  std::string name_;
  std::ifstream file_;
  std::uint64_t size_ = 0;
};

}  // namespace

struct TensorStore::Archive {
  std::string trace;
  std::filesystem::path folder;
  std::map<std::string, TensorInfo> tensors;
  std::optional<NpzFile> npz;
};

TensorStore::TensorStore(const Trace& trace) : archive_(std::make_unique<Archive>()) {
  archive_->trace = trace.path.string();
  archive_->folder = trace.path.parent_path();
  archive_->tensors = trace.tensors;
  if (!trace.header.tensors.empty()) archive_->npz.emplace(archive_->folder / trace.header.tensors);
}

TensorStore::~TensorStore() = default;

struct TensorBlocks::Source {
  Source(std::unique_ptr<ByteSource> source, const TensorInfo& expected)
      : bytes(std::move(source)), info(expected), reader(*bytes, info) {}
  std::unique_ptr<ByteSource> bytes;
  TensorInfo info;
  NpyReader reader;
};

TensorBlocks::TensorBlocks(std::unique_ptr<Source> source) : source_(std::move(source)) {}
TensorBlocks::TensorBlocks(TensorBlocks&&) noexcept = default;
TensorBlocks::~TensorBlocks() = default;

std::span<const double> TensorBlocks::next() {
  return source_->reader.next();
}

TensorBlocks TensorStore::open(const std::string& key) const {
  const auto found = archive_->tensors.find(key);
  if (found == archive_->tensors.end()) {
    throw UserError(Diagnostic{{archive_->trace}, key, "nothing", "a `tensor` line for it"});
  }
  const TensorInfo& info = found->second;
  if (!info.file.empty()) {
    return TensorBlocks(std::make_unique<TensorBlocks::Source>(
        std::make_unique<FileSource>(archive_->folder / info.file, key), info));
  }
  if (!archive_->npz) {
    throw UserError(
        Diagnostic{{archive_->trace, info.line}, key, "neither", "`file`, or `tensors` in the header"});
  }
  return TensorBlocks(std::make_unique<TensorBlocks::Source>(archive_->npz->open(key), info));
}

Tensor TensorStore::read(const std::string& key) const {
  TensorBlocks blocks = open(key);
  Tensor tensor{archive_->tensors.at(key).shape, {}};
  // Grows with what really arrives: a container may promise more than it holds.
  for (auto block = blocks.next(); !block.empty(); block = blocks.next())
    tensor.values.insert(tensor.values.end(), block.begin(), block.end());
  return tensor;
}

}  // namespace lnsim
