// client/forms/pdf.h - HTML to PDF by a browser that is installed here.
#pragma once

#include <string>

#include "client/desk.h"

namespace jiyao {

/// Runs headless Chromium on a page in a folder of its own beside `out` (0700, gone afterwards) and
/// leaves the PDF at `out`. Waits up to a minute. An interrupt ends the browser, and us when the
/// folder is gone.
///   errors     not_found (no Chromium here), unavailable (it made none), interrupted
Result<void> write_pdf(Desk& desk, const std::string& html, const Path& out);

}  // namespace jiyao
