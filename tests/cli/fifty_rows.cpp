// tests/cli/fifty_rows.cpp - made by the real programs.
#include "cli/fifty_rows.h"

#include <thread>

namespace jiyao {

namespace fs = std::filesystem;

std::unique_ptr<FieldRealm> FiftyRows::realm_;
std::unique_ptr<FieldMachine> FiftyRows::s_;

void FiftyRows::SetUpTestSuite() {
  realm_ = std::make_unique<FieldRealm>();
  s_ = std::make_unique<FieldMachine>(
      realm_->enrol({.name = "S", .office = "甲局", .kind = "standalone"}));
  std::string text = "序号,来文单位,文号,标题,收文日期\n";
  for (int i = 1; i <= 50; ++i) {
    const std::string no = std::to_string(i);
    text += no + ",省厅,厅发〔2026〕" + no + "号,通知" + no + ",2026-11-20\n";
  }
  const std::string path = realm_->folder / "register.csv";
  write_text(path, text);
  const FieldMachine& r = realm_->archive;
  r.good({"import", "incoming", path});
  r.good(
      {"access", "give", "--node", "S", "--owner", "档案室", "--level", "内部", "--right", "read"});
  r.good({"sync"});
}

void FiftyRows::TearDownTestSuite() {
  s_.reset();
  realm_.reset();
}

void FiftyRows::crash() {
  const FieldMachine& r = realm_->archive;
  Start start = r.start({"office", "add", "丙局"});
  start.passphrases = r.passphrase() + "\n";
  start.keeps_asking = true;
  Child held(start);  // opened, and waiting for the root's passphrase
  const fs::path last = r.data() / "secret.jdb-wal";
  while (!fs::exists(last) || fs::file_size(last) < 4096)
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
}

}  // namespace jiyao
