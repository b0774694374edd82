// sync/counted_streams.h - how far the streams of a machine had counted here when the news came
// that it is shut out (docs/decisions/0005).
//
// Whoever keeps a ledger says it to the root, and who keeps it may change: so every machine notes
// it, in log.jdb, when a level file follows the roster and a batch stops counting.
#pragma once

#include <vector>

#include "schema/papers.h"
#include "sync/log_core.h"

namespace jiyao {

class LogFile;

/// `lines`: batches that counted and are cut off now. Of a stream the last one; what was noted of
/// a stream stays. Durable on return.
void note_counted(LogFile& log, const std::vector<BatchLine>& lines);

/// What is noted of every revoked machine of this roster, by (node, incarnation, compartment).
std::vector<KeptStream> counted_streams(const LogFile& log, const Roster& roster);

}  // namespace jiyao
