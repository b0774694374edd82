// tests/unit/schema/sample_changes.h - changes as an office would make them, for tests of bytes.
#pragma once

#include <string>

#include "schema/change.h"

namespace jiyao::sample {

/// A block that is easy to see in hex: `first` counted up.
template <class B>
B block(std::uint8_t first) {
  B made;
  for (std::size_t i = 0; i < B::kBytes; ++i) made.bytes[i] = static_cast<std::uint8_t>(first + i);
  return made;
}

inline const RealmId kRealm = block<RealmId>(0x10);
inline const CompartmentId kCompartment{block<OfficeId>(0x20), Level::secret};

/// The n-th registered paper: about 500 bytes of Chinese in 12 groups.
inline Change registered(std::uint64_t n) {
  Change change;
  change.realm = kRealm;
  change.compartment = kCompartment;
  change.origin = {block<NodeId>(0x30), block<IncarnationId>(0x40), n};
  change.act = block<ActId>(0x50);
  change.act.bytes[14] = static_cast<std::uint8_t>(n >> 8);
  change.act.bytes[15] = static_cast<std::uint8_t>(n);
  change.record = block<RecordId>(0x60);
  for (unsigned i = 0; i < 4; ++i)
    change.record.bytes[12 + i] = static_cast<std::uint8_t>((n * 2654435761U) >> 8 * i);
  change.ledger = "incoming";
  change.ruleset = 1;
  const std::string number = std::to_string(n);
  change.writes = {
      {"copies", "3"},
      {"doc_number", "国办发〔2024〕" + number + "号"},
      {"from_office", "省人民政府办公厅秘书一处"},
      {"handling", "请综合处牵头，会同保密办、档案馆研究提出意见，于本月底前报办公厅。"},
      {"intake_number", "2024-" + number},
      {"level", "secret"},
      {"received_on", "2024-03-" + std::to_string(10 + n % 19)},
      {"remark", "附件两份，另有光盘一张，由机要交通送达，封口完好。"},
      {"state", "registered"},
      {"title", "关于进一步加强机关涉密文件管理工作的通知（第" + number + "批）"},
      {"urgency", n % 3 == 0 ? "特急" : "平件"},
      {"years", "10"},
  };
  change.actor = block<UserId>(0x70);
  change.reason = "";
  change.hlc = (1711000000000ULL + n * 137) << 16;
  return change;
}

/// The next step on `before`'s record, knowing it.
inline Change amended(const Change& before, std::uint64_t n, const std::string& title) {
  Change change = before;
  change.origin.n = n;
  change.kind = ChangeKind::amend;
  change.parents = {id_of(before)};
  change.writes = {{"title", title}};
  change.reason = "标题有误";
  change.hlc += 1 << 16;
  return change;
}

}  // namespace jiyao::sample
