// sync/findings.cpp - the rows of domain.md 6.4 that the first ledgers can show, as a table.
#include "sync/findings.h"

#include <algorithm>
#include <array>

namespace jiyao {

namespace {

struct CatalogueRow {
  std::string_view code;
  Gravity gravity;
  Roles decider;
  std::string_view zh;
};

constexpr Roles kIntake = role_bit(Role::intake_clerk);
constexpr Roles kKeeper = role_bit(Role::records_keeper);
constexpr Roles kClerk = role_bit(Role::confidential_clerk);
constexpr Roles kSecrecy = role_bit(Role::secrecy_officer);
constexpr Roles kDirector = role_bit(Role::office_director);
constexpr Roles kAuthority = role_bit(Role::classification_authority);
constexpr Roles kArchivist = role_bit(Role::archivist);
constexpr Roles kCentral = role_bit(Role::central_archivist);

constexpr std::array<CatalogueRow, 21> kCatalogue{{
    {"C1", Gravity::question, kAuthority, "密级两处改得不同，已按较高者保护，请定密责任人确认"},
    {"C2", Gravity::note, kSecrecy, "密级已升高，此份仍在外，今日收回"},
    {"C6", Gravity::question, kAuthority, "保密期限写法不同，无法比较，请裁定"},
    {"C9", Gravity::freeze, kSecrecy, "密级高于所在分区，已对低密级人员隐藏，请移送"},
    {"N1", Gravity::note, kIntake, "编号重复，由编号主管改编其一"},
    {"N2", Gravity::question, kKeeper, "同一文件可能登记了两次"},
    {"N5", Gravity::note, role_bit(Role::secretary), "编号不在已发放的号段内"},
    {"N7", Gravity::freeze, kClerk, "两份文件用了同一份号，停止分发并核对"},
    {"N9", Gravity::note, kIntake, "编号年份与收文日期不符"},
    {"N10", Gravity::question, kIntake, "文号写法相近，可能是同一文件"},
    {"N11", Gravity::question, kCentral, "名录中可能有两条是同一人或同一机构"},
    {"N13", Gravity::note, kIntake, "同一文件以不同载体或途径收到，请指定主件"},
    {"P6", Gravity::question, kCentral, "同一编号序列建了两次"},
    {"R2", Gravity::note, kClerk, "已阅后移出传阅范围"},
    {"R7", Gravity::question, kClerk, "传阅已收回，别处又有传阅记录"},
    {"S1", Gravity::note, kArchivist, "尚有未收回的借阅或传阅，补办后方可归档"},
    {"S2", Gravity::question, kDirector, "办理状态两处不同，请裁定"},
    {"S3", Gravity::freeze, kArchivist | kSecrecy, "两处登记了不同的终结状态，已冻结"},
    {"S4", Gravity::question, kArchivist, "归档后另有意见登记，请处理"},
    {"U1", Gravity::freeze, kKeeper, "同一份文件有两处去向，存疑，请核对实物"},
    {"U2", Gravity::question, kKeeper, "归还与续借同时登记，请核对"},
}};

const CatalogueRow* row_of(std::string_view code) {
  const auto found = std::find_if(kCatalogue.begin(), kCatalogue.end(),
                                  [&](const CatalogueRow& row) { return row.code == code; });
  return found == kCatalogue.end() ? nullptr : &*found;
}

template <class T>
void sort_unique(std::vector<T>& items) {
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
}

FindingId id_of(const Finding& finding) {
  Hasher hasher(Label::finding);
  hasher.add(as_bytes(finding.code));
  hasher.add(static_cast<std::uint64_t>(finding.kind));
  hasher.add(as_bytes(finding.key));
  for (const ChangeId& change : finding.changes) hasher.add(change.view());
  return id_from<FindingId>(hasher.finish());
}

}  // namespace

Finding& Findings::add(const std::string& code, FindingKind kind, std::string key,
                       const std::vector<const Neighbour*>& records, std::vector<ChangeId> changes,
                       Roles decider) {
  Finding finding;
  finding.kind = kind;
  finding.code = code;
  finding.key = std::move(key);
  for (const Neighbour* record : records) finding.records.push_back(record->record);
  sort_unique(finding.records);
  finding.changes = std::move(changes);
  sort_unique(finding.changes);
  const CatalogueRow* row = row_of(code);
  const bool is_incident = kind == FindingKind::incident;
  finding.gravity =
      row != nullptr ? row->gravity : (is_incident ? Gravity::freeze : Gravity::question);
  finding.decider = row != nullptr ? row->decider : decider;
  finding.zh = row != nullptr ? row->zh
                              : (is_incident ? "不应改动的栏目有两个不同的值，请裁定"
                                             : "同一栏目两处填得不同，请裁定");
  finding.id = id_of(finding);
  return by_id_.try_emplace(finding.id, std::move(finding)).first->second;
}

std::vector<Finding> Findings::sorted() && {
  std::vector<Finding> all;
  for (auto& [id, finding] : by_id_) all.push_back(std::move(finding));
  return all;
}

}  // namespace jiyao
