// tests/support/field_realm.cpp - the steps an archive and its offices take, with the real
// programs.
#include "support/field_realm.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace jiyao {

namespace fs = std::filesystem;

namespace {

constexpr const char* kRootPassphrase = "the realm's root for tests";

/// What a child may know of our environment: where sanitizers write, nothing else.
std::map<std::string, std::string> small_environment(const fs::path& home) {
  std::map<std::string, std::string> environment = {{"HOME", home.string()}, {"PATH", "/bin"}};
  for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"})
    if (const char* value = std::getenv(name)) environment[name] = value;
  return environment;
}

void expect_done(const Ran& ran, const Words& words) {
  if (ran.exit_code == 0) return;
  std::string line;
  for (const std::string& word : words) line += " " + word;
  throw std::runtime_error(line + ": " + ran.said());
}

}  // namespace

TestFolder::TestFolder() {
  std::string pattern = (fs::temp_directory_path() / "jiyao-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
  path_ = pattern;
}

TestFolder::~TestFolder() {
  std::error_code failed;
  fs::remove_all(path_, failed);
}

std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("no file " + path.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_text(const fs::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
}

// --- one machine ---------------------------------------------------------------------------------

FieldMachine::FieldMachine(const fs::path& home, std::string name, bool costs_least)
    : name_(std::move(name)),
      data_(home / name_),
      state_(home / (name_ + ".state")),
      passphrase_("the passphrase of " + name_),
      costs_least_(costs_least) {}

Start FieldMachine::start(const Words& words) const {
  Start start{{JIYAO_PROGRAM, "--data-dir", data_.string(), "--passphrase-fd", "9"}};
  start.words.insert(start.words.end(), words.begin(), words.end());
  start.environment = small_environment(data_.parent_path());
  start.environment["XDG_STATE_HOME"] = state_.string();
  if (costs_least_) start.environment["JIYAO_TEST_KEYRING_COST"] = "least";
  start.passphrases = passphrase_ + "\n" + kRootPassphrase + "\n";
  return start;
}

Ran FieldMachine::json(Words words) const {
  words.insert(words.begin(), "--json");
  return run(words);
}

Poco::JSON::Object::Ptr FieldMachine::good(const Words& words) const {
  const Ran ran = json(words);
  expect_done(ran, words);
  return ran.json();
}

std::string FieldMachine::shown_state() const {
  std::ostringstream text;
  good({"verify"})->getArray("compartments")->stringify(text);
  return text.str();
}

void FieldMachine::expect_whole() const {
  const auto compartments = good({"verify", "--full"})->getArray("compartments");
  for (const auto& one : *compartments) {
    const auto counts = one.extract<Poco::JSON::Object::Ptr>();
    const auto number = [&](const char* name) { return counts->getValue<std::uint64_t>(name); };
    if (number("known") !=
        number("applied") + number("pending") + number("quarantined") + number("purged"))
      throw std::runtime_error("counts do not add up");
  }
}

std::uint64_t FieldMachine::rows() const {
  return good({"incoming", "list", "--limit", "1"})->getValue<std::uint64_t>("total");
}

void FieldMachine::found_alone(const Words& more) const {
  Words words = {"init",
                 "--office",
                 "档案室",
                 "--person",
                 "周敏",
                 "--node",
                 name_,
                 "--recovery-sheet",
                 data_.string() + ".sheet"};
  words.insert(words.end(), more.begin(), more.end());
  good(words);
}

// --- the hub -------------------------------------------------------------------------------------

FieldHub::FieldHub(const fs::path& home)
    : data_((home / "hub").string()),
      link_(std::make_unique<ChaosProxy>("127.0.0.1", std::uint16_t{0}, LinkWeather{})),
      port_(link_->port()) {}

void FieldHub::plug() {
  link_.reset();  // the port is free before it is taken again
  link_ = std::make_unique<ChaosProxy>("127.0.0.1", serves_at_, LinkWeather{}, port_);
}

Start FieldHub::start(const std::string& verb, Words more) const {
  Start start{{JIYAO_SERVER_PROGRAM, verb, "--data", data_}};
  start.words.insert(start.words.end(), more.begin(), more.end());
  start.environment = small_environment(fs::path(data_).parent_path());
  return start;
}

Ran FieldHub::verb(const std::string& verb, Words more) const {
  return jiyao::run(start(verb, std::move(more)));
}

Ran FieldHub::program(const Words& words) {
  Start start{{JIYAO_SERVER_PROGRAM}};
  start.words.insert(start.words.end(), words.begin(), words.end());
  start.environment = small_environment("/");
  return jiyao::run(start);
}

Ran FieldHub::program_into(const std::string& file, const Words& words) {
  Start start{{"/bin/sh", "-c", "exec \"$0\" \"$@\" >" + file, JIYAO_SERVER_PROGRAM}};
  start.words.insert(start.words.end(), words.begin(), words.end());
  start.environment = small_environment("/");
  return jiyao::run(start);
}

void FieldHub::serve(const std::map<std::string, std::string>& more) {
  Start serving = start("serve", {"--listen", "127.0.0.1:0"});
  serving.environment.insert(more.begin(), more.end());
  start_serving(serving);
  link_->lead_to(serves_at_);
}

void FieldHub::serve_at_its_address() {
  unplug();
  start_serving(start("serve", {}));
}

void FieldHub::start_serving(const Start& serving) {
  child_ = std::make_unique<Child>(serving);
  const std::string before_port = "端口 ";
  if (!child_->says("端口 ") || !child_->says("\n"))
    throw std::runtime_error("the hub does not serve: " + child_->wait().said());
  const std::string& out = child_->out_so_far();
  const int port = std::stoi(out.substr(out.find(before_port) + before_port.size()));
  serves_at_ = static_cast<std::uint16_t>(port);
}

Ran FieldHub::stop(int signal) {
  child_->signal(signal);
  Ran ran = child_->wait();
  child_.reset();
  return ran;
}

// --- the realm -----------------------------------------------------------------------------------

std::size_t found(const FieldMachine& at, const std::string& words) {
  const Ran ran = at.json({"find", words});
  if (ran.error_code() == "NOT_FOUND") return 0;
  return ran.json()->getArray("records")->size();
}

void carry(const FieldMachine& from, const FieldMachine& to, const std::filesystem::path& medium,
           const Words& more) {
  std::filesystem::create_directory(medium);
  Words writing = {"bundle", "export", "--to", to.name(), "--out", medium},
        reading = {"bundle", "import"};
  writing.insert(writing.end(), more.begin(), more.end());
  const auto volumes = from.good(writing)->getArray("volumes");
  for (const auto& one : *volumes)
    reading.push_back(one.extract<Poco::JSON::Object::Ptr>()->getValue<std::string>("file"));
  to.good(reading);
}

Words strings_of(const Poco::JSON::Array::Ptr& array) {
  Words texts;
  for (const auto& one : *array) texts.push_back(one.toString());
  return texts;
}

FieldRealm::FieldRealm(const std::string& network_level)
    : archive(folder.path(), "R"), hub(folder.path()) {
  expect_done(hub.verb("init", {"--address", hub.address()}), {"init"});
  archive.found_alone({"--network", "classified", "--network-level", network_level, "--hub-card",
                       hub.data() + "/hub.card", "--realm-file", folder / "realm"});
  expect_done(hub.verb("init", {"--realm", folder / "realm"}), {"init", "--realm"});
  hub.serve();
  archive.good({"sync"});
}

FieldMachine FieldRealm::enrol(const Joining& joining) {
  const FieldMachine machine(folder.path(), joining.name);
  const std::string invitation = folder / (joining.name + ".invitation");
  const Ran made = archive.json({"office", "add", joining.office});
  if (made.exit_code != 0 && made.error_code() != "EXISTS") expect_done(made, {"office", "add"});
  Words invite = {"enrol",      "invite",    "--office",      joining.office, "--kind",
                  joining.kind, "--ceiling", joining.ceiling, "--out",        invitation};
  if (joining.is_archive) invite.push_back("--archive");
  archive.good(invite);
  machine.good({"init", "--invitation", invitation, "--person", joining.person, "--node",
                joining.name, "--recovery-sheet", folder / (joining.name + ".sheet")});
  const std::string asked = folder / (joining.name + ".request");
  const std::string answer = folder / (joining.name + ".realm");
  Words request = {"enrol", "request"};
  Words approve = {"enrol", "approve"};
  Words complete = {"enrol", "complete"};
  if (joining.by_file) {
    request.insert(request.end(), {"--out", asked});
    approve.push_back(asked);
    complete.push_back(answer);
  }
  const auto digits = machine.good(request)->getValue<std::string>("digits");
  approve.insert(approve.end(), {"--digits", digits, "--node", joining.name, "--person",
                                 joining.person, "--out", answer});
  archive.good(approve);
  if (!joining.by_file) archive.good({"sync"});
  machine.good(complete);
  return machine;
}

// --- images --------------------------------------------------------------------------------------

FolderImage::FolderImage(std::vector<fs::path> folders) : folders_(std::move(folders)) {
  for (const fs::path& folder : folders_)
    for (const auto& entry : fs::recursive_directory_iterator(folder))
      if (entry.is_regular_file()) files_[entry.path().string()] = read_text(entry.path());
}

void FolderImage::put_back() const {
  for (const fs::path& folder : folders_) {
    std::vector<fs::path> too_much;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
      if (entry.is_regular_file() && !files_.contains(entry.path().string()))
        too_much.push_back(entry.path());
    for (const fs::path& path : too_much) fs::remove(path);
  }
  for (const auto& [path, content] : files_) write_text(path, content);
}

}  // namespace jiyao
