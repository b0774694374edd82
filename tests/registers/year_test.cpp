// tests/registers/year_test.cpp - a year in the life of an office: a networked machine and a
// stand-alone one register two thousand papers, circulate, lend, urge, copy, answer, count, return,
// destroy and file; a colleague leaves, a copy is lost. The archive hears of one machine over the
// network and of the other by disk, once a month.
//
// Goal: after a year of ordinary work nothing disagrees. Method: whoever acts also keeps a tally on
// paper (`tally`); at the end every register of every replica has to add up to it.
#include <gmock/gmock.h>

#include <algorithm>

#include "registers/apart.h"

namespace jiyao {
namespace {

constexpr int kMonths = 12;
constexpr int kPapersAMonth = 84;  // at each of the two machines

using Tally = std::map<std::string, int>;  ///< "ledger state" -> rows

/// Everything a replica shows of one compartment, by ledger and record.
struct Books {
  Tally tally;
  std::vector<std::string> rows;  ///< sorted
};

class Year : public Apart {
 protected:
  Year() {
    NodeRecord alone;  // B's machine is one that no network ever reaches
    alone.node = realm.b->node;
    alone.office = realm.b->office;
    alone.kind = NodeKind::standalone;
    alone.device_ceiling = Level::secret;
    alone.sign = realm.b->sign->verify_key();
    alone.box = realm.b->box->public_key();
    realm.add({alone});
    for (Party* side : {&a, &b, &r}) realm.teach(side->replica().log());
  }

  std::string day(int day) const { return date(month, day); }
  std::string at(int day, const char* hour = "T09:00") const { return date(month, day) + hour; }
  static std::string date(int month, int day) {
    const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    return "2026-" + two(month) + "-" + two(day);
  }
  /// Where a row stands at the end of the year, as far as who acts knows today.
  void now(const std::string& ledger, const char* state, const char* before = nullptr) {
    ++tally[ledger + " " + state];
    if (before != nullptr) --tally[ledger + " " + before];
  }

  RecordId register_paper(Party& side, int i) {
    const int number = (month - 1) * kPapersAMonth * 2 + i * 2 + (&side == &a ? 0 : 1);
    now("incoming", "registered");
    return side.make("incoming", "registered",
                     {{"received_on", day(1 + i % 25)},
                      {"sender_org", i % 3 == 0 ? "省委办公厅" : "省厅"},
                      {"title", "来文第" + std::to_string(number) + "件"},
                      {"doc_no", "省发〔2026〕" + std::to_string(number + 1) + "号"},
                      {"level", "secret"},
                      {"term", "10y"},
                      {"copies", "1"},
                      {"pages", "3"}});
  }
  /// Proposed, urged once, carried out, answered.
  void answer(Party& side, const RecordId& paper) {
    const RecordId sheet = side.make("handling", "opened", {{"intake", paper.hex()}});
    side.write(sheet, {{"proposal_by", "主任"}, {"proposal", "拟请一处办"}, {"state", "proposed"}});
    side.write(sheet, {{"urged_at", at(20)}, {"urge", "电话催办"}});
    side.write(sheet, {{"result_dept", "一处"}, {"result", "已办"}});
    side.write(sheet, {{"state", "done"}});
    now("handling", "done");
    side.write(paper, {{"state", "done"}});
    side.write(paper, {{"reply_doc_no", "局发〔2026〕" + std::to_string(++replies) + "号"},
                       {"state", "replied"}});
    now("incoming", "replied", "registered");
  }
  RecordId copy_of(Party& side, const RecordId& paper, const std::string& copy_no) {
    const RecordId document = side.make("document", "in_use",
                                        {{"incoming", paper.hex()},
                                         {"issuer_org", "省委办公厅"},
                                         {"title", side.shown(paper, "title")},
                                         {"level", "secret"}});
    now("document", "in_use");
    now("document_copy", "on_register");
    return side.make("document_copy", "on_register",
                     {{"document", document.hex()},
                      {"copy_no", copy_no},
                      {"level", "secret"},
                      {"copy_kind", "正本"},
                      {"custody_state", "在库"}});
  }
  void put_back(Party& side, const RecordId& copy) {
    side.write(copy, {{"custody_state", "在库"}, {"custodian", "文管"}});
  }
  RecordId lend_to(Party& side, const RecordId& copy, const std::string& borrower) {
    now("loan", "out");
    return lend(side, copy, borrower);
  }
  void take_back(Party& side, const RecordId& loan, const RecordId& copy) {
    side.write(loan, {{"recalls", "催还一次"}});
    side.write(loan, {{"returned_at", "2026-12-30T09:00"},
                      {"returned_to", "文管"},
                      {"check", "相符"},
                      {"state", "returned"}});
    put_back(side, copy);
    now("loan", "returned", "out");
  }
  void circulate(Party& side, const RecordId& copy) {
    const RecordId slip = side.make("circulation", "planned",
                                    {{"copy", copy.hex()},
                                     {"document", side.shown(copy, "document")},
                                     {"mode", "传阅"},
                                     {"reader", "李厅长"}});
    side.write(slip, {{"reader", "王处长"}});
    side.write(slip, leg("李厅长", "送出", at(5), "circulating"));
    side.write(copy, {{"custody_state", "传阅在外"}, {"custodian", "李厅长"}});
    side.write(slip, leg("李厅长", "退回", at(6)));
    side.write(slip, leg("王处长", "送出", at(7)));
    side.write(slip, leg("王处长", "退回", at(8)));
    side.write(slip, {{"closed_at", at(9)}, {"closed_by", "机要员"}, {"state", "closed"}});
    put_back(side, copy);
    now("circulation", "closed");
  }
  static Fields leg(const char* reader, const char* event, const std::string& at,
                    const char* state = nullptr) {
    Fields fields{{"leg_reader", reader}, {"leg_event", event}, {"leg_at", at}};
    if (state != nullptr) fields.emplace_back("state", state);
    return fields;
  }

  /// Asked for by the clerk, approved by the leader, made, numbered.
  void duplicate(Party& side, const Clerk& clerk, const RecordId& copy,
                 const std::string& copy_no) {
    const RecordId job = side.make("duplication", "requested",
                                   {{"source_copy", copy.hex()},
                                    {"level", "secret"},
                                    {"kind", "复印"},
                                    {"pages", "3"},
                                    {"count", "1"},
                                    {"reason", "会议用"}});
    side.sit(leader);
    side.write(job, {{"approval", "sign"}, {"state", "approved"}});
    side.sit(clerk);
    side.write(job, {{"made_by", "打字员"}, {"made_at", at(12)}, {"state", "made"}});
    const RecordId made = side.make("document_copy", "on_register",
                                    {{"document", side.shown(copy, "document")},
                                     {"copy_no", copy_no},
                                     {"level", "secret"},
                                     {"copy_kind", "复制件"},
                                     {"parent_copy", copy.hex()},
                                     {"custody_state", "在库"}});
    side.write(job, {{"new_copy", made.hex()}, {"stamped", "已盖"}, {"state", "done"}});
    now("duplication", "done");
    now("document_copy", "on_register");
    safe(side).push_back(made);
  }

  /// Everything in this machine's safe is seen; what is `missing` is not.
  RecordId count(Party& side, const std::vector<RecordId>& missing = {}) {
    const RecordId counted = side.make(
        "stocktake", "planned",
        {{"period", "月"}, {"place", &side == &a ? "一号柜" : "二号柜"}, {"planned_on", day(25)}});
    side.write(counted, {{"counted_by", "文管"}, {"state", "counting"}});
    for (const RecordId& copy : safe(side))
      side.write(counted, {{"seen_copy", copy.hex()}, {"seen_at", at(25)}});
    for (const RecordId& copy : missing)
      side.write(counted, {{"missing_copy", copy.hex()}, {"missing_note", "柜中未见"}});
    if (missing.empty()) {
      side.write(counted, {{"done_on", day(26)}, {"state", "done"}});
      now("stocktake", "done");
    }
    return counted;
  }

  void give_back(Party& side, const std::vector<RecordId>& copies) {
    const RecordId list =
        side.make("return_list", "drafting",
                  {{"made_on", day(20)}, {"to_org", "省委办公厅"}, {"listed_by", "文管"}});
    for (const RecordId& copy : copies) side.write(list, {{"item_copy", copy.hex()}});
    side.write(list, {{"checked_by", "sign"}});
    side.write(list, {{"state", "checked"}});
    side.write(list, {{"handed_by", "文管"}, {"sent_on", day(21)}, {"state", "sent"}});
    side.write(list, {{"received_by", "丁"}, {"received_at", at(22)}});
    side.write(list, {{"state", "received"}});
    side.write(list, {{"state", "completed"}});
    for (const RecordId& copy : copies) side.write(copy, {{"custody_state", "已清退"}});
    now("return_list", "completed");
  }
  void destroy(Party& side, const Clerk& clerk, const std::vector<RecordId>& copies) {
    const RecordId list =
        side.make("destruction", "listing", {{"made_on", day(20)}, {"listed_by", "文管"}});
    for (const RecordId& copy : copies)
      side.write(list, {{"item_copy", copy.hex()}, {"item_level", "secret"}});
    side.write(list, {{"appraisal", "sign"}});
    side.write(list, {{"state", "counted"}});
    side.sit(leader);
    side.write(list, {{"unit", "保密局"},
                      {"place", "销毁中心"},
                      {"method", "化浆"},
                      {"approval", "sign"},
                      {"state", "approved"}});
    for (const Clerk& witness : {first_witness, second_witness}) {
      side.sit(witness);
      side.write(list, {{"witness", witness.user.hex()}, {"witness_sign", "sign"}});
    }
    side.write(list, {{"done_at", at(28)}, {"state", "destroyed"}});
    side.sit(clerk);
    for (const RecordId& copy : copies) side.write(copy, {{"custody_state", "已销毁"}});
    now("destruction", "destroyed");
  }

  std::vector<RecordId>& safe(Party& side) { return &side == &a ? safe_a : safe_b; }
  const Clerk& clerk(Party& side) const { return &side == &a ? realm.clerk_a : realm.clerk_b; }

  void work(Party& side) {
    const std::string mark =
        std::string(&side == &a ? "1" : "2") + (month < 10 ? "0" : "") + std::to_string(month);
    for (int i = 0; i < kPapersAMonth; ++i) {
      const RecordId paper = register_paper(side, i);
      if (i % 12 == 3) answer(side, paper);
      if (i % 28 != 0) continue;
      const RecordId copy = copy_of(side, paper, mark + "0" + std::to_string(i + 10));
      if (i == 0) {
        circulate(side, copy);
      } else if (i == 28) {
        take_back(side, lend_to(side, copy, "赵某"), copy);
      } else {
        duplicate(side, clerk(side), copy, mark + "99");
      }
      safe(side).push_back(copy);
    }
    if (month != 9) count(side);
  }
  /// The stand-alone machine by disk, the other over the network; the archive last and first.
  void meet() {
    carry(a, r, By::message);
    carry(b, r, By::bundle);
    carry(r, b, By::bundle);
    carry(r, a, By::message);
  }
  std::vector<RecordId> taken_out(Party& side, std::size_t how_many) {
    std::vector<RecordId>& all = safe(side);
    std::vector<RecordId> some(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(how_many));
    all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(how_many));
    return some;
  }

  static Books books_of(Party& side) {
    Books books;
    for (const LedgerDefinition& ledger : side.replica().definitions().all()) {
      Query query;
      query.ledger = ledger.name;
      query.limit = 500;
      std::optional<RecordId> after;
      std::uint64_t rows = 0;
      do {
        const RecordPage page = side.replica().search(query, after);
        for (const View& row : page.rows) {
          ++books.tally[ledger.name + " " + row.shown_state];
          books.rows.push_back(ledger.name + " " + row.record.hex() + " " + row.shown_state);
        }
        rows += page.rows.size();
        after = page.after;
      } while (after);
      EXPECT_EQ(side.replica().count(query), rows) << ledger.name;
    }
    std::sort(books.rows.begin(), books.rows.end());
    return books;
  }
  static std::vector<std::string> open_findings(Party& side) {
    std::vector<std::string> open;
    for (const Finding& one : side.replica().findings())
      if (one.code != "N5") open.push_back(one.code);  // no numbers are drawn here
    return open;
  }
  void expect_whole(Party& side) {
    const auto report = side.replica().verify(true);
    ASSERT_TRUE(report) << report.error().detail;
    EXPECT_THAT(report->faults, testing::IsEmpty());
    const Counts counts = side.replica().counts().at(compartment);
    EXPECT_EQ(counts.known, counts.applied) << "nothing waits and nothing was refused";
  }
  void someone_leaves();
  void a_copy_is_lost();

  int month = 1, replies = 0;
  Tally tally;
  std::vector<RecordId> safe_a, safe_b;
};

/// He still has a copy that the other machine lent him; both see it once they have met.
void Year::someone_leaves() {
  const RecordId copy = safe_b.front();
  const RecordId loan = lend_to(b, copy, "钱某");
  const RecordId leaving =
      a.make("handover", "begun", {{"person", "钱某"}, {"leaves_on", day(28)}});
  meet();
  EXPECT_EQ(codes(loan), "U12");
  EXPECT_EQ(codes(leaving), "U12");
  take_back(b, loan, copy);
  a.write(leaving, {{"to_person", "孙某"}, {"state", "counted"}});
  a.write(leaving, {{"given_sign", "sign"}});
  a.sit(first_witness);
  a.write(leaving, {{"taken_sign", "sign"}});
  a.sit(realm.clerk_a);
  a.write(leaving, {{"state", "signed"}});
  a.write(leaving, {{"access_ended", day(28)}, {"state", "done"}});
  now("handover", "done");
  meet();
  EXPECT_EQ(codes(loan), "");
}

/// Not in the safe at the count of September; searched for, reported, found in a folder.
void Year::a_copy_is_lost() {
  const RecordId copy = safe_b.back();
  safe_b.pop_back();
  const RecordId counted = count(b, {copy});
  EXPECT_NE(b.refusal_of(counted, {{"done_on", day(26)}, {"state", "done"}}), "");
  b.write(counted, {{"state", "differs"}});
  const RecordId incident = b.make("incident", "found",
                                   {{"kind", "短缺"},
                                    {"found_at", at(25)},
                                    {"found_by", "文管"},
                                    {"level", "secret"},
                                    {"copy", copy.hex()},
                                    {"facts", "清点未见"}});
  b.write(copy, {{"custody_state", "短缺"}});
  meet();
  b.write(incident, {{"state", "searching"}});
  b.write(incident, {{"reported_to", "省保密局"}, {"reported_at", at(25, "T15:00")}});
  b.write(incident, {{"state", "reported"}});
  a.write(incident, {{"measure", "夹在一号柜的文件夹里"}});
  meet();
  b.write(incident, {{"state", "settled"}});
  b.sit(leader);
  b.write(incident, {{"conclusion", "误放"}});
  b.write(incident, {{"closing", "sign"}, {"state", "closed"}});
  b.sit(realm.clerk_b);
  b.write(counted, {{"action", "已找到"}, {"state", "cleared"}});
  put_back(b, copy);
  now("incident", "closed");
  now("stocktake", "cleared");
  safe_b.push_back(copy);
  count(a);
}

TEST_P(Year, EndsWithBooksThatAddUpAndAgree) {
  for (month = 1; month <= kMonths; ++month) {
    work(a);
    work(b);
    if (month == 4) someone_leaves();
    if (month == 6) give_back(b, taken_out(b, 6));
    if (month == 9) a_copy_is_lost();
    if (month == 12) destroy(a, realm.clerk_a, taken_out(a, 12));
    meet();
  }
  meet();  // what the archive heard last reaches everybody
  std::erase_if(tally, [](const auto& row) { return row.second == 0; });
  const Books books = books_of(a);
  EXPECT_EQ(books.tally, tally);
  EXPECT_GE(tally["incoming registered"] + tally["incoming replied"], 2000);
  for (Party* side : {&b, &r}) {
    const Books theirs = books_of(*side);
    EXPECT_EQ(theirs.tally, books.tally);
    EXPECT_EQ(theirs.rows, books.rows);
    EXPECT_EQ(side->replica().digests().at(compartment), a.replica().digests().at(compartment));
  }
  for (Party* side : {&a, &b, &r}) {
    EXPECT_THAT(open_findings(*side), testing::IsEmpty());
    expect_whole(*side);
  }
}

INSTANTIATE_TEST_SUITE_P(Office, Year, testing::Values(Way{}),
                         [](const auto&) { return std::string("ByNetworkAndDisk"); });

}  // namespace
}  // namespace jiyao
