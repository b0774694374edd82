// tests/unit/client/verbs_fixture.h - whole machines in a temporary folder, told what to do in the
// words of the command line; a hub on loopback where one is wanted. No other process.
#pragma once

#include <Poco/JSON/Parser.h>
#include <Poco/Net/ServerSocket.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "client/commands/commands.h"
#include "client/desk.h"
#include "client/messages.h"
#include "crypto/random.h"
#include "schema/told_failure.h"
#include "server/http_api.h"
#include "server/hub.h"
#include "server/hub_files.h"
#include "server/tls.h"

namespace jiyao {

namespace fs = std::filesystem;

/// What a command said, as a person and as a program sees it.
struct Said {
  int exit_code = 0;
  std::string text;              ///< the answer, or message and hint of a failure
  Poco::JSON::Object::Ptr json;  ///< null when the command failed
  std::string error;             ///< "NOT_FOUND", also of what ended midway; empty: it worked
};

/// One office machine: a data folder and a state folder.
class OfficeMachine {
 public:
  OfficeMachine(const fs::path& home, std::string passphrase)
      : data_((home / "data").string()),
        state_((home / "state").string()),
        passphrase_(std::move(passphrase)) {}

  /// The command's words without the program; more passphrases follow this machine's own.
  Said run(std::vector<std::string> words, const std::vector<std::string>& more = {}) const {
    words.insert(words.begin(), {"jiyao", "--data-dir", data_, "--lang", "zh", "--no-input",
                                 "--passphrase-fd", "0"});
    int ends[2] = {-1, -1};
    EXPECT_EQ(::pipe(ends), 0);
    std::string lines = passphrase_ + "\n";
    for (const std::string& line : more) lines += line + "\n";
    EXPECT_EQ(::write(ends[1], lines.data(), lines.size()), static_cast<ssize_t>(lines.size()));
    ::close(ends[1]);
    words[7] = std::to_string(ends[0]);
    const Said said = answer_to(words);
    ::close(ends[0]);
    return said;
  }
  const std::string& data() const { return data_; }
  std::string passphrase_of_root = "root root root root";

 private:
  Said answer_to(const std::vector<std::string>& words) const {
    ::setenv("XDG_STATE_HOME", state_.c_str(), 1);
    ::setenv("JIYAO_TEST_KEYRING_COST", "least", 1);
    std::vector<const char*> argv;
    for (const std::string& word : words) argv.push_back(word.c_str());
    const Catalogue catalogue(Language::zh, kClientMessages);
    Menu menu(catalogue);
    add_commands(menu);
    if (const auto parsed = menu.parse(static_cast<int>(argv.size()), argv.data()); !parsed)
      return failure(catalogue, parsed.error());
    Choices choices = menu.choices();
    choices.output.is_quiet = true;
    choices.busy_wait_ms = 0;
    Desk desk(choices, catalogue, menu);
    const auto answer = menu.chosen().work(desk);
    if (!answer) return failure(catalogue, answer.error());
    const std::string stopped =
        answer->stopped_by ? told(catalogue, *answer->stopped_by).code : std::string();
    return {static_cast<int>(answer->exit_code), answer->text, answer->json, stopped};
  }
  static Said failure(const Catalogue& catalogue, const Error& error) {
    const ToldFailure told_failure = told(catalogue, error);
    return {static_cast<int>(told_failure.exit_code),
            told_failure.message + "\n" + told_failure.hint, nullptr, told_failure.code};
  }

  std::string data_, state_, passphrase_;
};

/// A folder of its own for every test, gone afterwards.
class InOffices : public testing::Test {
 protected:
  InOffices() { fs::create_directories(folder_); }
  ~InOffices() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  OfficeMachine machine(const std::string& name) const {
    return OfficeMachine(folder_ / name, "passphrase of " + name);
  }
  /// Must work.
  static Said must(const Said& said) {
    EXPECT_EQ(said.error, "") << said.text;
    return said;
  }
  Said root(const OfficeMachine& archive, const std::vector<std::string>& words) const {
    return archive.run(words, {"root root root root"});
  }
  OfficeMachine new_archive(const std::vector<std::string>& more = {}) const {
    OfficeMachine archive = machine("R");
    std::vector<std::string> words{"init",         "--office",        "档案室", "--person",
                                   "周敏",         "--node",          "R",      "--network",
                                   "classified",   "--network-level", "机密",   "--recovery-sheet",
                                   path("R.sheet")};
    words.insert(words.end(), more.begin(), more.end());
    must(root(archive, words));
    return archive;
  }
  /// A machine of `office`, enrolled by file.
  OfficeMachine enrolled(const OfficeMachine& archive, const std::string& name,
                         const std::string& office, const std::string& kind = "networked") const {
    OfficeMachine joining = machine(name);
    must(archive.run({"enrol", "invite", "--office", office, "--kind", kind, "--ceiling", "机密",
                      "--out", path(name + ".inv")}));
    must(joining.run(
        {"init", "--invitation", path(name + ".inv"), "--recovery-sheet", path(name + ".sheet")}));
    const Said asked = must(joining.run({"enrol", "request", "--out", path(name + ".req")}));
    if (!asked.json) return joining;
    must(root(archive, {"enrol", "approve", path(name + ".req"), "--digits",
                        asked.json->getValue<std::string>("digits"), "--node", name, "--person",
                        "人员" + name, "--out", path(name + ".realm")}));
    must(joining.run({"enrol", "complete", path(name + ".realm")}));
    return joining;
  }
  /// One bundle from one machine to another, over a folder that stands for the medium.
  Said carry(const OfficeMachine& from, const OfficeMachine& to, const std::string& name,
             const std::string& label = "机密") const {
    const std::string stick = path("stick-" + name);
    fs::remove_all(stick);
    fs::create_directories(stick);
    must(from.run({"bundle", "export", "--to", name, "--label", label, "--out", stick}));
    std::vector<std::string> words{"bundle", "import"};
    for (const auto& entry : fs::directory_iterator(stick)) words.push_back(entry.path().string());
    return to.run(words);
  }
  static void write(const std::string& file, std::string_view text) {
    std::ofstream(file, std::ios::binary) << text;
  }
  static std::string read(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static std::string number_of(const Said& added) {
    const auto records = added.json->getArray("records");
    return records->getObject(0)->getObject("fields")->getValue<std::string>("intake_no");
  }

  fs::path folder_ = fs::temp_directory_path() / ("jiyao-verbs-" + random_block<HubId>().hex());
};

/// A hub that listens while it lives.
class LoopbackHub {
 public:
  LoopbackHub(const std::string& data, Files& files) : paths_(HubPaths::of(data)), files_(files) {
    EXPECT_TRUE(HubHome::make(files_, paths_, "https://127.0.0.1:" + std::to_string(free_port())));
  }
  std::string card() const { return paths_.card(); }
  void join(const std::string& realm_file) {
    auto home = HubHome::open(files_, paths_);
    ASSERT_TRUE(home);
    const auto realm = read_file(files_, realm_file, 1 << 20);
    ASSERT_TRUE(realm);
    const auto joined = (*home)->join(*realm);
    ASSERT_TRUE(joined) << joined.error().detail;
  }
  void start() { serve(port_); }
  /// Not where its card says, but on the port returned: there is a link between.
  std::uint16_t start_elsewhere() {
    serve(0);
    return api_->port();
  }
  std::uint16_t port() const { return port_; }
  void stop() {
    api_.reset();
    hub_.reset();
    home_.reset();
  }

 private:
  void serve(std::uint16_t port) {
    home_ = std::move(*HubHome::open(files_, paths_));
    hub_ = std::make_unique<Hub>(home_->store(), home_->identity(), clock_);
    auto api = HttpApi::start(*hub_, listening_context(paths_.certificate), "127.0.0.1", port,
                              HttpLimits{});
    ASSERT_TRUE(api) << api.error().detail;
    api_ = std::move(*api);
  }
  std::uint16_t free_port() {
    Poco::Net::ServerSocket socket(Poco::Net::SocketAddress("127.0.0.1", 0));
    port_ = socket.address().port();
    return port_;
  }
  HubPaths paths_;
  Files& files_;
  RealClock clock_;
  std::uint16_t port_ = 0;
  std::unique_ptr<HubHome> home_;
  std::unique_ptr<Hub> hub_;
  std::unique_ptr<HttpApi> api_;
};

}  // namespace jiyao
