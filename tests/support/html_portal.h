// tests/support/html_portal.h - a TLS listener on loopback that answers every request with 200 and
// a page, as captive portals and office proxies do.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace jiyao {

class HtmlPortal {
 public:
  static void make_certificate_at(const std::string& path);  ///< a stranger's

  explicit HtmlPortal(const std::string& certificate);  ///< a PEM file with key and certificate
  ~HtmlPortal();
  std::uint16_t port() const;
  int requests() const;  ///< answered

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace jiyao
