// tests/unit/schema/definition_test.cpp - ledgers as data: what loads, what is refused, what it
// says.
#include "schema/definition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

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

INSTANTIATE_TEST_SUITE_P(
    Rules, RefusedDefinition,
    ::testing::Values(
        Refused{"rule_on_nothing",
                small_ledger(kGood, "",
                             R"("rules": [{"code": "X", "must": "b is set", "then": "hold"}],)"),
                "t.rules.X: there is no field b"},
        Refused{"rule_of_no_kind",
                small_ledger(kGood, "",
                             R"("rules": [{"code": "X", "must": "a is set", "then": "no"}],)"),
                "t.rules.X: \"then\" is task, clash, incident or hold"},
        Refused{"rule_that_asks_a_clock",
                small_ledger(kGood, "",
                             R"("rules": [{"code": "X", "must": "today > a", "then": "hold"}],)"),
                "t.rules.X: a clock decides nothing"},
        Refused{"unknown_term",
                small_ledger(kGood, "",
                             R"("rules": [{"code": "X", "must": "all(a) >= 2", "then": "hold"}],)"),
                "t.rules.X: no term all"},
        Refused{
            "binds_without_signature",
            small_ledger(
                R"("a": {"zh": "甲", "en": "A", "type": "text", "kind": "set", "binds": ["copy"]})"),
            "t.a: only a signature binds"},
        Refused{
            "entries_of_no_set",
            small_ledger(
                R"("a": {"zh": "甲", "en": "A", "type": "text", "kind": "value", "removal": "wins"})"),
            "t.a: only a set has entries"},
        Refused{
            "signer_without_lock",
            small_ledger(
                R"("a": {"zh": "甲", "en": "A", "type": "text", "kind": "value", "by_signer": "copy"})"),
            "t.a: \"by_signer\" holds from"},
        Refused{"finding_of_no_class",
                small_ledger(
                    kGood, "",
                    R"("findings": {"X": {"zh": "甲", "en": "A", "class": "z", "to": "leader"}},)"),
                "t.findings.X: \"class\" is a, n, q or f"},
        Refused{
            "rule_of_no_class",
            small_ledger(
                kGood, "",
                R"("rules": [{"code": "X", "must": "a is set", "then": "task", "class": "z"}],)"),
            "t.rules.X: \"class\" is a, n, q or f"},
        Refused{"one_decision_excludes_nothing",
                small_ledger(kGood, "", R"("seniority": {"states": ["shut"], "by": "leader"},)"),
                "t.seniority: at least two decisions exclude each other"},
        Refused{
            "seniority_of_nobody",
            small_ledger(kGood, "", R"("seniority": {"states": ["open", "shut"], "by": "king"},)"),
            "t.seniority: \"by\" names no role of ours, king"},
        Refused{"a_proposal_of_everything",
                small_ledger(kGood, "",
                             R"("proposes": [{"to": "t", "match": {}, "fills": {"a": "a"}}],)"),
                "t.proposes: \"match\" says which rows are meant"},
        Refused{
            "a_proposal_within_no_dates",
            small_ledger(
                kGood, "",
                R"("proposes": [{"to": "t", "match": {"a": "a"}, "fills": {"a": "a"}, "day": "a a a"}],)"),
            "t.proposes: \"day\" names dates"}),
    [](const auto& c) { return c.param.name; });

TEST(Definitions, OneCatalogueIdMeansOneThingInEveryFile) {
  const auto with = [](const std::string& name, const std::string& words) {
    std::string json = small_ledger(kGood, "",
                                    R"("findings": {"X": {"zh": ")" + words +
                                        R"(", "en": "A", "class": "q", "to": "leader"}},)");
    json.replace(json.find("\"t\""), 3, '"' + name + '"');
    json.replace(json.find("ref t"), 5, "ref " + name);
    return json;
  };
  const std::string one = with("one", "甲"), same = with("two", "甲"), other = with("two", "乙");
  EXPECT_TRUE(Definitions::parse(1, std::vector<std::string_view>{one, same}));
  const auto parsed = Definitions::parse(1, std::vector<std::string_view>{one, other});
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error().detail, HasSubstr("two.findings.X: means something else"));
}

TEST(Definitions, AFieldOfACitedLedgerMustExist) {
  const std::string json = small_ledger(
      kGood, "", R"("rules": [{"code": "X", "must": "copy.colour is set", "then": "task"}],)");
  const auto parsed = Definitions::parse(1, std::vector<std::string_view>{json});
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error().detail, HasSubstr("there is no field copy.colour"));
}

TEST(Definitions, AProposalFitsTheLedgerItIsFor) {
  const auto proposing = [](const std::string& proposal) {
    const std::string json = small_ledger(kGood, "", R"("proposes": [)" + proposal + "],");
    const auto parsed = Definitions::parse(1, std::vector<std::string_view>{json});
    return parsed ? std::string() : parsed.error().detail;
  };
  EXPECT_EQ(proposing(R"({"to": "t", "match": {"a": "a"}, "fills": {"a": "a"}, "cites": "copy"})"),
            "");
  EXPECT_THAT(proposing(R"({"to": "u", "match": {"a": "a"}, "fills": {"a": "a"}})"),
              HasSubstr("t.proposes: there is no ledger u"));
  EXPECT_THAT(proposing(R"({"to": "t", "match": {"a": "b"}, "fills": {"a": "a"}})"),
              HasSubstr("there is no field t.b"));
  EXPECT_THAT(proposing(R"({"to": "t", "match": {"a": "a"}, "fills": {"copy": "a"}})"),
              HasSubstr("of another type: t.copy"));
  EXPECT_THAT(proposing(R"({"to": "t", "match": {"a": "a"}, "fills": {"a": "a"}, "cites": "a"})"),
              HasSubstr("of another type: t.a"));
}

struct Asked {
  std::string name, condition;
  Holds holds;
};
class ConditionTable : public ::testing::TestWithParam<Asked> {};

TEST_P(ConditionTable, Holds) {
  auto condition = Condition::parse(GetParam().condition);
  ASSERT_TRUE(condition) << condition.error().detail;
  const std::map<std::string, std::string> words{
      {"channel", "专人"},
      {"level", "secret"},
      {"term", "15y"},
      {"count", "2"},
      {"none", ""},
      {"signers(approval)", "a1"},
      {"signers(witness)", joined_list({"a1", "b2"})},
      {"values(reader)", joined_list({"甲", "乙"})},
      {"sum(uses)", "3"},
      {"copy.state", joined_list({"在库", "借出"})},
      {"doc.values(scope)", joined_list({"乙", "甲", "丙"})}};
  condition->bind([&](std::string_view name) {
    return words.contains(std::string(name)) || name == "doc" || name == "copy";
  });
  const auto holds = condition->holds([&](std::string_view ref, std::string_view name) {
    const std::string word = (ref.empty() ? "" : std::string(ref) + '.') + std::string(name);
    const auto found = words.find(word);
    return found == words.end() ? std::nullopt : std::optional(found->second);
  });
  EXPECT_EQ(holds, GetParam().holds);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ConditionTable,
    ::testing::Values(
        Asked{"one_of", "channel in 机要交通 专人", Holds::yes},
        Asked{"none_of", "channel not in 机要交通 专人", Holds::no},
        Asked{"either", "level is public or channel is 专人", Holds::yes},
        Asked{"and_binds_closer", "level is secret and channel is 传真 or count >= 3", Holds::no},
        Asked{"counted", "signers(witness) >= 2", Holds::yes},
        Asked{"counted_not_enough", "signers(approval) >= 2", Holds::no},
        Asked{"nobody_of_the_others", "signers(witness) exclude signers(approval)", Holds::no},
        Asked{"all_among", "values(reader) within doc.values(scope)", Holds::yes},
        Asked{"not_all_among", "doc.values(scope) within values(reader)", Holds::no},
        Asked{"sum_is_a_number", "sum(uses) <= count", Holds::no},
        Asked{"each_of_several", "copy.state in 在库 借出", Holds::yes},
        Asked{"not_each_of_several", "copy.state is 在库", Holds::no},
        Asked{"term_above_its_level", "term within level", Holds::no},
        Asked{"empty_list", "values(none) within values(reader)", Holds::unknown},
        Asked{"not_held_here", "other.state is 在库", Holds::unknown},
        Asked{"not_held_or_true", "other.state is 在库 or level is secret", Holds::yes}),
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
