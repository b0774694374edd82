// tests/unit/client/roles_test.cpp - roles as people type them.
#include "client/roles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/messages.h"

namespace jiyao {
namespace {

using testing::AllOf;
using testing::HasSubstr;

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
                    RolesCase{"none", "", ""}),
    [](const auto& one) { return one.param.name; });

TEST(Roles, AnUnknownOneIsNamedBesideAllThereAre) {
  const Catalogue words(Language::zh, kClientMessages);
  for (const char* typed : {"收文员、皇帝", "皇帝,收文员", "收文员，皇帝 、承办人"}) {
    const Result<Roles> roles = roles_from(words, typed);
    EXPECT_EQ(roles.code(), Errc::invalid);
    EXPECT_THAT(roles.error().detail,
                AllOf(HasSubstr("没有这个角色：皇帝\n"), HasSubstr("收文员 intake_clerk"),
                      HasSubstr("机要局人员 cipher_bureau")));
  }
  EXPECT_EQ(roles_from(words, "收文员,,承办人").code(), Errc::invalid);
}

}  // namespace
}  // namespace jiyao
