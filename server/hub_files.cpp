// server/hub_files.cpp - making, opening and anchoring a hub.
#include "server/hub_files.h"

#include <Poco/URI.h>

#include "crypto/random.h"
#include "server/tls.h"

namespace jiyao {

namespace {

constexpr std::string_view kKeyMagic = "JYHUBK1\n";
constexpr std::size_t kKeyFileBytes = 8 + 16 + 32;
constexpr std::size_t kAnchorBytesMax = 4096;
constexpr std::size_t kStoreBytesMax = std::size_t{1} << 36;

struct HubKey {
  HubId hub;
  Secret<32> seed;
};

Result<HubKey> read_key(Files& files, const Path& path) {
  Result<Bytes> bytes = read_file(files, path, kKeyFileBytes);
  if (!bytes) return bytes.error();
  if (bytes->size() != kKeyFileBytes || as_text(ByteView(*bytes).first(8)) != kKeyMagic)
    return {Errc::malformed, path};
  HubKey key{*HubId::from(ByteView(*bytes).subspan(8, 16)),
             Secret<32>::copy_of(ByteView(*bytes).subspan(24, 32))};
  wipe(*bytes);
  return key;
}

/// Drawn and written, with an anchor that says: no head was shown yet.
HubKey new_key(Files& files, const HubPaths& paths) {
  HubKey key{random_block<HubId>(), Secret<32>::random()};
  Bytes content = to_bytes(kKeyMagic);
  content.insert(content.end(), key.hub.bytes.begin(), key.hub.bytes.end());
  content.insert(content.end(), key.seed.reveal().begin(), key.seed.reveal().end());
  replace_file(files, paths.anchor, {});
  replace_file(files, paths.key, content);
  wipe(content);
  return key;
}

/// An anchor as new_key() leaves it: no office can know this hub. No anchor says nothing of the
/// kind, for a key that was put back from its copy comes without.
bool has_shown_no_head(Files& files, const Path& anchor) {
  const Result<Bytes> bytes = read_file(files, anchor, kAnchorBytesMax);
  return bytes && bytes->empty();
}

/// Of the certificate that is there, or of a new one while no office can have pinned another.
Result<Digest> certificate_of(Files& files, const HubPaths& paths, const std::string& host) {
  if (!files.exists(paths.certificate) && has_shown_no_head(files, paths.anchor))
    if (const Result<void> made = make_certificate(files, paths.certificate, host); !made)
      return made.error();
  return certificate_hash(files, paths.certificate);
}

/// The records of a realm file, with which `roster` goes on. Whatever is wrong with one of them,
/// what a person has in hand is the file.
Result<std::vector<ByteView>> read_realm(ByteView roster_frames, Roster& roster) {
  constexpr const char* kWhat = "realm file";
  std::vector<ByteView> records;
  FrameReader frames(roster_frames);
  while (!frames.at_end()) {
    const Result<Frame> frame = frames.next();
    if (!frame || frame->type != FrameType::roster) return {Errc::malformed, kWhat};
    const Result<Roster> next = roster.append(frame->bytes);
    if (!next && next.code() == Errc::exists) continue;
    if (!next) return {next.code(), kWhat};
    roster = *next;
    records.push_back(frame->bytes);
  }
  return records;
}

std::string host_of(const std::string& address) {
  try {
    const Poco::URI uri(address);
    return uri.getScheme() == "https" ? uri.getHost() : "";
  } catch (const Poco::Exception&) {
    return "";
  }
}

Secret<32> file_key_of(const HubKey& key) {
  return derive(key.seed, Label::hub_file, key.hub.view());
}
std::unique_ptr<SigningKey> signing_key_of(const HubKey& key) {
  return signing_key_from(derive(key.seed, Label::seed_sign, key.hub.view()));
}

}  // namespace

HubPaths HubPaths::of(const Path& data) {
  return {data, data + ".key", data + ".pem", data + ".anchor"};
}

Result<HubCard> HubHome::make(Files& files, const HubPaths& paths, const std::string& address) {
  const std::string host = host_of(address);
  if (host.empty()) return {Errc::usage, "--address " + address};
  const bool has_store = files.exists(paths.store());
  if (has_store && !files.exists(paths.key)) return {Errc::not_found, paths.key};
  if (has_store && files.exists(paths.card())) return {Errc::exists, paths.store()};
  if (const Path above = folder_of(paths.key); !files.exists(above))
    return {Errc::not_found, above};
  const Result<HubKey> key =
      files.exists(paths.key) ? read_key(files, paths.key) : Result<HubKey>(new_key(files, paths));
  if (!key) return key.error();
  const Result<Digest> pin = certificate_of(files, paths, host);
  if (!pin) return pin.error();
  const std::unique_ptr<SigningKey> sign = signing_key_of(*key);
  const HubIdentity identity{key->hub, *sign};
  const auto store = SqliteStore::open(files, paths.data, file_key_of(*key), identity, !has_store);
  if (!store) return store.error();
  if ((*store)->roster().hub(key->hub) != nullptr) return {Errc::exists, paths.store()};
  const HubCard card{key->hub, sign->verify_key(), *pin, address};
  replace_file(files, paths.card(), as_bytes(encode_hub_card(card)));
  return card;
}

Result<std::unique_ptr<HubHome>> HubHome::open(Files& files, const HubPaths& paths) {
  Result<HubKey> key = read_key(files, paths.key);
  if (!key) return key.error();
  std::unique_ptr<HubHome> home(new HubHome(files, paths));
  home->hub_ = key->hub;
  home->key_ = signing_key_of(*key);
  auto store = SqliteStore::open(files, paths.data, file_key_of(*key), home->identity(), false);
  if (!store) return store.error();
  home->store_ = std::move(*store);
  home->compare_anchor();
  return home;
}

Result<std::vector<std::string>> HubHome::damaged_pages(Files& files, const HubPaths& paths) {
  const Result<HubKey> key = read_key(files, paths.key);
  if (!key) return key.error();
  return SqliteStore::damaged_pages(files, paths.data, file_key_of(*key), key->hub);
}

Result<std::vector<std::string>> HubHome::restore(Files& files, const HubPaths& paths,
                                                  const Path& copy) {
  const Result<HubKey> key = read_key(files, paths.key);
  if (!key) return key.error();
  {
    const auto running = open(files, paths);  // a damaged store may be replaced, a serving one not
    if (!running && running.code() == Errc::busy) return running.error();
  }
  const Result<Bytes> bytes = read_file(files, copy, kStoreBytesMax);
  if (!bytes) return bytes.error();
  const Path store = paths.store();
  const Path beside = store + ".restore";
  files.make_folder(paths.data);
  files.remove(beside + "-wal");
  replace_file(files, beside, *bytes);
  const std::unique_ptr<SigningKey> sign = signing_key_of(*key);
  auto faults = SqliteStore::faults_of(files, beside, file_key_of(*key), {key->hub, *sign});
  if (!faults || !faults->empty()) {
    files.remove(beside);
    files.remove(beside + "-wal");
    return faults ? std::move(faults) : Error{faults.code(), copy};
  }
  files.remove(store + "-wal");
  files.rename(beside, store);
  files.sync_folder(paths.data);
  return faults;
}

Result<void> HubHome::join(ByteView roster_frames) {
  const bool is_first = !has_joined();
  Roster roster = store_->roster();
  const Result<std::vector<ByteView>> records = read_realm(roster_frames, roster);
  if (!records) return records.error();
  const HubRecord* self = roster.hub(hub_);
  if (self == nullptr || self->sign != key_->verify_key())
    return {Errc::not_for_us, "this realm names another hub"};
  Result<void> taken;
  store_->as_one([&] {
    for (const ByteView record : *records)
      if (taken) taken = store_->extend_roster(record);
  });
  if (!taken) return taken;
  if (const Result<HubHead> last = anchored(); is_first && last) begin_anew(*last);
  anchor();
  return {};
}

bool HubHome::has_joined() const {
  return store_->roster().hub(hub_) != nullptr;
}

Result<HubHead> HubHome::anchored() const {
  const Result<Bytes> bytes = read_file(files_, paths_.anchor, kAnchorBytesMax);
  return bytes ? decode_head(*bytes) : Result<HubHead>(bytes.error());
}

void HubHome::begin_anew(const HubHead& last) {
  store_->begin_incarnation(last);
  has_begun_anew_ = true;
}

// A store that is behind its anchor, or tells another story, is an older copy (P10). No anchor: any
// doubt is a new incarnation, which is harmless if it was none.
void HubHome::compare_anchor() {
  if (!has_joined()) return;
  const Result<HubHead> last = anchored();
  const HubHead now = store_->head();
  const bool is_behind =
      !last || (last->incarnation == now.incarnation ? store_->head_at(last->position) != last->head
                                                     : now.former.incarnation != last->incarnation);
  if (is_behind) begin_anew(last ? *last : now);
  anchor();
}

void HubHome::anchor() {
  if (!has_joined()) return;
  replace_file(files_, paths_.anchor, encode_head(store_->head()));
}

}  // namespace jiyao
