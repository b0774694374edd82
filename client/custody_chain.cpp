// client/custody_chain.cpp - custody writes of a copy, oldest first, and the row that holds it now.
#include "client/custody_chain.h"

#include <algorithm>

#include "client/custody.h"
#include "client/records.h"
#include "schema/dates.h"
#include "schema/text.h"

namespace jiyao {

namespace {

constexpr const char* kCopyLedger = "document_copy";

/// Every copy with this number: two papers may each have a copy 000123.
std::vector<View> with_copy_number(const Replica& replica, const std::string& typed) {
  Query query;
  query.ledger = kCopyLedger;
  query.equals["copy_no"] = typed;
  query.with_void = false;
  query.limit = 50;
  return replica.search(query).rows;
}

/// A row is about the copy it cites in a field of its own, not merely beside it.
bool holds(const LedgerDefinition& ledger, const View& row) {
  for (const ExclusiveKey& key : ledger.exclusive) {
    const Lookup own = [&](std::string_view, std::string_view name) {
      return std::optional(row.state.field(ledger, name));
    };
    if (key.when.holds(own, true) == Holds::yes) return true;
  }
  return false;
}

}  // namespace

Result<std::vector<View>> copies_named(Desk& desk, Replica& replica, const std::string& typed) {
  if (auto copies = with_copy_number(replica, typed); !copies.empty()) return copies;
  Error last = desk.failure(Errc::not_found, "record.none", {{"name", typed}});
  for (const LedgerDefinition& ledger : replica.definitions().all()) {
    const bool is_register = document_field_for(replica, ledger.name) != nullptr;
    if (!is_register && ledger.name != "document" && ledger.name != kCopyLedger) continue;
    const auto found = find_record(desk, replica, ledger.name, typed);
    if (found) {
      std::vector<View> copies = copies_of(replica, *found);
      if (!copies.empty() || is_register) return copies;
    }
    if (!found && found.code() != Errc::not_found) last = found.error();
  }
  return last;
}

CustodyChain custody_of(const Replica& replica, const View& copy) {
  const LedgerDefinition& ledger = *replica.definitions().ledger(kCopyLedger);
  CustodyChain chain{copy, {}, {}, std::nullopt};
  for (const HistoryEntry& entry : replica.history(copy.record)) {
    if (!entry.is_applied) continue;
    for (const Write& write : entry.change.writes) {
      if (write.group != "custody") continue;
      Hand hand;
      hand.state = ledger.field_value(*ledger.field_index("custody_state"), write.value);
      hand.custodian = ledger.field_value(*ledger.field_index("custodian"), write.value);
      hand.since_ms = static_cast<std::int64_t>(entry.change.hlc >> 16U);
      hand.by = entry.change.actor;
      hand.node = entry.change.origin.node;
      chain.hands.push_back(std::move(hand));
    }
  }
  Query query;
  query.cites = copy.record;
  query.with_void = false;
  query.limit = 500;
  for (View& row : replica.search(query).rows) {
    const LedgerDefinition* about = replica.definitions().ledger(row.ledger);
    if (about == nullptr || row.is_hidden || row.state.is_terminal || !holds(*about, row)) continue;
    chain.due_on = row.state.field(*about, "due_on");
    chain.row = std::move(row);
    break;
  }
  return chain;
}

std::string text_of(Desk& desk, const Directory& directory, const CustodyChain& chain) {
  const LedgerDefinition& ledger = *Definitions::built_in().ledger(kCopyLedger);
  std::string number = chain.copy.state.field(ledger, "copy_no");
  if (number.empty()) number = desk.text("where.only_copy");
  std::string text = terminal_safe(number);
  const auto line = [&](const Hand& hand) {
    return terminal_safe(directory.person_text(hand.custodian)) +
           desk.text("where.since", {{"state", hand.state}, {"since", time_text(hand.since_ms)}});
  };
  if (chain.hands.empty()) return text;
  text += "  " + line(chain.hands.back());
  if (!chain.due_on.empty()) text += desk.text("where.due", {{"due", chain.due_on}});
  if (chain.copy.state.is_frozen) text += desk.text("where.disputed");
  for (auto hand = chain.hands.rbegin() + 1; hand != chain.hands.rend(); ++hand)
    text += "\n    " + desk.text("where.before") + line(*hand);
  return text;
}

Poco::JSON::Object::Ptr json_of(const Replica& replica, const Directory& directory,
                                const CustodyChain& chain) {
  const LedgerDefinition& ledger = *replica.definitions().ledger(kCopyLedger);
  Poco::JSON::Object::Ptr row = json_of(replica, directory, chain.copy);
  row->set("custody", chain.copy.state.field(ledger, "custody_state"));
  row->set("custodian", directory.person_text(chain.copy.state.field(ledger, "custodian")));
  row->set("due_on", chain.due_on);
  row->set("held_by_row", chain.row ? chain.row->record.hex() : std::string());
  Poco::JSON::Array::Ptr hands = json_array();
  for (const Hand& hand : chain.hands) {
    Poco::JSON::Object::Ptr one = json_object();
    one->set("custody", hand.state);
    one->set("custodian", directory.person_text(hand.custodian));
    one->set("since", rfc3339_at(hand.since_ms));
    one->set("person", directory.person(hand.by));
    one->set("node", directory.node(hand.node));
    hands->add(one);
  }
  row->set("chain", hands);
  return row;
}

}  // namespace jiyao
