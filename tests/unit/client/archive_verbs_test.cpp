// tests/unit/client/archive_verbs_test.cpp - what goes to an archive: whole or not at all, with
// sums that hold, and readable without this program.
#include <expat.h>

#include "client/archive_code.h"
#include "client/archive_package.h"
#include "client/csv_reader.h"
#include "unit/client/ledger_walk.h"

namespace jiyao {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// Text of elements by name, all of them, as a parser that is not ours reads them.
std::multimap<std::string, std::string> elements_of(const std::string& xml) {
  struct Reading {
    std::multimap<std::string, std::string> found;
    std::string text;
  } reading;
  XML_Parser parser = XML_ParserCreate("UTF-8");
  XML_SetUserData(parser, &reading);
  XML_SetElementHandler(
      parser,
      [](void* to, const XML_Char*, const XML_Char**) { static_cast<Reading*>(to)->text.clear(); },
      [](void* to, const XML_Char* name) {
        auto* at = static_cast<Reading*>(to);
        at->found.emplace(name, at->text);
        at->text.clear();
      });
  XML_SetCharacterDataHandler(parser, [](void* to, const XML_Char* text, int length) {
    static_cast<Reading*>(to)->text.append(text, static_cast<std::size_t>(length));
  });
  EXPECT_EQ(XML_Parse(parser, xml.data(), static_cast<int>(xml.size()), 1), XML_STATUS_OK)
      << XML_ErrorString(XML_GetErrorCode(parser)) << " in line "
      << XML_GetCurrentLineNumber(parser);
  XML_ParserFree(parser);
  return reading.found;
}

std::string only(const std::multimap<std::string, std::string>& found, const std::string& name) {
  EXPECT_EQ(found.count(name), 1U) << name;
  return found.count(name) == 1 ? found.find(name)->second : std::string();
}

class ArchiveVerbs : public InOffices {
 protected:
  ArchiveVerbs() : archive_(new_archive()), desk_(folder_ / "R", "passphrase of R") {}
  Said good(const Words& words) { return must(desk_.run(words)); }
  std::string filed(const std::string& title, const std::string& level = "内部",
                    const std::string& last_step = "seal") {
    const Said added =
        good({"archive-entry",  "add",        "--题名", title,
              "--责任者",       "本厅",       "--文号", "厅发〔2026〕8号",
              "--日期",         "2026-03-05", "--密级", level,
              "--页数",         "4",          "--年度", "2026",
              "--保管期限",     "30年",       "--机构", level == "内部" ? "办公室" : "机要室",
              "--原件或复制件", "原件",       "--组成", "正本"});
    const std::string id =
        added.json->getArray("records")->getObject(0)->getValue<std::string>("id");
    good({"archive-entry", "prefile", id});
    if (last_step == "prefile") return id;
    good({"archive-entry", "receive", id, "--全宗号", "J012", "--移交日期", "2027-02-01",
          "--接收人", "周敏"});
    good({"archive-entry", "arrange", id});
    if (last_step == "seal") good({"archive-entry", "seal", id});
    return id;
  }
  Words order(const Words& more = {}) const {
    Words words{"archive", "export", "--out", path("out")};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  bool is_nothing_there() const {
    return std::none_of(
        fs::directory_iterator(folder_), fs::directory_iterator(),
        [](const auto& entry) { return entry.path().filename().string().starts_with("out"); });
  }

  OfficeMachine archive_;
  OpenDesk desk_;
};

TEST_F(ArchiveVerbs, ACatalogueLineHasItsCodeAndEverySumHolds) {
  filed("关于<防汛>的通知 & \"附件\"");
  filed("第二件");
  filed("未封册", "内部", "arrange");
  const Said said = good(order({"--档案馆名称", "省档案馆", "--全宗名称", "本厅全宗"}));
  EXPECT_EQ(said.json->getValue<int>("items"), 2);
  EXPECT_EQ(said.json->getValue<std::string>("level"), "internal");
  const std::string catalogue = read(path("out/catalogue.csv"));
  EXPECT_THAT(catalogue, testing::StartsWith(
                             "\xEF\xBB\xBF序号,档号,文号,责任者,题名,日期,密级,页数,备注\r\n"));
  EXPECT_THAT(catalogue, HasSubstr("1,J012-WS·2026-D30-办公室-0001,厅发〔2026〕8号,本厅,"));
  EXPECT_THAT(catalogue, HasSubstr(",20260305,内部,4,"));
  EXPECT_THAT(catalogue, Not(HasSubstr("未封册")));
  const std::string sums = read(path("out/sha256sums.txt"));
  for (const char* name : {"catalogue.csv", "metadata.csv", "metadata.xml"})
    EXPECT_THAT(sums, HasSubstr(sha256_hex(as_bytes(read(path(std::string("out/") + name)))) +
                                "  " + name + "\n"));
  EXPECT_EQ(sha256_hex(as_bytes("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_F(ArchiveVerbs, MetadataReadsBackWithTheNamesOfTheStandards) {
  filed("关于<防汛>的通知 & \"附件\"");
  good(order({"--档案馆名称", "省档案馆", "--档案馆代码", "436001"}));
  const auto found = elements_of(read(path("out/metadata.xml")));
  EXPECT_EQ(only(found, "题名"), "关于<防汛>的通知 & \"附件\"");
  EXPECT_EQ(only(found, "标题"), "关于<防汛>的通知 & \"附件\"");
  EXPECT_EQ(only(found, "档案馆名称"), "省档案馆");
  EXPECT_EQ(only(found, "档号"), "J012-WS·2026-D30-办公室-0001");
  EXPECT_EQ(only(found, "聚合层次"), "件");
  EXPECT_EQ(only(found, "件号"), "2026-0001") << "of the year it belongs to, not of the next";
  EXPECT_EQ(only(found, "立档单位名称"), "档案室");
  EXPECT_EQ(only(found, "密级和保密期限"), "内部");
  for (const char* name : {"公文标识", "文种", "份号", "紧急程度", "发文机关标志", "发文字号",
                           "签发人", "主送机关", "附件说明", "发文机关或签发人署名", "成文日期",
                           "抄送机关", "印发机关", "印发日期", "发布层次"})
    EXPECT_GE(found.count(name), 1U) << name;
  EXPECT_GE(found.count("业务行为"), 5U) << "gathered, prefiled, received, arranged, sealed";
  EXPECT_THAT(read(path("out/metadata.csv")), HasSubstr("档号构成.保管期限代码"));
}

TEST_F(ArchiveVerbs, NothingIsWrittenWhereSomethingIsMissingOrInTheWay) {
  EXPECT_EQ(desk_.run(order()).error, "NOT_FOUND");
  EXPECT_TRUE(is_nothing_there());
  filed("甲");
  fs::create_directories(path("out"));
  write(path("out/kept"), "mine");
  EXPECT_EQ(desk_.run(order()).error, "EXISTS");
  EXPECT_EQ(read(path("out/kept")), "mine");
  fs::remove_all(path("out"));
  EXPECT_EQ(desk_.run({"archive", "export", "--out", path("no/out")}).error, "NOT_FOUND");
  EXPECT_EQ(desk_.run({"archive", "export", "--out", archive_.data() + "/out"}).error, "USAGE");
  EXPECT_EQ(desk_.run(order({"--年度", "1999"})).error, "NOT_FOUND");
  EXPECT_TRUE(is_nothing_there());
}

TEST_F(ArchiveVerbs, WhatIsAboveTheLevelAskedForStaysAndWhatIsClassifiedIsRegistered) {
  filed("内部件");
  filed("机密件", "机密");
  const Said open = good(order());
  EXPECT_EQ(open.json->getValue<int>("above"), 1);
  EXPECT_THAT(open.text, HasSubstr("另有 1 件"));
  EXPECT_THAT(read(path("out/metadata.xml")), Not(HasSubstr("机密件")));
  EXPECT_EQ(desk_.run({"find", "移交", "--ledger", "print_log"}).error, "NOT_FOUND");
  fs::remove_all(path("out"));
  const Said all = good(order({"--密级", "机密", "--用途", "进馆移交"}));
  EXPECT_EQ(all.json->getValue<int>("items"), 2);
  EXPECT_THAT(read(path("out/metadata.xml")), HasSubstr("最高密级=\"机密\""));
  const Said row = good({"find", "进馆移交", "--ledger", "print_log"});
  EXPECT_EQ(row.json->getArray("records")->getObject(0)->getValue<std::string>("compartment_level"),
            "highly_secret");
}

TEST_F(ArchiveVerbs, M70ElectronicFilesGoAlongByteForByteWithTheItemTheyAreNamedAfter) {
  filed("甲");
  filed("乙");
  fs::create_directories(path("ofd"));
  const std::string one = "J012-WS·2026-D30-办公室-0001", two = "J012-WS·2026-D30-办公室-0002";
  const std::string body("PK\x03\x04\0\xFF", 6);
  write(path("ofd/" + one + " 正本.ofd"), body);
  write(path("ofd/" + one + ".pdf"), "%PDF");
  write(path("ofd/" + two + ".ofd"), std::string(3'000'000, 'x'));
  const Said said = good(order({"--电子文件", path("ofd")}));
  EXPECT_EQ(said.json->getArray("files")->size(), 7U);
  EXPECT_EQ(read(path("out/files/" + one + " 正本.ofd")), body);
  EXPECT_EQ(read(path("out/files/" + two + ".ofd")).size(), 3'000'000U);
  EXPECT_THAT(read(path("out/sha256sums.txt")),
              HasSubstr(sha256_hex(as_bytes(body)) + "  files/" + one + " 正本.ofd\n"));
  const auto found = elements_of(read(path("out/metadata.xml")));
  EXPECT_EQ(found.count("文件数"), 2U);
  EXPECT_THAT(read(path("out/metadata.xml")), HasSubstr("<文件数>2</文件数>"));
  EXPECT_THAT(read(path("out/metadata.csv")), HasSubstr("电子文件.SHA-256"));
}

TEST_F(ArchiveVerbs, AFileOfNoItemStopsTheExportAndNothingIsLeft) {
  filed("甲");
  EXPECT_EQ(desk_.run(order({"--files", path("nowhere")})).error, "NOT_FOUND");
  fs::create_directories(path("ofd/J012-WS·2026-D30-办公室-0001.folder"));
  write(path("ofd/J012-WS·2026-D30-办公室-00012.ofd"), "another number");
  const Said refused = desk_.run(order({"--files", path("ofd")}));
  EXPECT_EQ(refused.error, "INVALID");
  EXPECT_THAT(refused.text, testing::AllOf(HasSubstr("0001.folder"), HasSubstr("00012.ofd")));
  EXPECT_TRUE(is_nothing_there());
}

TEST(ArchivePackage, IsThereWholeOrNotAtAll) {
  RealFiles files;
  const fs::path folder = fs::temp_directory_path() / ("jiyao-pack-" + random_block<HubId>().hex());
  fs::create_directories(folder);
  const std::string out = (folder / "out").string();
  const std::vector<std::pair<std::string, std::string>> texts = {{"a.csv", "1"},
                                                                  {"no/b.csv", "2"}};
  EXPECT_FALSE(write_package(files, out, texts, {})) << "the second cannot be made";
  EXPECT_TRUE(fs::is_empty(folder)) << "and the first does not stay";
  fs::create_directories(out + ".new/mine");
  ASSERT_TRUE(write_package(files, out, {{"a.csv", "1"}}, {}));
  EXPECT_TRUE(fs::exists(out + ".new/mine")) << "somebody else's folder is nobody's to remove";
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator()), 2);
  EXPECT_EQ(write_package(files, out, {{"a.csv", "1"}}, {}).code(), Errc::exists);
  fs::remove_all(folder);
}

TEST(ArchivePackage, WhatXmlCannotHoldIsReplacedAndAFormulaIsNoFormula) {
  ArchiveItem item;
  item.catalogue = {"1", "=1+1"};
  item.metadata = {{"内容描述", {{"题名", "a\x01]]>\r\n&"}, {"附注", ""}}}};
  const auto texts = package_texts({"甲<局>", "周\"敏", "now", Level::internal}, {item}, {});
  const auto found = elements_of(texts[2].second);
  EXPECT_EQ(only(found, "题名"), "a\xEF\xBF\xBD]]>\r\n&");
  EXPECT_EQ(only(found, "附注"), "");
  EXPECT_THAT(texts[0].second, HasSubstr("1,'=1+1\r\n"));
}

TEST(ArchiveCode, IsMadeOfItsPartsOrNotAtAll) {
  EXPECT_EQ(retention_code("永久"), "Y");
  EXPECT_EQ(retention_code("30年"), "D30");
  EXPECT_EQ(retention_code("10年"), "D10");
  EXPECT_EQ(retention_code("20年"), "");
  EXPECT_TRUE(has_archive_code(*Definitions::built_in().ledger("archive_entry")));
  EXPECT_FALSE(has_archive_code(*Definitions::built_in().ledger("incoming")));
}

}  // namespace
}  // namespace jiyao
