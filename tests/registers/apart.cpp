// tests/registers/apart.cpp - see apart.h.
#include "registers/apart.h"

#include <algorithm>
#include <bit>

#include "schema/definition_names.h"
#include "support/simulated_disk.h"
#include "sync/bundle_reader.h"
#include "sync/bundle_writer.h"

namespace jiyao {

namespace {

constexpr std::size_t kAll = 1'000'000;
const std::string kSign = "sign";

template <class T>
T must(Result<T> result, const std::string& what) {
  if (!result) throw std::runtime_error(what + ": " + result.error().detail);
  return std::move(*result);
}

const LedgerDefinition& ledger_of(const Replica& replica, const RecordId& record) {
  const View view = must(replica.view(record), "view");
  return *replica.definitions().ledger(view.ledger);
}

}  // namespace

std::string name_of(const Way& way) {
  return std::string(way.by == By::message ? "Message" : "Bundle") +
         (way.is_b_first ? "BFirst" : "AFirst");
}

std::vector<Way> every_way() {
  return {{By::message, false}, {By::message, true}, {By::bundle, false}, {By::bundle, true}};
}

// --- one side ------------------------------------------------------------------------------------

Party::Party(RealmFixture& realm, Desk& desk, const Clerk& clerk, const CompartmentId& compartment)
    : realm_(realm), desk_(desk), compartment_(compartment) {
  sit(clerk);
}

void Party::sit(const Clerk& clerk) {
  replica_.reset();
  replica_ = realm_.open(desk_, clerk);
}

std::vector<Write> Party::writes(const LedgerDefinition& ledger, const RecordState* before,
                                 const Fields& fields) const {
  std::map<std::string, Fields> by_group;
  for (const auto& [name, value] : fields) {
    const auto index = ledger.field_index(name);
    if (!index) throw std::runtime_error(ledger.name + " has no field " + name);
    by_group[ledger.groups[ledger.fields[*index].group].name].emplace_back(name, value);
  }
  const auto is_signed = [](const Fields& group) {
    return std::any_of(group.begin(), group.end(),
                       [](const auto& field) { return field.second == kSign; });
  };
  std::vector<Write> made;
  for (const auto& [name, group] : by_group)
    if (!is_signed(group))
      made.push_back({name, must(group_value(ledger, *ledger.group(name), group), name)});
  for (auto& [name, group] : by_group) {
    if (!is_signed(group)) continue;
    const std::string content = content_to_sign(ledger, before, made, *ledger.group(name)).hex();
    for (auto& field : group)
      if (field.second == kSign) field.second = content;
    made.push_back({name, must(group_value(ledger, *ledger.group(name), group), name)});
  }
  return made;
}

Result<Recorded> Party::act(ChangeKind kind, const std::string& ledger, const RecordId& record,
                            const Fields& fields, std::vector<ChangeId> settles) {
  const Result<View> view = replica_->view(record);
  Step step;
  step.kind = kind;
  step.ledger = ledger;
  step.record = record;
  step.writes =
      writes(*replica_->definitions().ledger(ledger), view ? &view->state : nullptr, fields);
  step.settles = std::move(settles);
  step.reason = "试";
  return replica_->record({compartment_, {step}});
}

RecordId Party::make(const std::string& ledger, const std::string& state, Fields fields) {
  fields.emplace_back("state", state);
  const RecordId record = replica_->new_record_id();
  must(act(ChangeKind::create, ledger, record, fields), "make " + ledger);
  return record;
}

void Party::write(const RecordId& record, const Fields& fields) {
  must(act(ChangeKind::amend, ledger_of(*replica_, record).name, record, fields), "write");
}

std::string Party::refusal_of_making(const std::string& ledger, const std::string& state,
                                     Fields fields) {
  fields.emplace_back("state", state);
  const auto done = act(ChangeKind::create, ledger, replica_->new_record_id(), fields);
  return done ? std::string() : done.error().detail;
}

std::string Party::refusal_of(const RecordId& record, const Fields& fields) {
  const auto done = act(ChangeKind::amend, ledger_of(*replica_, record).name, record, fields);
  return done ? std::string() : done.error().detail;
}

void Party::withdraw(const RecordId& record, const std::string& field, const std::string& value) {
  const LedgerDefinition& ledger = ledger_of(*replica_, record);
  const std::size_t index = *ledger.field_index(field);
  const View view = must(replica_->view(record), "view");
  Step step;
  step.kind = ChangeKind::withdraw;
  step.ledger = ledger.name;
  step.record = record;
  step.writes = {{ledger.groups[ledger.fields[index].group].name, ""}};
  for (const HeldWrite& entry : view.state.group(ledger.fields[index].group)->held)
    if (ledger.field_value(index, entry.value) == value) step.settles.push_back(entry.change);
  must(replica_->record({compartment_, {step}}), "withdraw");
}

void Party::resolve(const RecordId& record, const Fields& fields) {
  const LedgerDefinition& ledger = ledger_of(*replica_, record);
  const View view = must(replica_->view(record), "view");
  std::vector<ChangeId> settles;
  for (const auto& [name, value] : fields) {
    const GroupState& group = *view.state.group(ledger.fields[*ledger.field_index(name)].group);
    settles.insert(settles.end(), group.to_settle.begin(), group.to_settle.end());
    if (group.to_settle.empty())
      for (const HeldWrite& held : group.held) settles.push_back(held.change);
  }
  std::sort(settles.begin(), settles.end());
  must(act(ChangeKind::resolve, ledger.name, record, fields, std::move(settles)), "resolve");
}

void Party::renumber(const RecordId& record, const std::string& field, const std::string& number) {
  must(act(ChangeKind::renumber, ledger_of(*replica_, record).name, record, {{field, number}}),
       "renumber");
}

void Party::move_away(const RecordId& record) {
  must(act(ChangeKind::close, ledger_of(*replica_, record).name, record, {}), "close");
}

std::string Party::state(const RecordId& record) const {
  return must(replica_->view(record), "view").shown_state;
}

std::string Party::shown(const RecordId& record, const std::string& field) const {
  return must(replica_->view(record), "view").state.field(ledger_of(*replica_, record), field);
}

std::size_t Party::proposals(const RecordId& record, const std::string& group) const {
  const View view = must(replica_->view(record), "view");
  const GroupState* held = view.state.group(*ledger_of(*replica_, record).group_index(group));
  return held == nullptr ? 0 : held->proposals.size();
}

std::vector<Finding> Party::findings(const RecordId& record) const {
  std::vector<Finding> found = replica_->findings();
  std::erase_if(found, [&](const Finding& one) {
    return one.code == "N5" ||
           std::find(one.records.begin(), one.records.end(), record) == one.records.end();
  });
  return found;
}

std::string Party::asked(const RecordId& record, const std::string& code) const {
  for (const Finding& finding : replica_->findings()) {
    const auto& about = finding.records;
    if (finding.code != code || std::find(about.begin(), about.end(), record) == about.end())
      continue;
    std::string text(1, static_cast<char>(finding.gravity));
    for (Roles bit = 1; bit <= finding.decider; bit <<= 1U)
      if ((finding.decider & bit) != 0)
        text += ' ' + std::string(name_of(static_cast<Role>(std::countr_zero(bit))));
    return text;
  }
  return {};
}

std::string Party::codes(const RecordId& record) const {
  std::vector<std::string> codes;
  for (const Finding& finding : findings(record)) codes.push_back(finding.code);
  std::sort(codes.begin(), codes.end());
  std::string text;
  for (const std::string& code : codes) text += (text.empty() ? "" : " ") + code;
  return text;
}

// --- together ------------------------------------------------------------------------------------

Apart::Apart()
    : compartment([this] {
        realm.give(*realm.b, realm.a_secret);
        return realm.a_secret;
      }()),
      leader(realm.enrol(realm.office_a, role_bit(Role::leader) | role_bit(Role::deputy_director),
                         Level::secret)),
      other_leader(realm.enrol(realm.office_a, role_bit(Role::top_leader), Level::secret)),
      authority(
          realm.enrol(realm.office_a, role_bit(Role::classification_authority), Level::secret)),
      first_witness(realm.enrol(realm.office_a, role_bit(Role::secrecy_officer), Level::secret)),
      second_witness(realm.enrol(realm.office_a, role_bit(Role::secrecy_officer), Level::secret)),
      a(realm, *realm.a, realm.clerk_a, compartment),
      b(realm, *realm.b, realm.clerk_b, compartment),
      r(realm, *realm.archive, realm.archivist, compartment) {}

void Apart::carry(Party& from, Party& to, By by) {
  must(from.replica().seal_pending(), "seal");
  if (by == By::message) {
    must(to.replica().seal_pending(), "seal");
    realm.exchange(from.replica(), to.replica());
  } else {
    const Path folder = "/stick" + std::to_string(++sticks_);
    SimulatedDisk stick(1, SimulatedDisk::Kind::medium);
    stick.make_folder(folder);
    BundleOrder order =
        must(order_for(LaneBook(to.desk().node), from.desk().node,
                       from.replica().author().incarnation, from.replica().node_key()),
             "order");
    order.label = Level::secret;
    const BundleWriter writer =
        must(BundleWriter::plan(from.replica().log(), std::move(order)), "plan");
    const BundleSelf self{to.desk().node, to.replica().author().incarnation,
                          to.replica().node_box(), realm.realm, realm.roster().root_fingerprint()};
    for (const HandOver& fact : must(writer.write_all(stick, folder), "write")) {
      const Path path = folder + "/" + volume_name(fact.set, fact.volume);
      BundleReader reader = must(BundleReader::open(stick, path, self), "open");
      must(reader.import(to.replica().log(), &to.replica()), "import");
    }
  }
  must(from.replica().catch_up(kAll), "catch_up");
  must(to.replica().catch_up(kAll), "catch_up");
}

void Apart::together() {
  Party& first = GetParam().is_b_first ? b : a;
  Party& second = GetParam().is_b_first ? a : b;
  const By by = GetParam().by;
  carry(first, r, by);
  carry(second, r, by);
  carry(r, first, by);
  carry(r, second, by);
}

void Apart::same(const std::string& what, const std::string& at_a, const std::string& at_b,
                 const std::string& at_r) {
  EXPECT_EQ(at_a, at_b) << what << " at A and at B";
  EXPECT_EQ(at_a, at_r) << what << " at A and at the archive";
}

std::string Apart::codes(const RecordId& record) {
  same("findings", a.codes(record), b.codes(record), r.codes(record));
  return a.codes(record);
}

std::string Apart::state(const RecordId& record) {
  same("state", a.state(record), b.state(record), r.state(record));
  return a.state(record);
}

std::string Apart::shown(const RecordId& record, const std::string& field) {
  same(field, a.shown(record, field), b.shown(record, field), r.shown(record, field));
  return a.shown(record, field);
}

std::string Apart::asked(const RecordId& record, const std::string& code) {
  same(code, a.asked(record, code), b.asked(record, code), r.asked(record, code));
  return a.asked(record, code);
}

std::size_t Apart::proposals(const RecordId& record, const std::string& group) {
  const std::size_t here = a.proposals(record, group);
  EXPECT_EQ(here, b.proposals(record, group)) << group << " at A and at B";
  EXPECT_EQ(here, r.proposals(record, group)) << group << " at A and at the archive";
  return here;
}

RecordId Apart::copy(const std::string& level, const std::string& copy_no) {
  const RecordId document = a.make(
      "document", "in_use", {{"issuer_org", "省委办公厅"}, {"title", "通知"}, {"level", level}});
  return a.make("document_copy", "on_register",
                {{"document", document.hex()},
                 {"copy_no", copy_no},
                 {"level", level},
                 {"copy_kind", "正本"},
                 {"custody_state", "在库"}});
}

RecordId Apart::document_of(const RecordId& copy) {
  return *RecordId::from(*from_hex(a.shown(copy, "document")));
}

RecordId Apart::lend(Party& side, const RecordId& copy, const std::string& borrower) {
  Fields loan{{"copy", copy.hex()},
              {"document", side.shown(copy, "document")},
              {"borrower", borrower},
              {"lent_at", "2026-03-01T09:30"},
              {"due_on", "2026-03-02"}};
  loan.emplace_back("approver", kSign);
  const RecordId record = side.make("loan", "out", std::move(loan));
  side.write(copy, {{"custody_state", "借出"}, {"custodian", borrower}});
  return record;
}

}  // namespace jiyao
