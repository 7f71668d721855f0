#include <unistd.h>

#include <iostream>

#include "tools/lnsim/cli.h"

int main(int argc, char** argv) {
  lnsim::Console console{std::cout, std::cerr, ::isatty(STDERR_FILENO) != 0};
  return lnsim::run_cli({argv + 1, argv + argc}, console);
}
