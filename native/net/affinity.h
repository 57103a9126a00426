// Which processors threads may run on.
#ifndef SLUICE_NET_AFFINITY_H_
#define SLUICE_NET_AFFINITY_H_

#include <vector>

namespace sluice::net {

// The processors that the calling thread may use, in ascending order; empty if that is unknown.
std::vector<int> AllowedProcessors();

// Lets the calling thread run on this processor only. 0 or a negative errno.
int PinThread(int processor);

}  // namespace sluice::net

#endif  // SLUICE_NET_AFFINITY_H_
