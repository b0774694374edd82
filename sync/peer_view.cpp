// sync/peer_view.cpp - see peer_view.h.
#include "sync/peer_view.h"

#include <algorithm>

#include "schema/limits.h"
#include "sync/intake.h"

namespace jiyao {

namespace {

constexpr std::size_t kListingBytesMax = kFrameBytesMax / 2;  ///< then the next frame begins
constexpr std::size_t kHintPapersMax = 64 * 1024;

std::size_t bytes_of(const Frontier& frontier) {
  return 64 + (frontier.tips.size() + frontier.floors.size()) * BatchId::kBytes;
}

void put_u32(Bytes& out, std::size_t number) {
  for (unsigned shift = 0; shift < 32; shift += 8)
    out.push_back(static_cast<std::uint8_t>(number >> shift));
}

}  // namespace

OurView look_at(const BatchLog& log, const Parley& parley) {
  OurView ours;
  ours.roster = log.roster();
  ours.scope = scope_of(ours.roster, parley);
  for (const CompartmentId& compartment : ours.scope.compartments)
    ours.frontiers.push_back({compartment, log.frontier(compartment)});
  ours.have = {ours.roster.point(), digest_of(ours.scope), digest_of(ours.frontiers),
               log.papers(ours.scope)};
  return ours;
}

Digest hash_of_paper(ByteView encoded) {
  return digest(Label::papers, {encoded});
}

std::vector<Digest> paper_hashes(const BatchLog& log, const Scope& scope) {
  std::vector<Digest> hashes;
  for (const Grant& grant : log.grants(scope)) hashes.push_back(hash_of_paper(encode_grant(grant)));
  for (const Receipt& receipt : log.receipts(scope))
    hashes.push_back(hash_of_paper(encode_receipt(receipt)));
  for (const EpochRequest& request : log.epoch_requests())
    hashes.push_back(hash_of_paper(encode_epoch_request(request)));
  std::sort(hashes.begin(), hashes.end());
  return hashes;
}

PeerView PeerView::of(const OurView& ours, std::vector<Digest> papers) {
  PeerView view;
  view.have_ = ours.have;
  view.take_whole(ours.frontiers);
  view.papers_ = std::move(papers);
  return view;
}

void PeerView::learn(const Intake& intake, const OurView& ours, const BatchLog& log,
                     const PeerMemory* memory) {
  if (!intake.have()) return;  // a cut message: what we believed before still serves
  const std::optional<Have> before = have_;
  have_ = intake.have();
  learn_frontiers(intake, ours, memory, before && before->frontiers == have_->frontiers);
  const std::vector<Digest>* remembered = memory ? memory->papers(have_->papers) : nullptr;
  if (have_->papers == ours.have.papers)
    papers_ = paper_hashes(log, ours.scope);
  else if (remembered)
    papers_ = *remembered;
  else if (!before || before->papers != have_->papers)
    papers_.reset();
}

void PeerView::learn_frontiers(const Intake& intake, const OurView& ours, const PeerMemory* memory,
                               bool is_same_as_before) {
  const std::vector<CompartmentFrontier>* remembered =
      memory ? memory->frontiers(have_->frontiers) : nullptr;
  if (have_->frontiers == ours.have.frontiers) {
    take_whole(ours.frontiers);
  } else if (intake.has_frontiers()) {
    take_listing(intake.frontiers(), &ours);
  } else if (remembered) {
    take_whole(*remembered);
  } else if (!is_same_as_before) {
    frontiers_.clear();
    is_listed_ = false;
  }
}

void PeerView::take_whole(const std::vector<CompartmentFrontier>& frontiers) {
  frontiers_.clear();
  for (const CompartmentFrontier& one : frontiers)
    frontiers_[one.compartment] = {digest_of(one.frontier), one.frontier};
  is_listed_ = true;
}

// A digest alone stands for a frontier we know: what we believed of the peer, or our own.
void PeerView::take_listing(const Frontiers& listing, const OurView* ours) {
  std::map<CompartmentId, Known> heard;
  for (const FrontierDigest& line : listing.digests) {
    Known& known = heard[line.compartment];
    known.digest = line.frontier;
    const Known* before = this->known(line.compartment);
    if (before && before->digest == line.frontier) known.full = before->full;
  }
  if (ours)
    for (const CompartmentFrontier& one : ours->frontiers) {
      const auto found = heard.find(one.compartment);
      if (found != heard.end() && found->second.digest == digest_of(one.frontier))
        found->second.full = one.frontier;
    }
  for (const CompartmentFrontier& one : listing.full) {
    const auto found = heard.find(one.compartment);
    if (found != heard.end() && found->second.digest == digest_of(one.frontier))
      found->second.full = one.frontier;
  }
  frontiers_ = std::move(heard);
  is_listed_ = true;
}

const PeerView::Known* PeerView::known(const CompartmentId& compartment) const {
  const auto found = frontiers_.find(compartment);
  return found == frontiers_.end() ? nullptr : &found->second;
}

bool PeerView::holds_paper(const Digest& hash) const {
  return papers_ && std::binary_search(papers_->begin(), papers_->end(), hash);
}

PeerView::Lacking PeerView::lacking(const OurView& ours) const {
  Lacking lacking;
  const bool is_older = have_ && have_->roster.seq < ours.have.roster.seq;
  for (const CompartmentFrontier& mine : ours.frontiers) {
    const Known* theirs = known(mine.compartment);
    if (!theirs && is_listed_ && is_older) {
      lacking.scope.compartments.push_back(mine.compartment);
    } else if (theirs && theirs->full && theirs->digest != digest_of(mine.frontier)) {
      lacking.scope.compartments.push_back(mine.compartment);
      lacking.theirs.push_back({mine.compartment, *theirs->full});
    }
  }
  return lacking;
}

Bytes PeerView::encode() const {
  Bytes out;
  if (!have_) return out;
  const std::size_t papers = papers_ ? std::min(papers_->size(), kHintPapersMax) : 0;
  put_u32(out, papers);
  for (std::size_t i = 0; i < papers; ++i)
    out.insert(out.end(), (*papers_)[i].bytes.begin(), (*papers_)[i].bytes.end());
  put_frame(out, FrameType::have, encode_have(*have_));
  for (const auto& [compartment, known] : frontiers_) {
    Frontiers one;
    one.digests.push_back({compartment, known.digest});
    if (known.full && bytes_of(*known.full) < kListingBytesMax)
      one.full.push_back({compartment, *known.full});
    put_frame(out, FrameType::frontiers, encode_frontiers(one));
  }
  return out;
}

bool PeerView::decode(ByteView encoded) {
  *this = PeerView();
  if (encoded.size() < 4) return false;
  std::size_t papers = 0;
  for (unsigned i = 0; i < 4; ++i) papers |= std::size_t{encoded[i]} << (8 * i);
  encoded = encoded.subspan(4);
  if (papers > kHintPapersMax || papers * Digest::kBytes > encoded.size()) return false;
  std::vector<Digest> hashes;
  for (std::size_t i = 0; i < papers; ++i)
    hashes.push_back(*Digest::from(encoded.subspan(i * Digest::kBytes, Digest::kBytes)));
  Frontiers listing;
  std::optional<Have> have;
  FrameReader reader(encoded.subspan(papers * Digest::kBytes));
  while (!reader.at_end()) {
    const Result<Frame> frame = reader.next();
    if (!frame) return false;
    if (frame->type == FrameType::have) {
      const Result<Have> decoded = decode_have(frame->bytes);
      if (!decoded) return false;
      have = *decoded;
    } else {
      const Result<Frontiers> decoded = decode_frontiers(frame->bytes);
      if (!decoded) return false;
      listing.digests.insert(listing.digests.end(), decoded->digests.begin(),
                             decoded->digests.end());
      listing.full.insert(listing.full.end(), decoded->full.begin(), decoded->full.end());
    }
  }
  if (!have || !std::is_sorted(hashes.begin(), hashes.end())) return false;
  have_ = have;
  papers_ = std::move(hashes);
  take_listing(listing, nullptr);
  return true;
}

void put_frontiers(Bytes& message, const OurView& ours, const PeerView& peer) {
  Frontiers frame;
  std::size_t bytes = 0;
  for (const CompartmentFrontier& mine : ours.frontiers) {
    const Digest digest = digest_of(mine.frontier);
    const PeerView::Known* theirs = peer.known(mine.compartment);
    const std::size_t full_bytes = bytes_of(mine.frontier);
    if (bytes + full_bytes > kListingBytesMax && bytes > 0) {
      put_frame(message, FrameType::frontiers, encode_frontiers(frame));
      frame = {};
      bytes = 0;
    }
    frame.digests.push_back({mine.compartment, digest});
    bytes += 64;
    if ((theirs && theirs->digest == digest) || full_bytes > kListingBytesMax) continue;
    frame.full.push_back(mine);
    bytes += full_bytes;
  }
  put_frame(message, FrameType::frontiers, encode_frontiers(frame));
}

}  // namespace jiyao
