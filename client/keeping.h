// client/keeping.h - what only an archive or a keeper does: root-signed roster records, grants, and
// the names in the directory that go with them.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "client/desk.h"
#include "sync/log_file.h"
#include "sync/realm.h"

namespace jiyao {

/// A draft over the present roster, made at this machine.
RosterDraft draft_here(Desk& desk, Replica& replica);

/// Asks for the root's passphrase, signs every record of the draft and whatever keepers ask
/// for, keeps its epoch secrets, puts the records into the log (what was recorded before is sealed
/// first), makes the grants that are due, and catches up.
///   errors: not_allowed (no root key on this machine), wrong_key, and those of the roster
Result<void> sign_and_apply(Desk& desk, Replica& replica, RosterDraft draft);

/// Shows all that has come, in the level files that are open.
Result<void> catch_up_all(Replica& replica, const Progress* progress = nullptr);

/// What this machine owes as a keeper: grants, requests for epochs, `applied` receipts. Idempotent.
Result<void> keep(Replica& replica);

/// Where the request names streams of machines that are shut out and the root may sign them.
std::set<std::pair<NodeId, CompartmentId>> kept_in(const EpochRequest& request,
                                                   const Roster& roster);
/// One line for everything that waits for the root: at the root's machine with what to do, at a
/// keeper with where its request has to go. Empty: nothing.
std::string waiting_for_root(Desk& desk, Replica& replica);

/// log.jdb of this replica: notes of this machine, epoch drafts.
LogFile& log_file(Replica& replica);

/// One row of the directory: a name for an id. `entry`: 人员, 机构 or 节点.
Step directory_step(const Replica& replica, const std::string& entry, const std::string& subject,
                    const std::string& name);
/// Records directory rows where the directory is written: at (realm office, internal).
Result<void> record_names(Replica& replica, const std::vector<Step>& steps);

/// The roster as frames in a file: what a hub or a new machine takes in by hand.
Bytes roster_frames(const BatchLog& log, bool with_grants);
/// Takes such a file in.   errors: malformed, not_authentic
Result<void> take_frames(BatchLog& log, ByteView frames);

/// internal .. `ceiling`.
std::vector<Level> levels_up_to(Level ceiling);
inline constexpr const char* kClerkRoles =
    "intake_clerk,confidential_clerk,records_keeper,secretary,handler";
inline constexpr const char* kArchiveRoles =
    "intake_clerk,confidential_clerk,records_keeper,secretary,office_director,"
    "classification_authority,archivist,central_archivist,secrecy_officer,registrar";

}  // namespace jiyao
