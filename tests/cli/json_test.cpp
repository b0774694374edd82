// tests/cli/json_test.cpp - `--json` on every verb there is: one document on stdout, of its own
// schema, in success and in failure.
//
// Goal: a program that reads our answers meets no surprise. Method: one life of a realm in which
// every verb succeeds once and fails once, then the list of what was asked is held against the
// program's own list of verbs: a new verb without its row here is a failure.
#include <Poco/JSON/Array.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "client/commands/commands.h"
#include "client/commands/ledger_verbs.h"
#include "client/messages.h"
#include "support/field_realm.h"

namespace jiyao {
namespace {

namespace fs = std::filesystem;

Words split(const std::string& path) {
  const std::size_t space = path.find(' ');
  if (space == std::string::npos) return {path};
  return {path.substr(0, space), path.substr(space + 1)};
}

/// Moments are RFC 3339. What a clerk typed into a field is the register's own form.
void expect_moments(const std::string& name, const Poco::Dynamic::Var& value) {
  if (name == "fields" || name == "before" || name == "value") return;
  if (value.type() == typeid(Poco::JSON::Object::Ptr)) {
    const auto object = value.extract<Poco::JSON::Object::Ptr>();
    for (const std::string& key : object->getNames()) expect_moments(key, object->get(key));
  } else if (value.type() == typeid(Poco::JSON::Array::Ptr)) {
    for (const auto& one : *value.extract<Poco::JSON::Array::Ptr>()) expect_moments(name, one);
  } else if (value.isString()) {
    static const std::regex begins(R"(\d{4}-\d\d-\d\dT.*)");
    static const std::regex whole(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))");
    const std::string text = value.toString();
    if (std::regex_match(text, begins)) {
      EXPECT_TRUE(std::regex_match(text, whole)) << name << ": " << text;
    }
  }
}

Poco::JSON::Object::Ptr only_document(const Ran& ran) {
  EXPECT_EQ(ran.out.find('\n'), ran.out.size() - 1) << "not one line: " << ran.said();
  return ran.json();
}

class EveryVerb : public testing::Test {
 protected:
  /// Succeeds: the schema is the verb's, and these keys stand in the document.
  Poco::JSON::Object::Ptr good(const FieldMachine& at, const std::string& verb, const Words& words,
                               const Words& keys) {
    const auto document = good_of(at, at.start(with_json(verb, words)), verb, keys);
    expect_moments("", Poco::Dynamic::Var(document));
    return document;
  }
  Poco::JSON::Object::Ptr good_of(const FieldMachine& at, const Start& start,
                                  const std::string& verb, const Words& keys) {
    SCOPED_TRACE("jiyao " + verb + " at " + at.name());
    succeeded_.insert(verb);
    const Ran ran = run(start);
    EXPECT_EQ(ran.exit_code, 0) << ran.said();
    const auto document = only_document(ran);
    if (ran.exit_code != 0) return document;
    std::string schema = "jiyao/" + verb + "/1";
    std::replace(schema.begin(), schema.end(), ' ', '/');
    EXPECT_EQ(document->optValue<std::string>("schema", ""), schema) << ran.said();
    for (const std::string& key : keys) EXPECT_TRUE(document->has(key)) << key << ran.said();
    EXPECT_FALSE(document->has("error"));
    return document;
  }
  /// Fails: an error with its code; the exit code in it is the process's.
  void wrong(const FieldMachine& at, const std::string& verb, const Words& words, int exit_code,
             const std::string& code) {
    SCOPED_TRACE("wrong jiyao " + verb + " at " + at.name());
    failed_.insert(verb);
    expect_error(run(at.start(with_json(verb, words))), exit_code, code);
  }
  static void expect_error(const Ran& ran, int exit_code, const std::string& code) {
    EXPECT_EQ(ran.exit_code, exit_code) << ran.said();
    const auto document = only_document(ran);
    EXPECT_EQ(document->size(), 1U);
    const auto error = document->getObject("error");
    ASSERT_FALSE(error.isNull()) << ran.said();
    EXPECT_EQ(error->getNames(), (Words{"code", "exit", "hint", "message"}));
    EXPECT_EQ(error->getValue<std::string>("code"), code) << ran.said();
    EXPECT_EQ(error->getValue<int>("exit"), ran.exit_code);
    EXPECT_NE(error->getValue<std::string>("message"), "");
  }
  static Words with_json(const std::string& verb, const Words& words) {
    Words all = split(verb);
    all.insert(all.end(), words.begin(), words.end());
    all.push_back("--json");
    return all;
  }
  std::string path(const std::string& name) { return realm.folder / name; }
  std::string made_folder(const std::string& name) {
    fs::create_directory(path(name));
    return path(name);
  }

  void machines_come_in();
  void papers_come_in();
  void papers_go_round();
  void values_disagree();
  void media_travel();
  void people_and_keys();
  void the_archive_decides();
  void items_are_filed();
  void help_is_asked();
  std::set<std::string> ledgers_are_read();

  FieldRealm realm;
  const FieldMachine& r = realm.archive;
  FieldMachine a{realm.folder.path(), "A"};
  FieldMachine lost{realm.folder.path(), "lost"};  ///< its folder is not there
  std::set<std::string> succeeded_, failed_;
  static constexpr const char* kPaper = "省厅〔2026〕1号";
};

void EveryVerb::machines_come_in() {
  const FieldMachine alone(realm.folder.path(), "alone");
  const Words founding = {"--office", "档案室", "--person",         "周敏",
                          "--node",   "alone",  "--recovery-sheet", path("alone.sheet")};
  good(alone, "init", founding,
       {"folder", "node", "office", "network_ceiling", "root_fingerprint"});
  wrong(alone, "init", founding, 1, "EXISTS");
  good(r, "office add", {"甲局"}, {"office", "name"});
  wrong(r, "office add", {"甲局"}, 1, "EXISTS");
  const Words invite = {"--ceiling", "秘密", "--out", path("A.inv"), "--office"};
  Words here = invite, nowhere = invite;
  here.push_back("甲局");
  nowhere.push_back("丁局");
  good(r, "enrol invite", here, {"file", "invite"});
  wrong(r, "enrol invite", nowhere, 4, "NOT_FOUND");
  good(a, "init",
       {"--invitation", path("A.inv"), "--person", "张三", "--recovery-sheet", path("A.sheet")},
       {"folder", "node"});
  const auto asked = good(a, "enrol request", {"--out", path("A.req")}, {"digits", "node"});
  wrong(r, "enrol request", {"--out", path("R.req")}, 4, "NOT_FOUND");
  Words approve = {path("A.req"), "--node",        "A",       "--person", "张三",
                   "--out",       path("A.realm"), "--digits"};
  Words differ = approve;
  approve.push_back(asked->getValue<std::string>("digits"));
  differ.push_back("00000 11111");
  wrong(r, "enrol approve", differ, 8, "NOT_AUTHENTIC");
  good(r, "enrol approve", approve, {"node"});
  wrong(a, "enrol complete", {path("no.realm")}, 4, "NOT_FOUND");
  good(a, "enrol complete", {path("A.realm")}, {"node", "roster"});
}

void EveryVerb::papers_come_in() {
  good(a, "incoming add", {"--title", "关于防汛的通知", "--doc-no", kPaper, "--sender-org", "省厅"},
       {"records", "undelivered"});
  wrong(a, "incoming add", {"--title", "x", "--level", "绝对"}, 1, "INVALID");
  write_text(path("in.csv"),
             "序号,来文单位,文号,标题,收文日期\n1,省厅,省厅〔2026〕2号,甲,2026-11-20\n");
  good(a, "import", {"incoming", path("in.csv")},
       {"recorded", "importable", "already_there", "rejected", "rejected_rows", "encoding"});
  wrong(a, "import", {"incoming", path("no.csv")}, 4, "NOT_FOUND");
  good(a, "export", {"incoming", "-o", path("out.xlsx")},
       {"ledger", "format", "rows", "level", "file", "registered"});
  wrong(a, "export", {"incoming", "-o", path("out.xlsx")}, 1, "EXISTS");
  good(a, "template", {"incoming", "-o", path("empty.xlsx")}, {"ledger", "columns", "file"});
  wrong(a, "template", {"no_ledger", "-o", path("no.xlsx")}, 4, "NOT_FOUND");
  good(a, "incoming show", {kPaper}, {"id", "ledger", "fields", "state", "stage"});
  wrong(a, "incoming show", {"无此文号"}, 4, "NOT_FOUND");
  good(a, "incoming edit", {kPaper, "--urgency", "加急"}, {"records"});
  wrong(a, "incoming edit", {kPaper}, 2, "USAGE");
  good(a, "incoming list", {"--limit", "1"}, {"total", "records"});
  wrong(a, "incoming list", {"--level", "绝对"}, 1, "INVALID");
  good(a, "incoming correct", {kPaper, "--sender-org", "省厅办公室", "--reason", "抄错"},
       {"records"});
  wrong(a, "incoming correct", {kPaper, "--sender-org", "省厅"}, 2, "USAGE");
  good(a, "incoming review", {"省厅〔2026〕2号"}, {"records", "proposed"});
  wrong(a, "incoming review", {"省厅〔2026〕2号"}, 7, "NOT_ALLOWED");
  good(a, "incoming void", {"省厅〔2026〕2号", "--reason", "重复"}, {"records"});
  wrong(a, "incoming void", {"无此文号", "--reason", "重复"}, 4, "NOT_FOUND");
  good(a, "find", {"防汛"}, {"records", "more"});
  wrong(a, "find", {"没有这样的标题"}, 4, "NOT_FOUND");
  good(a, "timeline", {kPaper}, {"record", "ledger", "acts"});
  wrong(a, "timeline", {"无此文号"}, 4, "NOT_FOUND");
  good(a, "today", {}, {"today", "days", "items"});
  wrong(lost, "today", {}, 4, "NOT_FOUND");
  good(a, "due", {"--days", "3"}, {"today", "days", "items"});
  wrong(a, "due", {"--days", "明天"}, 2, "USAGE");
  good(a, "gaps", {}, {"series"});
  wrong(a, "gaps", {"--owner", "丁局"}, 4, "NOT_FOUND");
  good(a, "series report", {}, {"series"});
  wrong(a, "series report", {"--level", "绝对"}, 1, "INVALID");
  good(a, "history", {kPaper}, {"record", "steps"});
  wrong(a, "history", {"无此文号"}, 4, "NOT_FOUND");
}

void EveryVerb::papers_go_round() {
  const std::string secret = "省厅〔2026〕3号";
  good(r, "incoming add",
       {"--title", "关于值班的通知", "--doc-no", secret, "--sender-org", "省厅", "--level", "秘密",
        "--copies", "1", "--pages", "2", "--份号", "000123"},
       {"records"});
  good(r, "loan add", {secret, "--borrower", "赵六"}, {"records"});
  wrong(r, "loan add", {secret, "--borrower", "赵六"}, 5, "CONFLICT");
  good(r, "loan approve", {secret}, {"records"});
  wrong(r, "loan approve", {"无此文号"}, 4, "NOT_FOUND");
  good(r, "loan add", {secret, "--borrower", "赵六"}, {"records"});
  good(r, "access log", {secret}, {"record", "required", "readers"});
  wrong(r, "access log", {"无此文号"}, 4, "NOT_FOUND");
  good(r, "loan return", {secret}, {"records"});
  wrong(r, "loan return", {secret}, 4, "NOT_FOUND");
  // Readers are the director's to name: at a branch a clerk may not.
  wrong(a, "circulate pass", {kPaper, "--reader", "李四"}, 7, "NOT_ALLOWED");
  wrong(a, "circulate approve", {kPaper, "--reader", "李四"}, 7, "NOT_ALLOWED");
  good(r, "circulate approve", {secret, "--reader", "李四"}, {"records"});
  good(r, "circulate pass", {secret, "--reader", "李四"}, {"records"});
  wrong(r, "circulate pass", {secret, "--reader", "钱七"}, 1, "INVALID");
  good(r, "where", {secret}, {"copies"});
  wrong(r, "where", {"无此文号"}, 4, "NOT_FOUND");
  good(r, "circulate return", {secret, "--close"}, {"records"});
  wrong(r, "circulate return", {secret}, 4, "NOT_FOUND");
}

void EveryVerb::values_disagree() {
  for (const FieldMachine* machine : std::vector<const FieldMachine*>{&r, &a, &r})
    good(*machine, "sync", {},
         {"batches_sent", "batches_received", "refused", "not_taken", "newer", "hub_renewed",
          "pending", "conflicts", "requests", "bytes_out", "bytes_in"});
  wrong(FieldMachine(realm.folder.path(), "alone"), "sync", {}, 4, "NOT_FOUND");
  a.good({"incoming", "edit", kPaper, "--title", "甲的标题"});
  r.good({"incoming", "edit", kPaper, "--title", "室的标题"});
  for (const FieldMachine* machine : std::vector<const FieldMachine*>{&a, &r, &a})
    machine->good({"sync"});
  good(a, "conflict list", {}, {"open", "total", "conflicts", "findings"});
  wrong(a, "conflict list", {"--limit", "0"}, 2, "USAGE");
  good(a, "conflict show", {kPaper}, {"record", "open"});
  wrong(a, "conflict show", {"无此文号"}, 4, "NOT_FOUND");
  const Words rule = {kPaper, "--field", "title", "--reason", "原件", "--take"};
  Words third = rule, first = rule;
  third.push_back("3");
  first.push_back("1");
  wrong(a, "conflict resolve", third, 2, "USAGE");
  good(a, "conflict resolve", first, {"records"});
  wrong(a, "conflict undo", {kPaper, "--field", "urgency", "--reason", "看错"}, 4, "NOT_FOUND");
  good(a, "conflict undo", {kPaper, "--field", "title", "--reason", "看错"}, {"records"});
  for (const char* title : {"一次", "又一次"})
    a.good(
        {"incoming", "add", "--title", title, "--doc-no", "重〔2026〕1号", "--sender-org", "省厅"});
  good(a, "conflict ask", {"N2"}, {"records"});
  wrong(a, "conflict ask", {"ffff0000"}, 4, "NOT_FOUND");
}

void EveryVerb::media_travel() {
  const auto out = good(a, "bundle export", {"--to", "R", "--out", made_folder("stick")},
                        {"set", "volumes", "kept_back"});
  wrong(a, "bundle export", {"--to", "Z", "--out", path("stick")}, 4, "NOT_FOUND");
  const std::string file = out->getArray("volumes")->getObject(0)->getValue<std::string>("file");
  good(r, "bundle inspect", {file}, {"bundles"});
  wrong(r, "bundle inspect", {path("no.jyb")}, 4, "NOT_FOUND");
  good(r, "bundle import", {file}, {"bundles", "waiting_for_key", "waiting_for_login"});
  wrong(r, "bundle import", {path("no.jyb")}, 4, "NOT_FOUND");
  const auto listed = good(a, "bundle list", {}, {"hand_overs"})->getArray("hand_overs");
  for (const char* key : {"direction", "set", "volume", "peer", "label", "outcome", "returned",
                          "one_way", "at", "note"})
    EXPECT_TRUE(listed->getObject(0)->has(key)) << key;
  wrong(lost, "bundle list", {}, 4, "NOT_FOUND");
  wrong(a, "bundle lost", {"ffffffff"}, 4, "NOT_FOUND");
  good(a, "bundle lost", {out->getValue<std::string>("set")}, {"set", "declared"});
  good(a, "backup create", {path("copy")}, {"folder", "files"});
  wrong(a, "backup create", {path("copy")}, 1, "EXISTS");
  wrong(lost, "backup restore", {path("no.copy")}, 4, "NOT_FOUND");
  FieldMachine again(realm.folder.path(), "again");
  good(again, "backup restore", {path("copy")}, {"folder"});
  good(a, "status", {},
       {"last_sync", "undelivered", "conflicts", "open_media", "counts", "compartments", "contacts",
        "incarnation", "roster"});
  wrong(a, "status", {"--overdue-days", "0"}, 2, "USAGE");
  good(a, "verify", {"--full"}, {"clean", "compartments", "faults", "unverified"});
  wrong(lost, "verify", {}, 4, "NOT_FOUND");
}

void EveryVerb::people_and_keys() {
  const Words li = {"李四", "--recovery-sheet", path("li.sheet"), "--out", path("li.req")};
  wrong(a, "user add", {"李四", "--clearance", "绝对"}, 1, "INVALID");
  const auto asked = good(a, "user add", li, {"user", "name", "digits"});
  const Words approve = {path("li.req"), "--person", "李四", "--digits",
                         asked->getValue<std::string>("digits")};
  good(r, "user approve", approve, {"user", "name"});
  wrong(r, "user approve", approve, 1, "EXISTS");
  good(r, "user list", {}, {"users"});
  wrong(lost, "user list", {}, 4, "NOT_FOUND");
  good(r, "user change", {"李四", "--roles", "handler"},
       {"user", "name", "clearance", "roles", "changed"});
  wrong(r, "user change", {"李四"}, 2, "USAGE");
  for (const FieldMachine* machine : {&r, static_cast<const FieldMachine*>(&a)})
    machine->good({"sync"});
  good(a, "user keys", {"李四"}, {"user", "name", "ended", "given", "taken", "kept"});
  wrong(r, "user keys", {"周敏"}, 7, "NOT_ALLOWED");
  good(a, "series list", {}, {"series", "incarnation"});
  wrong(a, "series list", {"--owner", "丁局"}, 4, "NOT_FOUND");
  good(a, "series grant", {"--to", "A", "--count", "7"}, {"block"});
  wrong(r, "series grant", {"--to", "A", "--owner", "甲局"}, 7, "NOT_ALLOWED");
  good(a, "print", {"F01", "--out", path("f01.html")},
       {"form", "title", "rows", "pages", "level", "file", "registered"});
  wrong(a, "print", {"F99", "--out", path("f99.html")}, 4, "NOT_FOUND");
  good(a, "holidays list", {}, {"years"});
  wrong(lost, "holidays list", {}, 4, "NOT_FOUND");
  good(a, "holidays check", {"2026"}, {"year", "number", "working_days", "off", "worked"});
  wrong(a, "holidays check", {"2150"}, 4, "NOT_FOUND");
  good(a, "holidays day-end", {"02:00"}, {"day_end", "today"});
  wrong(a, "holidays day-end", {"25:00"}, 1, "INVALID");
  write_text(path("2150.json"), R"({"year": 2150, "notice": "通知", "number": "1号",
    "dated_on": "2149-11-04", "typed_from": "样本",
    "off": [{"zh": "元旦", "from": "2150-01-01", "to": "2150-01-01"}], "worked": []})");
  good(a, "holidays import", {path("2150.json")}, {"year", "built_in"});
  wrong(a, "holidays import", {path("no.json")}, 4, "NOT_FOUND");
  const FieldMachine alone(realm.folder.path(), "alone");
  good(alone, "passphrase change", {}, {"text"});
  Start old = alone.start(with_json("status", {}));
  expect_error(run(old), 11, "WRONG_KEY");
  wrong(lost, "passphrase change", {}, 4, "NOT_FOUND");
  good(alone, "unlock", {"--code-file", path("alone.sheet")}, {"text"});
  wrong(alone, "unlock", {"--code-file", path("no.sheet")}, 4, "NOT_FOUND");
  EXPECT_EQ(run(old).exit_code, 0) << "the sheet set the passphrase anew";
}

void EveryVerb::the_archive_decides() {
  good(r, "office list", {}, {"offices", "nodes"});
  wrong(lost, "office list", {}, 4, "NOT_FOUND");
  const Words give = {"--node", "A", "--owner", "档案室", "--level"};
  Words right = give, high = give;
  right.push_back("内部");
  high.push_back("机密");
  good(r, "access give", right, {"node", "office", "level", "right"});
  wrong(r, "access give", high, 7, "ABOVE_CEILING");
  good(r, "access list", {}, {"access"});
  wrong(lost, "access list", {}, 4, "NOT_FOUND");
  good(r, "access sign", {}, {"epochs", "kept"});
  wrong(lost, "access sign", {}, 4, "NOT_FOUND");
  const fs::path other = made_folder("other");
  const FieldHub second(other);
  ASSERT_EQ(second.verb("init", {"--address", "https://127.0.0.1:1"}).exit_code, 0);
  good(r, "hub add", {second.data() + "/hub.card", "--out", path("realm.2")}, {"hub", "file"});
  wrong(r, "hub add", {path("no.card"), "--out", path("realm.3")}, 4, "NOT_FOUND");
  good(
      r, "enrol revoke", {"A", "--yes"},
      {"node", "name", "keys_renewed", "keys_waiting", "lost", "kept_elsewhere", "without_keeper"});
  wrong(r, "enrol revoke", {"Z", "--yes"}, 4, "NOT_FOUND");
}

void EveryVerb::items_are_filed() {
  wrong(r, "archive export", {"--out", path("filed")}, 4, "NOT_FOUND");
  const std::string item = r.good({"archive-entry", "add", "--题名", "通知", "--责任者", "本厅",
                                   "--密级", "内部", "--年度", "2026", "--保管期限", "30年",
                                   "--机构", "办公室", "--原件或复制件", "原件", "--组成", "正本"})
                               ->getArray("records")
                               ->getObject(0)
                               ->getValue<std::string>("id");
  r.good({"archive-entry", "prefile", item});
  r.good({"archive-entry", "receive", item, "--全宗号", "J012", "--移交日期", "2027-02-01",
          "--接收人", "周敏"});
  r.good({"archive-entry", "arrange", item});
  r.good({"archive-entry", "seal", item});
  good(r, "archive export", {"--out", path("filed")},
       {"items", "above", "level", "folder", "files", "registered"});
  wrong(r, "archive export", {"--out", path("filed")}, 1, "EXISTS");
}

void EveryVerb::help_is_asked() {
  good(lost, "help", {}, {"text"});
  good(lost, "help", {"loan", "add"}, {"text"});
  wrong(lost, "help", {"天气"}, 4, "NOT_FOUND");
  good(lost, "version", {}, {"version", "suite"});
  wrong(lost, "version", {"--weather"}, 2, "USAGE");
}

/// Each ledger lists its rows and knows a wrong name; what its other verbs answer a program is the
/// same as above, and tests/unit/client walks them all. Returns the verbs of all ledgers.
std::set<std::string> EveryVerb::ledgers_are_read() {
  std::set<std::string> verbs;
  for (const LedgerDefinition& ledger : Definitions::built_in().all()) {
    for (const LedgerVerb& verb : verbs_of(ledger)) verbs.insert(ledger.noun + " " + verb.word);
    if (ledger.name == "series") continue;  // its list is of blocks, above
    good(a, ledger.noun + " list", {}, {"total", "records"});
    wrong(a, ledger.noun + " list", {"--limit", "0"}, 2, "USAGE");
    wrong(a, ledger.noun + " show", {"无此文号"}, 4, "NOT_FOUND");
  }
  return verbs;
}

// What ended midway is one document, too: what was done, and why it stopped.
TEST(Stopped, AnImportTellsAProgramWhatItRecordedBeforeTheError) {
  const TestFolder folder;
  const FieldMachine machine(folder.path(), "R");
  machine.found_alone();
  std::string text = "序号,来文单位,文号,标题,收文日期\n";
  for (int i = 1; i <= 1500; ++i)
    text += std::to_string(i) + ",省厅,厅发〔2026〕" + std::to_string(i) + "号,通知,2026-11-20\n";
  write_text(folder / "in.csv", text);
  Start start = machine.start({"--json", "import", "incoming", folder / "in.csv"});
  start.file_bytes_max = 400 << 10;
  const Ran ran = run(start);
  EXPECT_EQ(ran.exit_code, 12) << ran.said();
  const auto document = only_document(ran);
  EXPECT_EQ(document->optValue<std::string>("schema", ""), "jiyao/import/1") << ran.said();
  for (const char* key : {"recorded", "importable", "already_there", "rejected", "rejected_rows"})
    EXPECT_TRUE(document->has(key)) << key << ran.said();
  const auto error = document->getObject("error");
  ASSERT_FALSE(error.isNull()) << ran.said();
  EXPECT_EQ(error->getNames(), (Words{"code", "exit", "hint", "message"}));
  EXPECT_EQ(error->getValue<int>("exit"), ran.exit_code);
}

TEST_F(EveryVerb, AnswersAProgramWithOneDocumentOfItsSchemaAlsoWhenItFails) {
  machines_come_in();
  papers_come_in();
  papers_go_round();
  values_disagree();
  media_travel();
  people_and_keys();
  the_archive_decides();
  items_are_filed();
  help_is_asked();
  const Catalogue words(Language::zh, kClientMessages);
  Menu menu(words);
  add_commands(menu);
  const std::set<std::string> of_ledgers = ledgers_are_read();
  std::set<std::string> verbs(menu.paths().begin(), menu.paths().end());
  std::erase_if(verbs, [&](const std::string& verb) {
    return of_ledgers.contains(verb) && !succeeded_.contains(verb);
  });
  EXPECT_GT(verbs.size(), 40U);
  EXPECT_EQ(succeeded_, verbs) << "a verb without a row of success above";
  for (const std::string& verb : verbs)
    EXPECT_TRUE(failed_.contains(verb)) << "without a row of failure above: " << verb;
  for (const std::string& verb : verbs) {
    SCOPED_TRACE(verb);
    expect_error(run(lost.start(with_json(verb, {"--no-such-option"}))), 2, "USAGE");
    good_of(lost, lost.start(with_json(verb, {"--help"})), "help", {"text"});
  }
  expect_error(lost.run({"--json"}), 2, "USAGE");
  expect_error(lost.run({"--json", "weather"}), 2, "USAGE");
}

}  // namespace
}  // namespace jiyao
