// schema/unread_output.h - has whoever read our standard output left?
#pragma once

#include <poll.h>
#include <unistd.h>

namespace jiyao {

/// They closed the pipe ("| head -1"). What was not written to it then is no failure: nobody wants
/// it.
inline bool has_reader_left() {
  pollfd out{STDOUT_FILENO, 0, 0};
  return ::poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

}  // namespace jiyao
