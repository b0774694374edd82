// sync/replica_findings.cpp - findings as rows of a level file. Never leave the machine.
#include "schema/archive.h"
#include "sync/replica_state.h"

namespace jiyao {
namespace {

constexpr std::size_t kFindingBytesMax = 1024 * 1024;
constexpr std::size_t kFindingIdsMax = 16 * 1024;

/// The gravity is a letter; archives want a run of numbers.
struct FindingRow {
  Finding finding;
  std::uint8_t gravity = 0;
};

template <class Archive>
void serialize(Archive& archive, FindingRow& row) {
  Finding& finding = row.finding;
  archive(finding.id, enumerated(finding.kind, FindingKind::incident, FindingKind::conflict),
          row.gravity, text(finding.code, kNameBytesMax), text(finding.key, kFindingBytesMax),
          list(finding.records, kFindingIdsMax), list(finding.changes, kFindingIdsMax),
          finding.decider, text(finding.shown_state, kNameBytesMax), maybe(finding.keeps));
}

}  // namespace

Bytes encode_finding(const Finding& finding) {
  FindingRow row{finding, static_cast<std::uint8_t>(finding.gravity)};
  Bytes out;
  CanonicalOutput archive(out);
  archive(row);
  return out;
}

Finding decode_finding(ByteView bytes) {
  Result<FindingRow> row = decode<FindingRow>(bytes, kFindingBytesMax * 2);
  if (!row) throw StorageFailure(StorageFailure::Kind::damaged, "a finding's row is damaged");
  row->finding.gravity = static_cast<Gravity>(row->gravity);
  return std::move(row->finding);
}

}  // namespace jiyao
