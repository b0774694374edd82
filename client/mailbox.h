// client/mailbox.h - requests to the archive: into the hub's mailbox, out of it, and the digits
// both sides read out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/desk.h"
#include "client/hub_link.h"

namespace jiyao {

/// Puts a request into the hub's mailbox.   errors: those of HttpTransport::post()
Result<void> post_request(const std::string& hub_address, const Digest& certificate,
                          ByteView request);

/// Requests waiting for the archive, oldest first. `drop`: ids of those already dealt with.
///   errors: not_found (no hub), and those of the link
Result<std::vector<Bytes>> mailbox(Desk& desk, Replica& replica, ByteView drop = {});
/// The request in `file`, or where that is empty those waiting in the mailbox.
///   errors: those of read_file(), naming the file, and of mailbox()
Result<std::vector<Bytes>> letters(Desk& desk, Replica& replica, const std::string& file);
/// Takes one request out; what cannot be reached now stays, and is said.
void drop_request(Desk& desk, Replica& replica, ByteView request);

/// The digits the other side read out are those of this request: compared with `typed`, or by the
/// person at the keyboard.   errors: not_authentic (they differ), usage
Result<void> compare_digits(Desk& desk, const std::string& typed, const std::string& read_out);

}  // namespace jiyao
