// tests/registers/reading_test.cpp - circulation slips kept in two places: readers, legs, readings
// (domain.md 6.4 R1, R2, R3, R7; worked example 9).
#include "registers/apart.h"
#include "schema/value.h"

namespace jiyao {
namespace {

class Reading : public Apart {
 protected:
  RecordId slip(const std::vector<const char*>& readers) {
    const RecordId paper = copy("internal");
    const RecordId slip =
        a.make("circulation", "planned",
               {{"copy", paper.hex()}, {"document", a.shown(paper, "document")}, {"mode", "传阅"}});
    for (std::size_t i = 0; i < readers.size(); ++i)
      a.write(slip, reader(readers[i], std::to_string(i + 1)));
    together();
    return slip;
  }
  static Fields reader(const std::string& name, const std::string& rank) {
    return {{"reader", name}, {"reader_rank", rank}};
  }
  static Fields leg(const char* reader, const char* event, const char* at) {
    return {{"leg_reader", reader}, {"leg_event", event}, {"leg_at", at}};
  }
  /// Sent out, read, come back.
  static void read(Party& side, const RecordId& slip, const char* reader, const char* day) {
    const std::string at = std::string(day) + "T09:00";
    side.write(slip, leg(reader, "送出", at.c_str()));
    side.write(slip, leg(reader, "退回", at.c_str()));
  }
  /// "甲乙丙": the readers by rank, the same everywhere.
  std::string by_rank(const RecordId& slip) {
    const auto at = [&](Party& side) {
      const LedgerDefinition& ledger = *side.replica().definitions().ledger("circulation");
      const View view = *side.replica().view(slip);
      std::map<std::string, std::string> names;
      for (const HeldWrite& held : view.state.group(*ledger.group_index("readers"))->held)
        names[ledger.field_value(*ledger.field_index("reader_rank"), held.value)] =
            ledger.field_value(*ledger.field_index("reader"), held.value);
      std::string text;
      for (const auto& [rank, name] : names) text += name;
      return text;
    };
    EXPECT_EQ(at(a), at(b));
    EXPECT_EQ(at(a), at(r));
    return at(a);
  }
};

TEST_P(Reading, R1ReadersApprovedInTwoPlacesUniteAndGoByTheirRank) {
  const RecordId slip = this->slip({"甲"});
  a.write(slip, reader("丁", "4"));
  b.write(slip, reader("丙", "3"));
  b.write(slip, reader("乙", "2"));
  together();
  EXPECT_EQ(by_rank(slip), "甲乙丙丁");
  EXPECT_EQ(codes(slip), "");
}

TEST_P(Reading, R2Example09AReaderRemovedHereWhoReadThereStaysAsRead) {
  const RecordId slip = this->slip({"甲", "乙"});
  a.write(slip, reader("丙", "3"));
  b.withdraw(slip, "reader", "乙");
  read(a, slip, "乙", "2026-03-02");
  together();
  EXPECT_EQ(by_rank(slip), "甲丙") << "丙 is added, 乙 gets nothing more";
  EXPECT_EQ(asked(slip, "R2"), "n confidential_clerk");
  EXPECT_EQ(codes(slip), "R2");
  EXPECT_EQ(shown(slip, "leg_reader"), "2") << "out and back: 乙 has read, and that stays";
}

TEST_P(Reading, R3TheSameReaderMarkedTwiceKeepsBothMarks) {
  const RecordId slip = this->slip({"甲"});
  read(a, slip, "甲", "2026-03-02");
  read(b, slip, "甲", "2026-03-03");
  together();
  EXPECT_EQ(shown(slip, "leg_at"), "4");
  EXPECT_EQ(codes(slip), "");
}

TEST_P(Reading, R7ALegUnknownToTheClosingIsAskedAbout) {
  const RecordId slip = this->slip({"甲", "丙"});
  a.write(slip, leg("甲", "送出", "2026-03-02T09:00"));
  a.write(slip, {{"state", "circulating"}});
  a.write(slip, leg("甲", "退回", "2026-03-02T10:00"));
  together();
  a.write(slip, {{"closed_at", "2026-03-03T09:00"}, {"closed_by", "机要员"}, {"state", "closed"}});
  b.write(slip, leg("丙", "送出", "2026-03-03T08:00"));
  together();
  EXPECT_EQ(state(slip), "closed");
  EXPECT_EQ(asked(slip, "R7"), "q confidential_clerk");
  EXPECT_EQ(shown(slip, "leg_reader"), "3") << "what went out is recorded";
}

INSTANTIATE_TEST_SUITE_P(Ways, Reading, testing::ValuesIn(every_way()),
                         [](const auto& way) { return name_of(way.param); });

}  // namespace
}  // namespace jiyao
