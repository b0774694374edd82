// sync/lane.cpp - see lane.h.
#include "sync/lane.h"

#include <algorithm>

#include "schema/wire.h"

namespace jiyao {

namespace {

constexpr std::size_t kGapsShown = 100;
constexpr std::size_t kSeenMax = 4096;
constexpr std::size_t kVolumesMax = 4096;
constexpr std::uint8_t kBookVersion = 2;

void put_bytes(WireWriter& out, const Bytes& bytes) {
  out.u32(static_cast<std::uint32_t>(bytes.size()));
  out.raw(bytes);
}

/// Of those not lost.
auto third_newest(const std::vector<LaneSet>& sets) {
  std::size_t newer = 0;
  return std::find_if(sets.rbegin(), sets.rend(), [&](const LaneSet& one) {
    return one.state != SetState::lost && ++newer == 3;
  });
}

Bytes take_bytes(WireReader& in) {
  const ByteView bytes = in.take(in.u32());
  return {bytes.begin(), bytes.end()};
}

}  // namespace

std::vector<SetId> LaneBook::open_sets() const {
  std::vector<SetId> open;
  for (const LaneSet& set : sets_)
    if (set.state == SetState::open) open.push_back(set.set);
  return open;
}

// One-way: the export before the last two is the newest that later ones need not repeat. Lost ones
// do not count among them.
Result<PeerView> LaneBook::base(SetKind kind) const {
  PeerView nothing;
  if (kind.is_two_way && open_sets().size() >= kOpenSetsMax) {
    std::string names;
    for (const SetId& set : open_sets()) names += (names.empty() ? "" : " ") + set.hex();
    return {Errc::conflict, names};
  }
  if (kind.is_full || (kind.is_two_way && has_twins())) return nothing;
  const Bytes* known = &peer_view_;
  if (!kind.is_two_way) {
    const auto repeated = third_newest(sets_);
    if (repeated == sets_.rend()) return nothing;
    known = &repeated->held;
  }
  PeerView view;
  if (known->empty() || !view.decode(*known)) return nothing;
  return view;
}

void LaneBook::exported(LaneSet set) {
  last_seq_ = std::max(last_seq_, set.seq);
  sets_.push_back(std::move(set));
  for (auto old = sets_.begin(); sets_.size() > kSetsKept && old != sets_.end();)
    old = old->state == SetState::open ? old + 1 : sets_.erase(old);
}

Result<void> LaneBook::declare_lost(const SetId& set) {
  for (LaneSet& one : sets_) {
    if (one.set != set) continue;
    if (one.state == SetState::open) one.state = SetState::lost;
    return {};
  }
  return {Errc::not_found, set.hex()};
}

void LaneBook::returned(const SetId& set) {
  for (LaneSet& one : sets_)
    if (one.set == set && one.state != SetState::one_way) one.state = SetState::returned;
}

void LaneBook::close_by(const std::vector<Receipt>& receipts) {
  for (const Receipt& receipt : receipts) {
    if (receipt.grade == Grade::archived || receipt.issuer.bytes != peer_.bytes) continue;
    for (const SetId& set : receipt.sets) returned(set);
  }
}

void LaneBook::see(std::uint64_t seq) {
  if (seq <= seen_through_) return;
  const auto place = std::lower_bound(seen_.begin(), seen_.end(), seq);
  if (place == seen_.end() || *place != seq) seen_.insert(place, seq);
  while (!seen_.empty() && (seen_.front() == seen_through_ + 1 || seen_.size() > kSeenMax)) {
    seen_through_ = seen_.front();
    seen_.erase(seen_.begin());
  }
}

// A life that speaks again after another did.
bool LaneBook::has_twins() const {
  for (auto word = speakers_.begin(); word != speakers_.end(); ++word) {
    const auto other =
        std::find_if(word, speakers_.end(), [&](const IncarnationId& one) { return one != *word; });
    if (std::find(other, speakers_.end(), *word) != speakers_.end()) return true;
  }
  return false;
}

// A set counts as taken in only when every volume has come; the data needs no such care, for what
// they hold is told by hashes. An older bundle that comes late does not change what we know of
// them.
void LaneBook::took_in(const BundleOuter& outer, const BundleManifest& manifest,
                       const Bytes& view) {
  const bool is_known = std::ranges::count(taken_in_, outer.set) > 0 ||
                        std::ranges::count(partial_, outer.set, &PartialSet::set) > 0;
  if (!is_known) speakers_.push_back(manifest.incarnation);
  if (speakers_.size() > kWordsKept) speakers_.erase(speakers_.begin());
  const std::uint64_t newest = seen_.empty() ? seen_through_ : seen_.back();
  if (!view.empty() && (outer.lane_seq >= newest || manifest.incarnation != peer_incarnation_)) {
    peer_view_ = view;
    peer_incarnation_ = manifest.incarnation;
  }
  see(outer.lane_seq);
  for (const SetId& set : manifest.closes) returned(set);
  if (std::find(taken_in_.begin(), taken_in_.end(), outer.set) != taken_in_.end()) return;
  auto partial = std::find_if(partial_.begin(), partial_.end(),
                              [&](const PartialSet& one) { return one.set == outer.set; });
  if (partial == partial_.end()) {
    if (partial_.size() >= kPartialSetsMax) partial_.erase(partial_.begin());
    partial_.push_back({outer.set, manifest.volumes, {}});
    partial = partial_.end() - 1;
  }
  std::vector<std::uint32_t>& got = partial->got;
  const auto place = std::lower_bound(got.begin(), got.end(), outer.volume);
  if ((place == got.end() || *place != outer.volume) && got.size() < kVolumesMax)
    got.insert(place, outer.volume);
  partial->volumes = std::max(partial->volumes, manifest.volumes);
  if (partial->volumes == 0 || got.size() < partial->volumes) return;
  partial_.erase(partial);
  taken_in_.push_back(outer.set);
  if (taken_in_.size() > kReceiptSetsMax) taken_in_.erase(taken_in_.begin());
}

std::vector<SetId> LaneBook::taken_in() const {
  std::vector<SetId> sets = taken_in_;
  std::sort(sets.begin(), sets.end());
  return sets;
}

std::vector<std::uint64_t> LaneBook::gaps() const {
  std::vector<std::uint64_t> gaps;
  std::uint64_t next = seen_through_ + 1;
  for (const std::uint64_t seq : seen_) {
    for (; next < seq && gaps.size() < kGapsShown; ++next) gaps.push_back(next);
    next = seq + 1;
  }
  return gaps;
}

Bytes LaneBook::encode() const {
  Bytes bytes;
  WireWriter out(bytes);
  out.u8(kBookVersion);
  out.raw(peer_.view());
  out.u8(1);  // 0 in a book of before: see decode()
  out.u64(last_seq_);
  put_bytes(out, peer_view_);
  out.raw(peer_incarnation_.view());
  out.varint(speakers_.size());
  for (const IncarnationId& speaker : speakers_) out.raw(speaker.view());
  out.u64(seen_through_);
  out.varint(seen_.size());
  for (const std::uint64_t seq : seen_) out.u64(seq);
  out.varint(taken_in_.size());
  for (const SetId& set : taken_in_) out.raw(set.view());
  out.varint(sets_.size());
  for (const LaneSet& set : sets_) {
    out.raw(set.set.view());
    out.u64(set.seq);
    out.u8(static_cast<std::uint8_t>(set.state));
    out.u32(set.volumes);
    out.u64(static_cast<std::uint64_t>(set.made_ms));
    put_bytes(out, set.held);
  }
  out.varint(partial_.size());
  for (const PartialSet& set : partial_) {
    out.raw(set.set.view());
    out.u32(set.volumes);
    out.varint(set.got.size());
    for (const std::uint32_t volume : set.got) out.u32(volume);
  }
  return bytes;
}

// A book of before that had ever exported one-way calls every such set returned and does not say
// which: without a receipt to show for it, none of them is.
Result<LaneBook> LaneBook::decode(ByteView bytes) {
  if (bytes.size() > kBookBytesMax) return {Errc::too_large, "lane book"};
  WireReader in(bytes);
  if (in.u8() != kBookVersion) return {Errc::malformed, "lane book"};
  LaneBook book(in.block<NodeId>());
  const bool is_of_before = in.u8() == 0;
  book.last_seq_ = in.u64();
  book.peer_view_ = take_bytes(in);
  book.peer_incarnation_ = in.block<IncarnationId>();
  for (std::size_t i = in.count(kWordsKept); i > 0; --i)
    book.speakers_.push_back(in.block<IncarnationId>());
  book.seen_through_ = in.u64();
  for (std::size_t i = in.count(kSeenMax); i > 0; --i) book.seen_.push_back(in.u64());
  for (std::size_t i = in.count(kReceiptSetsMax); i > 0; --i)
    book.taken_in_.push_back(in.block<SetId>());
  for (std::size_t i = in.count(kSetsKept * 4); i > 0; --i) {
    LaneSet set;
    set.set = in.block<SetId>();
    set.seq = in.u64();
    set.state = static_cast<SetState>(std::clamp<int>(in.u8(), 1, 4));
    if (is_of_before && set.state == SetState::returned) set.state = SetState::one_way;
    set.volumes = in.u32();
    set.made_ms = static_cast<std::int64_t>(in.u64());
    set.held = take_bytes(in);
    book.sets_.push_back(std::move(set));
  }
  for (std::size_t i = in.count(kPartialSetsMax); i > 0; --i) {
    PartialSet set;
    set.set = in.block<SetId>();
    set.volumes = in.u32();
    for (std::size_t n = in.count(kVolumesMax); n > 0; --n) set.got.push_back(in.u32());
    book.partial_.push_back(std::move(set));
  }
  if (in.has_failed() || !in.is_at_end()) return {Errc::malformed, "lane book"};
  return book;
}

}  // namespace jiyao
