// tests/cli/fifty_rows.h - a realm whose archive keeps a register of 50 rows, and a stand-alone
// machine S that may read it: made once for a whole suite.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "support/field_realm.h"

namespace jiyao {

class FiftyRows : public testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();

  /// Kills a program that has the archive's replica open: its logs stay beside its files.
  static void crash();

  static std::unique_ptr<FieldRealm> realm_;
  static std::unique_ptr<FieldMachine> s_;
};

}  // namespace jiyao
