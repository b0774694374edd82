// tests/support/realm_on_disk.h - a realm as an archive makes it: drafted, signed, granted, in
// log.jdb.
#pragma once

#include "support/disk_world.h"
#include "sync/keeper.h"
#include "sync/realm.h"

namespace jiyao {

template <class B>
B random_block_for_tests(int n) {
  B block;
  block.bytes.fill(0x5a);
  block.bytes[0] = static_cast<std::uint8_t>(n + 1);
  return block;
}

struct TestMachine {
  OfficeId office;
  NodeRecord record;
  std::shared_ptr<const SigningKey> sign;
  std::shared_ptr<const BoxKey> box;
};

inline TestMachine make_machine(const OfficeId& office, std::uint8_t n, bool is_archive = false) {
  const auto seed = [n](std::uint8_t part) {
    return Secret<32>::copy_of(Bytes(32, static_cast<std::uint8_t>(n * 2 + part)));
  };
  TestMachine machine{office, {}, signing_key_from(seed(0)), box_key_from(seed(1))};
  machine.record.node.bytes.fill(n);
  machine.record.office = office;
  machine.record.is_archive = is_archive;
  machine.record.device_ceiling = Level::highly_secret;
  machine.record.sign = machine.sign->verify_key();
  machine.record.box = machine.box->public_key();
  return machine;
}

class RealmOnDisk {
 public:
  RealmOnDisk() {
    root_person.bytes.fill(1);
    RealmId id;
    id.bytes.fill(0x77);
    RealmRecord first;
    first.roots = {{root_person, root->verify_key()}};
    first.realm_office = archive.office;
    log = world.log(archive.record.node);
    RosterDraft draft(id, first, archive.record.node, archive.record.box, 0);
    draft.add_office(archive.office, archive.record.node, true);
    draft.enrol(archive.record, {});
    apply(draft);
  }

  RosterDraft draft() const { return {log->roster(), archive.record.node, archive.record.box, 0}; }
  void apply(const RosterDraft& draft, bool keeps_secrets = true) {
    for (const EpochDraft& epoch : draft.epochs())
      if (keeps_secrets) log->keep_epoch_draft(epoch.record.key, epoch.sealed);
    for (RosterRecord record : draft.records()) {
      sign_record(record, root_person, *root);
      const Result<void> applied = log->extend_roster(encode_record(record));
      if (!applied) throw std::runtime_error("draft refused: " + applied.error().detail);
    }
  }
  TestMachine enrol(const OfficeId& office, std::uint8_t n, std::span<const Level> levels,
                    bool is_archive = false) {
    const TestMachine machine = make_machine(office, n, is_archive);
    RosterDraft drafted = draft();
    drafted.enrol(machine.record, levels);
    apply(drafted);
    return machine;
  }
  TestMachine enrol_office(std::uint8_t n, std::span<const Level> levels) {
    const TestMachine machine = make_machine(random_block_for_tests<OfficeId>(100 + n), n);
    RosterDraft drafted = draft();
    drafted.add_office(machine.office, machine.record.node);
    drafted.enrol(machine.record, levels);
    apply(drafted);
    return machine;
  }
  KeeperKeys keeper_keys() const { return {archive.record.node, *archive.sign, *archive.box}; }

  DiskWorld world;
  UserId root_person;
  std::unique_ptr<SigningKey> root = signing_key_from(Secret<32>::random());
  TestMachine archive = make_machine(random_block_for_tests<OfficeId>(250), 1, true);
  std::unique_ptr<LogFile> log;
};

}  // namespace jiyao
