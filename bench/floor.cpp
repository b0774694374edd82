// bench/floor.cpp - see floor.h.
#include "bench/floor.h"

#include <Poco/Net/NetSSL.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <mutex>
#include <sstream>

#include "bench/plain.h"
#include "bench/realm.h"
#include "bench/register.h"
#include "crypto/aead.h"
#include "schema/real_files.h"
#include "server/http_api.h"
#include "server/tls.h"

namespace jiyao {
namespace {

constexpr std::size_t kRowsPerBatch = 1000;
constexpr std::size_t kAnswerBytes = 1024 * 1024;
constexpr std::size_t kBatchBytesMax = 4 * 1024 * 1024;
constexpr std::uint8_t kPush = 'P', kPull = 'G', kEcho = 'E';

// Both ends have them: how keys travel is not what is measured.
Secret<32> shared_seed(std::uint8_t n) {
  return Secret<32>::copy_of(Bytes(32, n));
}
const Bytes kContext = to_bytes("floor");

void put_number(Bytes& bytes, std::uint64_t number) {
  for (int shift = 0; shift < 32; shift += 8)
    bytes.push_back(static_cast<std::uint8_t>(number >> shift));
}

std::uint64_t take_number(ByteView& rest) {
  std::uint64_t number = 0;
  for (std::size_t i = 4; i > 0; --i) number = number << 8 | rest[i - 1];
  rest = rest.subspan(4);
  return number;
}

Bytes columns_of(const std::vector<PlainRow>& rows) {
  Bytes bytes;
  put_number(bytes, rows.size());
  for (const PlainRow& row : rows)
    bytes.insert(bytes.end(), row.id.bytes.begin(), row.id.bytes.end());
  for (std::size_t column = 0; column < register_columns().size(); ++column) {
    for (const PlainRow& row : rows) put_number(bytes, row.values[column].value.size());
    for (const PlainRow& row : rows) {
      const std::string& value = row.values[column].value;
      bytes.insert(bytes.end(), value.begin(), value.end());
    }
  }
  return bytes;
}

std::vector<PlainRow> rows_of(ByteView rest) {
  std::vector<PlainRow> rows(take_number(rest));
  for (PlainRow& row : rows) {
    row.id = *RecordId::from(rest.first(RecordId::kBytes));
    rest = rest.subspan(RecordId::kBytes);
  }
  for (const std::string& column : register_columns()) {
    std::vector<std::uint64_t> sizes;
    for (std::size_t i = 0; i < rows.size(); ++i) sizes.push_back(take_number(rest));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      rows[i].values.push_back({column, std::string(as_text(rest.first(sizes[i])))});
      rest = rest.subspan(sizes[i]);
    }
  }
  return rows;
}

Bytes batch_of(const std::vector<PlainRow>& rows, const SigningKey& sign, const BodyKey& key) {
  const Bytes columns = columns_of(rows);
  Bytes packed(ZSTD_compressBound(columns.size()));
  packed.resize(ZSTD_compress(packed.data(), packed.size(), columns.data(), columns.size(), 3));
  Bytes sealed = seal(key, packed, kContext);
  const Signature signature = sign.sign(Label::batch, digest(Label::batch, {sealed}));
  sealed.insert(sealed.end(), signature.bytes.begin(), signature.bytes.end());
  return sealed;
}

std::vector<PlainRow> rows_of_batch(ByteView batch, const VerifyKey& author, const BodyKey& key) {
  const ByteView sealed = batch.first(batch.size() - Signature::kBytes);
  const Signature signature = *Signature::from(batch.last(Signature::kBytes));
  if (!verify(author, Label::batch, digest(Label::batch, {sealed}), signature))
    throw std::runtime_error("floor: signature");
  const Bytes packed = must(open(key, sealed, kContext), "floor: open");
  Bytes columns(kBatchBytesMax);
  columns.resize(ZSTD_decompress(columns.data(), columns.size(), packed.data(), packed.size()));
  return rows_of(columns);
}

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
  std::size_t keep_torn(ByteView, const Digest&, ByteView) override { return 0; }
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
    HttpTransport transport = connect();
    const auto sign = signing_key_from(shared_seed(1));
    const BodyKey key = shared_seed(2);
    Bytes message{kPush};
    const auto send = [&] {
      if (message.size() > 1) must(transport.post("/exchange", message), "floor: push");
      message.resize(1);
    };
    std::vector<PlainRow> rows;
    const auto flush = [&] {
      if (rows.empty()) return;
      const Bytes batch = batch_of(rows, *sign, key);
      put_number(message, batch.size());
      message.insert(message.end(), batch.begin(), batch.end());
      rows.clear();
      if (message.size() >= kAnswerBytes) send();
    };
    std::uint64_t n = 0;
    plain.each([&](PlainRow row) {
      if (n++ >= from_row) rows.push_back(std::move(row));
      if (rows.size() == kRowsPerBatch) flush();
    });
    flush();
    send();
    const Traffic traffic = transport.traffic();
    return Done{plain.digest(),
                {{"bytes", static_cast<double>(traffic.bytes_out)},
                 {"requests", static_cast<double>(traffic.requests)}},
                {}};
  });
}

Done Floor::pull(const Path& to_register) const {
  return in_own_process([&] {
    PlainRegister plain(to_register);
    HttpTransport transport = connect();
    const VerifyKey author = signing_key_from(shared_seed(1))->verify_key();
    const BodyKey key = shared_seed(2);
    std::ifstream place(to_register + ".at");
    std::uint64_t at = 0;
    place >> at;
    while (true) {
      Bytes message{kPull};
      put_number(message, at);
      const Bytes answer = must(transport.post("/exchange", message), "floor: pull").body;
      ByteView rest = answer;
      while (rest.size() > 4) {
        ByteView next = rest;
        const std::uint64_t size = take_number(next);
        if (next.size() < size) break;
        plain.put(rows_of_batch(next.first(size), author, key));
        rest = next.subspan(size);
      }
      if (rest.size() == answer.size()) break;
      at += answer.size() - rest.size();
    }
    std::ofstream(to_register + ".at") << at;
    const Traffic traffic = transport.traffic();
    return Done{plain.digest(),
                {{"bytes", static_cast<double>(traffic.bytes_in)},
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
