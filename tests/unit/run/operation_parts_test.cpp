// Large operations cut into parts: nothing is lost, and nothing that may stay whole is cut.
#include "sim/run/compile/operation_parts.h"

#include <gtest/gtest.h>

#include <numeric>

#include "sim/run/trace/trace_formulas.h"

namespace lnsim {
namespace {

TraceOperation product(std::int64_t batch, std::int64_t m, std::int64_t n, std::int64_t k) {
  TraceOperation operation;
  operation.op = batch > 1 ? "bmm" : "linear";
  operation.gemm = GemmDims{batch, m, n, k};
  operation.macs = static_cast<std::uint64_t>(batch * m * n * k);
  return operation;
}

TraceOperation elements(const char* op, Pass pass, std::vector<std::int64_t> shape) {
  TraceOperation operation;
  operation.op = op;
  operation.pass = pass;
  operation.shape = std::move(shape);
  return operation;
}

TEST(OperationParts, of_a_large_product_have_all_its_multiplications) {
  for (const TraceOperation& operation :
       {product(1, 2048, 102400, 25600), product(1, 102400, 25600, 2048), product(160, 2048, 2048, 160),
        product(1, 51201, 2047, 25600), product(3, 100001, 33, 4000)}) {
    std::uint64_t macs = 0, parts = 0;
    for (const OperationPart& part : operation_parts(operation, {})) {
      const GemmDims& g = *part.operation.gemm;
      EXPECT_EQ(g.k, operation.gemm->k);
      EXPECT_EQ(part.operation.macs, static_cast<std::uint64_t>(g.batch * g.m * g.n * g.k));
      // 16 PEs of 32 lanes and 32 elements take at least this long.
      EXPECT_LE(part.operation.macs / (16 * 32 * 32), std::uint64_t{1} << 19);
      macs += part.operation.macs * part.repeats;
      parts += part.repeats;
    }
    EXPECT_EQ(macs, operation.macs);
    EXPECT_GT(parts, 1U);
  }
}

TEST(OperationParts, of_many_elements_have_all_of_them) {
  for (const TraceOperation& operation : {elements("softmax", Pass::forward, {160, 2048, 2048}),
                                          elements("update", Pass::update, {102400, 25600}),
                                          elements("relu", Pass::backward, {(1 << 24) + 1})}) {
    std::int64_t sum = 0;
    for (const OperationPart& part : operation_parts(operation, {}))
      sum += *element_count(part.operation.shape) * static_cast<std::int64_t>(part.repeats);
    EXPECT_EQ(sum, *element_count(operation.shape));
  }
}

TEST(OperationParts, of_what_fits_is_one) {
  EXPECT_EQ(operation_parts(product(1, 384, 20000, 1024), {}).size(), 1U);
  EXPECT_EQ(operation_parts(elements("relu", Pass::forward, {1 << 24}), {}).size(), 1U);
  const auto parts = operation_parts(elements("update", Pass::update, {1 << 26}), {});
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts[0].repeats, 1U);
}

TEST(OperationParts, of_a_recorded_product_is_one) {
  TraceOperation operation = product(1, 2048, 102400, 25600);
  operation.a = "layer/x";
  EXPECT_EQ(operation_parts(operation, {}).size(), 1U);
}

}  // namespace
}  // namespace lnsim
