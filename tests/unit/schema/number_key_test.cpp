// tests/unit/schema/number_key_test.cpp - which ways of writing a number mean the same one.
#include "schema/number_key.h"

#include <gtest/gtest.h>

namespace jiyao {
namespace {

struct Written {
  const char *name, *typed, *key;
};
class NumberKey : public testing::TestWithParam<Written> {};
TEST_P(NumberKey, IsOneFormForEveryWayOfWriting) {
  EXPECT_EQ(number_key(GetParam().typed), GetParam().key) << GetParam().typed;
}
INSTANTIATE_TEST_SUITE_P(
    Table, NumberKey,
    testing::Values(
        Written{"as_printed", "国函〔2023〕98号", "国函2023|98"},
        Written{"square", "国函[2023]98号", "国函2023|98"},
        Written{"full_width_square", "国函［2023］98号", "国函2023|98"},
        Written{"round", "国函(2023)98号", "国函2023|98"},
        Written{"full_width_round", "国函（2023）98号", "国函2023|98"},
        Written{"black", "国函【2023】98号", "国函2023|98"},
        Written{"white_lenticular", "国函〖2023〗98号", "国函2023|98"},
        Written{"small_tortoise", "国函﹝2023﹞98号", "国函2023|98"},
        Written{"angles", "国函<2023>98号", "国函2023|98"},
        Written{"titles", "国函《2023》98号", "国函2023|98"},
        Written{"corners", "国函「2023」98号", "国函2023|98"},
        Written{"full_width_digits", "国函〔２０２３〕９８号", "国函2023|98"},
        Written{"leading_zero", "国函〔2023〕098号", "国函2023|98"},
        Written{"leading_zeros", "国函〔2023〕0098号", "国函2023|98"},
        Written{"ordinal", "国函〔2023〕第98号", "国函2023|98"},
        Written{"ordinal_and_blanks", "国函 〔2023〕 第 98 号", "国函2023|98"},
        Written{"ideographic_blank", "国函〔2023〕　98号", "国函2023|98"},
        Written{"no_break_blank", "国函〔2023〕\u00A098号", "国函2023|98"},
        Written{"zero_width_blank", "国函〔20\u200B23〕98号", "国函2023|98"},
        Written{"byte_order_mark", "\uFEFF国函〔2023〕98号", "国函2023|98"},
        Written{"without_its_last_word", "国函〔2023〕98", "国函2023|98"},
        Written{"dash", "国函2023-98", "国函2023|98"},
        Written{"dash_in_front", "国函-2023-98号", "国函2023|98"},
        Written{"long_dash", "国函2023—98号", "国函2023|98"},
        Written{"blanks_only", "国函 2023 98", "国函2023|98"},
        Written{"tab", "国函\t2023\t98", "国函2023|98"},
        Written{"slash", "国函2023/98号", "国函2023|98"},
        Written{"another_number", "国函〔2023〕980号", "国函2023|980"},
        Written{"another_year", "国函〔2024〕98号", "国函2024|98"},
        Written{"another_organ", "国办函〔2023〕98号", "国办函2023|98"},
        Written{"not_run_together", "国函202398号", "国函202398"},
        Written{"latin_code", "GB/T 9704-2012", "gb|t|9704|2012"},
        Written{"latin_code_full_width", "ＧＢ／Ｔ　９７０４－２０１２", "gb|t|9704|2012"},
        Written{"intake", "2026-0137", "2026|137"},
        Written{"intake_in_brackets", "〔2026〕0137", "2026|137"},
        Written{"copy_number", "000123", "123"}, Written{"nought", "000", "0"},
        Written{"nought_alone", "0", "0"}, Written{"noughts_inside_stay", "10008", "10008"},
        Written{"decimal_parts_each", "1.050", "1|50"}, Written{"provisional", "临-a3-7", "临a3|7"},
        Written{"first_prison_is_not_prison", "省第一监狱", "省第一监狱"},
        Written{"annexe_keeps_its_word", "国函〔2023〕98号附件1", "国函2023|98号附件1"},
        Written{"number_word_alone", "号", "号"}, Written{"trumpet_house", "第三号楼", "第三号楼"},
        Written{"office_with_brackets", "省政府（办公厅）", "省政府办公厅"},
        Written{"iteration_mark_is_a_letter", "人々", "人々"}, Written{"nothing", "", ""},
        Written{"only_marks", "〔〕-", ""}, Written{"broken_bytes_stay", "\xE5\x9B", "\xE5\x9B"}),
    [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace jiyao
