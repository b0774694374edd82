// bench/floor_batch.cpp - see floor_batch.h.
#include "bench/floor_batch.h"

#include <zstd.h>

#include <stdexcept>

#include "bench/realm.h"
#include "bench/register.h"

namespace jiyao {
namespace {

constexpr std::size_t kBatchBytesMax = 4 * 1024 * 1024;

// Both ends have them: how keys travel is not what is measured.
Secret<32> shared_seed(std::uint8_t n) {
  return Secret<32>::copy_of(Bytes(32, n));
}
const Bytes kContext = to_bytes("floor");

Bytes columns_of(const std::vector<PlainRow>& rows) {
  Bytes bytes;
  put_number(bytes, rows.size());
  for (const PlainRow& row : rows)
    bytes.insert(bytes.end(), row.id.bytes.begin(), row.id.bytes.end());
  for (std::size_t column = 0; column < register_columns().size(); ++column) {
    for (const PlainRow& row : rows) put_number(bytes, row.values[column].value.size());
    for (const PlainRow& row : rows) {
      const std::string& value = row.values[column].value;
      bytes.insert(bytes.end(), value.begin(), value.end());
    }
  }
  return bytes;
}

std::vector<PlainRow> rows_of(ByteView rest) {
  std::vector<PlainRow> rows(take_number(rest));
  for (PlainRow& row : rows) {
    row.id = *RecordId::from(rest.first(RecordId::kBytes));
    rest = rest.subspan(RecordId::kBytes);
  }
  for (const std::string& column : register_columns()) {
    std::vector<std::uint64_t> sizes;
    for (std::size_t i = 0; i < rows.size(); ++i) sizes.push_back(take_number(rest));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      rows[i].values.push_back({column, std::string(as_text(rest.first(sizes[i])))});
      rest = rest.subspan(sizes[i]);
    }
  }
  return rows;
}

Bytes batch_of(const std::vector<PlainRow>& rows, const SigningKey& sign, const BodyKey& key) {
  const Bytes columns = columns_of(rows);
  Bytes packed(ZSTD_compressBound(columns.size()));
  packed.resize(ZSTD_compress(packed.data(), packed.size(), columns.data(), columns.size(), 3));
  Bytes sealed = seal(key, packed, kContext);
  const Signature signature = sign.sign(Label::batch, digest(Label::batch, {sealed}));
  sealed.insert(sealed.end(), signature.bytes.begin(), signature.bytes.end());
  return sealed;
}

std::vector<PlainRow> rows_of_batch(ByteView batch, const VerifyKey& author, const BodyKey& key) {
  const ByteView sealed = batch.first(batch.size() - Signature::kBytes);
  const Signature signature = *Signature::from(batch.last(Signature::kBytes));
  if (!verify(author, Label::batch, digest(Label::batch, {sealed}), signature))
    throw std::runtime_error("floor: signature");
  const Bytes packed = must(open(key, sealed, kContext), "floor: open");
  Bytes columns(kBatchBytesMax);
  columns.resize(ZSTD_decompress(columns.data(), columns.size(), packed.data(), packed.size()));
  return rows_of(columns);
}

}  // namespace

void put_number(Bytes& bytes, std::uint64_t number) {
  for (int shift = 0; shift < 32; shift += 8)
    bytes.push_back(static_cast<std::uint8_t>(number >> shift));
}

std::uint64_t take_number(ByteView& rest) {
  std::uint64_t number = 0;
  for (std::size_t i = 4; i > 0; --i) number = number << 8 | rest[i - 1];
  rest = rest.subspan(4);
  return number;
}

FloorBatches::FloorBatches()
    : sign_(signing_key_from(shared_seed(1))),
      key_(std::make_shared<const BodyKey>(shared_seed(2))) {}

void FloorBatches::each(PlainRegister& plain, std::uint64_t from_row,
                        const std::function<void(const Bytes&)>& take) const {
  std::vector<PlainRow> rows;
  const auto flush = [&] {
    if (rows.empty()) return;
    const Bytes batch = batch_of(rows, *sign_, *key_);
    Bytes message;
    put_number(message, batch.size());
    message.insert(message.end(), batch.begin(), batch.end());
    take(message);
    rows.clear();
  };
  std::uint64_t n = 0;
  plain.each([&](PlainRow row) {
    if (n++ >= from_row) rows.push_back(std::move(row));
    if (rows.size() == kFloorRowsPerBatch) flush();
  });
  flush();
}

ByteView FloorBatches::put(PlainRegister& plain, ByteView batches) const {
  while (batches.size() > 4) {
    ByteView next = batches;
    const std::uint64_t size = take_number(next);
    if (next.size() < size) break;
    plain.put(rows_of_batch(next.first(size), sign_->verify_key(), *key_));
    batches = next.subspan(size);
  }
  return batches;
}

}  // namespace jiyao
