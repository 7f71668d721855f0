// The table of number formats and the table of datapaths: a new one is a row.
#include <array>
#include <stdexcept>

#include "models/arith/datapath.h"
#include "models/arith/float_datapath.h"
#include "models/arith/integer_datapath.h"
#include "models/arith/integer_format.h"
#include "models/arith/lns_datapath.h"
#include "models/arith/lns_format.h"
#include "models/arith/minifloat.h"
#include "models/arith/number_format.h"

namespace lnsim::arith {
namespace {

struct FormatRow {
  FormatKind kind;
  std::unique_ptr<const NumberFormat> (*make)(const FormatParameters&);
};

constexpr std::array kFormats{
    FormatRow{FormatKind::lns, make_lns},
    FormatRow{FormatKind::integer, make_integer},
    FormatRow{FormatKind::fp8_e4m3, make_minifloat},
    FormatRow{FormatKind::fp8_e5m2, make_minifloat},
    FormatRow{FormatKind::bf16, make_minifloat},
    FormatRow{FormatKind::fp16, make_minifloat},
    FormatRow{FormatKind::fp32, make_minifloat},
    FormatRow{FormatKind::minifloat, make_minifloat},
};

struct DatapathRow {
  DatapathKind kind;
  std::unique_ptr<const Datapath> (*make)(const DatapathParameters&, const NumberFormat& a,
                                          const NumberFormat& b);
};

constexpr std::array kDatapaths{
    DatapathRow{DatapathKind::lns, make_lns_datapath},
    DatapathRow{DatapathKind::fp32, make_float_datapath},
    DatapathRow{DatapathKind::fp16, make_float_datapath},
    DatapathRow{DatapathKind::bf16, make_float_datapath},
    DatapathRow{DatapathKind::fp8_e4m3, make_float_datapath},
    DatapathRow{DatapathKind::fp8_e5m2, make_float_datapath},
    DatapathRow{DatapathKind::int8, make_integer_datapath},
};

}  // namespace

std::unique_ptr<const NumberFormat> make_format(const FormatParameters& parameters) {
  for (const FormatRow& row : kFormats)
    if (row.kind == parameters.kind) return row.make(parameters);
  throw std::invalid_argument("number format of unknown kind");
}

std::unique_ptr<const Datapath> make_datapath(const DatapathParameters& parameters, const NumberFormat& a,
                                              const NumberFormat& b) {
  for (const DatapathRow& row : kDatapaths)
    if (row.kind == parameters.kind) return row.make(parameters, a, b);
  throw std::invalid_argument("datapath of unknown kind");
}

}  // namespace lnsim::arith
