// schema/number_key.h - document numbers compared as a clerk reads them.
#pragma once

#include <string>
#include <string_view>

namespace jiyao {

/// One form for every way of writing a number: 国函〔2023〕98号, 国函[2023]098号,
/// 国函（２０２３）第９８号, 国函 2023-98 and 国函【2023】98 all become "国函2023|98". Width and
/// case are folded (NFKC); brackets, dashes, blanks and other marks fall away, but between two
/// letters or digits of ASCII one '|' stays for them; 第 before a digit and 号 behind the last one
/// fall away, and so do leading zeros. Names of offices pass through it too: 省政府 (办公厅) equals
/// 省政府办公厅. Pure; never fails.
std::string number_key(std::string_view text);

}  // namespace jiyao
