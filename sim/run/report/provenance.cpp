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

std::string file_hash(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw UserError(Diagnostic{{path.string()}, "", "a file that cannot be opened", "a readable file"});

  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  bool good = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
  std::array<char, 65536> block{};
  while (good && (file.read(block.data(), block.size()) || file.gcount() > 0)) {
    good = EVP_DigestUpdate(context.get(), block.data(), static_cast<std::size_t>(file.gcount())) == 1;
  }
  if (!good || EVP_DigestFinal_ex(context.get(), digest.data(), &size) != 1)
    throw ModelError("SHA-256 failed");

  std::string text;
  for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
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
