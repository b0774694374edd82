// bench/hub_process.cpp - see hub_process.h.
#include "bench/hub_process.h"

#include <Poco/Net/ServerSocket.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "bench/must.h"
#include "schema/frames.h"
#include "schema/hub_card.h"

namespace jiyao {
namespace {

std::uint16_t free_port() {
  return Poco::Net::ServerSocket(Poco::Net::SocketAddress("127.0.0.1", 0)).address().port();
}

std::string read_text(const Path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace

HubProcess::HubProcess(const Path& folder, const std::string& program)
    : folder_(folder), program_(program) {
  run_program({program_, "init", "--data", folder_, "--address", "https://127.0.0.1:1"});
  const HubCard card = must(decode_hub_card(read_text(folder_ + "/hub.card")), "hub card");
  record_ = {card.hub, card.sign, Level::internal, card.certificate, card.address};
}

void HubProcess::serve(const std::vector<Bytes>& roster) {
  Bytes frames;
  for (const Bytes& record : roster) put_frame(frames, FrameType::roster, record);
  const Path file = folder_ + ".realm";
  std::ofstream(file, std::ios::binary) << as_text(frames);
  run_program({program_, "init", "--data", folder_, "--realm", file});
  server_ = std::make_unique<Server>(
      std::vector<std::string>{program_, "serve", "--data", folder_, "--listen",
                               "127.0.0.1:" + std::to_string(free_port()), "--lang", "en"},
      "port ");
}

HubAt HubProcess::at() const {
  return {record_.hub, "https://127.0.0.1:" + std::to_string(server_->port()), record_.certificate,
          record_.ceiling};
}

double HubProcess::disk_mb() const {
  double bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_))
    bytes += static_cast<double>(entry.file_size());
  return bytes / 1e6;
}

}  // namespace jiyao
