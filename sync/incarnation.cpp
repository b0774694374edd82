// sync/incarnation.cpp - the anchor's bytes, and what disagreement means.
#include "sync/incarnation.h"

#include "crypto/aead.h"
#include "crypto/random.h"
#include "schema/archive.h"

namespace jiyao {

namespace {

constexpr std::size_t kAnchorBytesMax = 256 * 1024;
constexpr std::size_t kAnchoredFilesMax = 64;
constexpr const char* kLivesName = "life.incarnations";
constexpr const char* kMarkName = "life.session";
constexpr const char* kLogLine = "log";

}  // namespace

template <class Archive>
void serialize(Archive& archive, AnchoredFile& file) {
  archive(text(file.name, kNameBytesMax), file.session, file.identity);
}
template <class Archive>
void serialize(Archive& archive, Anchor& anchor) {
  archive(Preamble{"JYAN"}, anchor.node, anchor.incarnation, text(anchor.machine, 256),
          sorted_by(anchor.files, kAnchoredFilesMax, [](const AnchoredFile& f) { return f.name; }),
          sorted_set(anchor.heads, 4096));
}
template <class Archive>
void serialize(Archive& archive, SessionMark& mark) {
  archive(mark.session, mark.previous);
}

std::string_view name_of(Doubt doubt) {
  switch (doubt) {
    case Doubt::none:
      return "none";
    case Doubt::first_life:
      return "first_life";
    case Doubt::no_anchor:
      return "no_anchor";
    case Doubt::other_machine:
      return "other_machine";
    case Doubt::other_file:
      return "other_file";
    case Doubt::other_session:
      return "other_session";
    case Doubt::head_lost:
      return "head_lost";
    case Doubt::foreign_own:
      return "foreign_own";
    case Doubt::asked:
      return "asked";
  }
  stop_on_bug("a doubt outside the list", __FILE__, __LINE__);
}

Bytes encode_anchor(const Anchor& anchor, const Secret<32>& mac_key) {
  Bytes bytes = encode(anchor);
  const Digest tag = mac(mac_key, Label::anchor_mac, {bytes});
  bytes.insert(bytes.end(), tag.bytes.begin(), tag.bytes.end());
  return bytes;
}

Result<Anchor> decode_anchor(ByteView bytes, const Secret<32>& mac_key) {
  if (bytes.size() < Digest::kBytes) return {Errc::malformed, "anchor"};
  const ByteView body = bytes.first(bytes.size() - Digest::kBytes);
  if (!equal(mac(mac_key, Label::anchor_mac, {body}).view(), bytes.last(Digest::kBytes)))
    return {Errc::not_authentic, "anchor"};
  return decode<Anchor>(body, kAnchorBytesMax);
}

// --- judging -----------------------------------------------------------------------------------

Life::Life(Env& env, LogFile& log, LifePaths paths, const Secret<32>& mac_key)
    : env_(env),
      log_(log),
      paths_(std::move(paths)),
      mac_key_(mac_key),
      session_(random_block<SessionId>()) {}

Doubt Life::judge_file(const Anchor* anchor, const std::string& name, const Path& path,
                       const std::optional<SessionMark>& mark) const {
  if (anchor == nullptr) return Doubt::no_anchor;
  const auto line = std::find_if(anchor->files.begin(), anchor->files.end(),
                                 [&](const AnchoredFile& file) { return file.name == name; });
  // A new file; or the machine stopped after its first mark and before the anchor.
  if (line == anchor->files.end())
    return mark && !mark->previous.is_none() ? Doubt::other_session : Doubt::none;
  if (!mark) return Doubt::other_session;
  // `previous`: the machine stopped after marking the file and before writing the anchor.
  if (line->session != mark->session && line->session != mark->previous)
    return Doubt::other_session;
  const std::uint64_t identity = env_.files.identity(path);
  if (identity != 0 && line->identity != 0 && identity != line->identity) return Doubt::other_file;
  return Doubt::none;
}

Doubt Life::judge_log(const std::optional<Anchor>& anchor,
                      const std::optional<SessionMark>& mark) const {
  if (incarnation_.is_none()) return Doubt::first_life;
  if (!anchor || anchor->node != log_.self()) return Doubt::no_anchor;
  const std::string machine = env_.files.machine_id();
  if (!machine.empty() && !anchor->machine.empty() && machine != anchor->machine)
    return Doubt::other_machine;
  const Doubt file = judge_file(&*anchor, kLogLine, paths_.log, mark);
  if (file != Doubt::none) return file;
  if (anchor->incarnation != incarnation_) {
    // The one honest way: the log began a new life and the machine stopped before the anchor.
    const std::vector<IncarnationId> lives = incarnations();
    if (std::find(lives.begin(), lives.end(), anchor->incarnation) == lives.end())
      return Doubt::other_session;
  }
  for (const BatchId& head : anchor->heads)
    if (!log_.holds(head)) return Doubt::head_lost;
  return log_.recall(kForeignOwnName) ? Doubt::foreign_own : Doubt::none;
}

Life Life::begin(Env& env, LogFile& log, LifePaths paths, const Secret<32>& mac_key) {
  Life life(env, log, std::move(paths), mac_key);
  if (const auto present = log.recall(kIncarnationName))
    life.incarnation_ = IncarnationId::from(*present).value_or(IncarnationId{});
  std::optional<SessionMark> mark;
  if (const auto stored = log.recall(kMarkName))
    if (const Result<SessionMark> decoded = decode<SessionMark>(*stored, 2 * SessionId::kBytes))
      mark = *decoded;
  std::optional<Anchor> anchor;
  if (const Result<Bytes> bytes = read_file(env.files, life.paths_.anchor, kAnchorBytesMax))
    if (Result<Anchor> decoded = decode_anchor(*bytes, mac_key)) anchor = std::move(*decoded);

  const Doubt doubt = life.judge_log(anchor, mark);
  // Sessions of level files stay known: each is judged when it is opened, which may be days later.
  if (anchor && anchor->node == log.self()) life.anchor_ = std::move(*anchor);
  const SessionMark fresh = life.fresh_mark(kLogLine);
  LogFile::Group group(log);  // the new life and the new session are one fact
  if (doubt != Doubt::none) life.renew(doubt);
  log.remember(kMarkName, encode(fresh));
  group.commit();
  life.put_line(kLogLine, life.paths_.log, life.session_);
  life.write_anchor();
  return life;
}

SessionMark Life::judge(const std::string& name, const Path& path,
                        const std::optional<SessionMark>& mark) {
  const Doubt doubt = judge_file(&anchor_, name, path, mark);
  // A life that began in this session has numbered nothing that this file could have lost.
  const bool is_new_already = doubt_ != Doubt::none && doubt_ != Doubt::first_life;
  if (doubt != Doubt::none && !is_new_already) {
    LogFile::Group group(log_);
    renew(doubt);
    group.commit();
    write_anchor();
  }
  judged_[name] = path;
  return fresh_mark(name);
}

// `previous` is what the anchor knows, not what the file said last: the machine may stop between
// the two any number of times.
SessionMark Life::fresh_mark(const std::string& name) const {
  SessionMark mark{.session = session_, .previous = {}};
  for (const AnchoredFile& file : anchor_.files)
    if (file.name == name) mark.previous = file.session;
  return mark;
}

void Life::marked(const std::string& name) {
  const auto judged = judged_.find(name);
  JIYAO_ASSERT(judged != judged_.end());
  put_line(name, judged->second, session_);
  judged_.erase(judged);
  write_anchor();
}

// --- new lives ---------------------------------------------------------------------------------

std::vector<IncarnationId> Life::incarnations() const {
  std::vector<IncarnationId> lives;
  const Bytes stored = log_.recall(kLivesName).value_or(Bytes{});
  for (std::size_t at = 0; at + IncarnationId::kBytes <= stored.size(); at += IncarnationId::kBytes)
    lives.push_back(*IncarnationId::from(ByteView(stored).subspan(at, IncarnationId::kBytes)));
  return lives;
}

void Life::renew(Doubt doubt) {
  doubt_ = doubt;
  const IncarnationId before = incarnation_;
  incarnation_ = random_block<IncarnationId>();
  Bytes lives = log_.recall(kLivesName).value_or(Bytes{});
  lives.insert(lives.end(), incarnation_.bytes.begin(), incarnation_.bytes.end());
  log_.remember(kLivesName, lives);
  log_.remember(kIncarnationName, incarnation_.view());
  log_.forget(kForeignOwnName);
  if (doubt != Doubt::first_life)
    log_.add_incident("new_incarnation", incarnation_.view(),
                      std::string(name_of(doubt)) + ", after " + before.hex());
}

void Life::note_sealed() {
  write_anchor();
}

void Life::note_foreign_own_batch(const BatchId& batch) {
  log_.add_incident("own_batch_returned", batch.view(), batch.hex());
  LogFile::Group group(log_);
  renew(Doubt::foreign_own);
  group.commit();
  write_anchor();
}

void Life::renew_as_asked() {
  LogFile::Group group(log_);
  renew(Doubt::asked);
  group.commit();
  write_anchor();
}

bool Life::renew_if_shown_foreign() {
  const std::optional<Bytes> shown = log_.recall(kForeignOwnName);
  if (!shown) return false;
  note_foreign_own_batch(BatchId::from(*shown).value_or(BatchId{}));
  return true;
}

// --- the anchor file ---------------------------------------------------------------------------

std::vector<BatchId> Life::heads() const {
  std::vector<BatchId> heads;
  for (const CompartmentId& compartment : log_.compartments())
    if (const auto tip = log_.tip({log_.self(), incarnation_}, compartment))
      heads.push_back(tip->id);
  std::sort(heads.begin(), heads.end());
  return heads;
}

void Life::put_line(const std::string& name, const Path& path, const SessionId& session) {
  const auto at = std::lower_bound(
      anchor_.files.begin(), anchor_.files.end(), name,
      [](const AnchoredFile& file, const std::string& wanted) { return file.name < wanted; });
  const AnchoredFile line{.name = name, .session = session, .identity = env_.files.identity(path)};
  if (at != anchor_.files.end() && at->name == name)
    *at = line;
  else
    anchor_.files.insert(at, line);
}

void Life::write_anchor() {
  anchor_.node = log_.self();
  anchor_.incarnation = incarnation_;
  anchor_.machine = env_.files.machine_id();
  anchor_.heads = heads();
  replace_file(env_.files, paths_.anchor, encode_anchor(anchor_, mac_key_));
}

}  // namespace jiyao
