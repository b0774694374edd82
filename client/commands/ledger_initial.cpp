// client/commands/ledger_initial.cpp - a person signs what a row shows now: reviews, proofs,
// witnesses, hand-overs. A signature given with a step is the step's (ledger_steps.cpp).
#include <algorithm>

#include "client/commands/ledger.h"
#include "client/records.h"
#include "client/roles.h"
#include "sync/check.h"

namespace jiyao {

namespace {

class Initialling {
 public:
  Initialling(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
              const LedgerOptions& options, const View& row)
      : desk_(desk), replica_(replica), ledger_(ledger), options_(options), row_(row) {}

  Result<Answer> run() {
    const auto column = options_.column.empty() ? only_column() : named_column();
    if (!column) return column.error();
    const SetEntries entries{entry_for(*column)};
    auto act = amend_act(ledger_, row_, {}, entries, options_.reason);
    if (!act) return act.error();
    const auto recorded = replica_.record(*act);
    if (!recorded) return in_words(desk_, replica_, recorded.error());
    return recorded_answer(desk_, replica_,
                           desk_.text("ledger.initialled", {{"field", label(*column)}}),
                           {row_.record});
  }

 private:
  const std::string& label(std::size_t column) const {
    return label_of(desk_.words(), ledger_.fields[column]);
  }
  const Group& group_of(std::size_t column) const {
    return ledger_.groups[ledger_.fields[column].group];
  }
  std::string content(std::size_t column) const {
    return content_hash(ledger_, row_.state, group_of(column)).hex();
  }
  std::string labels(const std::vector<std::size_t>& columns) const {
    std::string text;
    for (const std::size_t column : columns)
      text += (text.empty() ? "" : desk_.text("list.and")) + label(column);
    return text;
  }

  /// By role, as whoever receives it will judge it: else it would be a proposal.
  Result<void> may_sign(std::size_t column) const {
    Change change;
    change.ledger = ledger_.name;
    change.kind = ChangeKind::amend;
    change.writes = {{group_of(column).name, "x"}};
    if (const auto may = check_role(desk_, replica_, ledger_, change); !may) return may;
    const Roster roster = replica_.roster();
    const UserRecord* person = roster.user(replica_.person().user);
    const Roles writers = group_of(column).writers;
    if (writers == 0 || person == nullptr || (person->roles & writers) != 0) return {};
    return desk_.failure(Errc::not_allowed, "ledger.no_role",
                         {{"roles", role_words(desk_.words(), writers)}});
  }
  bool has_signed(std::size_t column) const {
    const GroupState* group = row_.state.group(ledger_.fields[column].group);
    const std::string now = content(column);
    return group != nullptr &&
           std::any_of(group->held.begin(), group->held.end(), [&](const HeldWrite& write) {
             return write.actor == replica_.person().user &&
                    ledger_.field_value(column, write.value) == now;
           });
  }

  Result<std::size_t> named_column() const {
    for (const std::size_t column : signed_columns(ledger_)) {
      const Field& field = ledger_.fields[column];
      if (options_.column != field.zh && options_.column != field.name) continue;
      if (const auto may = may_sign(column); !may) return may.error();
      if (has_signed(column))
        return desk_.failure(Errc::exists, "ledger.signed_already", {{"field", label(column)}});
      return column;
    }
    return desk_.failure(Errc::not_found, "ledger.no_such_signature",
                         {{"field", options_.column}, {"fields", labels(signed_columns(ledger_))}});
  }
  Result<std::size_t> only_column() const {
    std::vector<std::size_t> open, done;
    std::optional<Error> refused;
    for (const std::size_t column : signed_columns(ledger_)) {
      if (const auto may = may_sign(column); !may)
        refused = may.error();
      else
        (has_signed(column) ? done : open).push_back(column);
    }
    if (open.size() == 1) return open.front();
    if (!open.empty())
      return desk_.failure(Errc::usage, "ledger.which_signature", {{"fields", labels(open)}});
    if (!done.empty())
      return desk_.failure(Errc::exists, "ledger.signed_already", {{"field", labels(done)}});
    if (refused) return *refused;
    return desk_.failure(Errc::not_found, "ledger.no_signature");
  }

  /// What stands beside the signature in its group: who signs, and when.
  FieldValues entry_for(std::size_t column) const {
    FieldValues entry{{ledger_.fields[column].name, content(column)}};
    for (const std::size_t index : group_of(column).fields) {
      const Field& field = ledger_.fields[index];
      if (field.type == FieldType::person) entry[field.name] = replica_.person().user.hex();
      if (field.type == FieldType::stamp) entry[field.name] = desk_.now();
    }
    return entry;
  }

  Desk& desk_;
  Replica& replica_;
  const LedgerDefinition& ledger_;
  const LedgerOptions& options_;
  const View& row_;
};

}  // namespace

Result<Answer> initial_row(Desk& desk, const LedgerCommand& command, const LedgerOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto row = find_row(desk, **replica, *command.ledger, options.record);
  if (!row) return row.error();
  return Initialling(desk, **replica, *command.ledger, options, *row).run();
}

}  // namespace jiyao
