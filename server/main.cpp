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

/// A hub that could not be opened or made: of a file of its own that is gone or not whole, what to
/// do about that file. Where neither key nor store is, there never was a hub: a wrong path.
int fail_to_open(const Voice& voice, Files& files, const HubPaths& paths, const Error& why) {
  const auto tell = [&](std::string_view id) {
    return voice.fail(why.code, id, {{"file", why.detail}, {"data", paths.data}});
  };
  if (why.code != Errc::not_found && why.code != Errc::malformed) return voice.fail(why);
  if (why.detail == paths.certificate) return tell("certificate.lost");
  if (why.detail == paths.key && (files.exists(paths.key) || files.exists(paths.store())))
    return tell("key.lost");
  if (why.detail == paths.store() && !files.exists(paths.store())) return tell("store.lost");
  return voice.fail(why);
}

int join(const Voice& voice, Files& files, const HubPaths& paths, const Path& realm_file) {
  auto home = HubHome::open(files, paths);
  if (!home) return fail_to_open(voice, files, paths, home.error());
  const Result<Bytes> realm = read_file(files, realm_file, kRealmFileBytesMax);
  if (!realm) return voice.fail(realm.error());
  const Result<void> joined = (*home)->join(*realm);
  if (!joined && joined.code() == Errc::not_for_us && !(*home)->has_joined())
    return voice.fail(joined.code(), "realm.other",
                      {{"card", paths.card()}, {"key", paths.key}, {"data", paths.data}});
  if (!joined) return voice.fail(joined.error());
  const std::string print = (*home)->store().roster().root_fingerprint().hex();
  voice.say("init", (*home)->has_begun_anew() ? "init.joined_anew" : "init.joined",
            {{"print", print}});
  return 0;
}

int init(const Voice& voice, Files& files, const ServerOptions& options) {
  const HubPaths paths = HubPaths::of(options.get("data"));
  if (options.has("realm")) return join(voice, files, paths, options.get("realm"));
  if (!options.has("address"))
    return voice.fail(Errc::usage, "usage.needs", {{"option", "--address"}});
  const bool is_refilled =
      files.exists(paths.key) && files.exists(paths.certificate) && !files.exists(paths.store());
  const Result<HubCard> card = HubHome::make(files, paths, options.get("address"));
  if (!card) return fail_to_open(voice, files, paths, card.error());
  voice.say("init", is_refilled ? "init.made_anew" : "init.made",
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

/// As said, else where the roster sends the offices.
Result<Listen> listen_of(const HubRecord& self, const ServerOptions& options) {
  if (options.has("listen")) return listen_at(options.get("listen"));
  try {
    const Poco::URI uri(self.address);
    return Listen{uri.getHost(), uri.getPort()};
  } catch (const Poco::Exception&) {
    return {Errc::malformed, self.address};
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
  if (!(*home)->has_joined()) return voice.fail(Error{Errc::not_for_us, "init --realm"});
  if (const Result<Digest> pin = certificate_hash(files, paths.certificate); !pin)
    return fail_to_open(voice, files, paths, pin.error());
  const Roster roster = (*home)->store().roster();
  const Result<Listen> listen = listen_of(*roster.hub((*home)->identity().hub), options);
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
               : fail_to_open(voice, files, paths, faults.error());
  }
  if (!faults->empty()) return refuse_copy(voice, options, Errc::not_authentic, *faults);
  auto home = HubHome::open(files, paths);
  if (!home) return fail_to_open(voice, files, paths, home.error());
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
