// tests/contract/https_kind.cpp - the HTTPS carrier in the contract suite: real TLS on loopback.
#include <filesystem>

#include "client/http_transport.h"
#include "contract/carrier.h"
#include "schema/real_files.h"
#include "server/http_api.h"
#include "server/tls.h"

namespace jiyao {
namespace {

/// Answers with whatever log sits opposite just now. A body that is not whole never gets this far.
class SeatDoors final : public Doors {
 public:
  Result<Bytes> exchange(ByteView request, std::size_t) override {
    Exchange talk(seat->log, parley, seat->gate, &memory_);
    const Result<Heard> heard = talk.hear(request);
    add_up(travelled->by_answerer, talk.so_far());
    if (!heard) return heard.error();
    return talk.say(bytes_max);
  }
  Result<std::size_t> keep_torn(ByteView, const Digest&, ByteView) override { return 0; }
  Result<void> enrol(ByteView) override { return {Errc::not_allowed, "no mailbox here"}; }
  Result<Bytes> mailbox(ByteView) override { return {Errc::not_allowed, "no mailbox here"}; }
  std::string metrics() override { return ""; }

  Seat* seat = nullptr;
  Parley parley;
  std::size_t bytes_max = 0;
  Travelled* travelled = nullptr;

 private:
  PeerMemory memory_;
};

class HttpsCarrier final : public Carrier {
 public:
  HttpsCarrier() {
    const std::string pem = (std::filesystem::temp_directory_path() /
                             ("jiyao-https-kind-" + std::to_string(getpid()) + ".pem"))
                                .string();
    static RealFiles files;
    (void)make_certificate(files, pem, "127.0.0.1");  // there already after the first carrier
    const Digest pin = *certificate_hash(files, pem);
    auto started =
        HttpApi::start(doors_, listening_context(pem), "127.0.0.1", 0, limits_of_tests());
    JIYAO_ASSERT(bool{started});
    api_ = std::move(*started);
    transport_ =
        std::make_unique<HttpTransport>(HubAddress{"127.0.0.1", api_->port(), pin}, CallLimits{});
    std::filesystem::remove(pem);
  }

  Travelled meet(Seat& caller, Seat& answerer, const Route& route, std::size_t bytes_max,
                 Weather& weather) override {
    Travelled travelled;
    doors_.seat = &answerer;
    doors_.parley = {Side::answerer,        route,
                     answerer.machine.node, answerer.machine.incarnation,
                     caller.machine.node,   answerer.root};
    doors_.bytes_max = bytes_max;
    doors_.travelled = &travelled;
    Exchange talk(caller.log,
                  {Side::caller, route, caller.machine.node, caller.machine.incarnation,
                   answerer.machine.node, caller.root},
                  caller.gate);
    talk.recall(hint_);
    do {
      const Bytes request = talk.say(bytes_max);
      ++travelled.round_trips;
      travelled.bytes_out += request.size();
      if (weather.arriving(request.size()) < request.size())
        break;  // cut: TLS gives the hub nothing
      Result<HttpTransport::Answer> answer = transport_->post("/exchange", request);
      if (weather.repeats()) answer = transport_->post("/exchange", request);
      if (!answer) break;
      travelled.bytes_back += answer->body.size();
      if (weather.arriving(answer->body.size()) < answer->body.size()) break;  // the reply is lost
      const Result<Heard> heard = talk.hear(answer->body);
      add_up(travelled.by_caller, talk.so_far());
      if (!heard) break;
    } while (talk.wants_more() && travelled.round_trips < kRoundTripsMax);
    travelled.is_settled = talk.is_settled();
    hint_ = talk.hint();
    return travelled;
  }
  bool keeps_hints() const override { return true; }

 private:
  static constexpr int kRoundTripsMax = 2000;
  static HttpLimits limits_of_tests() {
    HttpLimits limits;
    limits.threads = 4;
    return limits;
  }

  SeatDoors doors_;
  std::unique_ptr<HttpApi> api_;
  std::unique_ptr<HttpTransport> transport_;
  Bytes hint_;
};

[[maybe_unused]] const bool has_https = enlist(
    CarrierKind{"https", RouteKind::network, [] { return std::make_unique<HttpsCarrier>(); }});

}  // namespace
}  // namespace jiyao
