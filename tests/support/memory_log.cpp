// tests/support/memory_log.cpp - see memory_log.h.
#include "support/memory_log.h"

namespace jiyao {

Level MemoryLog::device_ceiling() const {
  return self_.is_none() ? ceiling_ : device_ceiling_of(roster_, self_);
}

Result<Appended> MemoryLog::append(const SealedBatch& batch, const Route& route,
                                   const NodeId& from_peer) {
  if (holds(batch.id())) return Appended::held_already;
  const Result<Admitted> admitted = admit(batch, roster_, route, device_ceiling());
  if (!admitted) return admitted.error();
  if (*admitted == Admitted::store) {
    store(batch);
    return Appended::stored;
  }
  if (room_.holds(batch.id())) return Appended::waiting;
  if (!room_.has_room(from_peer, batch.bytes().size()))
    return {Errc::too_large, "too much waits for a roster record"};
  room_.enter(batch.id(), from_peer, batch.bytes().size());
  guests_[batch.id()] = {Bytes(batch.bytes().begin(), batch.bytes().end()), route};
  return Appended::waiting;
}

void MemoryLog::store(const SealedBatch& batch) {
  batches_[batch.id()] = Bytes(batch.bytes().begin(), batch.bytes().end());
  JIYAO_ASSERT(index_.add(line_of(batch)));
}

Result<SealedBatch> MemoryLog::batch(const BatchId& id) const {
  const auto found = batches_.find(id);
  if (found == batches_.end()) return {Errc::not_found, id.hex()};
  return SealedBatch::parse(ByteView(found->second));
}

Frontier MemoryLog::frontier(const CompartmentId& compartment) const {
  return index_.frontier(compartment);
}

std::vector<BatchId> MemoryLog::batches(const CompartmentId& compartment) const {
  return index_.batches(compartment);
}

Missing MemoryLog::missing(const Scope& scope, std::span<const CompartmentFrontier> theirs,
                           std::size_t bytes_max) const {
  return index_.missing(scope, theirs, bytes_max);
}

bool MemoryLog::reaches(const BatchId& batch, const BatchId& ancestor) const {
  return index_.reaches(batch, ancestor);
}

Result<void> MemoryLog::extend_roster(ByteView record) {
  Result<Roster> next = roster_.append(record);
  if (!next && next.code() == Errc::exists) return {};
  if (!next) return next.error();
  roster_ = std::move(*next);
  papers_.drop_answered(roster_);
  records_.emplace_back(record.begin(), record.end());
  try_waiting_again();
  return {};
}

// Who still names a roster point ahead of ours goes on waiting; who is refused now, goes.
void MemoryLog::try_waiting_again() {
  for (auto guest = guests_.begin(); guest != guests_.end();) {
    const Result<SealedBatch> batch = SealedBatch::parse(ByteView(guest->second.bytes));
    const Result<Admitted> admitted = admit(*batch, roster_, guest->second.route, device_ceiling());
    const bool must_wait =
        admitted ? *admitted == Admitted::wait : admitted.code() == Errc::need_roster;
    if (must_wait) {
      ++guest;
      continue;
    }
    if (admitted) store(*batch);
    room_.leave(guest->first);
    guest = guests_.erase(guest);
  }
}

std::vector<Bytes> MemoryLog::roster_records(std::uint64_t after_seq) const {
  if (after_seq >= records_.size()) return {};
  return {records_.begin() + static_cast<std::ptrdiff_t>(after_seq), records_.end()};
}

template <class Paper>
Result<void> MemoryLog::put_paper(const Paper& paper) {
  const Result<void> checked = check_paper(paper, roster_);
  if (!checked) return checked;
  papers_.put(paper);
  return {};
}

Result<void> MemoryLog::put(const Receipt& receipt) {
  return put_paper(receipt);
}
Result<void> MemoryLog::put(const Grant& grant) {
  return put_paper(grant);
}
Result<void> MemoryLog::put(const HubHead& head) {
  return put_paper(head);
}

Result<void> MemoryLog::put(const EpochRequest& request) {
  const Result<void> put = put_paper(request);
  papers_.drop_answered(roster_);
  return put;
}

std::vector<Receipt> MemoryLog::receipts(const Scope& scope) const {
  return papers_.receipts(scope);
}

std::vector<Grant> MemoryLog::grants(const Scope& scope) const {
  return papers_.grants(scope);
}

}  // namespace jiyao
