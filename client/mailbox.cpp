// client/mailbox.cpp - frames of letters: u32 length | bytes, repeated.
#include "client/mailbox.h"

#include "client/chosen_file.h"

namespace jiyao {

Result<void> post_request(const std::string& hub_address, const Digest& certificate,
                          ByteView request) {
  const auto address = HubAddress::from(hub_address, certificate);
  if (!address) return address.error();
  const auto sent = HttpTransport(*address, {}).post("/enrol", request);
  if (!sent) return sent.error();
  return {};
}

Result<std::vector<Bytes>> mailbox(Desk& desk, Replica& replica, ByteView drop) {
  const auto hub = hub_of(desk, replica);
  if (!hub) return hub.error();
  const auto address = HubAddress::from(hub->address, hub->certificate);
  if (!address) return address.error();
  HttpTransport transport(*address, {});
  const auto body = HubCaller(replica, hub->hub, transport).ask("/mailbox", drop);
  if (!body) return body.error();
  std::vector<Bytes> letters;
  for (std::size_t at = 0; at + 4 <= body->size();) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) size |= std::size_t{(*body)[at + i]} << (8 * i);
    at += 4;
    if (size > body->size() - at) return {Errc::malformed, "mailbox"};
    const auto begin = body->begin() + static_cast<std::ptrdiff_t>(at);
    letters.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(size));
    at += size;
  }
  return letters;
}

Result<std::vector<Bytes>> letters(Desk& desk, Replica& replica, const std::string& file) {
  if (file.empty()) return mailbox(desk, replica);
  auto bytes = read_file(desk.env().files, file, kEnrolBytesMax);
  if (!bytes) return not_readable(desk, bytes.code(), file);
  return std::vector<Bytes>{*std::move(bytes)};
}

void drop_request(Desk& desk, Replica& replica, ByteView request) {
  const Digest id = digest(Label::enrol_mac, {request});
  if (const auto dropped = mailbox(desk, replica, id.view()); !dropped)
    desk.console().warn(desk.text("enrol.mail_stays"));
}

Result<void> compare_digits(Desk& desk, const std::string& typed, const std::string& read_out) {
  if (!typed.empty()) {
    const auto bare = [](std::string text) {
      std::erase_if(text, [](char c) { return c < '0' || c > '9'; });
      return text;
    };
    if (bare(typed) == bare(read_out)) return {};
    return desk.failure(Errc::not_authentic, "enrol.digits_differ");
  }
  desk.console().warn(read_out);
  const auto same = desk.prompt().yes(desk.text("enrol.digits_same"), "--digits");
  if (!same) return same.error();
  if (!*same) return desk.failure(Errc::not_authentic, "enrol.digits_differ");
  return {};
}

}  // namespace jiyao
