// tests/unit/client/ledger_walk.h - one open desk that is told many commands, and rows of any
// ledger made out of its definition.
#pragma once

#include <algorithm>

#include "client/commands/ledger_options.h"
#include "schema/mandatory.h"
#include "unit/client/verbs_fixture.h"

namespace jiyao {

using Words = std::vector<std::string>;

/// A machine whose ledger stays open: hundreds of commands cost one passphrase.
class OpenDesk {
 public:
  OpenDesk(const fs::path& home, const std::string& passphrase)
      : catalogue_(Language::zh, kClientMessages), menu_(catalogue_) {
    ::setenv("JIYAO_TEST_KEYRING_COST", "least", 1);
    int ends[2] = {-1, -1};
    EXPECT_EQ(::pipe(ends), 0);
    const std::string line = passphrase + "\n";
    EXPECT_EQ(::write(ends[1], line.data(), line.size()), static_cast<ssize_t>(line.size()));
    ::close(ends[1]);
    fd_ = ends[0];
    Choices choices;
    choices.data_dir = (home / "data").string();
    choices.state_dir = (home / "state" / "jiyao").string();
    choices.output.is_quiet = true;
    choices.prompt = {.may_ask = false, .passphrase_fd = fd_};
    desk_ = std::make_unique<Desk>(choices, catalogue_, menu_);
    const auto opened = desk_->replica();
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().detail);
    replica_ = opened ? *opened : nullptr;
  }
  ~OpenDesk() { ::close(fd_); }

  Said run(const Words& words) {
    std::vector<const char*> argv{"jiyao"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    Menu menu(catalogue_);
    add_commands(menu);
    const auto parsed = menu.parse(static_cast<int>(argv.size()), argv.data());
    if (!parsed) return failure(parsed.error());
    const auto answer = menu.chosen().work(*desk_);
    if (!answer) return failure(answer.error());
    return {static_cast<int>(answer->exit_code), answer->text, answer->json, {}};
  }
  Replica& replica() { return *replica_; }
  void close() { desk_->let_go(); }

 private:
  Said failure(const Error& error) const {
    const ToldFailure failed = told(catalogue_, error);
    return {static_cast<int>(failed.exit_code), failed.message + "\n" + failed.hint, nullptr,
            failed.code};
  }
  Catalogue catalogue_;
  Menu menu_;
  int fd_ = -1;
  std::unique_ptr<Desk> desk_;
  Replica* replica_ = nullptr;
};

/// Rows made by commands alone, from what the definition asks for.
class SampleRows {
 public:
  explicit SampleRows(OpenDesk& desk) : desk_(desk) {}

  /// The id of a row that stays for this ledger; empty: its rules want more than its columns say.
  std::string row(const LedgerDefinition& ledger) {
    const auto known = rows_.find(ledger.name);
    if (known != rows_.end()) return known->second;
    rows_[ledger.name] = {};  // a ledger that cites itself
    return rows_[ledger.name] = fresh_row(ledger);
  }
  /// Another row of it.
  std::string fresh_row(const LedgerDefinition& ledger) {
    const Transition* step = making_step(ledger);
    if (step == nullptr) return {};
    Words words{ledger.noun, "add"};
    for (const Field& field : ledger.fields) {
      const bool is_asked = is_typed(ledger, *ledger.field_index(field.name)) &&
                            (is_due(ledger, field, step->to) ||
                             (field.type == FieldType::ref && field.ref_ledger == "incoming"));
      if (!is_asked) continue;
      const std::string value = value_for(ledger, field);
      if (value.empty()) continue;
      words.push_back(option_of(field));
      words.push_back(value);
    }
    const Said said = desk_.run(words);
    if (!said.error.empty() || !said.json || !said.json->isArray("records")) {
      last_failure = said.text;
      return {};
    }
    return said.json->getArray("records")->getObject(0)->getValue<std::string>("id");
  }
  std::string last_failure;

 private:
  std::string value_for(const LedgerDefinition& ledger, const Field& field) {
    ++count_;
    switch (field.type) {
      case FieldType::integer:
        return "1";
      case FieldType::date:
        return "2026-11-20";
      case FieldType::stamp:
        return "2026-11-20 09:30";
      case FieldType::choice:
        return field.choices.front();
      case FieldType::level:
        return "内部";
      case FieldType::term:
        return "10年";
      case FieldType::ref: {
        const LedgerDefinition* cited = Definitions::built_in().ledger(field.ref_ledger);
        if (cited == nullptr) return {};
        const bool is_claimed = !ledger.exclusive.empty() && field.ref_ledger == "document_copy";
        return is_claimed ? fresh_row(*cited) : row(*cited);
      }
      default:
        return "样本" + std::to_string(count_);
    }
  }

  OpenDesk& desk_;
  std::map<std::string, std::string> rows_;
  int count_ = 0;
};

}  // namespace jiyao
