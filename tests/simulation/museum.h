// tests/simulation/museum.h - bugs of others and of ours, put back in on purpose.
//
// The production sources know nothing of this: the linker leads calls between their objects through
// functions of the museum (--wrap in simulation.cmake), each of which does what the real one does
// until its piece is taken out of its case.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "schema/batch.h"

#define JIYAO_WRAP(result, name, symbol, ...)            \
  result real_##name(__VA_ARGS__) asm("__real_" symbol); \
  result wrap_##name(__VA_ARGS__) asm("__wrap_" symbol); \
  result wrap_##name(__VA_ARGS__)

namespace jiyao::museum {

/// S1..S34: rows of the study of what failed in the field (museum_test.cpp); without: our own.
enum class Piece : std::uint8_t {
  none,
  // museum_ledger.cpp
  merge_keeps_the_greatest,
  merge_drops_an_entry,
  seal_drops_the_last_change,
  index_forgets_to_send_a_stream,
  index_says_held_of_everything,
  header_always_counts,
  scope_without_ceiling,
  stage_is_guessed,
  check_finds_nothing,
  merge_by_clock,                 ///< S14: one clock in 2030 wins for years
  merge_is_no_function,           ///< S32: reads go backwards
  merge_forgets_proposals,        ///< S10: what was refused is gone
  seal_flips_a_bit,               ///< S30: a bit flipped in memory between record and hash
  sending_is_delivering,          ///< S1, S8: marked as sent when sent, not when kept
  frontiers_agree_by_count,       ///< S7, S12: "nothing new" by a number in place of a hash
  frontier_forgets_a_tip,         ///< S9: holes in the completed set
  person_without_role_counts,     ///< S34: acts on authority that is not there
  desk_is_never_sealed,           ///< S17, S12: work that waits in a queue for ever
  keeper_forgets_later_epochs,    ///< S28: one new key, and nobody reads on
  emptied_is_deleted,             ///< S2, S3: what the other side lacks by now, it threw away
  judged_once,                    ///< S31: what came before the roster said otherwise, stands
  old_epoch_seals_on,             ///< who was left out of a new key reads on
  numbers_stand_alone,            ///< S16: one number twice, each row alone in its index
  second_of_a_place_is_refused,   ///< S6: of two batches of one place the first one stays alone
  told_twice_counts_twice,        ///< S18: what comes once more comes as something new
  passed_over_for_want_of_a_key,  ///< S13: what could not be read is never looked at again
  // museum_machines.cpp
  sync_without_syncing,
  said_before_it_is_written,  ///< S33, S11: accepted, then the bookkeeping failed
  failed_sync_is_forgotten,   ///< an fsync that failed, and the next one that says all is well
  checkpoint_without_sync,    ///< S29: the log is dropped before the pages it held are safe
  full_disk_starts_anew,      ///< S19: a file that cannot be opened is replaced by an empty one
  life_lies_in_the_copy,      ///< S4, S5: a restored or copied machine takes itself for the old one
  hub_is_not_shown_its_word,  ///< S1: a restored hub signs other heads for the places it gave
  page_is_an_answer,          ///< S15: 200 with HTML
  lost_media_stay_open,       ///< S22: a stick that never came back
  sealed_is_sent,             ///< "nothing waits" while the line is down
  written_is_received,        ///< a set on a medium is taken for one that was taken in
};

inline Piece broken = Piece::none;
inline std::uint64_t times = 0;  ///< since the world began
inline std::set<BatchId> said;   ///< likewise
/// Which batch a log (by its roster) took first after (stream, predecessor); likewise
inline std::map<std::pair<const void*, std::string>, BatchId> first_of_place;
inline bool is_sealing = false;     ///< a desk is being sealed now
inline bool was_no_answer = false;  ///< what was heard last was no message at all

}  // namespace jiyao::museum
