#include "tools/import/timeloop_shape.h"

namespace lnsim::timeloop {

const Shape& cnn_layer() {
  static const Shape shape{{"R", "S", "P", "Q", "C", "K", "N"},
                           {{"Wstride", 1}, {"Hstride", 1}, {"Wdilation", 1}, {"Hdilation", 1}},
                           {{"Weights", false, {{{"C", ""}}, {{"K", ""}}, {{"R", ""}}, {{"S", ""}}}},
                            {"Inputs",
                             false,
                             {{{"N", ""}},
                              {{"C", ""}},
                              {{"R", "Wdilation"}, {"P", "Wstride"}},
                              {{"S", "Hdilation"}, {"Q", "Hstride"}}}},
                            {"Outputs", true, {{{"N", ""}}, {{"K", ""}}, {{"Q", ""}}, {{"P", ""}}}}}};
  return shape;
}

const Shape& gemm_abz() {
  static const Shape shape{{"M", "N", "K"},
                           {},
                           {{"A", false, {{{"M", ""}}, {{"K", ""}}}},
                            {"B", false, {{{"N", ""}}, {{"K", ""}}}},
                            {"Z", true, {{{"M", ""}}, {{"N", ""}}}}}};
  return shape;
}

}  // namespace lnsim::timeloop
