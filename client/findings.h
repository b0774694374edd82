// client/findings.h - 待查: what `check` found across records, as a clerk reads it.
#pragma once

#include <Poco/JSON/Array.h>

#include <string>
#include <vector>

#include "client/desk.h"
#include "client/directory.h"

namespace jiyao {

/// Findings that no conflict of a record stands for, in the order of their ids.
std::vector<Finding> findings_across(const Replica& replica);
/// Only those about this record.
std::vector<Finding> findings_about(const Replica& replica, const RecordId& record);

/// "同一文件可能登记了两次": the words of its row in the catalogue.
std::string finding_sentence(const Desk& desk, const Finding& finding);
/// Who is asked: "文管人员", or "综合处的文管人员" where the rows are of an office that was
/// reorganised (P3); empty: nobody.
std::string asked_words(const Desk& desk, const Replica& replica, const Directory& directory,
                        const Finding& finding);
/// "N2  同一文件可能登记了两次（请文管人员处理）".
std::string finding_line(const Desk& desk, const Replica& replica, const Directory& directory,
                         const Finding& finding);
/// The same with the first digits of its id, "[1a2b3c4d]", which `conflict ask` takes, and a line
/// below for each record.
std::string finding_text(const Desk& desk, const Replica& replica, const Directory& directory,
                         const Finding& finding);
Poco::JSON::Array::Ptr json_of(const Desk& desk, const std::vector<Finding>& findings);

}  // namespace jiyao
