// tests/unit/client/bad_input_test.cpp - every verb of every ledger with a missing, malformed,
// forbidden, out-of-order, duplicate and foreign argument: it answers in Chinese and changes
// nothing. JIYAO_SWEEP_EVERY=10 asks every tenth of them only: for the slow builds.
#include "client/commands/ledger_verbs.h"
#include "unit/client/ledger_walk.h"

namespace jiyao {
namespace {

constexpr const char* kUnseen = "\xE2\x80\x8B";  // U+200B

bool has_chinese(const std::string& text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 0xE3; });
}

class BadInput : public InOffices {
 protected:
  BadInput() : archive_(new_archive()) {
    must(archive_.run(
        {"user", "add", "孙七", "--roles", "auditor", "--recovery-sheet", path("sun.sheet")},
        {"passphrase of Sun Qi", archive_.passphrase_of_root}));
    desk_ = std::make_unique<OpenDesk>(folder_ / "R", "passphrase of R");
    rows_ = std::make_unique<SampleRows>(*desk_);
  }
  /// Refused, in the clerk's language, without a word of the engine's; nothing is recorded.
  void refused(OpenDesk& desk, const std::string& kind, const Words& words) {
    if (++asked_[kind] % every_ != 0) return;
    std::string said_words = kind + ": jiyao";
    for (const std::string& word : words) said_words += " " + word;
    SCOPED_TRACE(said_words);
    const std::uint64_t unsealed = desk.replica().unsealed();
    const std::uint64_t records = desk.replica().count(Query{});
    const Said said = desk.run(words);
    EXPECT_NE(said.error, "") << "it was accepted: " << said.text;
    EXPECT_TRUE(has_chinese(said.text)) << said.text;
    EXPECT_EQ(said.text.find("_"), std::string::npos) << "a word of the program's: " << said.text;
    EXPECT_EQ(desk.replica().unsealed(), unsealed);
    EXPECT_EQ(desk.replica().count(Query{}), records);
  }

  Words start(const LedgerDefinition& ledger, const LedgerVerb& verb) const {
    Words words{ledger.noun, verb.word};
    if (takes_record(ledger, verb) && !can_make(ledger, verb))
      words.push_back(rows_->row(ledger).empty() ? "没有这一件" : rows_->row(ledger));
    if (verb.kind == VerbKind::end || verb.kind == VerbKind::correct)
      words.insert(words.end(), {"--reason", "试"});
    return words;
  }
  static Words with(Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  void missing(const LedgerDefinition& ledger, const LedgerVerb& verb) {
    const Words bare{ledger.noun, verb.word};
    if (takes_record(ledger, verb) && !can_make(ledger, verb)) refused(*desk_, "missing", bare);
    refused(*desk_, "missing",
            with(start(ledger, verb), {verb.fields.empty() ? "--limit" : option(ledger, verb)}));
  }
  /// Values that no ledger takes, or columns it has not.
  static std::vector<Words> bad_filters() {
    return {{"--level", "绝对"},   {"--密级", kUnseen},       {"--owner", "别的单位"},
            {"--state", "飞了"},   {"--from", "去年"},        {"--止", "2026-13-01"},
            {"--unit", kUnseen},   {"--holder", kUnseen},     {"--where", "没有等号"},
            {"--条件", "心情=好"}, {"--after", "没有这一件"}, {"--接着", kUnseen}};
  }
  void malformed(const LedgerDefinition& ledger, const LedgerVerb& verb) {
    for (const std::size_t index : verb.fields) {
      const Field& field = ledger.fields[index];
      const bool is_free = field.type == FieldType::text || field.type == FieldType::person ||
                           field.type == FieldType::org || field.type == FieldType::opinion;
      refused(*desk_, "malformed",
              with(start(ledger, verb), {option_of(field), is_free ? kUnseen : "不对的值"}));
    }
    if (verb.kind == VerbKind::list) {
      refused(*desk_, "malformed", {ledger.noun, verb.word, "--limit", "许多"});
      for (const Words& filter : bad_filters())
        refused(*desk_, "malformed", with({ledger.noun, verb.word}, filter));
    }
    if (verb.kind == VerbKind::show || verb.kind == VerbKind::end)
      refused(*desk_, "malformed",
              with({ledger.noun, verb.word, kUnseen},
                   verb.kind == VerbKind::end ? Words{"--reason", "试"} : Words{}));
    if (verb.kind == VerbKind::end)
      refused(*desk_, "malformed", {ledger.noun, verb.word, "x", "--reason", kUnseen});
  }
  void forbidden(const LedgerDefinition& ledger, const LedgerVerb& verb) {
    refused(*desk_, "forbidden", with(start(ledger, verb), {"--没有这个选项", "x"}));
  }
  void out_of_order(const LedgerDefinition& ledger, const LedgerVerb& verb,
                    const std::string& ended) {
    if (ended.empty() || verb.kind == VerbKind::list || verb.kind == VerbKind::show) return;
    if (!takes_record(ledger, verb)) return;
    if (verb.kind == VerbKind::step && !can_move(ledger, verb)) return;
    Words words{ledger.noun, verb.word, ended, "--reason", "试"};
    if (verb.kind == VerbKind::edit || verb.kind == VerbKind::correct) {
      const auto single = std::find_if(verb.fields.begin(), verb.fields.end(), [&](std::size_t i) {
        return ledger.groups[ledger.fields[i].group].kind == GroupKind::value &&
               ledger.fields[i].type == FieldType::text;
      });
      if (single == verb.fields.end()) return;
      words.insert(words.end(), {option_of(ledger.fields[*single]), "改了"});
    }
    refused(*desk_, "out of order", words);
  }
  void duplicate(const LedgerDefinition& ledger, const LedgerVerb& verb) {
    for (const std::size_t index : verb.fields) {
      const Field& field = ledger.fields[index];
      if (ledger.groups[field.group].kind == GroupKind::set) continue;
      refused(*desk_, "duplicate",
              with(start(ledger, verb), {option_of(field), "1", option_of(field), "2"}));
      break;
    }
    if (verb.kind == VerbKind::list)
      refused(*desk_, "duplicate", {ledger.noun, "list", "--limit", "1", "--limit", "2"});
    if (takes_record(ledger, verb)) {
      Words twice{ledger.noun, verb.word, "甲", "乙", "--reason", "试"};
      if (verb.kind == VerbKind::show) twice.resize(4);
      refused(*desk_, "duplicate", twice);
    }
  }
  void foreign(const LedgerDefinition& ledger, const LedgerVerb& verb, const std::string& other) {
    if (verb.kind == VerbKind::list)
      return refused(*desk_, "foreign", {ledger.noun, "list", "--owner", "别的单位"});
    if (!takes_record(ledger, verb)) return;
    Words words{ledger.noun, verb.word, other};
    if (verb.kind == VerbKind::end || verb.kind == VerbKind::correct)
      words.insert(words.end(), {"--reason", "试"});
    refused(*desk_, "foreign", words);
  }
  static std::string option(const LedgerDefinition& ledger, const LedgerVerb& verb) {
    return option_of(ledger.fields[verb.fields.front()]);
  }
  /// A row that ended, for steps that come too late; empty: this ledger cannot be ended by its
  /// verbs.
  std::string ended_row(const LedgerDefinition& ledger) {
    const std::string row = rows_->fresh_row(ledger);
    if (row.empty()) return {};
    const Said said = desk_->run({ledger.noun, "void", row, "--reason", "试"});
    return said.error.empty() ? row : std::string();
  }

  OfficeMachine archive_;
  std::unique_ptr<OpenDesk> desk_;
  std::unique_ptr<SampleRows> rows_;
  std::map<std::string, int> asked_;
  const int every_ = [] {
    const char* set = std::getenv("JIYAO_SWEEP_EVERY");
    return set == nullptr ? 1 : std::max(1, std::atoi(set));
  }();
};

TEST_F(BadInput, OfEveryKindIsRefusedByEveryVerbOfEveryLedger) {
  const auto ledgers = Definitions::built_in().all();
  std::map<std::string, std::string> samples, ended;
  std::size_t made = 0;
  for (const LedgerDefinition& ledger : ledgers) {
    samples[ledger.name] = rows_->row(ledger);
    made += samples[ledger.name].empty() ? 0 : 1;
    ended[ledger.name] = ended_row(ledger);
  }
  EXPECT_GE(made, 6U) << rows_->last_failure;
  for (const LedgerDefinition& ledger : ledgers) {
    const std::string other = samples[ledger.name == "directory" ? "incoming" : "directory"];
    for (const LedgerVerb& verb : verbs_of(ledger)) {
      missing(ledger, verb);
      malformed(ledger, verb);
      forbidden(ledger, verb);
      out_of_order(ledger, verb, ended[ledger.name]);
      duplicate(ledger, verb);
      foreign(ledger, verb, other);
    }
  }
  for (const char* kind :
       {"missing", "malformed", "forbidden", "out of order", "duplicate", "foreign"})
    EXPECT_GT(asked_[kind], 20) << kind;
}

TEST_F(BadInput, OfEveryFilterIsRefusedByFindAndExportToo) {
  for (const Words& filter : bad_filters()) {
    refused(*desk_, "malformed", with({"find", "防汛"}, filter));
    refused(*desk_, "malformed", with({"查找", "防汛", "--ledger", "借阅"}, filter));
    if (filter.front() == "--after" || filter.front() == "--接着") continue;
    refused(*desk_, "malformed", with({"export", "incoming", "-o", path("x.csv")}, filter));
  }
  refused(*desk_, "malformed", {"find", "防汛", "--ledger", "黄历"});
  refused(*desk_, "duplicate", {"find", "防汛", "--from", "2026-01-01", "--from", "2026-01-02"});
  refused(*desk_, "missing", {"find", "防汛", "--holder"});
  EXPECT_FALSE(fs::exists(path("x.csv")));
}

TEST_F(BadInput, OfSomebodyWithoutTheRoleIsRefusedAndDrawsNoNumber) {
  std::map<std::string, std::string> samples;
  for (const LedgerDefinition& ledger : Definitions::built_in().all())
    samples[ledger.name] = rows_->row(ledger);
  desk_->close();
  OpenDesk auditor(folder_ / "R", "passphrase of Sun Qi");
  int asked = 0;
  for (const LedgerDefinition& ledger : Definitions::built_in().all())
    for (const LedgerVerb& verb : verbs_of(ledger)) {
      const bool reads = verb.kind == VerbKind::list || verb.kind == VerbKind::show;
      if (reads || samples[ledger.name].empty()) continue;
      Words words{ledger.noun, verb.word};
      if (takes_record(ledger, verb)) words.push_back(samples[ledger.name]);
      words.insert(words.end(), {"--reason", "试"});
      if (ledger.field("title") != nullptr && verb.kind != VerbKind::end)
        words.insert(words.end(), {"--title", "别的标题"});
      if (!takes_record(ledger, verb)) words.resize(2);
      refused(auditor, "forbidden", words);
      ++asked;
    }
  EXPECT_GT(asked, 30);
}

}  // namespace
}  // namespace jiyao
