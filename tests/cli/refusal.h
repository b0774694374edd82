// tests/cli/refusal.h - what every refusal of `jiyao` must be: said in words, coded for programs,
// and without any effect.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/field_realm.h"

namespace jiyao {

struct Refusal {
  std::string name;
  Words words;
  int exit_code;
  std::string code;               ///< the stable one of --json
  std::vector<std::string> says;  ///< what, where and what to do: parts of the Chinese message
};

/// Runs it for people and for programs, and compares what is recorded before and after.
inline void expect_refused(const FieldMachine& machine, const Refusal& refusal) {
  const std::string before = machine.shown_state();
  const Ran told = machine.run(refusal.words);
  EXPECT_EQ(told.exit_code, refusal.exit_code) << told.said();
  EXPECT_EQ(told.out, "") << "an answer beside a refusal";
  for (const std::string& part : refusal.says) EXPECT_THAT(told.err, testing::HasSubstr(part));
  const Ran coded = machine.json(refusal.words);
  EXPECT_EQ(coded.exit_code, refusal.exit_code) << coded.said();
  EXPECT_EQ(coded.error_code(), refusal.code) << coded.said();
  const auto error = coded.json()->getObject("error");
  EXPECT_EQ(error->getValue<int>("exit"), refusal.exit_code);
  EXPECT_NE(error->getValue<std::string>("message"), "");
  EXPECT_NE(error->getValue<std::string>("hint"), "");
  EXPECT_EQ(machine.shown_state(), before) << "a refused command changed what is recorded";
}

}  // namespace jiyao
