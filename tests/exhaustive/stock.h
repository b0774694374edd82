// tests/exhaustive/stock.h - everything that exists in any branch of the small world, each thing
// once, and what the engine makes of it.
//
// Real: merge(), the exchange with its frontiers, admission, signatures, the roster. In memory: the
// log (support/memory_log.h, under the contract suite of log.jdb and the hub's store). Not here:
// the bodies of batches, sealed files, and how a machine notices that it was restored: it begins a
// new life at once, as sync/incarnation.h does. Answers are kept: what two machines that hold this
// and that say to one another is worked out once.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <set>
#include <vector>

#include "support/memory_log.h"
#include "support/small_realm.h"
#include "sync/exchange.h"
#include "sync/merge.h"

namespace jiyao::exhaustive {

inline constexpr unsigned kPlaces = 3;

using ChangeNo = std::uint16_t;
using BatchNo = std::uint16_t;
using Holding = std::uint32_t;  ///< a set of batches
using Desk = std::uint32_t;     ///< a set of changes recorded and not sealed yet
using Message = std::uint32_t;

/// What happens to one conversation.
enum class Luck : std::uint8_t {
  whole,
  answer_lost,
  request_repeated,
  request_cut,
  answer_cut,
  crash_while_hearing,  ///< the answerer stops after the first batch it took in
};
inline constexpr std::array kMishaps = {Luck::answer_lost, Luck::request_repeated,
                                        Luck::request_cut, Luck::answer_cut,
                                        Luck::crash_while_hearing};
const char* name_of(Luck luck);

class Stock {
 public:
  Stock();

  Holding nothing() const { return 0; }
  Desk empty_desk() const { return 0; }
  /// A clerk's amendment on top of what this machine shows.
  ChangeNo write(unsigned place, unsigned life, unsigned n, Holding held, Desk desk);
  Desk put(Desk desk, ChangeNo change);
  /// The desk as batches of this life, one a change, behind what it sealed before.
  Holding seal(unsigned place, unsigned life, Holding held, Desk desk);

  struct Met {
    Holding caller, answerer;
  };
  Met meet(unsigned caller, Holding callers, unsigned answerer, Holding answerers, Luck luck);
  /// The caller's message that carries its batches, kept on the way; none: it had none to send.
  std::optional<Message> on_the_way(unsigned caller, Holding callers, unsigned answerer,
                                    Holding answerers);
  Holding arrives(unsigned place, Holding held, Message message);

  std::set<ChangeNo> changes_in(Holding held) const;
  const std::set<ChangeNo>& on(Desk desk) const { return desks_[desk]; }
  const std::set<BatchNo>& in(Holding held) const { return holdings_[held]; }
  /// Empty: what a reader of this sees is whole and hides nothing; else what is wrong (P2, P4).
  const std::string& fault_in(Holding held);
  std::size_t holdings() const { return holdings_.size(); }
  std::size_t conversations() const { return met_.size(); }

 private:
  using Pair = std::array<std::uint32_t, 5>;

  MemoryLog log_of(unsigned place, Holding held);
  Holding held_by(const MemoryLog& log);
  Holding intern(std::set<BatchNo> batches);
  BatchNo batch_of(unsigned place, unsigned life, ChangeNo change, const MemoryLog& log);
  RecordState shown(const std::set<ChangeNo>& changes) const;
  Parley parley(Side side, unsigned self, unsigned peer) const;
  Met converse(unsigned caller, Holding callers, unsigned answerer, Holding answerers, Luck luck);
  std::string look_at(Holding held) const;

  SmallRealm realm_{11};
  CompartmentId compartment_;
  const LedgerDefinition& ledger_;
  std::array<Machine, kPlaces> machines_;
  std::array<std::array<IncarnationId, 8>, kPlaces> lives_;
  RecordId record_;
  std::deque<Change> changes_;
  std::map<ChangeId, ChangeNo> change_nos_;
  std::vector<SealedBatch> batches_;
  std::vector<ChangeNo> inside_;  ///< of each batch
  std::map<BatchId, BatchNo> batch_nos_;
  std::map<std::tuple<unsigned, unsigned, ChangeNo, BatchId>, BatchNo> sealed_;
  std::vector<std::set<BatchNo>> holdings_;
  std::map<std::set<BatchNo>, Holding> holding_nos_;
  std::vector<std::set<ChangeNo>> desks_;
  std::map<std::set<ChangeNo>, Desk> desk_nos_;
  std::map<std::pair<unsigned, Holding>, MemoryLog> logs_;
  std::vector<Bytes> messages_;
  std::map<Bytes, Message> message_nos_;
  std::map<Pair, Met> met_;
  std::map<Pair, std::optional<Message>> sent_;
  std::map<Pair, Holding> arrived_;
  std::map<Holding, std::string> faults_;
};

}  // namespace jiyao::exhaustive
