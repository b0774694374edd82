// server/main.cpp - jiyao-server: the verbs of a hub, wired top to bottom.
#include <Poco/Net/NetSSL.h>
#include <Poco/URI.h>
#include <pthread.h>

#include <charconv>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <new>

#include "schema/database.h"
#include "schema/real_files.h"
#include "schema/told_failure.h"
#include "schema/unread_output.h"
#include "schema/without_memory.h"
#include "server/http_api.h"
#include "server/hub.h"
#include "server/hub_files.h"
#include "server/options.h"
#include "server/tls.h"
#include "server/voice.h"

namespace jiyao {
namespace {

constexpr std::size_t kRealmFileBytesMax = 16 << 20;

/// The hub could not be opened. A key without its store is a hub whose store was lost.
int fail_to_open(const Voice& voice, Files& files, const HubPaths& paths, const Error& why) {
  const bool is_lost =
      why.code == Errc::not_found && files.exists(paths.key) && !files.exists(paths.store());
  if (!is_lost) return voice.fail(why);
  return voice.fail(Errc::not_found, "store.lost", {{"file", paths.store()}, {"data", paths.data}});
}

int init(const Voice& voice, Files& files, const ServerOptions& options) {
  const HubPaths paths = HubPaths::of(options.get("data"));
  if (options.has("realm")) {
    auto home = HubHome::open(files, paths);
    if (!home) return fail_to_open(voice, files, paths, home.error());
    const Result<Bytes> realm = read_file(files, options.get("realm"), kRealmFileBytesMax);
    if (!realm) return voice.fail(realm.error());
    if (const Result<void> joined = (*home)->join(*realm); !joined)
      return voice.fail(joined.error());
    const std::string print = (*home)->store().roster().root_fingerprint().hex();
    voice.say("init", (*home)->has_begun_anew() ? "init.joined_anew" : "init.joined",
              {{"print", print}});
    return 0;
  }
  if (!options.has("address"))
    return voice.fail(Errc::usage, "usage.needs", {{"option", "--address"}});
  const bool has_key = files.exists(paths.key);
  const Result<HubCard> card = HubHome::make(files, paths, options.get("address"));
  if (!card) return voice.fail(card.error());
  voice.say("init", has_key ? "init.made_anew" : "init.made",
            {{"card", paths.card()}, {"data", paths.data}});
  return 0;
}

struct Listen {
  std::string host;
  std::uint16_t port = 0;
};

/// "host:port", both said: 0 is a port of the system's choice, no port is a slip of the pen.
Result<Listen> listen_at(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const char* end = text.data() + text.size();
  Listen listen;
  if (colon == std::string::npos || colon == 0) return {Errc::usage, "--listen " + text};
  listen.host = text.substr(0, colon);
  const auto read = std::from_chars(text.data() + colon + 1, end, listen.port);
  if (read.ec != std::errc() || read.ptr != end) return {Errc::usage, "--listen " + text};
  return listen;
}

Result<Listen> listen_of(Files& files, const HubPaths& paths, const ServerOptions& options) {
  if (options.has("listen")) return listen_at(options.get("listen"));
  const Result<Bytes> text = read_file(files, paths.card(), 4096);
  if (!text) return text.error();
  const Result<HubCard> card = decode_hub_card(as_text(*text));
  if (!card) return card.error();
  try {
    const Poco::URI uri(card->address);
    return Listen{uri.getHost(), uri.getPort()};
  } catch (const Poco::Exception&) {
    return {Errc::malformed, paths.card()};
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
  if (!home) return fail_to_open(voice, files, paths, home.error());
  if ((*home)->store().roster().hub((*home)->identity().hub) == nullptr)
    return voice.fail(Error{Errc::not_for_us, "init --realm"});
  const Result<Listen> listen = listen_of(files, paths, options);
  if (!listen) return voice.fail(listen.error());
  const RealClock clock;
  Hub hub((*home)->store(), (*home)->identity(), clock, [&] { (*home)->anchor(); });
  auto api = HttpApi::start(hub, listening_context(paths.certificate), listen->host, listen->port,
                            HttpLimits{});
  if (!api) return voice.fail(api.error());
  const std::string port = std::to_string((*api)->port());
  voice.say("serve", "serve.started", {{"port", port}});
  int signal = 0;
  sigwait(&ends, &signal);
  (*api)->stop();
  (*home)->anchor();
  voice.say("serve", "serve.stopped", {});
  return 0;
}

int backup(const Voice& voice, Files& files, const ServerOptions& options) {
  if (!options.has("to")) return voice.fail(Errc::usage, "usage.needs", {{"option", "--to"}});
  const HubPaths paths = HubPaths::of(options.get("data"));
  auto home = HubHome::open(files, paths);
  if (!home) return fail_to_open(voice, files, paths, home.error());
  if (const Result<void> made = (*home)->store().backup_to(options.get("to")); !made)
    return voice.fail(made.error());
  const std::string held = std::to_string((*home)->store().positions());
  voice.say("backup", "backup.done", {{"batches", held}, {"file", options.get("to")}});
  return 0;
}

/// A copy that cannot be trusted: its faults one a line, then what was not done.
int refuse_copy(const Voice& voice, const ServerOptions& options, Errc code,
                const std::vector<std::string>& faults) {
  for (const std::string& fault : faults) std::cerr << fault << "\n";
  return voice.fail(code, "restore.bad", {{"file", options.get("from")}});
}

int restore(const Voice& voice, Files& files, const ServerOptions& options) {
  const HubPaths paths = HubPaths::of(options.get("data"));
  if (!options.has("from")) return voice.fail(Errc::usage, "usage.needs", {{"option", "--from"}});
  const auto faults = HubHome::restore(files, paths, options.get("from"));
  if (!faults) {
    const Errc code = faults.code();
    const bool is_about_copy = code == Errc::not_authentic || code == Errc::malformed;
    return is_about_copy && faults.error().detail == options.get("from")
               ? refuse_copy(voice, options, code, {})
               : voice.fail(faults.error());
  }
  if (!faults->empty()) return refuse_copy(voice, options, Errc::not_authentic, *faults);
  auto home = HubHome::open(files, paths);
  if (!home) return voice.fail(home.error());
  const std::string held = std::to_string((*home)->store().positions());
  voice.say("restore", (*home)->has_begun_anew() ? "restore.done" : "restore.same",
            {{"batches", held}});
  return 0;
}

int say_faults(const Voice& voice, const std::vector<std::string>& faults) {
  for (const std::string& fault : faults) std::cerr << fault << "\n";
  return voice.fail(Errc::not_authentic, "verify.faults",
                    {{"count", std::to_string(faults.size())}});
}

int verify(const Voice& voice, Files& files, const ServerOptions& options) {
  const HubPaths paths = HubPaths::of(options.get("data"));
  const auto damaged = HubHome::damaged_pages(files, paths);
  if (!damaged) return fail_to_open(voice, files, paths, damaged.error());
  if (!damaged->empty()) return say_faults(voice, *damaged);
  auto home = HubHome::open(files, paths);
  if (!home) return voice.fail(home.error());
  const std::vector<std::string> faults = (*home)->store().verify();
  if (!faults.empty()) return say_faults(voice, faults);
  const std::string held = std::to_string((*home)->store().positions());
  voice.say("verify", "verify.clean", {{"batches", held}});
  return 0;
}

/// In a person's words; of the library's own only which file it was.
int fail(const Voice& voice, const StorageFailure& failure) {
  const std::string said = failure.what();
  const std::string before = said.substr(0, said.find(": "));
  const std::size_t slash = before.find('/');
  const std::string file = slash == std::string::npos ? before : before.substr(slash);
  return voice.fail(Errc::storage, message_id_of(failure.kind()), {{"file", file}});
}

int run(const Voice& voice, const ServerOptions& options) {
  RealFiles files;
  if (options.verb == "help") {
    voice.say("help", "help", {{"text", voice.words().text("help")}});
    return 0;
  }
  if (options.verb == "version") {
    voice.say("version", "version.line", {{"version", JIYAO_VERSION}});
    return 0;
  }
  Poco::Net::initializeSSL();
  if (options.verb == "init") return init(voice, files, options);
  if (options.verb == "serve") return serve(voice, files, options);
  if (options.verb == "backup") return backup(voice, files, options);
  if (options.verb == "restore") return restore(voice, files, options);
  return verify(voice, files, options);
}

/// Words in, an answer and an exit code out.
int answer(int count, char** words) {
  hold_standard_streams();
  leave_no_core();
  const std::span<const char* const> all(words, static_cast<std::size_t>(count));
  const auto environment = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  const Catalogue catalogue(
      choose_language(language_flag(count, words), environment("JIYAO_LANG"), environment("LANG")),
      kServerMessages);
  const Result<ServerOptions> options = ServerOptions::parse(all, catalogue);
  const Voice voice(catalogue, asks_for_json(all));
  if (!options) {
    if (count < 2) std::cerr << catalogue.text("help") << std::endl;
    return voice.fail(options.error());
  }
  try {
    const int code = run(voice, *options);
    if (!std::cout && !has_reader_left()) throw StorageFailure(StorageFailure::Kind::io, "stdout");
    return code;
  } catch (const StorageFailure& failure) {
    return fail(voice, failure);
  } catch (const std::bad_alloc&) {
    return voice.fail(Errc::storage, "storage.memory");
  }
}

}  // namespace
}  // namespace jiyao

int main(int count, char** words) {
  return jiyao::run_to_its_end([&] { return jiyao::answer(count, words); });
}
