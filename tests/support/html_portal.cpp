// tests/support/html_portal.cpp - Poco's HTTPS server with one answer.
#include "support/html_portal.h"

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/SecureServerSocket.h>

#include <atomic>
#include <stdexcept>

#include "schema/real_files.h"
#include "server/tls.h"

namespace jiyao {

namespace {

class Page : public Poco::Net::HTTPRequestHandler {
 public:
  explicit Page(std::atomic<int>& requests) : requests_(requests) {}
  void handleRequest(Poco::Net::HTTPServerRequest&,
                     Poco::Net::HTTPServerResponse& response) override {
    ++requests_;
    const std::string page = "<html><body>请先登录 Wi-Fi</body></html>";
    response.setContentType("text/html");
    response.sendBuffer(page.data(), page.size());
  }

 private:
  std::atomic<int>& requests_;
};

class Pages : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit Pages(std::atomic<int>& requests) : requests_(requests) {}
  Poco::Net::HTTPRequestHandler* createRequestHandler(
      const Poco::Net::HTTPServerRequest&) override {
    return std::make_unique<Page>(requests_).release();  // Poco owns and deletes it
  }

 private:
  std::atomic<int>& requests_;
};

}  // namespace

struct HtmlPortal::State {
  explicit State(const std::string& certificate)
      : socket(Poco::Net::SocketAddress("127.0.0.1", 0), 16, listening_context(certificate)),
        server(new Pages(requests), socket, new Poco::Net::HTTPServerParams) {
    server.start();
  }
  ~State() { server.stopAll(true); }

  std::atomic<int> requests{0};
  Poco::Net::SecureServerSocket socket;
  Poco::Net::HTTPServer server;
};

void HtmlPortal::make_certificate_at(const std::string& path) {
  RealFiles files;
  if (!make_certificate(files, path, "127.0.0.1")) throw std::runtime_error("certificate");
}

HtmlPortal::HtmlPortal(const std::string& certificate)
    : state_(std::make_unique<State>(certificate)) {}
HtmlPortal::~HtmlPortal() = default;
std::uint16_t HtmlPortal::port() const {
  return state_->socket.address().port();
}
int HtmlPortal::requests() const {
  return state_->requests;
}

}  // namespace jiyao
