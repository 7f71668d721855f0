// Which forward operator a backward operator of a Chakra trace belongs to.
//
// The trace keeps only what launched kernels: the backward functions that carry the sequence number are gone.
// What is left are the tensors. Backward runs in reverse, so of the forward operators that fit, the last one
// without a partner is meant.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tools/import/chakra_operators.h"

namespace lnsim::chakra {

// An argument of an operator, if it is a tensor.
struct Tensor {
  std::int64_t storage = 0, offset = 0;
  std::vector<std::int64_t> shape;
  bool same_place(const Tensor& other) const { return storage == other.storage && offset == other.offset; }
};
std::optional<Tensor> tensor_of(const Arguments& arguments, std::size_t position);

class ForwardOperators {
 public:
  // A convolution or matrix product y = x w, by any of its names.
  void add_product(const Operator& op, const Tensor& x, const Tensor& w);
  // An operator without one, by its native name and the elements it works on.
  void add_vector(const Operator& op, const std::string& native, std::int64_t elements);
  void clear();

  struct Product {
    std::int64_t sequence;
    Tensor x, w;
    bool convolution;
    bool taken = false;
  };
  // Of a convolution's backward operator, which reads x and w themselves. Null when there is none.
  const Product* convolution(const Tensor& x, const Tensor& w);
  // Of a matrix product in backward, which reads x or w beside the output gradient. All products of one
  // backward function belong to one forward operator.
  const Product* matrix(const Operator& op, const Tensor& left, const Tensor& right);
  // Of a vector operator; -1 when there is none.
  std::int64_t vector(const std::string& native, std::int64_t elements);

 private:
  struct Vector {
    std::int64_t sequence;
    std::string native;
    std::int64_t elements;
    bool taken = false;
  };
  std::vector<Product> products_;
  std::vector<Vector> vectors_;
  std::map<std::uint64_t, std::size_t> by_function_;  // products, by the backward operators' parent
};

}  // namespace lnsim::chakra
