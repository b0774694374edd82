// tests/cli/old_office_test.cpp - a folder that an older program left: level files of schema 3,
// made by the commit before schema 4. It must open as it is, with all that was recorded in it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/field_realm.h"
#include "support/source_folder.h"

namespace jiyao {
namespace {

// What the program that made it printed for its one compartment.
constexpr const char* kStateThen =
    "61633c42f908ec1df45c2a0fb35540ed6c5a2c9760adbc7473ad0d55e0a64c54";

TEST(OldOffice, OpensWithAllThatWasRecorded) {
  const TestFolder home;
  std::filesystem::copy(test::source_folder() + "/tests/fixtures/office_of_schema_3", home.path(),
                        std::filesystem::copy_options::recursive);
  const FieldMachine office(home.path(), "R", true);
  EXPECT_THAT(office.shown_state(), testing::HasSubstr(kStateThen));
  EXPECT_EQ(office.rows(), 2U);
  office.expect_whole();
  const Ran added =
      office.run({"incoming", "add", "--title", "升级后登记", "--sender-org", "省厅"});
  // A copied folder begins a life of its own, and that one numbers from a block of its own.
  EXPECT_THAT(added.out, testing::HasSubstr("2026-0101")) << added.said();
  office.expect_whole();
}

}  // namespace
}  // namespace jiyao
