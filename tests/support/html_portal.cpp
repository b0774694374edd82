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

class Teller : public Poco::Net::HTTPRequestHandler {
 public:
  Teller(std::atomic<int>& requests, const HtmlPortal::Page& page)
      : requests_(requests), page_(page) {}
  void handleRequest(Poco::Net::HTTPServerRequest&,
                     Poco::Net::HTTPServerResponse& response) override {
    ++requests_;
    response.setContentType(page_.type);
    response.sendBuffer(page_.body.data(), page_.body.size());
  }

 private:
  std::atomic<int>& requests_;
  const HtmlPortal::Page& page_;
};

class Pages : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  Pages(std::atomic<int>& requests, const HtmlPortal::Page& page)
      : requests_(requests), page_(page) {}
  Poco::Net::HTTPRequestHandler* createRequestHandler(
      const Poco::Net::HTTPServerRequest&) override {
    return std::make_unique<Teller>(requests_, page_).release();  // Poco owns and deletes it
  }

 private:
  std::atomic<int>& requests_;
  const HtmlPortal::Page& page_;
};

}  // namespace

struct HtmlPortal::State {
  State(const std::string& certificate, Page page_in)
      : page(std::move(page_in)),
        socket(Poco::Net::SocketAddress("127.0.0.1", 0), 16, listening_context(certificate)),
        server(new Pages(requests, page), socket, new Poco::Net::HTTPServerParams) {
    server.start();
  }
  ~State() { server.stopAll(true); }

  std::atomic<int> requests{0};
  Page page;
  Poco::Net::SecureServerSocket socket;
  Poco::Net::HTTPServer server;
};

void HtmlPortal::make_certificate_at(const std::string& path) {
  RealFiles files;
  if (!make_certificate(files, path, "127.0.0.1")) throw std::runtime_error("certificate");
}

HtmlPortal::HtmlPortal(const std::string& certificate) : HtmlPortal(certificate, Page()) {}
HtmlPortal::HtmlPortal(const std::string& certificate, Page page)
    : state_(std::make_unique<State>(certificate, std::move(page))) {}
HtmlPortal::~HtmlPortal() = default;
std::uint16_t HtmlPortal::port() const {
  return state_->socket.address().port();
}
int HtmlPortal::requests() const {
  return state_->requests;
}

}  // namespace jiyao
