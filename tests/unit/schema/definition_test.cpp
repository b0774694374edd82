// tests/unit/schema/definition_test.cpp - ledgers as data: what loads, what is refused, what it
// says.
#include "schema/definition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace jiyao {
namespace {

using ::testing::HasSubstr;

TEST(Definitions, TheBuiltInLedgersLoadAndHaveOneHash) {
  const Definitions& definitions = Definitions::built_in();
  for (const char* name :
       {"incoming", "document", "document_copy", "loan", "circulation", "series", "directory"})
    EXPECT_NE(definitions.ledger(name), nullptr) << name;
  EXPECT_EQ(definitions.ledger("nonsense"), nullptr);
  EXPECT_FALSE(definitions.hash().is_none());
  EXPECT_EQ(definitions.number(), 2U);
}

TEST(Definitions, AnOldRegistersHeadingsAllMeanAField) {
  const LedgerDefinition& incoming = *Definitions::built_in().ledger("incoming");
  for (const char* header : {"序号", "来文单位", "文号", "标题", "成文日期", "收文日期", "链接",
                             "密级", "份数", "页数", "缓急"})
    EXPECT_NE(incoming.field_for_header(header), nullptr) << header;
  EXPECT_EQ(incoming.field_for_header("序号")->name, "legacy_no");
  EXPECT_EQ(incoming.field_for_header("天气"), nullptr);
}

TEST(Definitions, GroupsAreFoundByNameAndStatesReachEachOtherBySteps) {
  const LedgerDefinition& loan = *Definitions::built_in().ledger("loan");
  const auto state = [&](const char* name) { return *loan.state_index(name); };
  EXPECT_TRUE(loan.reaches(state("requested"), state("returned")));
  EXPECT_FALSE(loan.reaches(state("returned"), state("requested")));
  EXPECT_FALSE(loan.reaches(state("refused"), state("approved")));
  for (const LedgerDefinition& definition : Definitions::built_in().all())
    for (std::size_t i = 0; i < definition.groups.size(); ++i)
      EXPECT_EQ(definition.group_index(definition.groups[i].name), i);
}

TEST(Definitions, SeveralFieldsOfAGroupArePackedIntoOneValue) {
  const LedgerDefinition& copy = *Definitions::built_in().ledger("document_copy");
  const std::vector<std::pair<std::string, std::string>> fields{{"custodian", "丁"},
                                                                {"custody_state", "在库"}};
  const auto packed = group_value(copy, *copy.group("custody"), fields);
  ASSERT_TRUE(packed);
  EXPECT_EQ(copy.field_value(*copy.field_index("custodian"), *packed), "丁");
  EXPECT_EQ(copy.field_value(*copy.field_index("custody_state"), *packed), "在库");
}

TEST(Definitions, RolesOfAStepAreThoseOfAnyStepThatLeadsThere) {
  const LedgerDefinition& loan = *Definitions::built_in().ledger("loan");
  Change approve;
  approve.ledger = "loan";
  approve.kind = ChangeKind::amend;
  approve.writes = {{"state", "approved"}};
  EXPECT_EQ(roles_needed(loan, approve) & role_bit(Role::records_keeper), 0U);
  EXPECT_NE(roles_needed(loan, approve) & role_bit(Role::office_director), 0U);
  EXPECT_TRUE(is_decisive(loan, approve));
  Change note;
  note.kind = ChangeKind::amend;
  note.writes = {{"remarks", "x"}};
  EXPECT_FALSE(is_decisive(loan, note));
  EXPECT_NE(roles_needed(loan, note) & role_bit(Role::records_keeper), 0U);
}

std::string small_ledger(const std::string& field, const std::string& steps = "",
                         const std::string& rest = "") {
  return R"({"ledger": "t", "zh": "表", "en": "T", "source": "test", "fields": {)" + field +
         R"(, "copy": {"zh": "份", "en": "Copy", "type": "ref t", "kind": "fixed"}},)" +
         R"("states": {"open": "10 开", "shut": "20 关*"}, "steps": [)" +
         R"({"verb": "open", "zh": "开", "from": [], "to": "open"},)" +
         R"({"verb": "shut", "zh": "关", "from": ["open"], "to": "shut"})" + steps + "]," + rest +
         R"("list": ["copy"]})";
}

struct Refused {
  std::string name, json, says;
};
class RefusedDefinition : public ::testing::TestWithParam<Refused> {};

TEST_P(RefusedDefinition, NamesLedgerFieldAndRule) {
  const auto loaded = LedgerDefinition::parse(GetParam().json);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.code(), Errc::invalid);
  EXPECT_THAT(loaded.error().detail, HasSubstr(GetParam().says));
}

const std::string kGood = R"("a": {"zh": "甲", "en": "A", "type": "text", "kind": "value"})";

INSTANTIATE_TEST_SUITE_P(
    Table, RefusedDefinition,
    ::testing::Values(
        Refused{"no_json", "{", "ledger"}, Refused{"a_list", "[]", "not an object"},
        Refused{"unknown_type",
                small_ledger(R"("a": {"zh": "甲", "en": "A", "type": "float", "kind": "value"})"),
                "t.a: no type float"},
        Refused{"unknown_kind",
                small_ledger(R"("a": {"zh": "甲", "en": "A", "type": "text", "kind": "lww"})"),
                "t.a: no kind lww"},
        Refused{"no_label", small_ledger(R"("a": {"en": "A", "type": "text", "kind": "value"})"),
                "t.a: needs \"zh\""},
        Refused{"unknown_word",
                small_ledger(
                    R"("a": {"zh": "甲", "en": "A", "type": "text", "kind": "value", "x": "1"})"),
                "t.a: knows no \"x\""},
        Refused{"unordered_severity",
                small_ledger(R"("a": {"zh": "甲", "en": "A", "type": "text", "kind": "severity"})"),
                "t.a: this type has no order"},
        Refused{"key_twice", small_ledger(kGood + "," + kGood), "\"a\" stands twice"},
        Refused{
            "unknown_from_state",
            small_ledger(
                R"("a": {"zh": "甲", "en": "A", "type": "text", "kind": "value", "from": "gone"})"),
            "t.a: there is no state gone"},
        Refused{
            "unknown_role",
            small_ledger(
                R"("a": {"zh": "甲", "en": "A", "type": "text", "kind": "value", "writer": "king"})"),
            "t.a: \"writer\" names no role of ours, king"},
        Refused{"leaving_an_end",
                small_ledger(kGood, R"(,{"verb": "x", "zh": "x", "from": ["shut"], "to": "open"})"),
                "t.steps.x: an end is never left, shut"},
        Refused{
            "condition_on_nothing",
            small_ledger(
                kGood,
                R"(,{"verb": "x", "zh": "x", "from": ["open"], "to": "shut", "when": "b is set"})"),
            "t.steps.x: there is no field b"},
        Refused{
            "condition_unreadable",
            small_ledger(
                kGood,
                R"(,{"verb": "x", "zh": "x", "from": ["open"], "to": "shut", "when": "a maybe"})"),
            "cannot read the condition"},
        Refused{"exclusive_no_ref",
                small_ledger(
                    kGood, "",
                    R"("exclusive": [{"key": "a", "while": "state is open", "finding": "U1"}],)"),
                "t.exclusive: an exclusive key cites a record"},
        Refused{"a_key_that_counts_working_days",
                small_ledger(
                    R"("a": {"zh": "甲", "en": "A", "type": "date", "kind": "value"})", "",
                    R"("unique": [{"fields": ["a"], "finding": "N2", "when": "a > a + 5wd"}],)"),
                "t.unique: only steps and reminders count working days"},
        Refused{"number_kind",
                small_ledger(R"("a": {"zh": "甲", "en": "A", "type": "number", "kind": "value"})"),
                "t.a: a number is of kind number"}),
    [](const auto& c) { return c.param.name; });

TEST(Definitions, ASmallGoodLedgerLoads) {
  const auto loaded = LedgerDefinition::parse(small_ledger(kGood));
  EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().detail);
}

TEST(Definitions, ACitedLedgerMustExist) {
  std::string json = small_ledger(kGood);
  json.replace(json.find("ref t"), 5, "ref u");
  const std::vector<std::string_view> files{json};
  const auto parsed = Definitions::parse(1, files);
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error().detail, HasSubstr("cites no ledger of ours, u"));
}

}  // namespace
}  // namespace jiyao
