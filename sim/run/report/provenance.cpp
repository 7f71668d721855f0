#include "sim/run/report/provenance.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <memory>

#include "sim/base/errors.h"

namespace lnsim {

std::string version() {
  return LNSIM_VERSION;
}

std::string commit() {
  return LNSIM_COMMIT;
}

namespace {

class Sha256 {
 public:
  Sha256() { check(context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1); }
  void add(std::string_view bytes) {
    check(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
  }
  std::string hexadecimal() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    check(EVP_DigestFinal_ex(context_.get(), digest.data(), &size) == 1);
    std::string text;
    for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
    return text;
  }

 private:
  static void check(bool good) {
    if (!good) throw ModelError("SHA-256 failed");
  }
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

}  // namespace

std::string text_hash(std::string_view text) {
  Sha256 hash;
  hash.add(text);
  return hash.hexadecimal();
}

std::string file_hash(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw UserError(Diagnostic{{path.string()}, "", "a file that cannot be opened", "a readable file"});
  Sha256 hash;
  std::array<char, 65536> block{};
  while (file.read(block.data(), block.size()) || file.gcount() > 0)
    hash.add({block.data(), static_cast<std::size_t>(file.gcount())});
  return hash.hexadecimal();
}

nlohmann::ordered_json input_json(const std::filesystem::path& path) {
  return {{"file", path.generic_string()}, {"sha256", file_hash(path)}};
}

nlohmann::ordered_json provenance_json(
    const std::vector<std::pair<std::string_view, std::filesystem::path>>& inputs) {
  nlohmann::ordered_json json{{"program", "lnsim"}, {"version", version()}, {"commit", commit()}};
  for (const auto& [key, path] : inputs) json[std::string(key)] = input_json(path);
  return json;
}

}  // namespace lnsim
