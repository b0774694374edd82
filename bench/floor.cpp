// bench/floor.cpp - see floor.h.
#include "bench/floor.h"

#include <Poco/Net/NetSSL.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <mutex>
#include <sstream>

#include "bench/floor_batch.h"
#include "bench/realm.h"
#include "schema/real_files.h"
#include "server/http_api.h"
#include "server/tls.h"

namespace jiyao {
namespace {

constexpr std::size_t kAnswerBytes = 1024 * 1024;
constexpr std::uint8_t kPush = 'P', kPull = 'G', kEcho = 'E';

/// The opaque log: one file, each batch on the disk before it is answered.
class FloorHub final : public Doors {
 public:
  explicit FloorHub(const Path& folder) : path_(folder + "/floor.log") {}

  Result<Bytes> exchange(ByteView request, std::size_t) override {
    const std::lock_guard lock(mutex_);
    ByteView rest = request.subspan(1);
    if (request[0] == kEcho) return Bytes(request.begin(), request.end());
    if (request[0] == kPush) {
      std::ofstream log(path_, std::ios::binary | std::ios::app);
      log << as_text(rest);
      log.close();
      const int file = ::open(path_.c_str(), 0);
      fdatasync(file);
      ::close(file);
      return Bytes(1);
    }
    std::ifstream log(path_, std::ios::binary);
    log.seekg(static_cast<std::streamoff>(take_number(rest)));
    Bytes answer(kAnswerBytes);
    log.read(reinterpret_cast<char*>(answer.data()), static_cast<std::streamsize>(answer.size()));
    answer.resize(static_cast<std::size_t>(log.gcount()));
    return answer;
  }
  Result<std::size_t> keep_torn(ByteView, const Digest&, ByteView) override { return 0; }
  Result<void> enrol(ByteView) override { return {Errc::not_allowed, "no"}; }
  Result<Bytes> mailbox(ByteView) override { return {Errc::not_allowed, "no"}; }
  std::string metrics() override { return {}; }

 private:
  Path path_;
  std::mutex mutex_;
};

void serve(const Path& folder, const std::function<void(int)>& ready) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  Poco::Net::initializeSSL();
  FloorHub hub(folder);
  const auto api =
      HttpApi::start(hub, listening_context(folder + "/floor.pem"), "127.0.0.1", 0, HttpLimits{});
  ready(api ? (*api)->port() : 0);
  int signal = 0;
  sigwait(&ends, &signal);
  _exit(0);
}

}  // namespace

Floor::Floor(const Path& folder) {
  const Done made = in_own_process([&] {
    RealFiles files;
    must(make_certificate(files, folder + "/floor.pem", "127.0.0.1"), "certificate");
    return Done{must(certificate_hash(files, folder + "/floor.pem"), "certificate").hex(), {}, {}};
  });
  certificate_ = *Digest::from(*from_hex(made.said));
  hub_ = std::make_unique<Server>(
      [&](const std::function<void(int)>& ready) { serve(folder, ready); });
  port_ = hub_->port();
}

HubAddress Floor::address() const {
  return {"127.0.0.1", static_cast<std::uint16_t>(port_), certificate_};
}

HttpTransport Floor::connect() const {
  return {address(), {}};
}

Bytes Floor::push_of(ByteView bytes) {
  Bytes message(1 + bytes.size(), kPush);
  std::copy(bytes.begin(), bytes.end(), message.begin() + 1);
  return message;
}

Done Floor::push(const Path& from_register, std::uint64_t from_row) const {
  return in_own_process([&] {
    PlainRegister plain(from_register);
    const double begin = now_s();
    HttpTransport transport = connect();
    Bytes message{kPush};
    const auto send = [&] {
      if (message.size() > 1) must(transport.post("/exchange", message), "floor: push");
      message.resize(1);
    };
    FloorBatches().each(plain, from_row, [&](const Bytes& batch) {
      message.insert(message.end(), batch.begin(), batch.end());
      if (message.size() >= kAnswerBytes) send();
    });
    send();
    const Traffic traffic = transport.traffic();
    const double s = now_s() - begin;
    return Done{{},
                {{"s", s},
                 {"bytes", static_cast<double>(traffic.bytes_out)},
                 {"requests", static_cast<double>(traffic.requests)}},
                {}};
  });
}

Done Floor::pull(const Path& to_register) const {
  return in_own_process([&] {
    PlainRegister plain(to_register);
    const double begin = now_s();
    HttpTransport transport = connect();
    const FloorBatches batches;
    std::ifstream place(to_register + ".at");
    std::uint64_t at = 0;
    place >> at;
    while (true) {
      Bytes message{kPull};
      put_number(message, at);
      const Bytes answer = must(transport.post("/exchange", message), "floor: pull").body;
      const ByteView rest = batches.put(plain, answer);
      if (rest.size() == answer.size()) break;
      at += answer.size() - rest.size();
    }
    std::ofstream(to_register + ".at") << at;
    const Traffic traffic = transport.traffic();
    const double s = now_s() - begin;
    return Done{{},
                {{"s", s},
                 {"bytes", static_cast<double>(traffic.bytes_in)},
                 {"requests", static_cast<double>(traffic.requests)}},
                {}};
  });
}

double Floor::echo_s(std::size_t bytes, int count) const {
  return in_own_process([&] {
           HttpTransport transport = connect();
           const Bytes message(bytes, kEcho);
           std::vector<double> times;
           for (int i = 0; i < count; ++i) {
             const double begin = now_s();
             must(transport.post("/exchange", message), "floor: echo");
             times.push_back(now_s() - begin);
           }
           std::nth_element(times.begin(), times.begin() + count / 2, times.end());
           return Done{{}, {{"s", times[static_cast<std::size_t>(count) / 2]}}, {}};
         })
      .figures.at("s");
}

}  // namespace jiyao
