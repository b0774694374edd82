// tests/unit/crypto/digest_test.cpp - labels, digests, MACs and derived keys against other code.
#include "crypto/digest.h"

#include <gtest/gtest.h>

#include <set>

#include "crypto/aead.h"

namespace jiyao {
namespace {

constexpr int kLabels = static_cast<int>(Label::recovery) + 1;

TEST(Labels, AreUniqueAndFitThePersonalisation) {
  std::set<std::string_view> names;
  for (int i = 0; i < kLabels; ++i) {
    const std::string_view name = name_of(static_cast<Label>(i));
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_GE(name.size(), 1u);
    EXPECT_LE(name.size(), 10u) << name;
  }
}

}  // namespace
}  // namespace jiyao
