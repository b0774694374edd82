// client/archive_metadata.cpp - elements out of the catalogue entry and the papers it names.
#include "client/archive_metadata.h"

#include <algorithm>

#include "client/archive_code.h"
#include "client/custody.h"
#include "client/records.h"
#include "schema/dates.h"

namespace jiyao {

namespace {

/// The entry, the register row it was filed from, and the draft behind that.
class FiledPaper {
 public:
  FiledPaper(const RowText& text, const Replica& replica, const View& entry)
      : text_(text), replica_(replica), entry_(entry) {
    incoming_ = cited(entry, "incoming");
    outgoing_ = cited(entry, "outgoing");
    if (outgoing_) draft_ = cited(*outgoing_, "draft");
  }
  std::string of(const std::string& word) const { return plain(text_.of(word, entry_, 0)); }
  /// Of the row it was filed from; `in` and `out` are the words there.
  std::string filed(const std::string& in, const std::string& out) const {
    if (incoming_ && !in.empty()) return plain(text_.of(in, *incoming_, 0));
    return outgoing_ && !out.empty() ? plain(text_.of(out, *outgoing_, 0)) : std::string();
  }
  std::string draft(const std::string& word) const {
    return draft_ ? plain(text_.of(word, *draft_, 0)) : std::string();
  }
  bool is_ours() const { return outgoing_.has_value(); }

 private:
  /// Entries of a set stand on lines of their own on paper; in one element they are a list.
  static std::string plain(std::string text) {
    for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at))
      text.replace(at, 1, "；");
    return text;
  }
  /// Nothing that is above the entry goes out under its level.
  std::optional<View> cited(const View& from, const char* field) const {
    const LedgerDefinition& ledger = text_.ledger_of(from);
    if (ledger.field(field) == nullptr) return std::nullopt;
    const auto record = record_from(from.state.field(ledger, field));
    const auto view = record ? replica_.view(*record) : Result<View>(Errc::not_found);
    if (!view || view->is_hidden || level_of(*view) > level_of(entry_)) return std::nullopt;
    return *view;
  }

  const RowText& text_;
  const Replica& replica_;
  const View& entry_;
  std::optional<View> incoming_, outgoing_, draft_;
};

std::string first_of(std::initializer_list<std::string> texts) {
  for (const std::string& text : texts)
    if (!text.empty()) return text;
  return {};
}

/// "2026-11-22" -> "20261122".
std::string eight_digits(std::string date) {
  std::erase(date, '-');
  return date;
}

std::string level_and_term(const FiledPaper& paper, const std::string& level) {
  const std::string term = paper.filed("term", "term");
  return term.empty() ? level : level + "★" + term;
}

std::vector<ElementGroup> archive_groups(const RowText& text, const FiledPaper& paper,
                                         const View& entry, const ArchiveSource& source,
                                         const std::string& code) {
  const LedgerDefinition& ledger = text.ledger_of(entry);
  const std::string level = text.level(own_level(entry));
  return {{"来源",
           {{"档案馆名称", source.archive_name},
            {"档案馆代码", source.archive_code},
            {"全宗名称", source.fonds_name},
            {"立档单位名称", source.office_name}}},
          {"标识", {{"聚合层次", "件"}, {"电子文件号", entry.record.hex()}, {"档号", code}}},
          {"档号构成",
           {{"全宗号", paper.of("fonds_no")},
            {"门类代码", first_of({paper.of("category"), "WS"})},
            {"年度", paper.of("archive_year")},
            {"保管期限", paper.of("retention")},
            {"保管期限代码", retention_code(entry.state.field(ledger, "retention"))},
            {"机构或问题", paper.of("unit_code")},
            {"件号", paper.of("item_no")},
            {"盒号", paper.of("box_no")}}},
          {"内容描述",
           {{"题名", paper.of("title")},
            {"文件编号", paper.of("doc_no")},
            {"责任者", paper.of("author_org")},
            {"日期", eight_digits(entry.state.field(ledger, "dated_on"))},
            {"文种", paper.filed("", "doc_kind")},
            {"密级", level},
            {"保密期限", paper.filed("term", "term")},
            {"页数", paper.of("pages")},
            {"附注", paper.of("remark")}}},
          {"形式和管理",
           {{"组成", paper.of("part")},
            {"原件或复制件", paper.of("original")},
            {"联合发文字号", paper.of("joint_no")},
            {"移交人", paper.of("filed_by")},
            {"移交日期", paper.of("filed_on")},
            {"接收人", paper.of("received_by")},
            {"鉴定日期", paper.of("appraised_on")},
            {"进馆日期", paper.of("transferred_on")},
            {"状态", paper.of("@state")}}}};
}

/// The eighteen elements of GB/T 33480-2016, in its order. 发布层次 no ledger holds.
ElementGroup document_group(const RowText& text, const FiledPaper& paper, const View& entry,
                            const ArchiveSource& source) {
  const std::string level = text.level(own_level(entry));
  const std::string copies = paper.filed("copy_nos", "copy_no_from"),
                    last_copy = paper.filed("", "copy_no_to");
  return {"公文",
          {{"公文标识", entry.record.hex()},
           {"文种", paper.filed("", "doc_kind")},
           {"份号", last_copy.empty() ? copies : copies + "—" + last_copy},
           {"密级和保密期限", level_and_term(paper, level)},
           {"紧急程度", paper.filed("urgency", "urgency")},
           {"发文机关标志", first_of({paper.filed("sender_org", ""), paper.of("author_org")})},
           {"发文字号", paper.of("doc_no")},
           {"签发人", paper.filed("", "signed_by")},
           {"标题", paper.of("title")},
           {"主送机关", paper.draft("main_to")},
           {"附件说明", paper.draft("annexes")},
           {"发文机关或签发人署名", paper.of("author_org")},
           {"成文日期", paper.of("dated_on")},
           {"附注", paper.of("remark")},
           {"抄送机关", paper.draft("cc_to")},
           {"印发机关", paper.is_ours() ? source.office_name : std::string()},
           {"印发日期", paper.filed("", "printed_on")},
           {"发布层次", ""}}};
}

std::string step_text(const LedgerDefinition& ledger, const HistoryEntry& entry) {
  for (const Write& write : entry.change.writes) {
    if (write.group != "state") continue;
    const auto state = ledger.state_index(write.value);
    return state ? ledger.states[*state].zh : write.value;
  }
  switch (entry.change.kind) {
    case ChangeKind::resolve:
      return "裁定";
    case ChangeKind::renumber:
      return "改编号码";
    case ChangeKind::withdraw:
      return "撤回";
    default:
      return "修改";
  }
}

std::vector<ArchiveStep> steps_of(const RowText& text, const Replica& replica, const View& entry) {
  std::vector<ArchiveStep> steps;
  for (const HistoryEntry& one : replica.history(entry.record)) {
    if (!one.is_applied) continue;
    steps.push_back(
        {step_text(text.ledger_of(entry), one), text.directory().person(one.change.actor),
         stamp_at(static_cast<std::int64_t>(one.change.hlc >> 16U)), one.change.reason});
  }
  return steps;
}

}  // namespace

std::vector<std::string> catalogue_columns() {
  return {"序号", "档号", "文号", "责任者", "题名", "日期", "密级", "页数", "备注"};
}

ArchiveItem archive_item(const RowText& text, const Replica& replica, const View& entry,
                         const ArchiveSource& source, std::size_t line,
                         std::vector<std::string>& missing) {
  const LedgerDefinition& ledger = text.ledger_of(entry);
  const FiledPaper paper(text, replica, entry);
  ArchiveItem item;
  item.level = level_of(entry);
  item.code = archive_code(ledger, entry);
  item.metadata = archive_groups(text, paper, entry, source, item.code);
  item.metadata.push_back(document_group(text, paper, entry, source));
  item.steps = steps_of(text, replica, entry);
  item.catalogue = {std::to_string(line),
                    item.code,
                    paper.of("doc_no"),
                    paper.of("author_org"),
                    paper.of("title"),
                    eight_digits(entry.state.field(ledger, "dated_on")),
                    text.level(own_level(entry)),
                    paper.of("pages"),
                    paper.of("remark")};
  for (const char* name :
       {"fonds_no", "archive_year", "retention", "item_no", "title", "author_org"})
    if (entry.state.field(ledger, name).empty()) missing.push_back(ledger.field(name)->zh);
  if (missing.empty() && item.code.empty()) missing.push_back(ledger.field("item_no")->zh);
  return item;
}

}  // namespace jiyao
