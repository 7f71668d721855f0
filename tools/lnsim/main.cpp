#include <unistd.h>

#include <iostream>

#include "tools/lnsim/cli.h"

int main(int argc, char** argv) {
  lnsim::Console console{std::cout, std::cerr, ::isatty(STDERR_FILENO) != 0};
  return lnsim::run_cli({argv + 1, argv + argc}, console);
}

// SystemC's library expects this entry point when it is linked; lnsim starts in main.
int sc_main(int, char**) { return 0; }
