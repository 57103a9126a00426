#include "net/orphans.h"

#include <sys/wait.h>

namespace sluice::net {

int ReapChildren() {
  int count = 0;
  while (waitpid(-1, nullptr, WNOHANG | __WNOTHREAD) > 0) count++;
  return count;
}

}  // namespace sluice::net
