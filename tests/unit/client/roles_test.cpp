// tests/unit/client/roles_test.cpp - roles as people type them.
#include "client/roles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/messages.h"

namespace jiyao {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct RolesCase {
  const char* name;
  const char* typed;
  const char* ids;
};
class RolesTyped : public testing::TestWithParam<RolesCase> {};

TEST_P(RolesTyped, AreReadInEitherLanguage) {
  for (const Language language : {Language::zh, Language::en}) {
    const Result<Roles> roles = roles_from({language, kClientMessages}, GetParam().typed);
    ASSERT_TRUE(roles) << roles.error().detail;
    EXPECT_EQ(role_names(*roles), GetParam().ids);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, RolesTyped,
    testing::Values(RolesCase{"ids", "intake_clerk,archivist", "intake_clerk,archivist"},
                    RolesCase{"one_word", "收文员", "intake_clerk"},
                    RolesCase{"ideographic_comma", "收文员、档案管理员", "intake_clerk,archivist"},
                    RolesCase{"wide_comma", "档案管理员，收文员", "intake_clerk,archivist"},
                    RolesCase{"english", "intake clerk, archivist", "intake_clerk,archivist"},
                    RolesCase{"mixed", "机要局人员,handler、top leader",
                              "top_leader,handler,cipher_bureau"},
                    RolesCase{"twice", "收文员,intake_clerk", "intake_clerk"},
                    RolesCase{"wide_blanks", "　收文员　、\t承办人\u00A0", "intake_clerk,handler"},
                    RolesCase{"commas_too_many", ",,收文员,、承办人，", "intake_clerk,handler"},
                    RolesCase{"capitals", "HANDLER,Intake Clerk", "intake_clerk,handler"}),
    [](const auto& one) { return one.param.name; });

TEST(Roles, AnUnknownOneIsNamedBesideAllThereAre) {
  const Catalogue words(Language::zh, kClientMessages);
  for (const char* typed : {"收文员、皇帝", "皇帝,收文员", "收文员，皇帝 、承办人"}) {
    const Result<Roles> roles = roles_from(words, typed);
    EXPECT_EQ(roles.code(), Errc::invalid);
    EXPECT_THAT(roles.error().detail,
                AllOf(HasSubstr("没有这个角色：皇帝\n"), HasSubstr("收文员 intake_clerk、"),
                      HasSubstr("机要局人员 cipher_bureau")));
  }
  const Catalogue english(Language::en, kClientMessages);
  EXPECT_THAT(roles_from(english, "Emperor").error().detail,
              AllOf(HasSubstr("no such role: Emperor\n"), HasSubstr("intake clerk intake_clerk, "),
                    Not(HasSubstr("、"))));
}

TEST(Roles, NoneAtAllIsNoRoleListAndSaysWhichThereAre) {
  const Catalogue words(Language::zh, kClientMessages);
  for (const char* typed : {"", ",", "　", " ，、 "}) {
    const Result<Roles> roles = roles_from(words, typed);
    EXPECT_EQ(roles.code(), Errc::invalid) << typed;
    EXPECT_THAT(roles.error().detail, HasSubstr("承办人 handler")) << typed;
  }
}

TEST(Roles, OfSomebodyWhoLeavesAreTypedAsNone) {
  for (const char* typed : {"none", " none ", "None", "　无", "none,"})
    EXPECT_TRUE(is_no_role(typed)) << typed;
  for (const char* typed : {"", ",", "none,handler", "无人"})
    EXPECT_FALSE(is_no_role(typed)) << typed;
}

TEST(Roles, AreListedInWordsThatCanBeTypedAgain) {
  for (const Language language : {Language::zh, Language::en}) {
    const Catalogue words(language, kClientMessages);
    const Roles roles = role_bit(Role::intake_clerk) | role_bit(Role::handler);
    EXPECT_EQ(role_list(words, roles),
              language == Language::zh ? "收文员、承办人" : "intake clerk, handler");
    EXPECT_EQ(*roles_from(words, role_list(words, roles)), roles);
    EXPECT_TRUE(is_no_role(role_list(words, 0)));
  }
}

}  // namespace
}  // namespace jiyao
