// tests/support/field_realm.h - a small realm run with the real programs: an archive R, a hub
// behind a link that can be bad, and machines that join it as offices do.
//
// Everything lies in one temporary folder that goes with its owner; ports are the system's choice.
// The hub's address is the link's: links to other listeners, and to nobody, are one call away.
#pragma once

#include <Poco/JSON/Array.h>

#include <filesystem>
#include <memory>

#include "support/chaos_proxy.h"
#include "support/program.h"

namespace jiyao {

/// A new folder under the system's temporary one, removed with all in it at the end.
class TestFolder {
 public:
  TestFolder();
  ~TestFolder();
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

using Words = std::vector<std::string>;

std::string read_text(const std::filesystem::path& path);
void write_text(const std::filesystem::path& path, const std::string& text);

/// One machine: its data folder, its state folder and its clerk's passphrase. Its keyring costs the
/// least a test's may, unless `costs_least` is false.
class FieldMachine {
 public:
  FieldMachine(const std::filesystem::path& home, std::string name, bool costs_least = true);

  const std::string& name() const { return name_; }
  std::filesystem::path data() const { return data_; }
  std::filesystem::path state() const { return state_; }
  const std::string& passphrase() const { return passphrase_; }

  /// `jiyao WORDS` on this machine. Descriptor 9 gives the clerk's and the root's passphrase.
  Start start(const Words& words) const;
  Ran run(const Words& words) const { return jiyao::run(start(words)); }
  Ran json(Words words) const;  ///< with --json
  /// With --json; throws with all that was said unless it ends with 0.
  Poco::JSON::Object::Ptr good(const Words& words) const;
  /// Counts and state digests of every compartment, as one text to compare.
  std::string shown_state() const;
  /// `verify --full`: throws unless it is clean and the counts of every compartment add up.
  void expect_whole() const;
  std::uint64_t rows() const;  ///< in the register of incoming documents
  /// A register of its own: a new realm with this machine as its archive. No hub.
  void found_alone(const Words& more = {}) const;

 private:
  std::string name_;
  std::filesystem::path data_, state_;
  std::string passphrase_;
  bool costs_least_;
};

/// `jiyao-server` and the link to it.
class FieldHub {
 public:
  explicit FieldHub(const std::filesystem::path& home);
  Ran verb(const std::string& verb, Words more = {}) const;
  static Ran program(const Words& words);  ///< `jiyao-server WORDS`, of no folder
  static Ran program_into(const std::string& file, const Words& words);  ///< its stdout goes there
  /// And leads the link to it.   `more`: of its environment
  void serve(const std::map<std::string, std::string>& more = {});
  /// As an administrator starts it, at the address that the roster says; the link makes room.
  void serve_at_its_address();
  Ran stop(int signal);  ///< this signal, and waits
  bool is_serving() const { return child_ != nullptr; }
  Child& child() { return *child_; }
  ChaosProxy& link() { return *link_; }
  void unplug() { link_.reset(); }  ///< nobody listens at the hub's address
  void plug();                      ///< again, leading to the hub
  std::string address() const { return "https://127.0.0.1:" + std::to_string(port_); }
  std::string data() const { return data_; }
  std::string certificate() const { return data_ + ".pem"; }

 private:
  Start start(const std::string& verb, Words more) const;
  void start_serving(const Start& serving);  ///< and waits for the port it says

  std::string data_;
  std::unique_ptr<ChaosProxy> link_;
  std::uint16_t port_;           ///< of the link: the address in the roster
  std::uint16_t serves_at_ = 0;  ///< of the hub itself
  std::unique_ptr<Child> child_;
};

/// How many records `find` shows there.
std::size_t found(const FieldMachine& at, const std::string& words);
/// What one has for the other: written onto a medium, this new folder, and taken in.
void carry(const FieldMachine& from, const FieldMachine& to, const std::filesystem::path& medium,
           const Words& more = {});

/// A list of an answer in JSON.
Words strings_of(const Poco::JSON::Array::Ptr& array);

struct Joining {
  std::string name, office, kind = "networked", ceiling = "秘密", person = "张三";
  bool by_file = true;  ///< false: request and answer go through the hub's mailbox
  bool is_archive = false;
};

/// R and its hub on a network assessed for this level, serving.
class FieldRealm {
 public:
  explicit FieldRealm(const std::string& network_level = "秘密");
  /// Invites, makes, requests, approves with the digits read out, completes.
  FieldMachine enrol(const Joining& joining);

  TestFolder folder;
  FieldMachine archive;
  FieldHub hub;
};

/// The content of a folder, to be put back in place: inodes stay, so that to the programs it is the
/// same disk and not a copy of it.
class FolderImage {
 public:
  explicit FolderImage(std::vector<std::filesystem::path> folders);
  void put_back() const;
  const std::map<std::string, std::string>& files() const { return files_; }

 private:
  std::vector<std::filesystem::path> folders_;
  std::map<std::string, std::string> files_;  ///< content by path
};

}  // namespace jiyao
