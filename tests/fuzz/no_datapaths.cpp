// The table of formats says how each is multiplied. Readers of configs ask for formats only: the datapaths,
// which take longest to compile, are not linked.
#include "models/arith/float_datapath.h"
#include "models/arith/integer_datapath.h"
#include "models/arith/lns_datapath.h"
#include "sim/base/errors.h"

namespace lnsim::arith {

std::unique_ptr<const Datapath> make_float_datapath(const DatapathParameters&, const NumberFormat&,
                                                    const NumberFormat&) {
  throw ModelError("a reader made a datapath");
}
std::unique_ptr<const Datapath> make_integer_datapath(const DatapathParameters&, const NumberFormat&,
                                                      const NumberFormat&) {
  throw ModelError("a reader made a datapath");
}
std::unique_ptr<const Datapath> make_lns_datapath(const DatapathParameters&, const NumberFormat&,
                                                  const NumberFormat&) {
  throw ModelError("a reader made a datapath");
}

}  // namespace lnsim::arith
