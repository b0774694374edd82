// tests/support/html_portal.h - a TLS listener on loopback that answers every request with 200 and
// a page, as captive portals and office proxies do; or with whatever a test makes up.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace jiyao {

class HtmlPortal {
 public:
  static void make_certificate_at(const std::string& path);  ///< a stranger's

  struct Page {
    std::string type = "text/html";
    std::string body = "<html><body>请先登录 Wi-Fi</body></html>";
  };
  explicit HtmlPortal(const std::string& certificate);  ///< a PEM file with key and certificate
  HtmlPortal(const std::string& certificate, Page page);
  ~HtmlPortal();
  std::uint16_t port() const;
  int requests() const;  ///< answered

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace jiyao
