// schema/store_rows.cpp - lists packed into one column (schema/store_rows.h).
#include "schema/store_rows.h"

#include "crypto/result.h"

namespace jiyao {
namespace {

[[noreturn]] void damaged() {
  throw StorageFailure(StorageFailure::Kind::damaged, "a row of a level file does not unpack");
}

ByteView take(ByteView& rest, std::size_t size) {
  if (rest.size() < size) damaged();
  const ByteView taken = rest.first(size);
  rest = rest.subspan(size);
  return taken;
}

}  // namespace

Bytes packed(const std::vector<ChangeId>& ids) {
  Bytes bytes;
  bytes.reserve(ids.size() * ChangeId::kBytes);
  for (const ChangeId& id : ids) bytes.insert(bytes.end(), id.bytes.begin(), id.bytes.end());
  return bytes;
}

std::vector<ChangeId> unpacked_ids(ByteView bytes) {
  std::vector<ChangeId> ids;
  ids.reserve(bytes.size() / ChangeId::kBytes);
  while (!bytes.empty()) ids.push_back(*ChangeId::from(take(bytes, ChangeId::kBytes)));
  return ids;
}

Bytes packed(const std::vector<Write>& writes) {
  std::size_t size = 0;
  for (const Write& write : writes) size += 5 + write.group.size() + write.value.size();
  Bytes bytes;
  bytes.reserve(size);
  for (const Write& write : writes) {
    JIYAO_ASSERT(write.group.size() <= kNameBytesMax && write.value.size() <= kChangeBytesMax);
    bytes.push_back(static_cast<std::uint8_t>(write.group.size()));
    bytes.insert(bytes.end(), write.group.begin(), write.group.end());
    for (int shift = 0; shift < 32; shift += 8)
      bytes.push_back(static_cast<std::uint8_t>(write.value.size() >> shift));
    bytes.insert(bytes.end(), write.value.begin(), write.value.end());
  }
  return bytes;
}

std::vector<Write> unpacked_writes(ByteView bytes) {
  std::vector<Write> writes;
  while (!bytes.empty()) {
    Write write;
    const std::size_t name_size = take(bytes, 1)[0];
    write.group = as_text(take(bytes, name_size));
    const ByteView size_bytes = take(bytes, 4);
    std::size_t size = 0;
    for (std::size_t i = 4; i > 0; --i) size = size << 8 | size_bytes[i - 1];
    write.value = as_text(take(bytes, size));
    writes.push_back(std::move(write));
  }
  return writes;
}

Bytes packed(const std::vector<std::string>& keys) {
  Bytes bytes;
  for (const std::string& key : keys) {
    JIYAO_ASSERT(key.find('\0') == std::string::npos);
    bytes.insert(bytes.end(), key.begin(), key.end());
    bytes.push_back(0);
  }
  return bytes;
}

std::vector<std::string> unpacked_keys(ByteView bytes) {
  std::vector<std::string> keys;
  std::string_view rest = as_text(bytes);
  while (!rest.empty()) {
    const std::size_t end = rest.find('\0');
    if (end == std::string_view::npos) damaged();
    keys.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  return keys;
}

}  // namespace jiyao
