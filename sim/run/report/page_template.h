// The page of sim/run/report/page as one text, charting library included. The build puts it together
// (tools/cmake/report_page.cmake).
#pragma once

#include <string_view>

namespace lnsim {

// HTML in which kTitleMark and kDocumentMark stand once each, in this order.
extern const std::string_view kPageTemplate;

inline constexpr std::string_view kTitleMark = "<!--title-->";
inline constexpr std::string_view kDocumentMark = "<!--document-->";

}  // namespace lnsim
