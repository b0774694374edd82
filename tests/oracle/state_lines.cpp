// tests/oracle/state_lines.cpp - hexadecimal nearly everywhere, so that little needs escaping.
#include "oracle/state_lines.h"

#include "crypto/digest.h"

namespace jiyao::oracle {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  return out.append(text).append("\"");
}

/// A subject may hold what somebody typed.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') out += '\\';
    out += letter;
  }
  return out;
}

const char* word(bool is_so) {
  return is_so ? "true" : "false";
}

const char* word(Effect effect) {
  switch (effect) {
    case Effect::counts:
      return "counts";
    case Effect::proposal_only:
      return "proposal_only";
    case Effect::quarantined:
      return "quarantined";
    case Effect::transparent:
      return "transparent";
    case Effect::wait_program:
      return "wait_program";
  }
  return "";
}

void tell_marks(std::ostream& out, const LedgerDefinition& ledger, const RecordState& state) {
  out << ",\"marks\":{";
  const char* comma = "";
  for (const GroupState& group : state.groups) {
    if (group.mark < Mark::conflict) continue;
    out << comma << quoted(ledger.groups[group.group].name) << ":[" << list_of(group.to_settle)
        << ',' << quoted(group.ancestor ? group.ancestor->change.hex() : "") << ']';
    comma = ",";
  }
  out << '}';
}

void tell_waiting(std::ostream& out, const RecordState& state) {
  out << ",\"pending\":[";
  const char* comma = "";
  for (const PendingChange& one : state.pending) {
    out << comma << '[' << quoted(one.id.hex()) << ','
        << quoted(one.reason == Waiting::program ? "program" : "parent") << ','
        << list_of(one.missing) << ']';
    comma = ",";
  }
  out << ']';
}

void tell_apart(std::ostream& out, const LedgerDefinition& ledger, const RecordState& state) {
  out << ",\"apart\":[";
  const char* comma = "";
  for (const ApartEntries& one : state.apart) {
    out << comma << '[' << quoted(ledger.groups[one.group].name) << ',' << quoted(one.a.hex())
        << ',' << quoted(one.b.hex()) << ',' << word(one.is_same) << ']';
    comma = ",";
  }
  out << ']';
}

}  // namespace

void tell_changes(std::ostream& out, std::span<const JudgedChange> changes) {
  out << '[';
  const char* comma = "";
  for (const JudgedChange& one : changes) {
    const std::string bytes =
        one.change == nullptr ? std::string() : to_hex(canonical(*one.change));
    out << comma << '[' << quoted(one.id.hex()) << ',' << quoted(bytes) << ','
        << quoted(word(one.effect)) << ',' << one.roles << ',' << word(one.is_owner) << ','
        << word(one.is_authority) << ']';
    comma = ",";
  }
  out << ']';
}

void tell_findings(std::ostream& out, std::span<const Finding> findings) {
  out << '[';
  const char* comma = "";
  for (const Finding& one : findings) {
    out << comma << '[' << quoted(one.id.hex()) << ',' << quoted(one.code) << ','
        << static_cast<int>(one.kind) << ','
        << quoted(std::string(1, static_cast<char>(one.gravity))) << ',' << quoted(escaped(one.key))
        << ',' << list_of(one.records) << ',' << list_of(one.changes) << ','
        << quoted(one.shown_state) << ',' << quoted(one.keeps ? one.keeps->hex() : "") << ']';
    comma = ",";
  }
  out << ']';
}

void tell_record(std::ostream& out, const std::string& name, const LedgerDefinition& ledger,
                 std::span<const JudgedChange> changes, const RecordState& state) {
  const Bytes bytes = canonical(state, ledger);
  out << "{\"name\":" << quoted(name) << ",\"ledger\":" << quoted(ledger.name) << ",\"changes\":";
  tell_changes(out, changes);
  out << ",\"canonical\":" << quoted(to_hex(bytes))
      << ",\"digest\":" << quoted(digest(Label::state, {bytes}).hex())
      << ",\"applied\":" << list_of(state.applied)
      << ",\"transparent\":" << list_of(state.transparent) << ",\"late\":" << list_of(state.late);
  tell_marks(out, ledger, state);
  tell_waiting(out, state);
  tell_apart(out, ledger, state);
  out << ",\"flags\":[" << word(state.is_void) << ',' << word(state.is_terminal) << ','
      << word(state.has_conflict)
      << "],\"level\":" << quoted(state.level ? name_of(*state.level) : std::string_view())
      << "}\n";
}

}  // namespace jiyao::oracle
