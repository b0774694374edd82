// crypto/keyring_file.cpp - fixed layouts, written and read by hand.
#include "crypto/keyring_file.h"

namespace jiyao {
namespace {

constexpr std::string_view kMagic = "JIYAOKEY";
constexpr std::uint16_t kVersion = 1;
constexpr std::uint16_t kSuite = 1;
constexpr std::uint8_t kArgon2id13 = 1;
constexpr std::uint16_t kTestFlag = 1;
constexpr std::size_t kSlotReserved = 40;
constexpr std::size_t kEntryReserved = 8;

class Writer {
 public:
  explicit Writer(std::size_t size) { bytes_.reserve(size); }
  Writer& raw(ByteView view) {
    bytes_.insert(bytes_.end(), view.begin(), view.end());
    return *this;
  }
  template <class Number>
  Writer& number(Number value) {
    for (std::size_t i = 0; i < sizeof(Number); ++i)
      bytes_.push_back(static_cast<std::uint8_t>(std::uint64_t{value} >> (8 * i)));
    return *this;
  }
  Writer& zeros(std::size_t count) {
    bytes_.resize(bytes_.size() + count);
    return *this;
  }
  Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

/// Reads fields whose total length the caller has compared already; runs over only by our own bug.
class Reader {
 public:
  explicit Reader(ByteView bytes) : rest_(bytes) {}
  ByteView raw(std::size_t size) {
    JIYAO_ASSERT(size <= rest_.size());
    const ByteView taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  template <class Number>
  Number number() {
    std::uint64_t value = 0;
    const ByteView taken = raw(sizeof(Number));
    for (std::size_t i = sizeof(Number); i-- > 0;) value = value << 8 | taken[i];
    return static_cast<Number>(value);
  }
  template <class B>
  void block(B& out) {
    const ByteView taken = raw(B::kBytes);
    std::copy(taken.begin(), taken.end(), out.bytes.begin());
  }
  bool are_zeros(std::size_t size) {
    const ByteView taken = raw(size);
    return std::all_of(taken.begin(), taken.end(), [](std::uint8_t byte) { return byte == 0; });
  }

 private:
  ByteView rest_;
};

void write_home(Writer& out, const KeyringHome& home) {
  out.raw(as_bytes(kMagic)).number(kVersion).number(kSuite);
  out.number(static_cast<std::uint32_t>(kKeyringHeaderBytes));
  out.raw(home.realm.view()).raw(home.node.view()).raw(home.node_key.view());
}

void write_slot_start(Writer& out, const KeyringSlot& slot) {
  out.number(static_cast<std::uint8_t>(slot.kind)).number(kArgon2id13);
  out.number(slot.is_test ? kTestFlag : std::uint16_t{0});
  out.number(slot.cost.ops).number(slot.cost.memory_bytes);
  out.raw(slot.salt.view()).raw(slot.owner.view());
  out.raw(slot.sign_key.view()).raw(slot.box_key.view());
}

void write_entry_start(Writer& out, const KeyringEntry& entry) {
  out.number(static_cast<std::uint16_t>(entry.kind)).number(entry.level);
  out.zeros(5).raw(entry.object.view()).raw(entry.owner.view());
}

Result<KeyringSlot> read_slot(Reader& in, TestSlots tests) {
  KeyringSlot slot;
  slot.kind = static_cast<SlotKind>(in.number<std::uint8_t>());
  const auto kdf = in.number<std::uint8_t>();
  const auto flags = in.number<std::uint16_t>();
  slot.is_test = flags == kTestFlag;
  slot.cost.ops = in.number<std::uint32_t>();
  slot.cost.memory_bytes = in.number<std::uint64_t>();
  in.block(slot.salt);
  in.block(slot.owner);
  in.block(slot.sign_key);
  in.block(slot.box_key);
  in.block(slot.commitment);
  in.block(slot.sealed_seed);
  const bool is_plain = in.are_zeros(kSlotReserved) && kdf == kArgon2id13 && flags <= kTestFlag;
  const bool is_kind = slot.kind >= SlotKind::passphrase && slot.kind <= SlotKind::root;
  if (!is_plain || !is_kind) return Error{Errc::malformed, "keyring slot"};
  if (slot.is_test && tests == TestSlots::refuse) return Error{Errc::malformed, "test slot"};
  if (!is_within_bounds(slot.cost, slot.is_test)) return Error{Errc::malformed, "slot cost"};
  const bool is_root = slot.kind == SlotKind::root;
  if (slot.owner.is_none() != is_root || slot.box_key.is_none() != is_root)
    return Error{Errc::malformed, "slot owner"};
  return slot;
}

Result<KeyringEntry> read_entry(Reader& in) {
  KeyringEntry entry;
  entry.kind = static_cast<EntryKind>(in.number<std::uint16_t>());
  entry.level = in.number<std::uint8_t>();
  const bool is_start_zero = in.are_zeros(5);
  in.block(entry.object);
  in.block(entry.owner);
  in.block(entry.sealed);
  const bool is_end_zero = in.are_zeros(kEntryReserved);
  const bool is_kind = entry.kind == EntryKind::node_seed || entry.kind == EntryKind::file_key;
  if (!is_start_zero || !is_end_zero || !is_kind) return Error{Errc::malformed, "keyring entry"};
  return entry;
}

struct Counts {
  std::uint32_t slots;
  std::uint32_t entries;
};

Result<Counts> read_header(Reader& in, KeyringContents& contents) {
  if (as_text(in.raw(kMagic.size())) != kMagic) return Error{Errc::malformed, "not a keyring"};
  const auto version = in.number<std::uint16_t>();
  const auto suite = in.number<std::uint16_t>();
  if (version > kVersion || suite > kSuite) return Error{Errc::newer, "keyring version or suite"};
  const auto header_bytes = in.number<std::uint32_t>();
  in.block(contents.home.realm);
  in.block(contents.home.node);
  in.block(contents.home.node_key);
  contents.generation = in.number<std::uint64_t>();
  Counts counts{};
  counts.slots = in.number<std::uint32_t>();
  counts.entries = in.number<std::uint32_t>();
  const bool is_plain = in.are_zeros(32) && version == kVersion && suite == kSuite;
  if (!is_plain || header_bytes != kKeyringHeaderBytes || contents.generation == 0 ||
      counts.slots > kKeyringSlotsMax || counts.entries > kKeyringEntriesMax)
    return Error{Errc::malformed, "keyring header"};
  return counts;
}

/// Slots of one owner hold one user's seed, so they show the same keys.
bool are_slots_consistent(const std::vector<KeyringSlot>& slots) {
  for (std::size_t i = 1; i < slots.size(); ++i) {
    const KeyringSlot& a = slots[i - 1];
    const KeyringSlot& b = slots[i];
    if (std::pair(a.owner, a.kind) >= std::pair(b.owner, b.kind)) return false;
    if (a.owner == b.owner && (a.sign_key != b.sign_key || a.box_key != b.box_key)) return false;
  }
  return true;
}

bool are_entries_consistent(const KeyringContents& contents) {
  const auto order = [](const KeyringEntry& e) { return std::tuple(e.owner, e.kind, e.object); };
  for (std::size_t i = 0; i < contents.entries.size(); ++i) {
    const KeyringEntry& entry = contents.entries[i];
    if (i > 0 && order(contents.entries[i - 1]) >= order(entry)) return false;
    const bool is_node = entry.kind == EntryKind::node_seed;
    if (is_node && (entry.object.bytes != contents.home.node.bytes || entry.level != 0))
      return false;
    const bool has_slot =
        std::any_of(contents.slots.begin(), contents.slots.end(),
                    [&](const KeyringSlot& slot) { return slot.owner == entry.owner; });
    if (!has_slot || entry.owner.is_none() || entry.object.is_none()) return false;
  }
  return true;
}

}  // namespace

Bytes encode_keyring(const KeyringContents& contents) {
  Writer out(kKeyringHeaderBytes + contents.slots.size() * kKeyringSlotBytes +
             contents.entries.size() * kKeyringEntryBytes + Digest::kBytes);
  write_home(out, contents.home);
  out.number(contents.generation).number(static_cast<std::uint32_t>(contents.slots.size()));
  out.number(static_cast<std::uint32_t>(contents.entries.size())).zeros(32);
  for (const KeyringSlot& slot : contents.slots) {
    write_slot_start(out, slot);
    out.raw(slot.commitment.view()).raw(slot.sealed_seed.view()).zeros(kSlotReserved);
  }
  for (const KeyringEntry& entry : contents.entries) {
    write_entry_start(out, entry);
    out.raw(entry.sealed.view()).zeros(kEntryReserved);
  }
  return out.take();
}

Result<ReadKeyring> decode_keyring(ByteView bytes, TestSlots tests) {
  if (bytes.size() > kKeyringBytesMax) return Error{Errc::too_large, "keyring"};
  if (bytes.size() < kKeyringHeaderBytes + Digest::kBytes)
    return Error{Errc::malformed, "keyring too short"};
  Reader in(bytes);
  ReadKeyring read;
  KeyringContents& contents = read.contents;
  const Result<Counts> counts = read_header(in, contents);
  if (!counts) return counts.error();
  if (bytes.size() != kKeyringHeaderBytes + counts->slots * kKeyringSlotBytes +
                          counts->entries * kKeyringEntryBytes + Digest::kBytes)
    return Error{Errc::malformed, "keyring length"};
  for (std::uint32_t i = 0; i < counts->slots; ++i) {
    Result<KeyringSlot> slot = read_slot(in, tests);
    if (!slot) return slot.error();
    contents.slots.push_back(*slot);
  }
  for (std::uint32_t i = 0; i < counts->entries; ++i) {
    Result<KeyringEntry> entry = read_entry(in);
    if (!entry) return entry.error();
    contents.entries.push_back(*entry);
  }
  in.block(read.mac);
  if (!is_consistent(contents)) return Error{Errc::malformed, "keyring order or owners"};
  return read;
}

bool is_consistent(const KeyringContents& contents) {
  if (!are_slots_consistent(contents.slots) || !are_entries_consistent(contents)) return false;
  std::size_t users = 0;
  for (const KeyringSlot& slot : contents.slots) {
    if (slot.kind == SlotKind::root) continue;
    ++users;
    const bool has_node = std::any_of(
        contents.entries.begin(), contents.entries.end(), [&](const KeyringEntry& entry) {
          return entry.owner == slot.owner && entry.kind == EntryKind::node_seed;
        });
    if (!has_node) return false;
  }
  return users > 0;
}

Bytes slot_context(const KeyringHome& home, const KeyringSlot& slot) {
  Writer out(kKeyringHeaderBytes + kKeyringSlotBytes);
  write_home(out, home);
  write_slot_start(out, slot);
  return out.take();
}

Bytes entry_context(const KeyringHome& home, const KeyringEntry& entry) {
  Writer out(kKeyringHeaderBytes + kKeyringEntryBytes);
  write_home(out, home);
  write_entry_start(out, entry);
  return out.take();
}

}  // namespace jiyao
