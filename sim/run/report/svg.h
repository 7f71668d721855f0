// What the pictures of a report share: the frame with its colours for light and dark viewers, text made safe,
// axes.
//
// Styles stand in the picture itself, so a picture needs nothing else. Everything is in pixels.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lnsim::svg {

inline constexpr double kCharacter = 6.2;  // wide, at most, in text of 11 px
inline constexpr double kLine = 13.0;      // high

// Opens a picture with its title at (title_x, 32). `styles` is CSS beside the common classes paper, title and
// grid.
std::string opened(double width, double height, double title_x, std::string_view title,
                   std::string_view styles);
inline constexpr std::string_view kClosed = "</svg>\n";

std::string escaped(std::string_view text);

// `anchor`: start, middle or end.
std::string text_at(double x, double y, std::string_view anchor, std::string_view text);

// Where a label may stand.
struct Box {
  double left, top, right, bottom;
  static Box around(double x, double y, double width, double height) {
    return {x - width / 2.0, y - height / 2.0, x + width / 2.0, y + height / 2.0};
  }
  bool meets(const Box& other) const {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }
};

// A logarithmic axis with a margin of a factor 1.6 at both ends; 0 < least <= most.
class LogAxis {
 public:
  LogAxis(double least, double most, double from, double to);

  double at(double value) const;
  double least() const;
  std::vector<double> ticks() const;  // 1, 2, 5, 10, ... as far as they lie on the axis
  std::vector<double> decades() const;

 private:
  double first_;  // powers of ten
  double last_;
  double from_;  // pixels
  double to_;
};

// 0, step, 2 step, ... up to `most` > 0, where step is 1, 2 or 5 times a power of ten: four to ten of them.
std::vector<double> linear_ticks(double most);

// Fill classes c0 ... c15 for the parts of a whole, by number; colours that can be told apart on light and
// dark.
inline constexpr std::size_t kPartColours = 16;
std::string part_styles();
std::string part_class(std::size_t part);

}  // namespace lnsim::svg
