// server/main.cpp - jiyao-server: the verbs of a hub, wired top to bottom.
#include <Poco/Net/NetSSL.h>
#include <Poco/URI.h>
#include <pthread.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>

#include "schema/database.h"
#include "schema/real_files.h"
#include "server/http_api.h"
#include "server/hub.h"
#include "server/hub_files.h"
#include "server/options.h"
#include "server/tls.h"

namespace jiyao {
namespace {

constexpr std::size_t kRealmFileBytesMax = 16 << 20;
constexpr std::size_t kStoreBytesMax = std::size_t{1} << 36;

/// Words for people, in the language that was asked for.
class Voice {
 public:
  explicit Voice(bool is_chinese) : is_chinese_(is_chinese) {}
  void say(const std::string& zh, const std::string& en) const {
    std::cout << (is_chinese_ ? zh : en) << std::endl;
  }
  void complain(const std::string& zh, const std::string& en) const {
    std::cerr << "jiyao-server: " << (is_chinese_ ? zh : en) << std::endl;
  }

 private:
  bool is_chinese_;
};

/// The same codes as `jiyao` (docs/operations.md).
int exit_code_of(Errc code) {
  switch (code) {
    case Errc::usage:
      return 2;
    case Errc::not_found:
      return 4;
    case Errc::unavailable:
      return 6;
    case Errc::not_for_us:
    case Errc::not_allowed:
      return 7;
    case Errc::not_authentic:
    case Errc::malformed:
      return 8;
    case Errc::busy:
      return 9;
    case Errc::newer:
      return 10;
    case Errc::storage:
      return 12;
    default:
      return 1;
  }
}

int fail(const Voice& voice, const Error& why) {
  const int code = exit_code_of(why.code);
  const std::string detail = why.detail;
  switch (why.code) {
    case Errc::usage:
      voice.complain("命令有误: " + detail + "。见 jiyao-server help",
                     "usage: " + detail + "; see jiyao-server help");
      break;
    case Errc::not_found:
      voice.complain("找不到: " + detail, "not found: " + detail);
      break;
    case Errc::exists:
      voice.complain("已存在, 未改动: " + detail, "already there, nothing changed: " + detail);
      break;
    case Errc::busy:
      voice.complain("正被另一进程使用, 请先停止它: " + detail,
                     "in use by another process, stop it first: " + detail);
      break;
    case Errc::unavailable:
      voice.complain("地址不可用: " + detail, "address not available: " + detail);
      break;
    case Errc::not_for_us:
      voice.complain("不是本中心的域: " + detail, "not this hub's realm: " + detail);
      break;
    case Errc::newer:
      voice.complain("由更新版本写成, 请升级: " + detail,
                     "made by a newer version, upgrade: " + detail);
      break;
    default:
      voice.complain("文件有误或被改动: " + detail, "damaged or altered: " + detail);
  }
  return code;
}

int init(const Voice& voice, Files& files, const ServerOptions& options) {
  const HubPaths paths = HubPaths::of(options.get("data"));
  if (options.has("realm")) {
    auto home = HubHome::open(files, paths);
    if (!home) return fail(voice, home.error());
    const Result<Bytes> realm = read_file(files, options.get("realm"), kRealmFileBytesMax);
    if (!realm) return fail(voice, realm.error());
    if (const Result<void> joined = (*home)->join(*realm); !joined)
      return fail(voice, joined.error());
    const std::string print = (*home)->store().roster().root_fingerprint().hex();
    voice.say("已加入, 根指纹 " + print, "joined; root fingerprint " + print);
    return 0;
  }
  if (!options.has("address")) return fail(voice, {Errc::usage, "--address"});
  const Result<HubCard> card = HubHome::make(files, paths, options.get("address"));
  if (!card) return fail(voice, card.error());
  voice.say("已建中心。请把 " + paths.card() + " 交档案馆, 再执行 init --realm",
            "hub made; hand " + paths.card() + " to the archive, then run init --realm");
  return 0;
}

struct Listen {
  std::string host;
  std::uint16_t port = 0;
};

Result<Listen> listen_of(Files& files, const HubPaths& paths, const ServerOptions& options) {
  std::string address = "https://" + options.get("listen");
  if (!options.has("listen")) {
    const Result<Bytes> text = read_file(files, paths.card(), 4096);
    if (!text) return text.error();
    const Result<HubCard> card = decode_hub_card(as_text(*text));
    if (!card) return card.error();
    address = card->address;
  }
  try {
    const Poco::URI uri(address);
    return Listen{uri.getHost(), uri.getPort()};
  } catch (const Poco::Exception&) {
    return {Errc::usage, "--listen"};
  }
}

int serve(const Voice& voice, Files& files, const ServerOptions& options) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);  // before any thread is made
  std::signal(SIGPIPE, SIG_IGN);
  const HubPaths paths = HubPaths::of(options.get("data"));
  auto home = HubHome::open(files, paths);
  if (!home) return fail(voice, home.error());
  if ((*home)->store().roster().hub((*home)->identity().hub) == nullptr)
    return fail(voice, {Errc::not_for_us, "init --realm"});
  const Result<Listen> listen = listen_of(files, paths, options);
  if (!listen) return fail(voice, listen.error());
  const RealClock clock;
  Hub hub((*home)->store(), (*home)->identity(), clock, [&] { (*home)->anchor(); });
  auto api = HttpApi::start(hub, listening_context(paths.certificate), listen->host, listen->port,
                            HttpLimits{});
  if (!api) return fail(voice, api.error());
  const std::string port = std::to_string((*api)->port());
  voice.say("中心已启动, 端口 " + port, "hub is serving on port " + port);
  int signal = 0;
  sigwait(&ends, &signal);
  (*api)->stop();
  (*home)->anchor();
  voice.say("中心已停止", "hub stopped");
  return 0;
}

int backup(const Voice& voice, Files& files, const ServerOptions& options) {
  if (!options.has("to")) return fail(voice, {Errc::usage, "--to"});
  auto home = HubHome::open(files, HubPaths::of(options.get("data")));
  if (!home) return fail(voice, home.error());
  if (const Result<void> made = (*home)->store().backup_to(options.get("to")); !made)
    return fail(voice, made.error());
  const std::string held = std::to_string((*home)->store().positions());
  voice.say("已备份 " + held + " 批", "backed up " + held + " batches");
  return 0;
}

int restore(const Voice& voice, Files& files, const ServerOptions& options) {
  const HubPaths paths = HubPaths::of(options.get("data"));
  if (!files.exists(paths.key)) return fail(voice, {Errc::not_found, paths.key});
  if (!options.has("from") || !files.exists(options.get("from")))
    return fail(voice, {Errc::not_found, options.get("from", "--from")});
  const Path store = paths.data + "/hub.jdb";
  {
    auto running = HubHome::open(files, paths);  // refuses while a hub serves from it
    if (!running && running.code() == Errc::busy) return fail(voice, running.error());
  }
  const Result<Bytes> copy = read_file(files, options.get("from"), kStoreBytesMax);
  if (!copy) return fail(voice, copy.error());
  files.make_folder(paths.data);
  files.remove(store + "-wal");
  replace_file(files, store, *copy);
  auto home = HubHome::open(files, paths);
  if (!home) return fail(voice, home.error());
  const std::string held = std::to_string((*home)->store().positions());
  voice.say(
      "已恢复 " + held + " 批; 新的一世已开始, 缺的由各单位自动补齐",
      "restored " + held + " batches; a new incarnation has begun, offices refill what is missing");
  return 0;
}

int verify(const Voice& voice, Files& files, const ServerOptions& options) {
  auto home = HubHome::open(files, HubPaths::of(options.get("data")));
  if (!home) return fail(voice, home.error());
  const std::vector<std::string> faults = (*home)->store().verify();
  for (const std::string& fault : faults) std::cerr << fault << "\n";
  if (!faults.empty()) return fail(voice, {Errc::not_authentic, std::to_string(faults.size())});
  const std::string held = std::to_string((*home)->store().positions());
  voice.say("核验无误, " + held + " 批", "verified, " + held + " batches");
  return 0;
}

int run(const Voice& voice, const ServerOptions& options) {
  RealFiles files;
  Poco::Net::initializeSSL();
  if (options.verb == "init") return init(voice, files, options);
  if (options.verb == "serve") return serve(voice, files, options);
  if (options.verb == "backup") return backup(voice, files, options);
  if (options.verb == "restore") return restore(voice, files, options);
  return verify(voice, files, options);
}

}  // namespace
}  // namespace jiyao

int main(int count, char** words) {
  using namespace jiyao;
  const std::span<const char* const> all(words, static_cast<std::size_t>(count));
  if (count >= 2 && (std::strcmp(words[1], "help") == 0 || std::strcmp(words[1], "--help") == 0)) {
    std::cout << server_help();
    return 0;
  }
  const Result<ServerOptions> options = ServerOptions::parse(all);
  const char* language = std::getenv("JIYAO_LANG");
  const Voice voice(
      (options ? options->get("lang", language == nullptr ? "zh" : language) : "zh") != "en");
  if (!options) {
    if (count < 2) std::cerr << server_help();
    return fail(voice, options.error());
  }
  try {
    return run(voice, *options);
  } catch (const StorageFailure& failure) {
    voice.complain("存储故障 (已满、只读或损坏): " + std::string(failure.what()),
                   "storage failure (full, read-only or damaged): " + std::string(failure.what()));
    return 12;
  }
}
