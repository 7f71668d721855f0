#include "sim/run/compile/known_programs.h"

#include <openssl/evp.h>

#include <span>

#include "models/control/timing_signature.h"
#include "sim/base/errors.h"

namespace lnsim {
namespace {

std::string sha256(std::span<const std::uint64_t> words) {
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  if (EVP_Digest(words.data(), words.size_bytes(), reinterpret_cast<unsigned char*>(digest.data()), &size,
                 EVP_sha256(), nullptr) != 1) {
    throw ModelError("SHA-256 failed");
  }
  digest.resize(size);
  return digest;
}

}  // namespace

std::optional<RunResult> KnownPrograms::run_within(Accelerator& accelerator, const Program& program,
                                                   std::uint64_t most) {
  const std::string key = sha256(timing_description(program, machine_));
  const std::optional<Known> known = find(key);
  if (known && known->run) return known->run->cycles <= most ? known->run : std::nullopt;
  if (known && known->longer_than >= most) return std::nullopt;
  const std::optional<RunResult> run = accelerator.run_within(program, most);
  remember(key, {run, run ? 0 : most});
  return run;
}

std::optional<KnownPrograms::Known> KnownPrograms::find(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(key);
  return found == known_.end() ? std::nullopt : std::optional(found->second);
}

void KnownPrograms::remember(const std::string& key, const Known& known) {
  const std::lock_guard lock(mutex_);
  const auto [entry, is_new] = known_.try_emplace(key, known);
  if (!is_new && !entry->second.run) entry->second = known;
}

}  // namespace lnsim
