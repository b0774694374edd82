// sync/bundle_writer.cpp - see bundle_writer.h. Planning is here, files are in volume_file.cpp.
#include "sync/bundle_writer.h"

#include <algorithm>

#include "crypto/random.h"
#include "sync/volume_file.h"

namespace jiyao {

namespace {

constexpr std::size_t kSlotsStep = 4;  ///< decoys fill up to the next multiple

std::size_t slots_for(std::size_t recipients) {
  return std::min((recipients + kSlotsStep - 1) / kSlotsStep * kSlotsStep, kRecipientsMax);
}

/// A frame to come: small ones are held, batches are named.
struct Item {
  FrameType type = FrameType::batch;
  std::size_t place = 0;  ///< in `small`, or in `ids`
  std::size_t bytes = 0;  ///< of the whole frame
};

}  // namespace

Result<BundleOrder> order_for(const LaneBook& book, const NodeId& self,
                              const IncarnationId& incarnation, const SigningKey& sign,
                              SetKind kind) {
  Result<PeerView> base = book.base(kind);
  if (!base) return base.error();
  BundleOrder order{self, incarnation, sign, {book.peer()}};
  order.base = std::move(*base);
  order.lane_seq = book.next_seq();
  order.before = book.last_set();
  order.is_two_way = kind.is_two_way;
  order.closes = book.taken_in();
  return order;
}

struct BundleWriter::State {
  const BatchLog& log;
  BundleOrder order;
  OurView ours;  ///< scope: what every recipient may read
  SetId set;
  std::vector<Bytes> small;
  std::vector<BatchId> ids;
  std::vector<Item> leading, closing;  ///< repeated in every volume when they are small
  struct Volume {
    BundleId bundle;
    std::vector<Item> items;
    std::uint64_t frames_bytes = 0;
    std::map<CompartmentId, ManifestEntry> entries;
  };
  std::vector<Volume> volumes;
  std::vector<Digest> papers;

  Result<void> check_order();
  void add_small(std::vector<Item>& items, FrameType type, Bytes bytes);
  void collect_leading();
  void collect_closing();
  std::vector<BatchId> choose_batches() const;
  Result<void> deal();
  void open_volume();
  bool put(const Item& item, std::uint64_t room);
  std::uint64_t room_for_frames() const;
  BundleManifest manifest(const Volume& volume) const;
  std::uint64_t file_bytes(const Volume& volume) const;
  Result<void> write_frames(const Volume& volume, VolumeFile& file) const;
  BundleOuter outer(std::uint32_t number, const StreamSealer& sealer) const;
  Result<Digest> fill(VolumeFile& file, std::uint32_t number) const;
  HandOver fact(std::uint32_t number, const Digest& file) const;
  Result<HandOver> write(Files& files, const Path& folder, std::uint32_t number) const;
};

// What may go in is what every recipient may read: they all get the same file key.
Result<void> BundleWriter::State::check_order() {
  std::sort(order.recipients.begin(), order.recipients.end());
  const auto end = std::unique(order.recipients.begin(), order.recipients.end());
  order.recipients.erase(end, order.recipients.end());
  if (order.recipients.empty() || order.recipients.size() > kRecipientsMax)
    return {Errc::too_large, "recipients"};
  if (order.volume_bytes_max == 0) order.volume_bytes_max = kBundleBytesMax;
  if (order.volume_bytes_max < kVolumeBytesMin || order.volume_bytes_max > kBundleBytesMax)
    return {Errc::usage, "volume bytes"};
  const Roster roster = log.roster();
  const Route route{RouteKind::medium, order.label};
  if (roster.ceiling(route) < order.label) return {Errc::above_ceiling, "media of this realm"};
  const Parley self{Side::caller, route, order.self, {}, {}, {}};
  ours = look_at(log, self);
  for (const NodeId& recipient : order.recipients) {
    const NodeEntry* entry = roster.node(recipient);
    if (!entry) return {Errc::not_allowed, "unknown recipient: " + recipient.hex()};
    if (entry->is_revoked) return {Errc::revoked, recipient.hex()};
    if (entry->record.device_ceiling < order.label)
      return {Errc::above_ceiling, "above the device of the recipient: " + recipient.hex()};
    const Scope theirs = roster.scope(recipient, route);
    std::erase_if(ours.frontiers, [&](const CompartmentFrontier& one) {
      return !std::binary_search(theirs.compartments.begin(), theirs.compartments.end(),
                                 one.compartment);
    });
  }
  ours.scope.compartments.clear();
  for (const CompartmentFrontier& one : ours.frontiers)
    ours.scope.compartments.push_back(one.compartment);
  ours.have = {ours.roster.point(), digest_of(ours.scope), digest_of(ours.frontiers),
               log.papers(ours.scope)};
  papers = paper_hashes(log, ours.scope);
  return {};
}

void BundleWriter::State::add_small(std::vector<Item>& items, FrameType type, Bytes bytes) {
  items.push_back({type, small.size(), bytes.size() + kFrameHeadBytes});
  small.push_back(std::move(bytes));
}

void BundleWriter::State::collect_leading() {
  const std::optional<Have>& theirs = order.base.have();
  for (const HubHead& head : log.heads())
    add_small(leading, FrameType::hub_head, encode_head(head));
  for (Bytes& record : log.roster_records(theirs ? theirs->roster.seq : 0))
    add_small(leading, FrameType::roster, std::move(record));
  for (const Grant& grant : log.grants(ours.scope)) {
    Bytes bytes = encode_grant(grant);
    if (!order.base.holds_paper(hash_of_paper(bytes)))
      add_small(leading, FrameType::grant, std::move(bytes));
  }
  for (const Receipt& receipt : log.receipts(ours.scope)) {
    Bytes bytes = encode_receipt(receipt);
    if (!order.base.holds_paper(hash_of_paper(bytes)))
      add_small(leading, FrameType::receipt, std::move(bytes));
  }
  for (const EpochRequest& request : log.epoch_requests()) {
    Bytes bytes = encode_epoch_request(request);
    if (!order.base.holds_paper(hash_of_paper(bytes)))
      add_small(leading, FrameType::epoch_request, std::move(bytes));
  }
}

void BundleWriter::State::collect_closing() {
  Bytes words;
  put_frame(words, FrameType::have, encode_have(ours.have));
  put_frontiers(words, ours, PeerView());
  put_frame(words, FrameType::end, {});
  FrameReader reader(words);
  while (!reader.at_end()) {
    const Result<Frame> frame = reader.next();
    JIYAO_ASSERT(bool(frame));
    add_small(closing, frame->type, Bytes(frame->bytes.begin(), frame->bytes.end()));
  }
}

// A compartment of which we do not know what they hold, goes out whole: nobody can be asked.
std::vector<BatchId> BundleWriter::State::choose_batches() const {
  Scope scope;
  std::vector<CompartmentFrontier> theirs;
  for (const CompartmentFrontier& mine : ours.frontiers) {
    const PeerView::Known* known = order.base.known(mine.compartment);
    if (known && known->digest == digest_of(mine.frontier)) continue;
    scope.compartments.push_back(mine.compartment);
    if (known && known->full) theirs.push_back({mine.compartment, *known->full});
  }
  return log.missing(scope, theirs, ~std::size_t{0} >> 1).batches;
}

std::uint64_t BundleWriter::State::room_for_frames() const {
  const std::uint64_t head =
      kBundleFixedBytes + kBundleMacBytes + slots_for(order.recipients.size()) * kBundleSlotBytes;
  Volume fullest;  // the longest manifest a volume of this set can have
  for (const CompartmentId& compartment : ours.scope.compartments)
    fullest.entries[compartment] = {compartment, 0, 0};
  const std::uint64_t first = encode_manifest(manifest(fullest)).size() + Signature::kBytes;
  return frames_bytes_in(order.volume_bytes_max - volume_bytes(head, first, 0) + kChunkLengthBytes +
                         kChunkOverheadBytes);
}

void BundleWriter::State::open_volume() {
  volumes.emplace_back();
  volumes.back().bundle = random_block<BundleId>();
}

bool BundleWriter::State::put(const Item& item, std::uint64_t room) {
  Volume& volume = volumes.back();
  if (volume.frames_bytes + item.bytes > room) return false;
  volume.items.push_back(item);
  volume.frames_bytes += item.bytes;
  return true;
}

// Any one batch must fit beside what every volume repeats; what is too long to repeat, stands once
// at the beginning of the set, and the sender's own words once at its end.
Result<void> BundleWriter::State::deal() {
  const std::uint64_t room = room_for_frames();
  std::uint64_t repeated = 0;
  for (const std::vector<Item>* items : {&leading, &closing})
    for (const Item& item : *items) repeated += item.bytes;
  constexpr std::uint64_t kOneBatch = kBatchBytesMax + kFrameHeadBytes;
  const bool is_repeated = repeated + kOneBatch <= room;
  const std::uint64_t kept_free = is_repeated ? repeated : 0;
  open_volume();
  const auto put_in_turn = [&](const Item& item) {
    if (put(item, room - kept_free)) return;
    open_volume();
    JIYAO_ASSERT(put(item, room - kept_free));
  };
  if (!is_repeated)
    for (const Item& item : leading) put_in_turn(item);
  for (const BatchId& id : choose_batches()) {
    const Result<SealedBatch> batch = log.batch(id);
    if (!batch || batch->core().compartment.level > order.label) continue;
    put_in_turn({FrameType::batch, ids.size(), batch->bytes().size() + kFrameHeadBytes});
    ids.push_back(id);
    ManifestEntry& entry = volumes.back().entries[batch->core().compartment];
    entry.compartment = batch->core().compartment;
    ++entry.batches;
    entry.changes += batch->core().count;
  }
  if (!is_repeated)
    for (const Item& item : closing) put_in_turn(item);
  if (volumes.size() > kVolumesMax) return {Errc::too_large, "volumes"};
  if (!is_repeated) return {};
  for (Volume& volume : volumes) {
    volume.items.insert(volume.items.begin(), leading.begin(), leading.end());
    volume.items.insert(volume.items.end(), closing.begin(), closing.end());
    volume.frames_bytes += repeated;
  }
  return {};
}

BundleManifest BundleWriter::State::manifest(const Volume& volume) const {
  BundleManifest manifest;
  manifest.volumes = static_cast<std::uint32_t>(volumes.size());
  manifest.incarnation = order.incarnation;
  manifest.roster = ours.have.roster;
  manifest.recipients = order.recipients;
  for (const auto& [compartment, entry] : volume.entries) {
    manifest.entries.push_back(entry);
    manifest.highest = std::max(manifest.highest, compartment.level);
  }
  manifest.frames_bytes = volume.frames_bytes;
  manifest.before = order.before;
  manifest.is_two_way = order.is_two_way;
  manifest.closes = order.closes;
  return manifest;
}

std::uint64_t BundleWriter::State::file_bytes(const Volume& volume) const {
  const std::uint64_t head =
      kBundleFixedBytes + kBundleMacBytes + slots_for(order.recipients.size()) * kBundleSlotBytes;
  return volume_bytes(head, encode_manifest(manifest(volume)).size() + Signature::kBytes,
                      volume.frames_bytes);
}

Result<void> BundleWriter::State::write_frames(const Volume& volume, VolumeFile& file) const {
  for (const Item& item : volume.items) {
    Bytes frame;
    if (item.type != FrameType::batch) {
      put_frame(frame, item.type, small[item.place]);
    } else {
      const Result<SealedBatch> batch = log.batch(ids[item.place]);
      if (!batch) return batch.error();
      put_frame(frame, FrameType::batch, batch->bytes());
    }
    JIYAO_ASSERT(frame.size() == item.bytes);
    file.add(frame);
  }
  return {};
}

BundleOuter BundleWriter::State::outer(std::uint32_t number, const StreamSealer& sealer) const {
  BundleOuter outer;
  outer.realm = ours.roster.realm();
  outer.set = set;
  outer.bundle = volumes[number - 1].bundle;
  outer.volume = number;
  outer.label = order.label;
  outer.sender = order.self;
  outer.lane_seq = order.lane_seq;
  outer.made_ms = order.made_ms;
  outer.stream = *StreamHeader::from(sealer.header());
  return outer;
}

Result<Digest> BundleWriter::State::fill(VolumeFile& file, std::uint32_t number) const {
  const Volume& volume = volumes[number - 1];
  const BodyKey file_key = BodyKey::random();
  StreamSealer sealer(file_key);
  const BundleOuter outside = outer(number, sealer);
  std::vector<BundleSlot> slots;
  for (const NodeId& recipient : order.recipients)
    slots.push_back(seal_slot(outside, ours.roster.node(recipient)->record.box, file_key));
  while (slots.size() < slots_for(order.recipients.size())) slots.push_back(decoy_slot());
  const BundleHead head = make_head(outside, slots, file_key);
  file.begin(head.bytes, sealer, sign_manifest(manifest(volume), head, order.sign),
             volume.frames_bytes);
  const Result<void> written = write_frames(volume, file);
  if (!written) return written.error();
  return file.finish();
}

HandOver BundleWriter::State::fact(std::uint32_t number, const Digest& file) const {
  const Volume& volume = volumes[number - 1];
  const BundleManifest contents = manifest(volume);
  HandOver fact;
  fact.set = set;
  fact.bundle = volume.bundle;
  fact.volume = number;
  fact.volumes = contents.volumes;
  fact.peers = order.recipients;
  fact.label = order.label;
  fact.highest = contents.highest;
  for (const ManifestEntry& entry : contents.entries) {
    fact.batches += entry.batches;
    fact.changes += entry.changes;
  }
  fact.bytes = file_bytes(volume);
  fact.file = file;
  fact.at_ms = order.made_ms;
  return fact;
}

Result<HandOver> BundleWriter::State::write(Files& files, const Path& folder,
                                            std::uint32_t number) const {
  JIYAO_ASSERT(number >= 1 && number <= volumes.size());
  HandOver done = fact(number, Digest{});  // before: what is on the medium can be said
  Result<VolumeFile> file = VolumeFile::create(files, folder, volume_name(set, number),
                                               file_bytes(volumes[number - 1]), set);
  if (!file) return file.error();
  try {
    const Result<Digest> digest = fill(*file, number);
    if (digest) {
      done.file = *digest;
      return Result<HandOver>(std::move(done));
    }
    file->drop();
    return digest.error();
  } catch (const std::exception&) {  // the medium failed, or there is no memory
    file->drop();
    throw;
  }
}

BundleWriter::BundleWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
BundleWriter::BundleWriter(BundleWriter&&) noexcept = default;
BundleWriter::~BundleWriter() = default;

Result<BundleWriter> BundleWriter::plan(const BatchLog& log, BundleOrder order) {
  std::unique_ptr<State> state(new State{log, std::move(order), {}, {}, {}, {}, {}, {}, {}, {}});
  const Result<void> sound = state->check_order();
  if (!sound) return sound.error();
  state->set = random_block<SetId>();
  state->collect_leading();
  state->collect_closing();
  const Result<void> dealt = state->deal();
  if (!dealt) return dealt.error();
  return BundleWriter(std::move(state));
}

const SetId& BundleWriter::set() const {
  return state_->set;
}
std::uint32_t BundleWriter::volumes() const {
  return static_cast<std::uint32_t>(state_->volumes.size());
}
std::uint64_t BundleWriter::batches() const {
  return state_->ids.size();
}
std::uint64_t BundleWriter::changes() const {
  std::uint64_t changes = 0;
  for (const State::Volume& volume : state_->volumes)
    for (const auto& [compartment, entry] : volume.entries) changes += entry.changes;
  return changes;
}
std::uint64_t BundleWriter::bytes(std::uint32_t volume) const {
  return state_->file_bytes(state_->volumes[volume - 1]);
}

LaneSet BundleWriter::lane_set() const {
  LaneSet set;
  set.set = state_->set;
  set.seq = state_->order.lane_seq;
  if (!state_->order.is_two_way) set.state = SetState::one_way;
  set.volumes = volumes();
  set.made_ms = state_->order.made_ms;
  set.held = PeerView::of(state_->ours, state_->papers).encode();
  return set;
}

Result<HandOver> BundleWriter::write(Files& files, const Path& folder, std::uint32_t volume) const {
  return state_->write(files, folder, volume);
}

}  // namespace jiyao
