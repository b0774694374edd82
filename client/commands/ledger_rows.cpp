// client/commands/ledger_rows.cpp - names into rows, along the refs of the definitions.
#include "client/commands/ledger_rows.h"

#include <algorithm>
#include <set>

#include "client/records.h"

namespace jiyao {

namespace {

constexpr const char* kCopyLedger = "document_copy";

bool is_not_there(const Error& error) {
  return error.code == Errc::not_found;
}

/// Is the record that `hex` names called so?
bool is_called(Desk& desk, Replica& replica, const std::string& hex, const std::string& typed) {
  const auto id = record_from(hex);
  const auto view = id ? replica.view(*id) : Result<View>(Errc::not_found);
  if (!view || view->is_hidden) return false;
  const LedgerDefinition* ledger = replica.definitions().ledger(view->ledger);
  if (ledger == nullptr) return false;
  if (name_of(*ledger, *view) == typed || hex == typed) return true;
  const auto found = find_record(desk, replica, view->ledger, typed);
  return found && found->record == view->record;
}

class RowSearch {
 public:
  RowSearch(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
            const std::vector<std::string>& states, const FieldValues& refs)
      : desk_(desk), replica_(replica), ledger_(ledger), states_(states), refs_(refs) {}

  /// Rows about the record that `typed` names in one of the ledgers cited here.
  std::vector<View> about(const std::string& typed) {
    std::vector<View> rows;
    for (const std::size_t ref : refs_of(ledger_)) {
      const Field& field = ledger_.fields[ref];
      const auto cited = find_cited(desk_, replica_, field.ref_ledger, typed);
      if (!cited) {
        if (!is_not_there(cited.error())) ambiguous_ = cited.error();
        continue;
      }
      for (View& row : citing(replica_, ledger_.name, cited->record))
        if (is_meant(row) && !has(rows, row)) rows.push_back(std::move(row));
      if (!rows.empty()) break;
    }
    return rows;
  }
  const std::optional<Error>& ambiguous() const { return ambiguous_; }

 private:
  static bool has(const std::vector<View>& rows, const View& row) {
    return std::any_of(rows.begin(), rows.end(),
                       [&](const View& one) { return one.record == row.record; });
  }
  bool is_meant(const View& row) {
    const bool is_in = states_.empty()
                           ? !row.state.is_terminal
                           : std::count(states_.begin(), states_.end(), row.state.state) != 0;
    return is_in && !row.is_hidden && std::all_of(refs_.begin(), refs_.end(), [&](const auto& ref) {
             return is_called(desk_, replica_, row.state.field(ledger_, ref.first), ref.second);
           });
  }

  Desk& desk_;
  Replica& replica_;
  const LedgerDefinition& ledger_;
  const std::vector<std::string>& states_;
  const FieldValues& refs_;
  std::optional<Error> ambiguous_;
};

/// Fills the refs of a new row, one from the other.
class Citing {
 public:
  Citing(Desk& desk, Replica& replica, const LedgerDefinition& ledger)
      : desk_(desk), replica_(replica), ledger_(ledger) {}

  /// The first cited ledger that has a record of this name.
  Result<View> named(const std::string& typed) {
    std::optional<Error> ambiguous;
    for (const std::size_t ref : refs_of(ledger_)) {
      auto view = find_cited(desk_, replica_, ledger_.fields[ref].ref_ledger, typed);
      if (view) return view;
      if (!is_not_there(view.error())) ambiguous = view.error();
    }
    if (ambiguous) return *ambiguous;
    return desk_.failure(Errc::not_found, "record.none", {{"name", typed}});
  }

  Result<void> cite(const View& view) {
    if (!about_.place) {
      about_.place = view.compartment;
      about_.level = level_of(view);
    }
    about_.is_known = true;
    if (!cited_.insert(view.record).second) return {};  // records that cite one another
    fill(view.ledger, view.record.hex());
    const LedgerDefinition* ledger = replica_.definitions().ledger(view.ledger);
    for (const std::size_t ref : refs_of(*ledger)) {
      const auto id = record_from(view.state.field(*ledger, ref));
      if (!id || has(ledger->fields[ref].ref_ledger)) continue;
      if (const auto next = replica_.view(*id); next && !next->is_hidden) {
        if (const auto cited = cite(*next); !cited) return cited;
      }
    }
    return {};
  }

  /// The copy a row must name, found behind what it is about, or made now.
  Result<void> cite_copy(const View& about, const std::string& copy_no) {
    auto paper = paper_of(desk_, replica_, about, copy_no);
    if (!paper) return paper.error();
    fill(kCopyLedger, paper->copy.hex());
    fill("document", paper->document.hex());
    about_.made = std::move(paper->made);
    about_.place = paper->compartment;
    if (!about_.made.empty())
      about_.made_copy = {{"custody_state", "在库"}, {"level", paper->level}, {"copy_no", copy_no}};
    return {};
  }

  /// The document of a register's row, made now where there is none.
  Result<void> cite_document(const View& about) {
    if (document_field_for(replica_, about.ledger) == nullptr) return {};
    if (const auto known = document_of(replica_, about)) return cite(*known);
    const LedgerDefinition& from = *replica_.definitions().ledger(about.ledger);
    const RecordId document = replica_.new_record_id();
    auto made = document_step(
        replica_, from, about.record,
        [&](std::string_view name) { return about.state.field(from, name); }, document);
    if (!made) return made.error();
    about_.made.push_back(*std::move(made));
    fill("document", document.hex());
    return {};
  }

  bool needs(std::string_view ledger) const {
    const Lookup cited = [&](std::string_view ref, std::string_view name) {
      const auto found = about_.refs.find(std::string(name));
      return !ref.empty()
                 ? std::nullopt
                 : std::optional(found == about_.refs.end() ? std::string() : found->second);
    };
    return std::any_of(ledger_.fields.begin(), ledger_.fields.end(), [&](const Field& field) {
      return field.type == FieldType::ref && field.ref_ledger == ledger && is_single(field) &&
             field.from && !about_.refs.contains(field.name) &&
             field.from_if.holds(cited, true) != Holds::no;
    });
  }
  void set(const std::string& field, const std::string& hex) { about_.refs[field] = hex; }
  About& about() { return about_; }

 private:
  bool is_single(const Field& field) const {
    return ledger_.groups[field.group].kind != GroupKind::set;
  }
  bool has(const LedgerName& ledger) const {
    return std::any_of(about_.refs.begin(), about_.refs.end(), [&](const auto& ref) {
      return ledger_.field(ref.first)->ref_ledger == ledger;
    });
  }
  void fill(const LedgerName& ledger, const std::string& hex) {
    for (const Field& field : ledger_.fields)
      if (field.type == FieldType::ref && field.ref_ledger == ledger && is_single(field)) {
        about_.refs.emplace(field.name, hex);
        return;
      }
  }

  Desk& desk_;
  Replica& replica_;
  const LedgerDefinition& ledger_;
  About about_;
  std::set<RecordId> cited_;
};

}  // namespace

Result<View> find_row(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
                      const std::string& typed, const std::vector<std::string>& states,
                      const FieldValues& refs) {
  auto own = find_record(desk, replica, ledger.name, typed);
  if (own || !is_not_there(own.error())) return own;
  RowSearch search(desk, replica, ledger, states, refs);
  std::vector<View> rows = search.about(typed);
  if (rows.size() == 1) return std::move(rows.front());
  if (rows.empty() && search.ambiguous()) return *search.ambiguous();
  if (rows.empty())
    return desk.failure(Errc::not_found,
                        refs_of(ledger).empty() ? "record.none" : "ledger.none_open",
                        {{"name", typed}});
  const Directory directory(replica);
  std::string names;
  for (const View& row : rows)
    names += (names.empty() ? "" : "、") + called(desk.words(), directory, ledger, row) + " " +
             row.record.hex();
  return desk.failure(Errc::invalid, "record.several", {{"name", typed}, {"names", names}});
}

Result<View> find_any_row(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
                          const std::string& typed) {
  auto open = find_row(desk, replica, ledger, typed);
  if (open || !is_not_there(open.error())) return open;
  std::vector<std::string> states;
  for (const State& state : ledger.states) states.push_back(state.name);
  return find_row(desk, replica, ledger, typed, states);
}

Result<About> about_what(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
                         const std::string& typed, const FieldValues& refs) {
  Citing citing(desk, replica, ledger);
  std::optional<View> about;
  std::string copy_no;
  if (!typed.empty()) {
    auto named = citing.named(typed);
    if (!named) return named.error();
    about = *std::move(named);
  }
  for (const auto& [name, text] : refs) {
    const Field& field = *ledger.field(name);
    if (about && field.ref_ledger == kCopyLedger && field.from) {
      copy_no = text;  // which of its copies
      continue;
    }
    const auto cited = find_cited(desk, replica, field.ref_ledger, text);
    if (!cited) return cited.error();
    citing.set(name, cited->record.hex());
    if (const auto done = citing.cite(*cited); !done) return done.error();
    if (!about) about = *cited;
  }
  if (!about) return std::move(citing.about());
  if (const auto done = citing.cite(*about); !done) return done.error();
  if (citing.needs(kCopyLedger) || !copy_no.empty()) {
    if (const auto done = citing.cite_copy(*about, copy_no); !done) return done.error();
  } else if (citing.needs("document")) {
    if (const auto done = citing.cite_document(*about); !done) return done.error();
  }
  return std::move(citing.about());
}

Result<void> settle_entries(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
                            SetEntries& entries) {
  for (FieldValues& entry : entries)
    for (auto& [name, value] : entry) {
      const Field& field = *ledger.field(name);
      if (field.type != FieldType::ref) continue;
      const auto cited = find_cited(desk, replica, field.ref_ledger, value);
      if (!cited) return cited.error();
      value = cited->record.hex();
    }
  return {};
}

}  // namespace jiyao
