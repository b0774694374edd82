// tests/support/chaos_proxy.h - a bad link on loopback: slow, cut, half-open, or a captive portal.
//
// Stands between a client and a hub as TCP. It knows nothing of TLS, like the links it plays.
#pragma once

#include <Poco/Net/ServerSocket.h>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace jiyao {

struct LinkWeather {
  std::uint64_t bytes_per_second = 0;  ///< each way; 0: as fast as it goes
  std::uint64_t cut_after_bytes = 0;   ///< of one connection, both ways together; 0: never
  bool is_portal = false;              ///< answers HTTP 200 with a page instead of passing on
  /// Accepts and never answers; what is open already carries nothing while this stands.
  bool is_silent = false;
};

/// Threads of its own; the destructor ends them and closes every connection.
class ChaosProxy {
 public:
  ChaosProxy(std::string to_host, std::uint16_t to_port, LinkWeather weather,
             std::uint16_t listen_port = 0);
  ~ChaosProxy();
  ChaosProxy(const ChaosProxy&) = delete;
  ChaosProxy& operator=(const ChaosProxy&) = delete;

  std::uint16_t port() const { return port_; }
  void set(const LinkWeather& weather);
  void lead_to(std::uint16_t port);  ///< connections made from now on; 0: nobody is there
  std::uint64_t passed_bytes() const { return passed_; }
  int connections() const { return connections_; }

 private:
  void accept_all();
  void serve(Poco::Net::StreamSocket client);
  void pass_on(Poco::Net::StreamSocket& client, Poco::Net::StreamSocket& hub,
               const LinkWeather& weather);
  LinkWeather weather() const;

  std::string host_;
  std::atomic<std::uint16_t> to_port_;
  mutable std::mutex mutex_;
  LinkWeather weather_;
  Poco::Net::ServerSocket listener_;
  std::uint16_t port_;
  std::atomic<bool> is_ending_{false};
  std::atomic<std::uint64_t> passed_{0};
  std::atomic<int> connections_{0};
  std::vector<std::thread> threads_;  ///< [0] accepts
};

}  // namespace jiyao
