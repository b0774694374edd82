// sync/bundle_reader.cpp - see bundle_reader.h. Walking over the sealed chunks is volume_walk.h.
#include "sync/bundle_reader.h"

#include <algorithm>

#include "sync/intake.h"
#include "sync/log_core.h"
#include "sync/volume_walk.h"

namespace jiyao {

namespace {

/// Pass 1 over the frames: levels, and the roster as it will be, so that a machine that holds
/// nothing yet can check who signed.
class Inspection {
 public:
  Inspection(const BatchLog& log, const BundleOuter& outer, const BundleSelf& self)
      : outer_(outer), self_(self), roster_(log.roster()) {}

  Result<void> look_at(const Frame& frame) {
    switch (frame.type) {
      case FrameType::roster:
        ++summary.roster_records;
        return take_record(frame.bytes);
      case FrameType::grant: {
        ++summary.papers;
        const Result<Grant> grant = decode_grant(frame.bytes);
        return grant ? check_level(grant->compartment.level) : Result<void>();
      }
      case FrameType::receipt: {
        ++summary.papers;
        const Result<Receipt> receipt = decode_receipt(frame.bytes);
        return receipt ? check_level(receipt->compartment.level) : Result<void>();
      }
      case FrameType::epoch_request:  // names compartments, as the roster does; holds nothing of
                                      // them
        ++summary.papers;
        return {};
      case FrameType::batch: {
        ++summary.batches;
        const Result<SealedBatch> batch = SealedBatch::parse(frame.bytes);
        return batch ? check_level(batch->core().compartment.level) : Result<void>();
      }
      default:
        return {};
    }
  }

  /// The label against this device and the realm's media, as the roster will be.
  Result<void> check_label() const {
    const Route route{RouteKind::medium, outer_.label};
    if (roster_.ceiling(route) < outer_.label)
      return {Errc::above_ceiling, "label above the media of this realm"};
    if (device_ceiling_of(roster_, self_.node) < outer_.label)
      return {Errc::above_ceiling, "label above this device"};
    return {};
  }
  Result<void> check_sender(const SignedManifest& manifest) const {
    const NodeEntry* sender = roster_.node(outer_.sender);
    if (!sender) return {Errc::need_roster, "unknown sender: " + outer_.sender.hex()};
    if (!manifest.signed_by(sender->record.sign)) return {Errc::not_authentic, "sender"};
    if (sender->is_revoked) return {Errc::revoked, outer_.sender.hex()};
    return {};
  }
  bool knows_sender() const { return roster_.node(outer_.sender) != nullptr; }

  BundleSummary summary;

 private:
  // A record that does not follow is the intake's to count; here it only does not help.
  Result<void> take_record(ByteView record) {
    if (roster_.point().seq == 0) {
      if (Result<void> first = check_first_record(record, self_.root); !first) return first;
    }
    Result<Roster> next = roster_.append(record);
    if (next) roster_ = std::move(*next);
    return {};
  }
  Result<void> check_level(Level level) const {
    if (level <= outer_.label) return {};
    return {Errc::above_ceiling, std::string(name_of(level)) + " inside a medium labelled " +
                                     std::string(name_of(outer_.label))};
  }

  const BundleOuter& outer_;
  const BundleSelf& self_;
  Roster roster_;
};

}  // namespace

struct BundleReader::State {
  BundleSelf self;
  std::unique_ptr<File> file;
  BundleHead head;
  BodyKey key;
  std::uint64_t bytes = 0;
  std::optional<SignedManifest> manifest;
  Digest digest;  ///< of the file, after pass 1
  bool is_torn = false;

  Result<void> read_manifest(VolumeWalk& walk);
  Result<BundleSummary> inspect(const BatchLog& log);
  HandOver fact(HandOverOutcome outcome) const;
};

BundleReader::BundleReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
BundleReader::BundleReader(BundleReader&&) noexcept = default;
BundleReader::~BundleReader() = default;

Result<BundleReader> BundleReader::open(Files& files, const Path& path, const BundleSelf& self) {
  Result<std::unique_ptr<File>> file = files.open(path, OpenMode::read);
  if (!file) return file.error();
  Bytes fixed(kBundleFixedBytes);
  fixed.resize((*file)->read(0, fixed));
  const Result<std::size_t> length = head_length(fixed);
  if (!length) return length.error();
  Bytes bytes(*length);
  if ((*file)->read(0, bytes) != bytes.size()) return {Errc::malformed, "cut off in its head"};
  Result<BundleHead> head = parse_head(bytes);
  if (!head) return head.error();
  const RealmId realm = self.realm.is_none() ? head->outer.realm : self.realm;
  Result<BodyKey> key = open_head(*head, realm, self.box);
  if (!key) return key.error();
  const std::uint64_t size = (*file)->size();
  return BundleReader(std::unique_ptr<State>(
      new State{self, std::move(*file), std::move(*head), std::move(*key), size, {}, {}, false}));
}

const BundleOuter& BundleReader::outer() const {
  return state_->head.outer;
}

Result<void> BundleReader::State::read_manifest(VolumeWalk& walk) {
  const Result<Bytes> first = walk.first_message();
  if (!first) return first.error();
  Result<SignedManifest> parsed = parse_manifest(*first, head);
  if (!parsed) return parsed.error();
  const std::vector<NodeId>& recipients = parsed->manifest.recipients;
  if (!std::binary_search(recipients.begin(), recipients.end(), self.node))
    return {Errc::not_for_us, "the sender does not name us"};
  manifest = std::move(*parsed);
  return walk.expect(manifest->manifest.frames_bytes);
}

Result<BundleSummary> BundleReader::State::inspect(const BatchLog& log) {
  VolumeWalk walk(*file, head, key);
  Inspection inspection(log, head.outer, self);
  const Result<void> begun = read_manifest(walk);
  if (!begun) return begun.error();
  const bool knew_sender = inspection.knows_sender();
  if (knew_sender) {  // then nothing of a stranger's is even parsed
    const Result<void> signed_right = inspection.check_sender(*manifest);
    if (!signed_right) return signed_right.error();
    const Result<void> label = inspection.check_label();
    if (!label && log.roster().node(self.node)) return label.error();
  }
  while (true) {
    const Result<std::optional<Frame>> frame = walk.next();
    if (!frame) return frame.error();
    if (!*frame) break;
    const Result<void> fine = inspection.look_at(**frame);
    if (!fine) return fine.error();
  }
  const Result<void> signed_right = inspection.check_sender(*manifest);
  if (!signed_right) return signed_right.error();
  const Result<void> label = inspection.check_label();
  if (!label) return label.error();
  BundleSummary summary = inspection.summary;
  summary.manifest = manifest->manifest;
  summary.is_torn = is_torn = walk.is_torn();
  digest = walk.file_digest();
  return summary;
}

Result<BundleSummary> BundleReader::inspect(const BatchLog& log) {
  return state_->inspect(log);
}

HandOver BundleReader::State::fact(HandOverOutcome outcome) const {
  HandOver fact;
  fact.set = head.outer.set;
  fact.bundle = head.outer.bundle;
  fact.volume = head.outer.volume;
  fact.direction = Direction::in;
  fact.outcome = outcome;
  fact.peers = {head.outer.sender};
  fact.label = head.outer.label;
  fact.bytes = bytes;
  fact.file = digest;
  if (!manifest) return fact;
  fact.volumes = manifest->manifest.volumes;
  fact.highest = manifest->manifest.highest;
  for (const ManifestEntry& entry : manifest->manifest.entries) {
    fact.batches += entry.batches;
    fact.changes += entry.changes;
  }
  return fact;
}

Result<BundleTaken> BundleReader::import(BatchLog& log, RosterGate* gate) {
  State& state = *state_;
  const Result<BundleSummary> proven = state.inspect(log);
  if (!proven) return proven.error();
  const BundleOuter& outer = state.head.outer;
  const Parley parley{Side::answerer,  {RouteKind::medium, outer.label},
                      state.self.node, state.self.incarnation,
                      outer.sender,    state.self.root};
  VolumeWalk walk(*state.file, state.head, state.key);
  const Result<void> begun = state.read_manifest(walk);
  if (!begun) return begun.error();
  const Have before = look_at(log, parley).have;
  Intake intake(log, parley, gate);
  while (true) {
    const Result<std::optional<Frame>> frame = walk.next();
    if (!frame) return frame.error();  // the medium changed under us; what came before is authentic
    if (!*frame) break;
    intake.take(**frame);
  }
  BundleTaken taken;
  taken.heard = intake.heard();
  taken.is_torn = walk.is_torn();
  taken.need_roster = intake.need_roster();
  const bool is_partly = taken.is_torn || taken.need_roster > 0;
  const OurView ours = look_at(log, parley);
  // Papers that were held already are heard again and are no news.
  const bool has_news =
      taken.heard.batches_new + taken.heard.batches_waiting > 0 || ours.have != before;
  taken.fact = state.fact(is_partly  ? HandOverOutcome::partly
                          : has_news ? HandOverOutcome::taken_in
                                     : HandOverOutcome::repeated);
  PeerView view;
  view.learn(intake, ours, log, nullptr);
  taken.view = view.encode();
  return taken;
}

HandOver BundleReader::refused(const Error& why) const {
  HandOver fact = state_->fact(HandOverOutcome::refused);
  fact.note = why.detail;
  return fact;
}

}  // namespace jiyao
