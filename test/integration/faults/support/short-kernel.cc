// Preloaded into a Sluice: a kernel that has run out. While the file that SHORTAGE_FILE names has a
// call and an errno in it ("accept4 23"), that call fails so; otherwise it is the kernel's own.
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

bool IsShort(const char* call) {
  const char* name = std::getenv("SHORTAGE_FILE");
  std::FILE* file = name == nullptr ? nullptr : std::fopen(name, "re");
  if (file == nullptr) return false;
  char which[16] = "";
  int error = 0;
  const int fields = std::fscanf(file, "%15s %d", which, &error);
  std::fclose(file);
  if (fields != 2 || std::strcmp(which, call) != 0) return false;
  errno = error;
  return true;
}

}  // namespace

extern "C" int accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
  if (IsShort("accept4")) return -1;
  return static_cast<int>(syscall(SYS_accept4, fd, address, size, flags));
}

extern "C" int socket(int domain, int type, int protocol) noexcept {
  if (IsShort("socket")) return -1;
  return static_cast<int>(syscall(SYS_socket, domain, type, protocol));
}
