// tests/unit/client/sheet_verbs_test.cpp - whole registers in and out: import, export, template.
#include <xlsxwriter.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "client/csv_reader.h"
#include "client/register_reader.h"
#include "client/xlsx_reader.h"
#include "schema/dates.h"
#include "schema/hand_over.h"
#include "support/source_folder.h"
#include "support/zip_maker.h"
#include "unit/client/memory_file.h"
#include "unit/client/verbs_fixture.h"

namespace jiyao {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class SheetVerbs : public InOffices {
 protected:
  static std::string register_file(const std::string& name) {
    return test::source_folder() + "/tests/fixtures/registers/" + name;
  }
  static std::vector<std::vector<std::string>> rows_of_csv(const std::string& file) {
    MemoryFile bytes(read(file));
    CsvReader reader(bytes, detect_encoding(bytes));
    std::vector<std::vector<std::string>> rows;
    for (auto row = *reader.next(); row; row = *reader.next()) rows.push_back(row->cells);
    return rows;
  }
  /// As Excel would keep it: texts shared, days as days where they are days.
  static void write_xlsx(const std::string& file, const std::vector<std::vector<std::string>>& rows,
                         const char* sheet_name = nullptr) {
    lxw_workbook* book = ::workbook_new(file.c_str());
    lxw_worksheet* sheet = ::workbook_add_worksheet(book, sheet_name);
    lxw_format* date = ::workbook_add_format(book);
    ::format_set_num_format(date, "yyyy-mm-dd");
    for (std::size_t i = 0; i < rows.size(); ++i)
      for (std::size_t j = 0; j < rows[i].size(); ++j) {
        const auto at = std::pair(static_cast<lxw_row_t>(i), static_cast<lxw_col_t>(j));
        const std::string& text = rows[i][j];
        if (is_date(text) && text >= "1904")
          ::worksheet_write_number(
              sheet, at.first, at.second,
              static_cast<double>(day_number(text) - day_number("1904-01-01") + 1462), date);
        else
          ::worksheet_write_string(sheet, at.first, at.second, text.c_str(), nullptr);
      }
    ASSERT_EQ(::workbook_close(book), LXW_NO_ERROR);
  }
  static std::vector<SheetRow> rows_of_xlsx(const std::string& file) {
    const Catalogue words(Language::zh, kClientMessages);
    MemoryFile bytes(read(file));
    const auto book = XlsxBook::open(words, bytes);
    if (!book) throw std::runtime_error(book.error().detail);
    const auto reader = (*book)->rows((*book)->sheets().at(0));
    std::vector<SheetRow> rows;
    for (auto row = *(*reader)->next(); row; row = *(*reader)->next()) rows.push_back(*row);
    return rows;
  }
  static std::string part_of(const std::string& file, const std::string& name) {
    const Catalogue words(Language::zh, kClientMessages);
    MemoryFile bytes(read(file));
    const auto zip = ZipFile::open(words, bytes);
    const auto part = zip->part(name, 1 << 24);
    std::string text;
    std::vector<std::uint8_t> piece(1 << 16);
    for (std::size_t got = *(*part)->read(piece); got > 0; got = *(*part)->read(piece))
      text.append(piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(got));
    return text;
  }
  std::size_t count(const Said& said, const char* key) const {
    return said.json ? said.json->getValue<std::size_t>(key) : 0;
  }
  /// The whole ledger as CSV.
  std::string csv_of(const OfficeMachine& machine, const std::string& ledger) const {
    const std::string file = path("all.csv");
    must(machine.run({"export", ledger, "-o", file, "--force"}));
    return read(file);
  }

  /// Rows of several levels come in the order in which they were recorded, which an import changes.
  static std::vector<std::string> sorted_lines(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    std::sort(lines.begin(), lines.end());
    return lines;
  }

  OfficeMachine archive_ = new_archive();
};

TEST_F(SheetVerbs, EveryRowOfTheRealRegistersIsInOrBackWithAReason_M69) {
  for (const char* name : {"state_council", "henan"}) {
    const std::string csv = register_file(std::string(name) + ".csv");
    const auto rows = rows_of_csv(csv);
    const std::size_t all = rows.size() - 1;
    const Said in = archive_.run({"import", "incoming", csv, "--rejects", path("bad.csv")});
    ASSERT_EQ(in.exit_code, 3) << in.text;
    EXPECT_EQ(count(in, "recorded") + count(in, "rejected_rows"), all) << name;
    EXPECT_GT(count(in, "recorded"), all * 95 / 100) << name;
    const auto bad = rows_of_csv(path("bad.csv"));
    EXPECT_EQ(bad.size() - 1, count(in, "rejected_rows"));
    for (std::size_t i = 1; i < bad.size(); ++i) EXPECT_THAT(bad[i].back(), HasSubstr("行，"));
    // The same register out of Excel holds the same rows.
    write_xlsx(path("again.xlsx"), rows);
    const Said again =
        archive_.run({"import", "incoming", path("again.xlsx"), "--rejects", path("bad.xlsx")});
    EXPECT_EQ(count(again, "already_there"), count(in, "recorded")) << again.text;
    EXPECT_EQ(count(again, "recorded"), 0U);
    EXPECT_EQ(rows_of_xlsx(path("bad.xlsx")).size(), bad.size());
    EXPECT_EQ(again.exit_code, 1) << "no row was taken";
  }
}

TEST_F(SheetVerbs, WhatGoesOutComesInAgainAsTheSameRecords) {
  write(path("odd.csv"),
        "序号,收文日期,来文单位,文号,标题,备注,密级,份数,页数,状态,作废原因,保密期限\n"
        "1,2026-11-01,省厅,厅发〔2026〕1号,\"'\rleading CR\",\"一\n\n二\",内部,,,,,\n"
        "2,1900-01-05,省厅,=1+1,'@题,'' x,机密,2,3,已办结,,10年\n"
        "3,2026-11-03,\"引\"\"号,厅\",_x000D_,\"两\n行\",,内部,,,作废,登重,\n"
        "007,二〇二六年十一月四日,省厅,０１２,前导零,+8610,内部,012,,,,\n");
  const Said in = must(archive_.run({"import", "incoming", path("odd.csv")}));
  ASSERT_EQ(count(in, "recorded"), 4U) << in.text;
  const std::string all = csv_of(archive_, "incoming");
  EXPECT_THAT(all, HasSubstr("\"'\rleading CR\""));
  EXPECT_THAT(all, HasSubstr("已办结"));
  must(archive_.run({"export", "incoming", "-o", path("gb.csv"), "--encoding", "gb18030"}));
  int n = 0;
  for (const char* file : {"all.csv", "gb.csv", "out.xlsx"}) {
    if (std::string(file) == "out.xlsx") must(archive_.run({"export", "收文", "-o", path(file)}));
    const OfficeMachine other = machine("T" + std::to_string(++n));
    must(other.run(
        {"init", "--office", "档案室", "--person", "周敏", "--node", "R", "--network", "classified",
         "--network-level", "机密", "--recovery-sheet", path("T" + std::to_string(n) + ".sheet")},
        {"root root root root"}));
    fs::copy_file(path(file), path("in-" + std::string(file)));
    const Said again = must(other.run({"import", "incoming", path("in-" + std::string(file))}));
    EXPECT_EQ(count(again, "recorded"), 4U) << file << again.text;
    EXPECT_EQ(sorted_lines(csv_of(other, "incoming")), sorted_lines(all)) << file;
    const Said known = must(archive_.run({"import", "incoming", path("in-" + std::string(file))}));
    EXPECT_EQ(count(known, "already_there"), 4U) << file;
  }
}

TEST_F(SheetVerbs, AnExportPrintsAsARegisterDoes) {
  write(path("in.csv"), "收文日期,来文单位,标题,密级,份数,页数\n2026-11-01,省厅,甲,机密,1,2\n");
  must(archive_.run({"import", "incoming", path("in.csv")}));
  const Said out = must(archive_.run({"export", "incoming", "-o", path("out.xlsx")}));
  EXPECT_THAT(out.text, HasSubstr("机密"));
  const std::string sheet = part_of(path("out.xlsx"), "xl/worksheets/sheet1.xml");
  EXPECT_THAT(sheet, HasSubstr("orientation=\"landscape\""));
  EXPECT_THAT(sheet, HasSubstr("paperSize=\"9\""));
  EXPECT_THAT(sheet, HasSubstr("state=\"frozen\""));
  EXPECT_THAT(sheet, HasSubstr("&amp;R机密"));
  EXPECT_THAT(sheet, HasSubstr("&amp;L机密"));
  EXPECT_THAT(sheet, Not(HasSubstr("<f>")));
  EXPECT_THAT(part_of(path("out.xlsx"), "xl/workbook.xml"), HasSubstr("_xlnm.Print_Titles"));
  const auto rows = rows_of_xlsx(path("out.xlsx"));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(std::count(rows[1].kinds.begin(), rows[1].kinds.end(), CellKind::date), 1);
  EXPECT_EQ(std::count(rows[1].kinds.begin(), rows[1].kinds.end(), CellKind::number), 2);
}

TEST_F(SheetVerbs, AnExportTakesOnlyTheRowsThatWereAskedFor) {
  write(path("in.csv"),
        "收文日期,来文单位,标题,缓急,状态\n2026-01-01,省厅,甲,加急,\n2026-06-01,市局,乙,平件,"
        "已办结\n");
  must(archive_.run({"import", "incoming", path("in.csv")}));
  const auto rows = [&](std::vector<std::string> more) {
    std::vector<std::string> all{"export", "incoming", "--force", "-o", path("some.jsonl")};
    all.insert(all.end(), more.begin(), more.end());
    return count(must(archive_.run(all)), "rows");
  };
  EXPECT_EQ(rows({}), 2U);
  EXPECT_EQ(rows({"--from", "2026-02-01"}), 1U);
  EXPECT_EQ(rows({"--to", "2026年1月1日"}), 1U);
  EXPECT_EQ(rows({"--state", "已办结"}), 1U);
  EXPECT_EQ(rows({"--where", "来文单位=市局"}), 1U);
  EXPECT_EQ(rows({"--level", "机密"}), 0U);
  EXPECT_EQ(rows({"--search", "甲"}), 1U);
  EXPECT_EQ(archive_.run({"export", "incoming", "-o", path("x.csv"), "--where", "心情=好"}).error,
            "INVALID");
  EXPECT_EQ(archive_.run({"export", "incoming", "-o", path("x.csv"), "--state", "飞了"}).error,
            "INVALID");
  EXPECT_EQ(archive_.run({"export", "series", "-o", path("x.csv"), "--from", "2026-01-01"}).error,
            "USAGE");
  EXPECT_FALSE(fs::exists(path("x.csv")));
}

TEST_F(SheetVerbs, WhatIsSecretIsInThePrintLogBeforeItGoesOut) {
  must(archive_.run({"收文", "登记", "--标题", "内部件", "--来文单位", "省厅"}));
  const Said open = must(archive_.run({"export", "收文", "-o", path("open.csv")}));
  EXPECT_EQ(open.json->getValue<std::string>("registered"), "");
  EXPECT_EQ(archive_.run({"find", "导出", "--ledger", "print_log"}).error, "NOT_FOUND");
  const std::string number = number_of(
      must(archive_.run({"收文", "登记", "--标题", "涉密件", "--来文单位", "省厅", "--密级", "机密",
                         "--份数", "1", "--页数", "4", "--份号", "000123"})));
  for (const std::string format : {"xlsx", "csv", "json", "jsonl"}) {
    const std::string file = path("out." + format);
    const Said said =
        must(archive_.run({"export", "收文", "-o", file, "--用途", "查" + format + "用"}));
    EXPECT_THAT(said.text, HasSubstr("已记入打印登记"));
    const Said found = must(archive_.run({"find", "查" + format + "用", "--ledger", "print_log"}));
    const auto row = found.json->getArray("records")->getObject(0);
    EXPECT_EQ(row->getValue<std::string>("id"), said.json->getValue<std::string>("registered"));
    EXPECT_EQ(row->getValue<std::string>("compartment_level"), "highly_secret");
    const auto fields = row->getObject("fields");
    EXPECT_EQ(fields->getValue<std::string>("form"), "导出 收文登记簿");
    EXPECT_EQ(fields->getValue<std::string>("row_count"), "2");
    EXPECT_THAT(fields->getValue<std::string>("printed_rows"), HasSubstr(number));
    FileDigest digest;
    const std::string bytes = read(file);
    digest.add(as_bytes(bytes));
    EXPECT_EQ(fields->getValue<std::string>("content_hash"), digest.finish().hex());
  }
}

TEST_F(SheetVerbs, NothingIsWrittenOverAFileUnlessSomebodySaysSo) {
  write(path("mine.xlsx"), "mine");
  write(path("mine.jyk"), "a keyring");
  for (const char* verb : {"export", "template"}) {
    const Said refused = archive_.run({verb, "incoming", "-o", path("mine.xlsx")});
    EXPECT_EQ(refused.error, "EXISTS");
    EXPECT_THAT(refused.text, HasSubstr("--force"));
    EXPECT_EQ(read(path("mine.xlsx")), "mine");
    EXPECT_EQ(archive_.run({verb, "incoming", "-o", path("mine.jyk"), "--force"}).error, "USAGE");
    EXPECT_EQ(archive_.run({verb, "incoming", "-o", archive_.data() + "/new.xlsx"}).error, "USAGE");
    EXPECT_EQ(archive_.run({verb, "incoming", "-o", path("no/new.xlsx")}).exit_code, 4);
    EXPECT_EQ(archive_.run({verb, "黄历", "-o", path("new.xlsx")}).exit_code, 4);
  }
  EXPECT_EQ(read(path("mine.jyk")), "a keyring");
  must(archive_.run({"export", "incoming", "-o", path("mine.xlsx"), "--force"}));
  EXPECT_EQ(rows_of_xlsx(path("mine.xlsx")).size(), 1U);
  EXPECT_FALSE(fs::exists(path("mine.xlsx.new")));
}

// Anybody may put a name into the folder of an export: a link there is not followed, a file there
// is its owner's.
TEST_F(SheetVerbs, WhatLiesBesideTheNameIsNeitherFollowedNorTouched) {
  write(path("in.csv"),
        "序号,收文日期,来文单位,文号,标题,密级\n1,2026-11-01,省厅,厅发〔2026〕1号,件,九级\n");
  write(path("keys"), "a keyring");
  const std::vector<std::pair<std::string, std::vector<std::string>>> verbs = {
      {"out.csv", {"export", "incoming", "--out"}},
      {"out.json", {"export", "incoming", "--out"}},
      {"empty.xlsx", {"template", "incoming", "--out"}},
      {"bad.csv", {"import", "incoming", path("in.csv"), "--rejects"}},
      {"page.html", {"print", "F01", "--out"}},
      {"B.inv", {"enrol", "invite", "--office", "档案室", "--ceiling", "内部", "--out"}}};
  for (const auto& [name, words] : verbs) {
    SCOPED_TRACE(name);
    const std::string out = path(name), beside = out + ".new";
    std::vector<std::string> all = words;
    all.push_back(out);
    const auto run = [&] {
      archive_.run(all);
      ASSERT_TRUE(fs::is_regular_file(fs::symlink_status(out)));
      EXPECT_EQ(fs::status(out).permissions(), fs::perms::owner_read | fs::perms::owner_write);
      fs::remove(out);
    };
    fs::create_symlink(path("keys"), beside);
    run();
    EXPECT_EQ(read(path("keys")), "a keyring");
    EXPECT_TRUE(fs::is_symlink(beside));
    fs::remove(beside);
    write(beside, "somebody's own");
    fs::permissions(beside, fs::perms::others_read, fs::perm_options::add);
    run();
    EXPECT_EQ(read(beside), "somebody's own");
  }
  for (const auto& entry : fs::directory_iterator(folder_))
    EXPECT_THAT(entry.path().string(), Not(HasSubstr(".jiyao-")));
}

TEST_F(SheetVerbs, EveryLedgerGoesOutAndHasATemplateThatAnImportKnows) {
  for (const LedgerDefinition& ledger : Definitions::built_in().all()) {
    SCOPED_TRACE(ledger.name);
    for (const char* format : {"xlsx", "csv", "json", "jsonl"})
      must(archive_.run({"export", ledger.name, "--format", format, "-o", path("out"), "--force"}));
    must(archive_.run({"template", ledger.zh, "-o", path("empty.xlsx"), "--force"}));
    const auto rows = rows_of_xlsx(path("empty.xlsx"));
    ASSERT_EQ(rows.size(), 1U);
    std::set<const Field*> known;
    for (const std::string& heading : rows[0].cells)
      known.insert(ledger.field_for_header(bare_heading(heading)));
    EXPECT_EQ(known.size(), rows[0].cells.size());
    EXPECT_FALSE(known.contains(nullptr));
  }
  EXPECT_THAT(part_of(path("empty.xlsx"), "xl/worksheets/sheet1.xml"), HasSubstr("<sheetData>"));
  must(archive_.run({"template", "收文", "-o", path("empty.xlsx"), "--force"}));
  EXPECT_THAT(part_of(path("empty.xlsx"), "xl/worksheets/sheet1.xml"),
              HasSubstr("<formula1>\"公开,内部,秘密,机密,绝密\"</formula1>"));
  EXPECT_THAT(part_of(path("empty.xlsx"), "xl/comments1.xml"), HasSubstr("必填"));
}

TEST_F(SheetVerbs, AnyLedgerComesInByItsDefinition) {
  write(path("people.csv"),
        "条目,标识,姓名,别名\n人员,p1,张三,\"老张\n\n张工\"\n人员,p2,李四,\n神仙,p3,王五,\n");
  const Said in = archive_.run({"import", "名录", path("people.csv"), "--rejects", path("b.csv")});
  EXPECT_EQ(in.exit_code, 3);
  EXPECT_EQ(count(in, "recorded"), 2U) << in.text;
  EXPECT_THAT(read(path("b.csv")), HasSubstr("神仙"));
  EXPECT_THAT(csv_of(archive_, "directory"), HasSubstr("\"老张\n\n张工\""));
  const Said again = must(archive_.run({"import", "directory", path("all.csv"), "--dry-run"}));
  EXPECT_EQ(count(again, "already_there"), rows_of_csv(path("all.csv")).size() - 1) << again.text;
}

TEST_F(SheetVerbs, ALoanCitesItsPaperByWhatItIsCalled) {
  write(path("papers.csv"), "发文机关,发文字号,标题,密级\n省厅,厅发〔2026〕1号,甲,内部\n");
  must(archive_.run({"import", "document", path("papers.csv")}));
  write(path("copies.csv"), "文件,份号,密级,正本或复制件\n厅发〔2026〕1号,000123,内部,正本\n");
  must(archive_.run({"import", "document_copy", path("copies.csv")}));
  write(path("loans.csv"),
        "份号,文件,借阅人,用途\n000123,厅发〔2026〕1号,张三,核稿\n999999,厅发〔2026〕1号,李四,\n");
  const Said in = archive_.run({"import", "借阅", path("loans.csv")});
  EXPECT_EQ(count(in, "recorded"), 1U) << in.text;
  EXPECT_THAT(in.text, HasSubstr("999999"));
  EXPECT_THAT(csv_of(archive_, "loan"), HasSubstr("000123,厅发〔2026〕1号,"));
}

TEST_F(SheetVerbs, BadRowsOfASheetComeBackAsASheet) {
  write_xlsx(path("in.xlsx"), {{"某局收文登记簿"},
                               {"收文日期", "来文单位", "标题"},
                               {"2026-11-01", "省厅", "好"},
                               {"昨天", "省厅", "坏"}});
  const Said in =
      archive_.run({"import", "incoming", path("in.xlsx"), "--rejects", path("b.xlsx")});
  EXPECT_EQ(in.exit_code, 3) << in.text;
  EXPECT_THAT(in.text, HasSubstr("工作表“Sheet1”"));
  const auto rows = rows_of_xlsx(path("b.xlsx"));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_THAT(rows[0].cells, ElementsAre("收文日期", "来文单位", "标题", "退回原因"));
  EXPECT_THAT(rows[1].cells.back(), HasSubstr("原第 4 行，收文日期"));
  EXPECT_EQ(archive_.run({"import", "incoming", path("b.xlsx")}).exit_code, 1);
  EXPECT_EQ(count(must(archive_.run({"收文", "列表"})), "total"), 1U);
}

TEST_F(SheetVerbs, ColumnsThatWereNamedOnceAreKnownByTheirNameLater) {
  write(path("in.csv"), "到的那天,哪儿来的,标题,题名\n2026-11-01,省厅,甲,x\n");
  const std::vector<std::string> named{"import",
                                       "incoming",
                                       path("in.csv"),
                                       "--map",
                                       "到的那天=收文日期",
                                       "--map",
                                       "哪儿来的=sender_org",
                                       "--map",
                                       "题名=-"};
  std::vector<std::string> saving = named;
  saving.insert(saving.end(), {"--save-map", "省厅格式"});
  must(archive_.run(saving));
  const Said again =
      must(archive_.run({"import", "incoming", path("in.csv"), "--map", "省厅格式"}));
  EXPECT_EQ(count(again, "already_there"), 1U);
  EXPECT_EQ(archive_.run({"import", "incoming", path("in.csv"), "--map", "没存过"}).exit_code, 4);
  EXPECT_EQ(archive_.run({"import", "incoming", path("in.csv"), "--map", "标题=心情"}).error,
            "INVALID");
  std::vector<std::string> slip = named;
  slip.insert(slip.end(), {"--map", "没有的列=备注"});
  EXPECT_THAT(archive_.run(slip).text, HasSubstr("没有的列"));
  EXPECT_EQ(archive_.run({"import", "incoming", path("in.csv"), "--save-map", "x"}).error, "USAGE");
}

TEST_F(SheetVerbs, TheSheetIsTheFirstVisibleOneWithHeadingsOrTheOneThatIsNamed) {
  const std::string row = R"(<row r="2"><c r="A2" t="inlineStr"><is><t>2026-11-01</t></is></c>)"
                          R"(<c r="B2" t="inlineStr"><is><t>省厅</t></is></c>)"
                          R"(<c r="C2" t="inlineStr"><is><t>甲</t></is></c></row>)";
  const std::string head = R"(<row r="1"><c t="inlineStr"><is><t>收文日期</t></is></c>)"
                           R"(<c t="inlineStr"><is><t>来文单位</t></is></c>)"
                           R"(<c t="inlineStr"><is><t>标题</t></is></c></row>)";
  const std::string table = "<worksheet><sheetData>" + head + row + "</sheetData></worksheet>";
  const auto book = [&](const std::string& sheets) {
    write(path("book.xlsx"),
          test::xlsx_of(
              {.rows = "", .sheets = sheets, .more = {{"xl/worksheets/sheet2.xml", table}}}));
  };
  book(R"(<sheet name="说明" r:id="rId1"/><sheet name="登记" r:id="rId2"/>)");
  const Said found = must(archive_.run({"import", "incoming", path("book.xlsx"), "--dry-run"}));
  EXPECT_EQ(count(found, "importable"), 1U);
  EXPECT_THAT(found.text, HasSubstr("其余工作表没有导入：说明"));
  book(R"(<sheet name="说明" r:id="rId1"/><sheet name="登记" state="hidden" r:id="rId2"/>)");
  EXPECT_EQ(archive_.run({"import", "incoming", path("book.xlsx")}).error, "INVALID");
  for (const char* sheet : {"登记", "2"})
    EXPECT_EQ(count(must(archive_.run(
                        {"import", "incoming", path("book.xlsx"), "--dry-run", "--sheet", sheet})),
                    "importable"),
              1U);
  const Said none = archive_.run({"import", "incoming", path("book.xlsx"), "--sheet", "三"});
  EXPECT_EQ(none.exit_code, 4);
  EXPECT_THAT(none.text, HasSubstr("说明、登记"));
}

TEST_F(SheetVerbs, AFileThatBreaksFurtherDownChangesNothing) {
  std::string rows =
      R"(<row r="1"><c t="inlineStr"><is><t>收文日期</t></is></c><c t="inlineStr"><is>)"
      R"(<t>来文单位</t></is></c><c t="inlineStr"><is><t>标题</t></is></c></row>)";
  for (int i = 2; i < 3000; ++i)
    rows += R"(<row><c><v>46353</v></c><c t="str"><v>省厅</v></c><c t="str"><v>第)" +
            std::to_string(i) + "件</v></c></row>";
  std::vector<test::MadePart> parts = test::parts_of({.rows = rows});
  parts.back().checksum_lie = 1;
  write(path("broken.xlsx"), test::zip_of(parts));
  const Said refused = archive_.run({"import", "incoming", path("broken.xlsx")});
  EXPECT_EQ(refused.exit_code, 8);
  EXPECT_THAT(refused.text, HasSubstr("sheet1.xml"));
  write(path("old.xls"), "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and so on");
  const Said old_book = archive_.run({"import", "incoming", path("old.xls")});
  EXPECT_EQ(old_book.error, "MALFORMED");
  EXPECT_THAT(old_book.text, HasSubstr("另存为”.xlsx"));
  EXPECT_EQ(count(must(archive_.run({"收文", "列表"})), "total"), 0U);
}

TEST_F(SheetVerbs, JsonHasOneShapeWhateverTheLedger) {
  write(path("in.csv"), "收文日期,来文单位,标题,备注\n2026-11-01,省厅,甲,\"一\n\n二\"\n");
  must(archive_.run({"import", "incoming", path("in.csv")}));
  must(archive_.run({"export", "incoming", "-o", path("out.json")}));
  Poco::JSON::Parser parser;
  const auto document = parser.parse(read(path("out.json"))).extract<Poco::JSON::Object::Ptr>();
  EXPECT_EQ(document->getValue<std::string>("schema"), "jiyao/export/1");
  EXPECT_EQ(document->getValue<std::string>("ledger"), "incoming");
  const auto fields = document->getArray("rows")->getObject(0)->getObject("fields");
  EXPECT_EQ(fields->getValue<std::string>("title"), "甲");
  EXPECT_EQ(fields->getArray("remarks")->size(), 2U);
}

}  // namespace
}  // namespace jiyao
