// sync/intake.cpp - see intake.h.
#include "sync/intake.h"

#include <algorithm>

namespace jiyao {

Intake::Intake(BatchLog& log, const Parley& parley, RosterGate* gate)
    : log_(log), parley_(parley), gate_(gate) {}

void Intake::take(const Frame& frame) {
  switch (frame.type) {
    case FrameType::hub_head:
      return take_paper(decode_head(frame.bytes), heard_.heads);
    case FrameType::roster:
      return take_roster(frame.bytes);
    case FrameType::grant:
      return take_paper(decode_grant(frame.bytes), heard_.grants);
    case FrameType::receipt:
      return take_paper(decode_receipt(frame.bytes), heard_.receipts);
    case FrameType::epoch_request:
      return take_paper(decode_epoch_request(frame.bytes), heard_.requests);
    case FrameType::batch:
      return take_batch(frame.bytes);
    case FrameType::have: {
      const Result<Have> have = decode_have(frame.bytes);
      if (!have) return refuse({}, have.error());
      have_ = *have;
      return;
    }
    case FrameType::frontiers:
      return take_frontiers(frame.bytes);
    case FrameType::refused:
      return take_refused(frame.bytes);
    case FrameType::residue:  // purges come with a later program; the batch itself stays as it is
      return refuse({}, {Errc::newer, "residue"});
    case FrameType::end:
      return;
  }
  refuse({}, {Errc::malformed, "frame type"});
}

template <class Paper>
void Intake::take_paper(const Result<Paper>& paper, std::size_t& count) {
  if (!paper) return refuse({}, paper.error());
  const Result<void> put = log_.put(*paper);
  if (!put) return refuse({}, put.error());
  ++count;
}

// The gate comes first: what this replica has not sealed yet must be sealed at the older point.
void Intake::take_roster(ByteView record) {
  if (!roster_) roster_ = log_.roster();
  if (roster_->point().seq == 0) {
    const Result<void> first = check_first_record(record, parley_.root);
    if (!first) return refuse({}, first.error());
  }
  const Result<Roster> next = roster_->append(record);
  if (!next && next.code() == Errc::exists) return;
  if (!next) return refuse({}, next.error());
  if (gate_) {
    const Result<void> ready = gate_->before_roster(record);
    if (!ready) return refuse({}, ready.error());
  }
  const Result<void> extended = log_.extend_roster(record);
  roster_.reset();
  scope_.reset();
  if (!extended) return refuse({}, extended.error());
  ++heard_.roster_records;
  not_kept_.clear();  // what waited for this record may come again
}

// The sender has looked at the same two things; neither side relies on the other (P11).
Result<void> Intake::may_come_here(const SealedBatch& batch) {
  const CompartmentId& compartment = batch.core().compartment;
  if (compartment.level > parley_.route.ceiling) return {Errc::above_ceiling, compartment.text()};
  if (!roster_) roster_ = log_.roster();
  if (!scope_) scope_ = scope_of(*roster_, parley_);
  const std::vector<CompartmentId>& open = scope_->compartments;
  if (!std::binary_search(open.begin(), open.end(), compartment))
    return {Errc::not_allowed, compartment.text()};
  return {};
}

void Intake::take_batch(ByteView bytes) {
  const Result<SealedBatch> batch = SealedBatch::parse(bytes);
  if (!batch) return refuse({}, batch.error());
  const Result<void> welcome = may_come_here(*batch);
  if (!welcome) return refuse(batch->id(), welcome.error());
  const Result<Appended> appended = log_.append(*batch, parley_.route, parley_.peer_node);
  if (!appended) return refuse(batch->id(), appended.error());
  if (*appended == Appended::held_already) {
    ++heard_.batches_held;
  } else if (*appended == Appended::waiting) {
    ++heard_.batches_waiting;
    if (not_kept_.size() < kRefusedToldMax) not_kept_.push_back(batch->id());
  } else {
    ++heard_.batches_new;
    kept_.push_back(batch->id());
    if (!parley_.incarnation.is_none() &&
        batch->author() == Author{parley_.self, parley_.incarnation})
      heard_.own_unknown.push_back(batch->id());
  }
}

void Intake::take_frontiers(ByteView bytes) {
  Result<Frontiers> frontiers = decode_frontiers(bytes);
  if (!frontiers) return refuse({}, frontiers.error());
  has_frontiers_ = true;
  auto& digests = frontiers_.digests;
  digests.insert(digests.end(), frontiers->digests.begin(), frontiers->digests.end());
  for (CompartmentFrontier& one : frontiers->full) frontiers_.full.push_back(std::move(one));
}

void Intake::take_refused(ByteView bytes) {
  Result<Refused> refused = decode_refused(bytes);
  if (!refused) return refuse({}, refused.error());
  refused_by_them_ = std::move(refused->batches);
}

void Intake::refuse(const BatchId& id, const Error& error) {
  ++heard_.refused;
  if (!id.is_none() && error.code == Errc::need_roster) ++need_roster_;
  if (heard_.refusals.size() < kRefusalsKept) heard_.refusals.emplace_back(id, error);
  if (!id.is_none() && not_kept_.size() < kRefusedToldMax) not_kept_.push_back(id);
}

Result<void> check_first_record(ByteView record, const Digest& root) {
  if (root.is_none()) return {Errc::not_for_us, "no root is known here yet"};
  const Result<Roster> first = Roster().append(record);
  if (!first) return first.error();
  if (first->root_fingerprint() != root) return {Errc::not_for_us, "another root"};
  return {};
}

}  // namespace jiyao
