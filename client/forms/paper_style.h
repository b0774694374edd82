// client/forms/paper_style.h - the look of printed forms. Inside of paper.cpp.
#pragma once

#include <string>

namespace jiyao {

/// Everything up to the first sheet. `title` is HTML already.
std::string paper_head(const std::string& title, bool is_landscape);

}  // namespace jiyao
