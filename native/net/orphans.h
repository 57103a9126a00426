// Processes that have lost their parent and were given to process 1.
#ifndef SLUICE_NET_ORPHANS_H_
#define SLUICE_NET_ORPHANS_H_

namespace sluice::net {

// Takes leave of all children of the calling thread that have ended; returns how many there were.
// Children of other threads stay theirs. Orphans are given to the first thread.
int ReapChildren();

}  // namespace sluice::net

#endif  // SLUICE_NET_ORPHANS_H_
