// client/forms/form_views.cpp - one function a view; all are by key or as long as what is open.
#include "client/forms/form_views.h"

#include <algorithm>

#include "client/commands/ledger_verbs.h"
#include "client/lives.h"
#include "client/number_asks.h"
#include "client/readers.h"
#include "client/records.h"
#include "client/reminders.h"
#include "client/roles.h"
#include "client/series_report.h"
#include "client/timeline.h"
#include "schema/dates.h"
#include "schema/hand_over.h"

namespace jiyao {

namespace {

int months_of(std::string_view kind) {
  return kind == "month" ? 1 : kind == "quarter" ? 3 : kind == "half_year" ? 6 : 12;
}

std::string first_of(int year, int month) {
  const std::string digits = std::to_string(month);
  return std::to_string(year) + (month < 10 ? "-0" : "-") + digits + "-01";
}

/// The period that begins with this month.
Period period_from(const std::string& kind, int year, int month) {
  const int next = month + months_of(kind);
  const std::string after = next > 12 ? first_of(year + 1, next - 12) : first_of(year, next);
  return {first_of(year, month), add_days(after, -1)};
}

int month_of(std::string_view day) {
  return (day[5] - '0') * 10 + (day[6] - '0');
}

// --- what is overdue -----------------------------------------------------------------------------

/// Whom a row is about: the first person or office of its list.
std::string who_of(const ViewAsk& ask, const LedgerDefinition& ledger, const View& row) {
  for (const std::size_t index : ledger.list) {
    const FieldType type = ledger.fields[index].type;
    if (type != FieldType::person && type != FieldType::org) continue;
    const std::string text = ask.text.of(ledger.fields[index].name, row, 0);
    if (!text.empty()) return text;
  }
  return {};
}

std::vector<ViewLine> overdue(const ViewAsk& ask) {
  std::vector<ViewLine> lines;
  for (const DueItem& item : due_items(ask.replica, ask.desk.today(), 0, 0)) {
    if (!item.row || item.days_left >= 0) continue;
    const Catalogue& words = ask.text.words();
    ViewLine line{
        {{"what", item.what},
         {"ledger", item.ledger->noun_zh},
         {"name", ask.text.of("@number", *item.row, 0)},
         {"paper", paper_text(words, ask.text.directory(), ask.replica, *item.ledger, *item.row)},
         {"who", who_of(ask, *item.ledger, *item.row)},
         {"state", ask.text.of("@state", *item.row, 0)},
         {"due_on", item.due_on},
         {"days", std::to_string(-item.days_left)},
         {"roles", item.to == 0 ? std::string() : role_words(words, item.to)}},
        level_with_cited(ask.replica, *item.row)};
    lines.push_back(std::move(line));
  }
  return lines;
}

// --- findings ------------------------------------------------------------------------------------

std::string gravity_text(Gravity gravity) {
  switch (gravity) {
    case Gravity::freeze:
      return "冻结";
    case Gravity::question:
      return "询问";
    case Gravity::note:
      return "告知";
    default:
      return "记录";
  }
}

std::vector<ViewLine> open_findings(const ViewAsk& ask) {
  const Catalogue& words = ask.text.words();
  std::vector<ViewLine> lines;
  for (const Finding& finding : ask.replica.findings()) {
    const FindingWords* own = ask.replica.definitions().finding(finding.code);
    const std::string id = "finding." + finding.code;
    ViewLine line{
        {{"code", finding.code},
         {"gravity", gravity_text(finding.gravity)},
         {"text", words.has(id)    ? words.text(id)
                  : own != nullptr ? own->zh
                                   : words.text("finding.incident")},
         {"roles", finding.decider == 0 ? std::string() : role_words(words, finding.decider)}},
        Level::public_};
    std::string records;
    for (const RecordId& record : finding.records) {
      const auto view = ask.replica.view(record);
      if (!view || view->is_hidden) continue;
      line.level = std::max(line.level, level_of(*view));
      records += (records.empty() ? "" : "\n") + ask.text.ledger_of(*view).noun_zh + " " +
                 ask.text.of("@number", *view, 0);
    }
    line.cells["records"] = std::move(records);
    lines.push_back(std::move(line));
  }
  return lines;
}

// --- packages ------------------------------------------------------------------------------------

std::vector<ViewLine> packages(const ViewAsk& ask) {
  const Catalogue& words = ask.text.words();
  const Directory& names = ask.text.directory();
  std::vector<ViewLine> lines;
  for (const HandOver& fact : ask.replica.hand_overs()) {
    const std::string at = stamp_at(fact.at_ms);
    if (!ask.period.holds(std::string_view(at).substr(0, 10))) continue;
    std::string peers;
    for (const NodeId& peer : fact.peers) peers += (peers.empty() ? "" : "、") + names.node(peer);
    const std::string outcome = std::to_string(static_cast<int>(fact.outcome));
    lines.push_back({{{"code", check_code(fact.file)},
                      {"direction", fact.direction == Direction::out ? "送出" : "收入"},
                      {"peers", peers},
                      {"label", ask.text.level(fact.label)},
                      {"medium", fact.medium},
                      {"volume", std::to_string(fact.volume)},
                      {"changes", std::to_string(fact.changes)},
                      {"person", names.person(fact.person)},
                      {"at", at.substr(0, 10) + " " + at.substr(11)},
                      {"outcome", words.text("outcome." + outcome)},
                      {"note", fact.note}},
                     Level::public_});
  }
  return lines;
}

// --- numbers -------------------------------------------------------------------------------------

std::string series_text(const ViewAsk& ask, const SeriesKey& key) {
  const LedgerDefinition* ledger = ask.replica.definitions().ledger(key.ledger);
  return ask.text.directory().compartment(ask.text.words(), key.compartment) + " " +
         (ledger == nullptr ? key.ledger : ledger->noun_zh) + " " + key.series;
}

/// Series of the years that the period touches.
std::vector<SeriesKey> series_asked(const ViewAsk& ask) {
  std::vector<SeriesKey> keys = all_series(ask.replica);
  std::erase_if(keys, [&](const SeriesKey& key) {
    return (!ask.period.from.empty() && key.year < year_of(ask.period.from)) ||
           (!ask.period.to.empty() && key.year > year_of(ask.period.to));
  });
  return keys;
}

std::string reason_of(const ViewAsk& ask, const Lives& lives, const Gap& gap) {
  const Catalogue& words = ask.text.words();
  switch (gap.reason) {
    case GapReason::voided:
      return words.text("gap.voided", {{"reason", gap.void_reason}});
    case GapReason::not_arrived:
      return words.text("gap.not_arrived",
                        {{"node", lives.name(ask.text.directory(), gap.incarnation)}});
    case GapReason::unused:
      return words.text("gap.unused");
    case GapReason::declared:
      return words.text("gap.declared");
    default:
      return words.text("gap.unknown");
  }
}

std::vector<ViewLine> missing_numbers(const ViewAsk& ask) {
  const Lives lives(ask.replica);
  std::vector<ViewLine> lines;
  for (const SeriesKey& key : series_asked(ask))
    for (const Gap& gap : series_report(ask.replica, key).gaps) {
      const std::string first = numbered(key.year, gap.first);
      lines.push_back(
          {{{"series", series_text(ask, key)},
            {"numbers",
             gap.first == gap.last ? first : first + " — " + numbered(key.year, gap.last)},
            {"count", std::to_string(gap.last + 1 - gap.first)},
            {"reason", reason_of(ask, lives, gap)}},
           key.compartment.level});
    }
  return lines;
}

std::vector<ViewLine> number_totals(const ViewAsk& ask) {
  std::vector<ViewLine> lines;
  for (const SeriesKey& key : series_asked(ask)) {
    std::uint32_t used = 0, voided = 0, open = 0, given = 0;
    for (const BlockUse& use : series_report(ask.replica, key).blocks) {
      const std::uint32_t highest = std::max(use.highest, use.block.first - 1);
      given += use.block.last + 1 - use.block.first;
      used += use.used;
      voided += use.voided;
      open += use.block.last - highest;
    }
    lines.push_back({{{"series", series_text(ask, key)},
                      {"year", std::to_string(key.year)},
                      {"given", std::to_string(given)},
                      {"used", std::to_string(used)},
                      {"void", std::to_string(voided)},
                      {"empty", std::to_string(given - used - voided - open)},
                      {"open", std::to_string(open)}},
                     key.compartment.level});
  }
  return lines;
}

/// Rows of this ledger whose number was another once, with what it was.
void add_renumbered(const ViewAsk& ask, const LedgerDefinition& ledger,
                    std::vector<ViewLine>& lines) {
  const std::size_t number = *number_field(ledger);
  Query query;
  query.ledger = ledger.name;
  query.limit = 500;
  std::optional<RecordId> after;
  do {
    const RecordPage page = ask.replica.search(query, after);
    for (const View& view : page.rows) {
      if (view.is_hidden) continue;
      for (const Correction& change : corrections_of(ask.replica.history(view.record), ledger)) {
        const std::string at = stamp_at(change.at_ms);
        if (change.field != number || change.before.empty() ||
            !ask.period.holds(std::string_view(at).substr(0, 10)))
          continue;
        lines.push_back({{{"ledger", ledger.noun_zh},
                          {"before", change.before},
                          {"after", change.after},
                          {"title", ask.text.of("title", view, 0)},
                          {"reason", change.reason},
                          {"by", ask.text.directory().person(change.by)},
                          {"at", at.substr(0, 10)}},
                         level_of(view)});
      }
    }
    after = page.after;
  } while (after);
}

std::vector<ViewLine> renumbered(const ViewAsk& ask) {
  std::vector<ViewLine> lines;
  for (const LedgerDefinition& ledger : ask.replica.definitions().all())
    if (number_field(ledger)) add_renumbered(ask, ledger, lines);
  return lines;
}

// --- who knows, and what this machine holds ------------------------------------------------------

std::vector<ViewLine> readers(const ViewAsk& ask) {
  std::vector<ViewLine> lines;
  for (const Reader& reader : readers_of(ask.replica, *ask.about)) {
    const LedgerDefinition* ledger = ask.replica.definitions().ledger(reader.ledger);
    const std::string at = stamp_at(reader.at_ms);
    lines.push_back({{{"person", ask.text.directory().person_text(reader.person)},
                      {"how", ledger == nullptr ? reader.ledger : ledger->noun_zh},
                      {"at", at.substr(0, 10) + " " + at.substr(11)},
                      {"by", ask.text.directory().person(reader.by)}},
                     level_of(*ask.about)});
  }
  return lines;
}

std::vector<ViewLine> holdings(const ViewAsk& ask) {
  std::vector<ViewLine> lines;
  for (const auto& [place, counts] : ask.replica.counts())
    lines.push_back({{{"place", ask.text.directory().compartment(ask.text.words(), place)},
                      {"known", std::to_string(counts.known)},
                      {"applied", std::to_string(counts.applied)},
                      {"pending", std::to_string(counts.pending)},
                      {"quarantined", std::to_string(counts.quarantined)},
                      {"purged", std::to_string(counts.purged)}},
                     Level::public_});
  return lines;
}

const std::vector<FormView>& views() {
  static const std::vector<FormView> all = {
      {"overdue",
       {"what", "ledger", "name", "paper", "who", "state", "due_on", "days", "roles"},
       false,
       overdue},
      {"findings", {"code", "gravity", "text", "records", "roles"}, false, open_findings},
      {"packages",
       {"code", "direction", "peers", "label", "medium", "volume", "changes", "person", "at",
        "outcome", "note"},
       false,
       packages},
      {"missing_numbers", {"series", "numbers", "count", "reason"}, false, missing_numbers},
      {"number_totals",
       {"series", "year", "given", "used", "void", "empty", "open"},
       false,
       number_totals},
      {"renumbered",
       {"ledger", "before", "after", "title", "reason", "by", "at"},
       false,
       renumbered},
      {"readers", {"person", "how", "at", "by"}, true, readers},
      {"holdings",
       {"place", "known", "applied", "pending", "quarantined", "purged"},
       false,
       holdings}};
  return all;
}

}  // namespace

Period running_period(const std::string& kind, std::string_view today) {
  if (kind.empty()) return {};
  const int months = months_of(kind);
  return period_from(kind, year_of(today), (month_of(today) - 1) / months * months + 1);
}

Period next_period(const std::string& kind, const Period& period) {
  if (period.to.empty()) return period;
  const std::string first = add_days(period.to, 1);
  return period_from(kind.empty() ? "year" : kind, year_of(first), month_of(first));
}

const FormView* form_view(std::string_view name) {
  const auto found = std::find_if(views().begin(), views().end(),
                                  [&](const FormView& view) { return view.name == name; });
  return found == views().end() ? nullptr : &*found;
}

}  // namespace jiyao
