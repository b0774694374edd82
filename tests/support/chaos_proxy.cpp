// tests/support/chaos_proxy.cpp - passing bytes on, badly.
#include "support/chaos_proxy.h"

#include <Poco/Exception.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Timespan.h>

#include <array>
#include <chrono>

namespace jiyao {

namespace {

const Poco::Timespan kTick(0, 20'000);

constexpr const char* kPortalPage =
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: 44\r\n\r\n"
    "<html><body>Please accept terms</body></html>";

}  // namespace

ChaosProxy::ChaosProxy(std::string to_host, std::uint16_t to_port, LinkWeather weather,
                       std::uint16_t listen_port)
    : host_(std::move(to_host)),
      to_port_(to_port),
      weather_(weather),
      listener_(Poco::Net::SocketAddress("127.0.0.1", listen_port)),
      port_(listener_.address().port()) {
  threads_.emplace_back([this] { accept_all(); });
}

ChaosProxy::~ChaosProxy() {
  is_ending_ = true;
  threads_.front().join();  // nothing is added after it ends
  for (std::size_t i = 1; i < threads_.size(); ++i) threads_[i].join();
}

void ChaosProxy::set(const LinkWeather& weather) {
  const std::lock_guard lock(mutex_);
  weather_ = weather;
}

void ChaosProxy::lead_to(std::uint16_t port) {
  to_port_ = port;
}

LinkWeather ChaosProxy::weather() const {
  const std::lock_guard lock(mutex_);
  return weather_;
}

void ChaosProxy::accept_all() {
  while (!is_ending_) {
    if (!listener_.poll(kTick, Poco::Net::Socket::SELECT_READ)) continue;
    Poco::Net::StreamSocket client = listener_.acceptConnection();
    ++connections_;
    threads_.emplace_back([this, client] { serve(client); });
  }
}

void ChaosProxy::serve(Poco::Net::StreamSocket client) {
  try {
    const LinkWeather now = weather();
    if (now.is_portal) {
      std::array<char, 4096> ignored{};
      client.receiveBytes(ignored.data(), static_cast<int>(ignored.size()));
      client.sendBytes(kPortalPage, static_cast<int>(std::char_traits<char>::length(kPortalPage)));
      client.shutdownSend();
      return;
    }
    if (now.is_silent) {
      while (!is_ending_) std::this_thread::sleep_for(std::chrono::milliseconds(20));
      return;
    }
    Poco::Net::StreamSocket hub(Poco::Net::SocketAddress(host_, to_port_));
    pass_on(client, hub, now);
  } catch (const Poco::Exception&) {
    return;  // either side went away: so does the connection, as links do
  }
}

void ChaosProxy::pass_on(Poco::Net::StreamSocket& client, Poco::Net::StreamSocket& hub,
                         const LinkWeather& now) {
  std::array<char, 8192> chunk{};
  std::uint64_t carried = 0;
  // One tick of the slowest wanted link carries rate / 50 bytes.
  const std::uint64_t per_tick =
      now.bytes_per_second == 0 ? chunk.size() : now.bytes_per_second / 50 + 1;
  const int take = static_cast<int>(std::min<std::uint64_t>(per_tick, chunk.size()));
  while (!is_ending_) {
    if (weather().is_silent) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      continue;
    }
    bool was_idle = true;
    for (auto* from : {&client, &hub}) {
      Poco::Net::StreamSocket& to = from == &client ? hub : client;
      if (!from->poll(Poco::Timespan(0, was_idle ? 2'000 : 0), Poco::Net::Socket::SELECT_READ))
        continue;
      const int got = from->receiveBytes(chunk.data(), take);
      if (got <= 0) return;
      carried += static_cast<std::uint64_t>(got);
      if (now.cut_after_bytes != 0 && carried > now.cut_after_bytes) return;
      for (int sent = 0; sent < got;) sent += to.sendBytes(chunk.data() + sent, got - sent);
      passed_ += static_cast<std::uint64_t>(got);
      was_idle = false;
    }
    if (now.bytes_per_second != 0 && !was_idle)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace jiyao
