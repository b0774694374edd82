// crypto/keyring.cpp - opening slots and entries, and changing a keyring as one value.
#include "crypto/keyring.h"

#include "crypto/random.h"

namespace jiyao {
namespace {

using SealedSeed = decltype(KeyringSlot::sealed_seed);
using SealedEntry = decltype(KeyringEntry::sealed);

Secret<32> half_of(const Secret<64>& stretched, std::size_t offset) {
  return Secret<32>::copy_of(ByteView(stretched.reveal()).subspan(offset, 32));
}

std::unique_ptr<SigningKey> user_sign(const Secret<32>& seed, const KeyringOwner& owner) {
  return signing_key_from(derive(seed, Label::seed_sign, owner.view()));
}

std::unique_ptr<BoxKey> user_box(const Secret<32>& seed, const KeyringOwner& owner) {
  return box_key_from(derive(seed, Label::seed_box, owner.view()));
}

KeyringEntry seal_entry(const KeyringHome& home, EntryKind kind, std::uint8_t level,
                        const KeyringObject& object, const KeyringSlot& to, const Secret<32>& key) {
  KeyringEntry entry{kind, level, object, to.owner, {}};
  const Digest bound = digest(Label::keyring_ad, {entry_context(home, entry)});
  Secret<64> plaintext;
  const auto key_end =
      std::copy(key.reveal().begin(), key.reveal().end(), plaintext.write().data());
  std::copy(bound.bytes.begin(), bound.bytes.end(), key_end);
  entry.sealed = *SealedEntry::from(seal_box(to.box_key, plaintext.reveal()));
  return entry;
}

Result<Secret<32>> open_entry(const KeyringHome& home, const KeyringEntry& entry,
                              const BoxKey& box) {
  Result<Bytes> opened = box.open_box(entry.sealed.view());
  if (!opened) return Error{Errc::not_authentic, "keyring entry"};
  const Digest bound = digest(Label::keyring_ad, {entry_context(home, entry)});
  const bool is_here = equal(ByteView(*opened).subspan(32), bound.view());
  Secret<32> key = Secret<32>::copy_of(ByteView(*opened).first(32));
  wipe(*opened);
  if (!is_here) return Error{Errc::not_authentic, "keyring entry of another place"};
  return key;
}

const KeyringSlot* find_slot(const KeyringContents& contents, const KeyringOwner& owner,
                             std::optional<SlotKind> kind) {
  for (const KeyringSlot& slot : contents.slots)
    if (slot.owner == owner && (!kind || slot.kind == *kind)) return &slot;
  return nullptr;
}

const KeyringEntry* find_entry(const KeyringContents& contents, const KeyringOwner& owner,
                               EntryKind kind, const KeyringObject& object) {
  for (const KeyringEntry& entry : contents.entries)
    if (entry.owner == owner && entry.kind == kind && entry.object == object) return &entry;
  return nullptr;
}

/// In order, in the place of an older slot of the same owner and kind.
void put_slot(KeyringContents& contents, const KeyringSlot& slot) {
  const auto order = [](const KeyringSlot& s) { return std::pair(s.owner, s.kind); };
  const auto at =
      std::find_if(contents.slots.begin(), contents.slots.end(),
                   [&](const KeyringSlot& other) { return order(other) >= order(slot); });
  if (at != contents.slots.end() && order(*at) == order(slot))
    *at = slot;
  else
    contents.slots.insert(at, slot);
}

void put_entry(KeyringContents& contents, const KeyringEntry& entry) {
  const auto order = [](const KeyringEntry& e) { return std::tuple(e.owner, e.kind, e.object); };
  const auto at =
      std::find_if(contents.entries.begin(), contents.entries.end(),
                   [&](const KeyringEntry& other) { return order(other) > order(entry); });
  contents.entries.insert(at, entry);
}

KeyringObject node_object(const KeyringHome& home) {
  return {home.node.bytes};
}

}  // namespace

NodeKeys::NodeKeys(Secret<32> seed, const KeyringNode& node)
    : seed_(std::move(seed)),
      sign_(signing_key_from(derive(seed_, Label::seed_sign, node.view()))),
      box_(box_key_from(derive(seed_, Label::seed_box, node.view()))),
      mac_key_(derive(seed_, Label::seed_mac, node.view())) {}

OpenedSlot::OpenedSlot(SlotKind kind, const KeyringOwner& owner, Secret<32> seed, NodeKeys node)
    : kind_(kind),
      owner_(owner),
      seed_(std::move(seed)),
      sign_(user_sign(seed_, owner)),
      box_(user_box(seed_, owner)),
      node_(std::move(node)) {}

Keyring::Keyring(KeyringContents contents, TestSlots tests)
    : contents_(std::move(contents)), tests_(tests) {}

Result<Keyring> Keyring::create(const KeyringRealm& realm, const KeyringNode& node,
                                const NewUser& first, TestSlots tests) {
  const NodeKeys keys(Secret<32>::random(), node);
  const Secret<32> user_seed = Secret<32>::random();
  Keyring keyring({{realm, node, keys.sign().verify_key()}, 1, {}, {}}, tests);
  const Result<KeyringSlot> slot =
      keyring.make_slot(SlotKind::passphrase, first.owner, user_seed, first.passphrase, first.cost);
  if (!slot) return slot.error();
  KeyringContents& contents = keyring.contents_;
  contents.slots.push_back(*slot);
  contents.entries.push_back(seal_entry(contents.home, EntryKind::node_seed, 0,
                                        node_object(contents.home), *slot, keys.seed_));
  keyring.mac_ = keyring.mac_by(keys);
  return keyring;
}

Result<Keyring> Keyring::parse(ByteView bytes, TestSlots tests) {
  Result<ReadKeyring> read = decode_keyring(bytes, tests);
  if (!read) return read.error();
  Keyring keyring(std::move(read->contents), tests);
  keyring.mac_ = read->mac;
  return keyring;
}

Bytes Keyring::bytes() const {
  Bytes bytes = encode_keyring(contents_);
  bytes.insert(bytes.end(), mac_.bytes.begin(), mac_.bytes.end());
  return bytes;
}

const KeyringSlot* Keyring::slot(const KeyringOwner& owner) const {
  return owner.is_none() ? nullptr : find_slot(contents_, owner, std::nullopt);
}

Result<OpenedSlot> Keyring::unlock(const KeyringOwner& owner, std::string_view passphrase) const {
  const KeyringSlot* slot = find_slot(contents_, owner, SlotKind::passphrase);
  if (slot == nullptr) return Error{Errc::not_found, "no such user in this keyring"};
  return log_in(*slot, passphrase);
}

Result<OpenedSlot> Keyring::unlock_any(std::string_view passphrase) const {
  for (const KeyringSlot& slot : contents_.slots) {
    if (slot.kind != SlotKind::passphrase) continue;
    Result<OpenedSlot> opened = log_in(slot, passphrase);
    if (opened || opened.code() != Errc::wrong_key) return opened;
  }
  return Error{Errc::wrong_key, "no slot opens with this passphrase"};
}

Result<OpenedSlot> Keyring::unlock_recovery(const KeyringOwner& owner,
                                            std::string_view typed_code) const {
  const KeyringSlot* slot = find_slot(contents_, owner, SlotKind::recovery);
  if (slot == nullptr) return Error{Errc::not_found, "no recovery slot of this user"};
  Result<std::string> code = normalise_recovery_code(typed_code);
  if (!code) return code.error();
  Result<OpenedSlot> opened = log_in(*slot, *code);
  wipe(*code);
  return opened;
}

Result<std::unique_ptr<SigningKey>> Keyring::unlock_root(std::string_view passphrase) const {
  const KeyringSlot* slot = find_slot(contents_, {}, SlotKind::root);
  if (slot == nullptr) return Error{Errc::not_found, "no root slot in this keyring"};
  const Result<Secret<32>> seed = open_slot(*slot, passphrase);
  if (!seed) return seed.error();
  std::unique_ptr<SigningKey> root = signing_key_from(*seed);
  if (root->verify_key() != slot->sign_key) return Error{Errc::not_authentic, "root key"};
  return root;
}

Result<Secret<32>> Keyring::open_slot(const KeyringSlot& slot, std::string_view passphrase) const {
  const Result<Secret<64>> stretched = stretch(passphrase, slot.salt, slot.cost);
  if (!stretched) return stretched.error();
  const Bytes context = slot_context(contents_.home, slot);
  // The commitment first: without it one slot could be made to open under many passphrases.
  const Digest commitment = mac(half_of(*stretched, 32), Label::slot_commit, {context});
  if (!equal(commitment.view(), slot.commitment.view()))
    return Error{Errc::wrong_key, "wrong passphrase or code"};
  Result<Bytes> opened = open(half_of(*stretched, 0), slot.sealed_seed.view(), context);
  if (!opened) return Error{Errc::not_authentic, "keyring slot"};
  Secret<32> seed = Secret<32>::copy_of(*opened);
  wipe(*opened);
  return seed;
}

Result<OpenedSlot> Keyring::log_in(const KeyringSlot& slot, std::string_view passphrase) const {
  Result<Secret<32>> seed = open_slot(slot, passphrase);
  if (!seed) return seed.error();
  const std::unique_ptr<BoxKey> box = user_box(*seed, slot.owner);
  if (box->public_key() != slot.box_key) return Error{Errc::not_authentic, "user key"};
  Result<NodeKeys> node = open_node(slot.owner, *box);
  if (!node) return node.error();
  OpenedSlot opened(slot.kind, slot.owner, *std::move(seed), *std::move(node));
  if (opened.sign().verify_key() != slot.sign_key) return Error{Errc::not_authentic, "user key"};
  if (!equal(mac_by(opened.node()).view(), mac_.view()))
    return Error{Errc::not_authentic, "keyring MAC"};
  return opened;
}

Result<NodeKeys> Keyring::open_node(const KeyringOwner& owner, const BoxKey& box) const {
  const KeyringHome& home = contents_.home;
  const KeyringEntry* entry = find_entry(contents_, owner, EntryKind::node_seed, node_object(home));
  if (entry == nullptr) return Error{Errc::not_authentic, "no node seed"};
  Result<Secret<32>> seed = open_entry(home, *entry, box);
  if (!seed) return seed.error();
  NodeKeys keys(*std::move(seed), home.node);
  // The slot vouches for node_key; anybody could have sealed a seed of his own to this user.
  if (keys.sign().verify_key() != home.node_key) return Error{Errc::not_authentic, "node key"};
  return keys;
}

Result<FileKey> Keyring::file_key(const OpenedSlot& user, const KeyringObject& file) const {
  const KeyringEntry* entry = find_entry(contents_, user.owner(), EntryKind::file_key, file);
  if (entry == nullptr) return Error{Errc::not_found, "no key of this file for this user"};
  Result<Secret<32>> key = open_entry(contents_.home, *entry, user.box());
  if (!key) return key.error();
  return FileKey{*std::move(key), entry->level};
}

Result<KeyringSlot> Keyring::make_slot(SlotKind kind, const KeyringOwner& owner,
                                       const Secret<32>& seed, std::string_view passphrase,
                                       PassphraseCost cost) const {
  KeyringSlot slot{kind, !is_within_bounds(cost, false), cost, {}, owner, {}, {}, {}, {}};
  if (!is_within_bounds(cost, slot.is_test)) return Error{Errc::invalid, "passphrase cost"};
  if (slot.is_test && tests_ == TestSlots::refuse) return Error{Errc::invalid, "test cost"};
  if (owner.is_none() != (kind == SlotKind::root)) return Error{Errc::invalid, "slot owner"};
  slot.salt = random_block<PassphraseSalt>();
  if (kind == SlotKind::root) {
    slot.sign_key = signing_key_from(seed)->verify_key();
  } else {
    slot.sign_key = user_sign(seed, owner)->verify_key();
    slot.box_key = user_box(seed, owner)->public_key();
  }
  const Result<Secret<64>> stretched = stretch(passphrase, slot.salt, cost);
  if (!stretched) return stretched.error();
  const Bytes context = slot_context(contents_.home, slot);
  slot.commitment = mac(half_of(*stretched, 32), Label::slot_commit, {context});
  slot.sealed_seed = *SealedSeed::from(seal(half_of(*stretched, 0), seed.reveal(), context));
  return slot;
}

Digest Keyring::mac_by(const NodeKeys& node) const {
  return mac(node.mac_key(), Label::keyring_mac, {encode_keyring(contents_)});
}

Result<void> Keyring::may_change(const OpenedSlot& by) const {
  // Whoever changes a keyring vouches for all of it, so it must be whole, and his, before.
  const KeyringSlot* own = slot(by.owner());
  if (own == nullptr || own->box_key != by.box().public_key())
    return Error{Errc::not_authentic, "user of another keyring"};
  if (!equal(mac_by(by.node()).view(), mac_.view()))
    return Error{Errc::not_authentic, "keyring MAC"};
  return {};
}

Result<void> Keyring::commit(const OpenedSlot& by, KeyringContents changed) {
  if (changed.slots.size() > kKeyringSlotsMax || changed.entries.size() > kKeyringEntriesMax)
    return Error{Errc::too_large, "keyring is full"};
  ++changed.generation;
  JIYAO_ASSERT(is_consistent(changed));
  contents_ = std::move(changed);
  mac_ = mac_by(by.node());
  return {};
}

Result<void> Keyring::add_user(const OpenedSlot& by, const NewUser& user) {
  if (const Result<void> may = may_change(by); !may) return may.error();
  if (slot(user.owner) != nullptr) return Error{Errc::exists, "user in this keyring"};
  const Secret<32> seed = Secret<32>::random();
  const Result<KeyringSlot> made =
      make_slot(SlotKind::passphrase, user.owner, seed, user.passphrase, user.cost);
  if (!made) return made.error();
  KeyringContents changed = contents_;
  put_slot(changed, *made);
  put_entry(changed, seal_entry(changed.home, EntryKind::node_seed, 0, node_object(changed.home),
                                *made, by.node().seed_));
  return commit(by, std::move(changed));
}

Result<void> Keyring::remove_user(const OpenedSlot& by, const KeyringOwner& owner) {
  if (const Result<void> may = may_change(by); !may) return may.error();
  if (slot(owner) == nullptr) return Error{Errc::not_found, "no such user in this keyring"};
  KeyringContents changed = contents_;
  std::erase_if(changed.slots, [&](const KeyringSlot& s) { return s.owner == owner; });
  std::erase_if(changed.entries, [&](const KeyringEntry& e) { return e.owner == owner; });
  if (changed.entries.empty()) return Error{Errc::not_allowed, "the last user of this node"};
  return commit(by, std::move(changed));
}

Result<void> Keyring::change_passphrase(const OpenedSlot& user, std::string_view passphrase,
                                        PassphraseCost cost) {
  if (const Result<void> may = may_change(user); !may) return may.error();
  const Result<KeyringSlot> made =
      make_slot(SlotKind::passphrase, user.owner(), user.seed_, passphrase, cost);
  if (!made) return made.error();
  KeyringContents changed = contents_;
  put_slot(changed, *made);
  return commit(user, std::move(changed));
}

Result<void> Keyring::set_recovery(const OpenedSlot& user, std::string_view code,
                                   PassphraseCost cost) {
  if (const Result<void> may = may_change(user); !may) return may.error();
  Result<std::string> normal = normalise_recovery_code(code);
  if (!normal) return normal.error();
  const Result<KeyringSlot> made =
      make_slot(SlotKind::recovery, user.owner(), user.seed_, *normal, cost);
  wipe(*normal);
  if (!made) return made.error();
  KeyringContents changed = contents_;
  put_slot(changed, *made);
  return commit(user, std::move(changed));
}

Result<void> Keyring::set_root(const OpenedSlot& by, const Secret<32>& seed,
                               std::string_view passphrase, PassphraseCost cost) {
  if (const Result<void> may = may_change(by); !may) return may.error();
  const Result<KeyringSlot> made = make_slot(SlotKind::root, {}, seed, passphrase, cost);
  if (!made) return made.error();
  KeyringContents changed = contents_;
  put_slot(changed, *made);
  return commit(by, std::move(changed));
}

Result<void> Keyring::grant_file_key(const OpenedSlot& by, const KeyringOwner& owner,
                                     const KeyringObject& file, std::uint8_t level,
                                     const Secret<32>& key) {
  if (const Result<void> may = may_change(by); !may) return may.error();
  const KeyringSlot* to = slot(owner);
  if (to == nullptr) return Error{Errc::not_found, "no such user in this keyring"};
  if (file.is_none()) return Error{Errc::invalid, "file without an id"};
  if (find_entry(contents_, owner, EntryKind::file_key, file) != nullptr)
    return Error{Errc::exists, "key of this file for this user"};
  KeyringContents changed = contents_;
  put_entry(changed, seal_entry(changed.home, EntryKind::file_key, level, file, *to, key));
  return commit(by, std::move(changed));
}

Result<void> Keyring::remove_file_key(const OpenedSlot& by, const KeyringOwner& owner,
                                      const KeyringObject& file) {
  if (const Result<void> may = may_change(by); !may) return may.error();
  const KeyringEntry* found = find_entry(contents_, owner, EntryKind::file_key, file);
  if (found == nullptr) return Error{Errc::not_found, "no key of this file for this user"};
  KeyringContents changed = contents_;
  changed.entries.erase(changed.entries.begin() + (found - contents_.entries.data()));
  return commit(by, std::move(changed));
}

}  // namespace jiyao
